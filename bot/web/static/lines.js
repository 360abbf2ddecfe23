// The ways to talk with a character: in text over our own small client, aloud over the official one.
// Both give the same: say, context, mute, levels, close. What is heard goes to `ears`: begun, said, corrected,
// thinking, mode, over.

const CONNECT_SECONDS = 20;
const ROOM_SECONDS = 12; // there is another way after that
const ALIVE_SECONDS = 30; // after 60 s without any input they hang up

export function openLine(answer, ears) {
  return answer.line === "text" ? openText(answer, ears) : openVoice(answer, ears);
}

// ElevenLabs, "Agent WebSockets" and "Chat mode".
function openText(answer, ears) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(answer.signed_url, "convai");
    let staying = 0;
    let begun = false;
    const send = (message) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    };
    const line = {
      isVoice: false,
      say: (text) => send({ type: "user_message", text }),
      context: (text) => send({ type: "contextual_update", text }),
      mute: () => {},
      levels: () => [0, 0],
      isOpen: () => socket.readyState === WebSocket.OPEN,
      close: () => socket.close(1000),
    };
    const over = (code) => {
      clearTimeout(patience);
      clearInterval(staying);
      if (begun) ears.over(code === 1000 ? "they" : "lost");
      else socket.close();
      reject(new Error("no line"));
    };
    const patience = setTimeout(() => { if (!begun) over(); }, CONNECT_SECONDS * 1000);
    socket.addEventListener("open", () => send(answer.message));
    socket.addEventListener("close", (event) => over(event.code));
    socket.addEventListener("error", () => over()); // all that comes when a policy forbids the address
    socket.addEventListener("message", ({ data }) => {
      let event;
      try {
        event = JSON.parse(data);
      } catch {
        return;
      }
      switch (event.type) {
        case "conversation_initiation_metadata":
          if (begun) break;
          begun = true;
          clearTimeout(patience);
          staying = setInterval(() => send({ type: "user_activity" }), ALIVE_SECONDS * 1000);
          resolve(line);
          ears.begun(line);
          break;
        case "ping":
          send({ type: "pong", event_id: event.ping_event?.event_id });
          break;
        case "agent_chat_response_part":
          if (event.text_response_part?.type === "start") ears.thinking(true);
          break;
        case "agent_response":
          ears.thinking(false);
          ears.said("agent", event.agent_response_event?.agent_response, event.agent_response_event?.event_id);
          break;
        case "agent_response_correction":
          ears.corrected(event.agent_response_correction_event ?? {});
          break;
      }
    });
  });
}

// The official client is large, and nothing waits for it before a call. Resolves to whether it came.
export function loadLibrary() {
  const address = document.documentElement.dataset.library;
  if (!address) return Promise.resolve(false);
  return new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", () => resolve(true));
    script.addEventListener("error", () => resolve(false));
    document.head.append(script);
  });
}

// Version 1.25.0 of the official client hands libsampleratePath to the microphone and not to the loudspeaker, for
// which a browser that cannot choose a sample rate would then ask another host. It is given our file instead.
function keepModulesHere() {
  const { prototype } = window.AudioWorklet ?? {};
  if (!prototype || prototype.addModule.isOurs) return;
  const addModule = prototype.addModule;
  prototype.addModule = function (address, ...more) {
    const ours = String(address).endsWith("/libsamplerate.worklet.js") ? document.documentElement.dataset.samplerate : address;
    return addModule.call(this, ours, ...more);
  };
  prototype.addModule.isOurs = true;
}

// The official client: @elevenlabs/client, Conversation.startSession. It sends its own part of the override.
async function openVoice(answer, ears) {
  const files = document.documentElement.dataset;
  const { agent, tts } = answer.message.conversation_config_override ?? {};
  let over = "";
  keepModulesHere();
  const where = answer.line === "room"
    ? { conversationToken: answer.token, connectionType: "webrtc", livekitUrl: answer.room_origin }
    : { signedUrl: answer.signed_url, connectionType: "websocket" };
  let given = null;
  const starting = window.ElevenLabsClient.Conversation.startSession({
    ...where,
    userId: answer.message.user_id,
    dynamicVariables: answer.message.dynamic_variables,
    overrides: {
      agent: { prompt: agent?.prompt, firstMessage: agent?.first_message, language: agent?.language },
      tts: { voiceId: tts?.voice_id, speed: tts?.speed, stability: tts?.stability, similarityBoost: tts?.similarity_boost },
    },
    workletPaths: { rawAudioProcessor: files.microphone, audioConcatProcessor: files.player },
    libsampleratePath: files.samplerate,
    onMessage: ({ message, role, event_id: eventId }) => ears.said(role, message, eventId),
    onAgentResponseCorrection: (event) => ears.corrected(event),
    onAgentChatResponsePart: (part) => { if (part?.type === "start") ears.thinking(true); },
    onModeChange: ({ mode }) => ears.mode(mode),
    onDisconnect: ({ reason, context }) => {
      over = context?.type === "max_duration_exceeded" ? "time" : { agent: "they", user: "me" }[reason] ?? "lost";
      if (given) ears.over(over);
    },
  });
  const session = await inTime(starting, answer.line === "room" ? ROOM_SECONDS : CONNECT_SECONDS);
  const line = {
    isVoice: true,
    say: (text) => session.sendUserMessage(text),
    context: (text) => session.sendContextualUpdate(text),
    mute: (on) => session.setMicMuted(on),
    levels: () => [session.getInputVolume(), session.getOutputVolume()],
    isOpen: () => !over,
    close: () => session.endSession().catch(() => {}),
  };
  if (over) throw new Error(over);
  given = line;
  ears.begun(line);
  return line;
}

function inTime(starting, longest) {
  let patience;
  const late = new Promise((_, reject) => {
    patience = setTimeout(() => {
      starting.then((session) => session.endSession(), () => {});
      reject(new Error("no line"));
    }, longest * 1000);
  });
  return Promise.race([starting, late]).finally(() => clearTimeout(patience));
}
