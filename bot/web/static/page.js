// What all parts of the page share: its elements, whose page it is, and what it says of itself.

export const root = document.documentElement;
export const part = (id) => document.getElementById(id);
export const name = () => root.dataset.name;

// What turns the direction of all that follows, or of the page around it.
const TURNS = /[\u202A-\u202E\u2066-\u2069]/gu;

export function plain(text) {
  return text.replace(TURNS, "");
}

export function line(tag, text) {
  const element = document.createElement(tag);
  element.textContent = plain(text);
  return element;
}

// One button for each way on, as [label, what it does].
export function buttons(ways) {
  return ways.map(([label, act]) => {
    const button = line("button", label);
    button.addEventListener("click", () => act(button));
    return button;
  });
}

// Which of door, talk and end is to be seen.
export function show(view) {
  part("door").hidden = view !== "door";
  part("talk").hidden = view === "door";
  document.body.dataset.view = view;
}

export function isAtDoor() {
  return document.body.dataset.view === "door";
}

export function state(text, mode) {
  part("state").textContent = text;
  part("talk").dataset.mode = part("ring").dataset.mode = mode;
}

// For whoever hears the page instead of seeing it.
export function news(text) {
  part("news").textContent = text;
}

export function clock(total) {
  return `${Math.floor(total / 60)}:${String(total % 60).padStart(2, "0")}`;
}

export function spoken(total) {
  const count = (number, one) => (number ? [`${number} ${one}${number === 1 ? "" : "s"}`] : []);
  return [...count(Math.floor(total / 60), "minute"), ...count(total % 60, "second")].join(" and ") || "a moment";
}
