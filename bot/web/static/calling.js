// The ways into a call: the button, going on after a reload, calling again, somebody else.

import { bringBack, keep, kept } from "./again.js";
import { connect, hangUp, showEnd } from "./call.js";
import { clear } from "./captions.js";
import { busy, giveUp, renew, tell } from "./door.js";
import { loadLibrary } from "./lines.js";
import { isAtDoor, name, part, root, state } from "./page.js";
import { here, move, post, tellEnd } from "./server.js";
import { hasMicrophone, microphoneRefused } from "./words.js";

const library = loadLibrary();
const atFirst = kept(); // as it was when the page was loaded

let canTalk = Boolean(root.dataset.library) && hasMicrophone();
let kind = atFirst?.kind ?? ""; // voice or text, as it was chosen last
let goingOn = false;

export function canBeTalkedWith() {
  return canTalk;
}

// The button was pressed; `choice` is what the first-call card asks: "true", "false" or nothing.
export async function start(choice) {
  kind = canTalk && !part("write")?.checked ? "voice" : "text";
  busy(true);
  if (kind === "voice" && !(await canBeHeard(choice))) return;
  await call(choice === undefined ? null : choice === "true");
}

async function canBeHeard(choice) {
  let why = { text: `What this page talks with could not be loaded. Try again; or write with ${name()} instead.` };
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    stream.getTracks().forEach((track) => track.stop());
    if (await library) return true;
  } catch (error) {
    why = microphoneRefused(error, name());
  }
  busy(false);
  tell(why, orWrite(choice));
  return false;
}

function orWrite(choice) {
  const write = () => {
    canTalk = false;
    start(choice);
  };
  return [["Try again", () => start(choice)], [`Write with ${name()}`, write]];
}

async function call(remember) {
  const line = kind === "text" ? "text" : root.dataset.rooms ? "room" : "socket";
  const answer = await post("start", { remember, line });
  if (answer.status === 428) return location.reload();
  if (answer.ok) return connect(answer, kind, failed);
  if (answer.status === 410 && atFirst?.state === "cut" && atFirst.path === here()) {
    return callNext(root.dataset.slug); // it ended here meanwhile
  }
  if (answer.status === 409 || answer.status === 410) return giveUp({ text: answer.error });
  busy(false);
  const again = () => start(remember === null ? undefined : String(remember));
  tell({ text: answer.error || "The call could not be put through." }, [["Try again", again]]);
}

// A room that lets nobody in gives way to a WebSocket, for this call and the next.
function failed(error, line) {
  if (line === "room") {
    delete root.dataset.rooms;
    return call(null);
  }
  keep({ state: "ended", kind });
  busy(false);
  if (line !== "text" && error?.name !== "SessionConnectionError" && error?.message !== "no line") {
    return tell({ text: `The sound could not be started in this browser. Try again; or write with ${name()} instead.` }, orWrite());
  }
  tell({ text: `Nobody picked up: the line to ${name()} is out of order. Try again in a moment; if it stays like this, tell whoever runs this.` }, [["Try again", () => start()]]);
}

// Ends what is on, has the server place the next call, and starts it in this page.
export async function goOn(slug) {
  if (goingOn) return;
  goingOn = true;
  if (slug !== root.dataset.slug) bringBack([]);
  hangUp("switch");
  state("Connecting…", "connecting");
  part("clock").textContent = "";
  if (isAtDoor()) busy(true);
  await callNext(slug);
  goingOn = false;
}

async function callNext(slug) {
  kind ||= canTalk ? "voice" : "text";
  const answer = await post("next", { character: slug });
  if (!answer.ok) {
    busy(false);
    if (isAtDoor()) return tell({ text: answer.error });
    tellEnd();
    return showEnd(`Your call with ${name()} is over.`, answer.error);
  }
  move(answer.path);
  dress(answer);
  if (!canTalk) kind = "text";
  if (kind === "voice" && !(await canBeHeard())) return;
  await call(null);
}

// Makes the page the next character's: name, picture and colour.
export function dress(next) {
  for (const key of ["name", "slug", "color", "ink"]) root.dataset[key] = next[key];
  root.style.setProperty("--accent", next.color);
  root.style.setProperty("--on-accent", next.ink);
  for (const key of ["name", "tagline", "author"]) part(key).textContent = next[key];
  part("command").textContent = `/call ${next.slug}`;
  part("portrait").src = `/pictures/${next.slug}`;
  part("words-label").textContent = `Write to ${next.name}`;
  part("log").lang = next.language;
  document.title = `Call ${next.name}`;
  clear(false);
  renew();
}
