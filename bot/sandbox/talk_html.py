"""The text of the talk-to page; `talk_page` fills in `{nonce}`, `{start}`, `{title}` and `{words}`."""

STYLE = """
  :root { color-scheme: light dark; --paper: #faf8f4; --card: #fff; --ink: #24211c; --soft: #6d675d;
    --line: #e2dcd0; --mine: #4a3fb5; --mine-ink: #fff; --note: #fdf1d0; }
  @media (prefers-color-scheme: dark) { :root { --paper: #16151a; --card: #201f26; --ink: #eceaf2;
    --soft: #a5a1b0; --line: #35333d; --mine: #8f86f0; --mine-ink: #14121f; --note: #3a321c; } }
  * { box-sizing: border-box; }
  body { margin: 0; height: 100dvh; display: flex; flex-direction: column; align-items: center;
    background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
  body > * { width: 100%; max-width: 42rem; padding-inline: 1rem; }
  header h1 { font-size: 1.25rem; margin: 1rem 0 .5rem; }
  .note { margin: 0; padding: .5rem .75rem; border-radius: .5rem; background: var(--note); font-size: .9rem; }
  #log { flex: 1; overflow-y: auto; display: flex; flex-direction: column; gap: .6rem; padding-block: 1rem; }
  #log p { margin: 0; padding: .55rem .85rem; border-radius: 1rem; max-width: 85%; white-space: pre-wrap;
    overflow-wrap: anywhere; }
  .agent { align-self: flex-start; background: var(--card); border: 1px solid var(--line); }
  .user { align-self: flex-end; background: var(--mine); color: var(--mine-ink); }
  #log .state { align-self: center; color: var(--soft); font-size: .9rem; text-align: center; }
  form { display: flex; gap: .5rem; padding-block: .75rem calc(.75rem + env(safe-area-inset-bottom)); }
  input { flex: 1; min-width: 0; padding: .65rem .9rem; border: 1px solid var(--line); border-radius: .75rem;
    background: var(--card); color: inherit; font: inherit; }
  button { padding: .65rem 1rem; border: 1px solid transparent; border-radius: .75rem;
    background: var(--mine); color: var(--mine-ink); font: inherit; cursor: pointer; }
  button.plain { background: none; border-color: var(--line); color: inherit; }
  [hidden] { display: none !important; }
  :focus-visible { outline: 3px solid var(--mine); outline-offset: 2px; }
"""

SCRIPT = """
  const start = JSON.parse(document.getElementById("start-data").textContent);
  const find = id => document.getElementById(id);
  const name = start.dynamic_variables.character_name || "the agent";
  let socket = null, busy = null;
  find("title").textContent = "Talk to " + name;
  document.title = "Talk to " + name;

  function show(kind, text) {
    const line = document.createElement("p");
    line.className = kind;
    line.textContent = text;
    find("log").append(line);
    line.scrollIntoView({ block: "end" });
  }
  function running(yes) {
    find("say").hidden = !yes;
    find("begin").hidden = yes;
    if (yes) find("text").focus();
  }
  function send(message) { socket.send(JSON.stringify(message)); }

  find("begin-button").addEventListener("click", () => {
    const scheme = location.protocol === "https:" ? "wss://" : "ws://";
    const agent = encodeURIComponent(start.agent_id);
    socket = new WebSocket(scheme + location.host + "/v1/convai/conversation?agent_id=" + agent, "convai");
    socket.onopen = () => {
      send({ type: "conversation_initiation_client_data", dynamic_variables: start.dynamic_variables });
      busy = setInterval(() => send({ type: "user_activity" }), 30000);
      running(true);
    };
    socket.onmessage = event => {
      const message = JSON.parse(event.data);
      if (message.type === "ping") send({ type: "pong", event_id: message.ping_event.event_id });
      if (message.type === "agent_response") show("agent", message.agent_response_event.agent_response);
    };
    socket.onclose = event => {
      clearInterval(busy);
      running(false);
      find("begin-button").textContent = "Start again";
      show("state", event.reason ? "The conversation ended: " + event.reason : "The conversation has ended.");
    };
  });
  find("say").addEventListener("submit", event => {
    event.preventDefault();
    const text = find("text").value.trim();
    if (!text || socket.readyState !== WebSocket.OPEN) return;
    show("user", text);
    send({ type: "user_message", text });
    find("text").value = "";
  });
  find("end").addEventListener("click", () => socket.close(1000));
"""

HEAD = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{title}}</title>
<style nonce="{{nonce}}">{STYLE}</style>
</head>
"""

PAGE = (
    HEAD.replace("{title}", "Talk")
    + f"""<body>
<header>
  <h1 id="title">Talk</h1>
  <p class="note">This is Troupe's stand-in for ElevenLabs, on this computer. Nobody listens, no AI answers:
    a script reads the part, in text.</p>
</header>
<main id="log" role="log" aria-live="polite"></main>
<form id="begin"><button type="button" id="begin-button">Start</button></form>
<form id="say" hidden>
  <input id="text" aria-label="Your message" placeholder="Say something" autocomplete="off" maxlength="4000">
  <button>Send</button>
  <button type="button" id="end" class="plain">End</button>
</form>
<script type="application/json" id="start-data" nonce="{{nonce}}">{{start}}</script>
<script nonce="{{nonce}}">{SCRIPT}</script>
</body>
</html>
"""
)

NOTICE = (
    HEAD
    + """<body>
<header>
  <h1>{title}</h1>
  <p>{words}</p>
  <p class="note">This is Troupe's stand-in for ElevenLabs, on this computer.</p>
</header>
</body>
</html>
"""
)
