// The conversation that is on: from the server's answer to the end card.

import { broughtBack, bringBack, keep, record } from "./again.js";
import { bubble, clear, correct, scrollDown, thinking } from "./captions.js";
import { openLine } from "./lines.js";
import { clock, name, news, part, show, spoken, state } from "./page.js";
import { listen, tellEnd } from "./server.js";

const KEPT_LINES = 12;
const still = matchMedia("(prefers-reduced-motion: reduce)");

let talk = null; // the conversation that is on now

export function isOn() {
  return talk !== null;
}

// Opens the line; `kind` is voice or text, `failed` takes the error and the line where nobody picked up.
export async function connect(answer, kind, failed) {
  const now = { answer, kind, line: null, since: 0, ticking: 0, muted: false, lines: broughtBack(), deafen: () => {} };
  talk = now;
  enter(now);
  const mine = (act) => (...what) => { if (talk === now) act(now, ...what); };
  try {
    await openLine(answer, {
      begun: mine(begin),
      said: mine(caption),
      corrected: mine((_, event) => correct(event)),
      thinking: mine((_, on) => thinking(on)),
      mode: mine((_, mode) => mood(mode)),
      over: mine((_, by) => { talk = null; finish(now, by); }),
    });
  } catch (error) {
    if (talk !== now || now.since) return;
    talk = null;
    failed(error, answer.line);
  }
}

// Shows the call while it is being put through.
function enter(now) {
  show("talk");
  for (const id of ["say", "bar"]) part(id).hidden = false;
  part("end").hidden = true;
  part("mute").hidden = now.answer.line === "text";
  part("mute").disabled = true;
  clear(now.answer.line !== "text");
  part("clock").classList.remove("short");
  part("clock").textContent = `${clock(now.answer.max_seconds)} left`;
  state("Connecting…", "connecting");
  broughtBack().forEach(([side, text]) => bubble(side, text, undefined, true));
}

function begin(now, line) {
  now.line = line;
  now.since = performance.now();
  now.ticking = setInterval(() => tick(now), 1000);
  part("mute").disabled = false;
  press(false);
  document.title = `Talking with ${name()}`;
  mood("listening");
  news(line.isVoice ? `${name()} is on the line. Speak, or write.` : `${name()} is on the line.`);
  tick(now);
  if (broughtBack().length && now.answer.remembers) line.context(record());
  bringBack([]);
  keep({ state: "cut", kind: now.kind, lines: [] });
  now.deafen = listen({
    update: (text) => line.context(text),
    hangUp: () => { if (talk === now) hangUp("asked"); },
  });
  if (line.isVoice) moveRing(now);
  else part("words").focus();
}

function caption(now, side, text, eventId) {
  if (bubble(side, text, eventId)) now.lines = [...now.lines, [side, text]].slice(-KEPT_LINES);
}

// Writes to the character; returns whether it went out.
export function say(text) {
  if (!talk?.line?.isOpen()) return false;
  talk.line.say(text);
  caption(talk, "user", text);
  thinking(true);
  return true;
}

function mood(mode) {
  if (talk?.muted && mode === "listening") return state("You are muted", "muted");
  if (talk?.line?.isVoice) return state(mode === "speaking" ? `${name()} speaks` : "Listening", mode);
  state("On the line", "listening");
}

// The ring around the picture follows the louder of the two voices.
function moveRing(now) {
  let level = 0;
  const frame = () => {
    if (talk !== now) return part("ring").style.removeProperty("--level");
    const [mine, theirs] = now.line.levels();
    level = Math.max(Math.min(1, Math.max(now.muted ? 0 : mine, theirs) * 2.4), level * 0.88);
    if (!still.matches) part("ring").style.setProperty("--level", level.toFixed(3));
    requestAnimationFrame(frame);
  };
  frame();
}

export function toggleMute() {
  if (!talk?.line) return;
  press(!talk.muted);
  talk.line.mute(talk.muted);
  mood("listening");
  news(talk.muted ? "You are muted." : "You are heard again.");
}

function press(muted) {
  talk.muted = muted;
  part("mute").setAttribute("aria-pressed", String(muted));
}

function seconds(now) {
  return now.since ? Math.floor((performance.now() - now.since) / 1000) : 0;
}

function tick(now) {
  const spent = seconds(now);
  const left = Math.max(0, now.answer.max_seconds - spent);
  part("clock").textContent = `${clock(spent)} · ${clock(left)} left`;
  if (left <= 60 && now.answer.max_seconds > 120 && !part("clock").classList.contains("short")) {
    part("clock").classList.add("short");
    news("One minute is left.");
  }
  if (left === 0) hangUp("time");
}

// Ends the conversation; `by` says whose doing it was, or what.
export function hangUp(by) {
  const now = talk;
  if (!now) return;
  talk = null;
  now.line?.close();
  finish(now, by);
}

function finish(now, by) {
  now.deafen();
  clearInterval(now.ticking);
  thinking(false);
  const left = by === "cut" ? { state: "cut", lines: now.answer.remembers ? now.lines : [] } : { state: "ended" };
  keep({ kind: now.kind, ...left });
  if (by === "switch") return;
  tellEnd();
  const reasons = {
    me: "You hung up.",
    asked: "You hung up with /hangup.",
    cut: "The page was left.",
    they: `${name()} hung up.`,
    time: "The time was up.",
    lost: "The connection was lost.",
  };
  if (by === "they" && seconds(now) >= now.answer.max_seconds - 2) by = "time";
  showEnd(now.since ? `${reasons[by]} You talked for ${spoken(seconds(now))}.` : reasons[by]);
}

export function showEnd(text, trouble = "") {
  show("end");
  part("ending-words").textContent = text;
  part("ending-trouble").textContent = trouble;
  part("ending-trouble").hidden = !trouble;
  part("say").hidden = true;
  part("bar").hidden = true;
  part("end").hidden = false;
  document.title = `Call with ${name()} ended`;
  scrollDown();
  part("ending").focus();
}

addEventListener("beforeunload", (event) => {
  if (talk?.since) event.preventDefault();
});

// A page that is left ends its call.
addEventListener("pagehide", () => {
  hangUp("cut");
  tellEnd();
});
