// What was said, on both sides, as it comes.

import { line, name, part, plain } from "./page.js";

const log = part("log");

export function clear(aloud) {
  log.replaceChildren();
  log.setAttribute("aria-live", aloud ? "off" : "polite"); // else it would be said twice
}

// Adds a line; `side` is agent or user. Returns whether there was anything to show.
export function bubble(side, text, eventId, isEarlier = false) {
  if (!text) return false;
  if (side === "agent") thinking(false);
  const row = document.createElement("p");
  row.className = `line ${side}${isEarlier ? " earlier" : ""}`;
  row.dir = "auto";
  const speaker = line("span", side === "agent" ? `${name()}: ` : "You: ");
  speaker.className = "unseen";
  const said = line("span", text);
  said.className = "said";
  row.append(speaker, said);
  if (eventId !== undefined) row.dataset.event = eventId;
  log.insertBefore(row, log.querySelector(".thinking"));
  scrollDown();
  return true;
}

// Somebody who was interrupted said less than was shown.
export function correct({ corrected_agent_response: text, event_id: eventId }) {
  const rows = [...log.querySelectorAll(".line.agent:not(.thinking)")];
  const row = rows.findLast((one) => one.dataset.event === String(eventId)) ?? rows.at(-1);
  if (row && text) row.querySelector(".said").textContent = plain(text);
}

export function thinking(on) {
  log.querySelector(".thinking")?.remove();
  if (!on) return;
  const dots = document.createElement("p");
  dots.className = "line agent thinking";
  dots.setAttribute("aria-hidden", "true");
  dots.append(...[1, 2, 3].map(() => document.createElement("i")));
  log.append(dots);
  scrollDown();
}

export function scrollDown() {
  log.scrollTop = log.scrollHeight;
}
