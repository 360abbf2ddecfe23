"use strict";

// The head loads this before anything is painted, so that the character's colour is there from the start.
const root = document.documentElement;
root.classList.add("scripted");
if (root.dataset.color) {
  root.style.setProperty("--accent", root.dataset.color);
  root.style.setProperty("--on-accent", root.dataset.ink);
}

const CONNECT_SECONDS = 20;
const ALIVE_SECONDS = 30; // after 60 s without any input they hang up
// What turns the direction of all that follows, or of the page around it.
const TURNS = /[\u202A-\u202E\u2066-\u2069]/gu;

document.addEventListener("DOMContentLoaded", () => {
  const name = root.dataset.name;
  const part = (id) => document.getElementById(id);
  const log = part("log");
  const words = part("words");
  const starters = [...document.querySelectorAll("button.start")];

  let talk = null;     // the conversation that is on now
  let started = false; // whether the server put a call through, so that its end is worth telling

  // --- before the call ---------------------------------------------------------------------------

  for (const button of starters) {
    button.dataset.label = button.textContent;
    button.addEventListener("click", () => start(button));
  }
  part("not-now")?.addEventListener("click", () => {
    part("trouble").classList.add("calm");
    giveUp("No call was started. This link stays good for a few minutes: open it again if you change your mind.");
  });

  // A conversation that ended cannot be opened again, also not by loading the page anew.
  const ENDED = `ended ${location.pathname}`;
  function remember() {
    try {
      sessionStorage.setItem(ENDED, "yes");
    } catch { /* without storage the server has the last word */ }
  }
  function hasEnded() {
    try {
      return sessionStorage.getItem(ENDED) !== null;
    } catch {
      return false;
    }
  }
  if (hasEnded()) {
    part("trouble").classList.add("calm");
    giveUp(`This call with ${name} is over. Ask for a new link where you got this one.`);
  }

  async function start(button) {
    const choice = button.dataset.remember;
    starters.forEach((one) => { one.disabled = true; });
    part("trouble").hidden = true;
    button.textContent = `Calling ${name}…`;
    let response, answer;
    try {
      response = await fetch(`${location.pathname}/start`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ remember: choice === undefined ? null : choice === "true" }),
      });
      answer = await response.json();
    } catch {
      return askAgain("The call could not be put through: there seems to be no connection to this page.");
    }
    if (response.status === 428) {
      location.reload();
    } else if (response.ok) {
      started = true;
      connect(answer);
    } else if (response.status === 409 || response.status === 410) {
      giveUp(answer.error);
    } else {
      askAgain(answer.error || "The call could not be put through.");
    }
  }

  function askAgain(why) {
    starters.forEach((one) => { one.disabled = false; one.textContent = one.dataset.label; });
    if (starters.length === 1) starters[0].textContent = "Try again";
    tell(why);
  }

  function giveUp(why) {
    part("ask").hidden = true;
    tell(why);
  }

  function tell(why) {
    part("trouble").textContent = why;
    part("trouble").hidden = false;
    part("trouble").focus();
  }

  // --- the call ----------------------------------------------------------------------------------

  function connect(answer) {
    let socket;
    try {
      socket = new WebSocket(answer.signed_url, "convai");
    } catch {
      return askAgain(`The line to ${name} is out of order.`);
    }
    const call = { socket, maxSeconds: answer.max_seconds, since: 0, ticking: 0, lastTyped: 0 };
    talk = call;
    const over = (code) => {
      clearTimeout(patience);
      if (talk !== call) return;
      talk = null;
      if (call.since) {
        finish(call, code === 1000 ? "they" : "lost");
      } else {
        socket.close();
        askAgain(`Nobody picked up: the line to ${name} is out of order. Try again in a moment.`);
      }
    };
    const patience = setTimeout(() => { if (!call.since) over(); }, CONNECT_SECONDS * 1000);
    socket.addEventListener("open", () => socket.send(JSON.stringify(answer.message)));
    socket.addEventListener("message", (event) => {
      if (talk === call) hear(call, event.data);
    });
    socket.addEventListener("close", (event) => over(event.code));
    socket.addEventListener("error", () => over()); // all that comes when a policy forbids the address
  }

  function hear(call, data) {
    let event;
    try {
      event = JSON.parse(data);
    } catch {
      return;
    }
    switch (event.type) {
      case "conversation_initiation_metadata":
        if (!call.since) begin(call);
        break;
      case "ping":
        send(call, { type: "pong", event_id: event.ping_event?.event_id });
        break;
      case "agent_chat_response_part":
        if (event.text_response_part?.type === "start") thinking(true);
        break;
      case "agent_response":
        thinking(false);
        bubble("agent", event.agent_response_event?.agent_response, event.agent_response_event?.event_id);
        break;
      case "agent_response_correction":
        correct(event.agent_response_correction_event ?? {});
        break;
    }
  }

  function send(call, message) {
    if (call.socket.readyState === WebSocket.OPEN) call.socket.send(JSON.stringify(message));
  }

  function begin(call) {
    call.since = performance.now();
    call.ticking = setInterval(() => tick(call), 1000);
    call.staying = setInterval(() => send(call, { type: "user_activity" }), ALIVE_SECONDS * 1000);
    part("door").hidden = true;
    part("talk").hidden = false;
    document.body.dataset.view = "talk";
    document.title = `Talking with ${name}`;
    state("On the line");
    tick(call);
    words.focus();
  }

  function tick(call) {
    const spent = seconds(call);
    const left = Math.max(0, call.maxSeconds - spent);
    part("clock").textContent = `${clock(spent)} · ${clock(left)} left`;
    if (left <= 60 && call.maxSeconds > 120) {
      part("clock").classList.add("short");
      state("One minute left");
    }
    if (left === 0) hangUp("time");
  }

  function hangUp(by) {
    const call = talk;
    if (!call) return;
    talk = null;
    call.socket.close(1000);
    if (call.since) finish(call, by);
  }

  function finish(call, by) {
    clearInterval(call.ticking);
    clearInterval(call.staying);
    thinking(false);
    remember();
    tellEnd();
    const reasons = {
      me: "You hung up.",
      they: `${name} hung up.`,
      time: "The time was up.",
      lost: "The connection was lost.",
    };
    if (by === "they" && seconds(call) >= call.maxSeconds - 2) by = "time";
    part("ending-words").textContent = `${reasons[by]} You talked for ${spoken(seconds(call))}.`;
    part("say").hidden = true;
    part("bar").hidden = true;
    part("end").hidden = false;
    document.body.dataset.view = "end";
    document.title = `Call with ${name} ended`;
    scrollDown();
    part("ending").focus();
  }

  function tellEnd() {
    const body = new Blob(["{}"], { type: "application/json" });
    if (started) navigator.sendBeacon(`${location.pathname}/end`, body);
    started = false;
  }

  part("hang-up").addEventListener("click", () => hangUp("me"));
  addEventListener("beforeunload", (event) => {
    if (talk?.since) event.preventDefault();
  });
  addEventListener("pagehide", () => {
    hangUp("me");
    tellEnd();
  });

  // --- writing -----------------------------------------------------------------------------------

  part("say").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = words.value.trim();
    if (!text || !talk?.since || talk.socket.readyState !== WebSocket.OPEN) return;
    send(talk, { type: "user_message", text });
    talk.lastTyped = 0;
    words.value = "";
    grow();
    full(0);
    bubble("user", text);
    thinking(true);
    words.focus();
  });

  words.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      part("say").requestSubmit();
    }
  });

  // The box takes no more than its limit and says nothing about the rest of what is pasted.
  words.addEventListener("beforeinput", (event) => {
    const added = event.data ?? event.dataTransfer?.getData("text/plain") ?? (event.inputType === "insertLineBreak" ? "\n" : "");
    const kept = words.value.length - (words.selectionEnd - words.selectionStart);
    full(kept + added.replace(/\r\n/g, "\n").length - words.maxLength);
  });

  function full(tooMany) {
    part("limit").hidden = tooMany <= 0;
    part("limit").textContent = tooMany <= 0 ? "" :
      `A message has ${words.maxLength} characters at most: ${tooMany} at the end ${tooMany === 1 ? "was" : "were"} left out. Send the rest as a second message.`;
  }

  words.addEventListener("input", () => {
    grow();
  });

  function grow() {
    words.style.height = "auto";
    words.style.height = `${Math.min(words.scrollHeight + 2, 160)}px`;
  }

  // --- what was said -----------------------------------------------------------------------------

  function bubble(side, text, eventId) {
    if (!text) return;
    const line = document.createElement("p");
    line.className = `line ${side}`;
    line.dir = "auto";
    const speaker = document.createElement("span");
    speaker.className = "unseen";
    speaker.textContent = side === "agent" ? `${name}: ` : "You: ";
    const said = document.createElement("span");
    said.className = "said";
    said.textContent = plain(text);
    line.append(speaker, said);
    if (eventId !== undefined) line.dataset.event = eventId;
    log.insertBefore(line, log.querySelector(".thinking"));
    scrollDown();
  }

  function correct({ corrected_agent_response: text, event_id: eventId }) {
    const lines = [...log.querySelectorAll(".line.agent:not(.thinking)")];
    const line = lines.findLast((one) => one.dataset.event === String(eventId)) ?? lines.at(-1);
    if (line && text) line.querySelector(".said").textContent = plain(text);
  }

  function thinking(on) {
    log.querySelector(".thinking")?.remove();
    if (!on) return;
    const dots = document.createElement("p");
    dots.className = "line agent thinking";
    dots.setAttribute("aria-hidden", "true");
    dots.append(...[1, 2, 3].map(() => document.createElement("i")));
    log.append(dots);
    scrollDown();
  }

  function scrollDown() {
    log.scrollTop = log.scrollHeight;
  }

  function state(text) {
    if (part("state").textContent !== text) part("state").textContent = text;
  }
});

function plain(text) {
  return text.replace(TURNS, "");
}

function seconds(call) {
  return Math.floor((performance.now() - call.since) / 1000);
}

function clock(total) {
  return `${Math.floor(total / 60)}:${String(total % 60).padStart(2, "0")}`;
}

function spoken(total) {
  const count = (number, one) => (number ? [`${number} ${one}${number === 1 ? "" : "s"}`] : []);
  return [...count(Math.floor(total / 60), "minute"), ...count(total % 60, "second")].join(" and ") || "a moment";
}
