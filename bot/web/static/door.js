// What is to be seen before a call: its buttons, and what is in the way, with ways out of it.

import { buttons, name, part, show } from "./page.js";

export const starters = [...document.querySelectorAll("button.start")];
for (const one of starters) one.dataset.label = one.textContent;

// The buttons that lead into a call now.
function ways() {
  return [...starters, part("go-on")].filter(Boolean);
}

export function busy(on) {
  part("trouble").hidden = true;
  part("ask").hidden = false;
  for (const one of ways()) {
    one.disabled = on;
    one.textContent = on && one.classList.contains("big") ? `Calling ${name()}…` : one.dataset.label;
  }
}

// Shows what is in the way; `more` are ways on, as [label, what it does].
export function tell(why, more = [], calm = false) {
  show("door");
  part("trouble-words").textContent = why.text;
  part("ways").replaceChildren(...buttons(why.copy ? [...more, ["Copy the link", copy]] : more));
  part("trouble").classList.toggle("calm", calm);
  if (more.length) part("ask").hidden = true; // its buttons are the way on
  part("trouble").hidden = false;
  if (!calm) part("trouble").focus();
}

// The same where no button of the page leads on.
export function giveUp(why, calm = false, more = []) {
  part("ask").hidden = true;
  tell(why, more, calm);
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(location.href);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Copy it from the address bar";
  }
}

// Lets the buttons say that the call goes on, where only one can.
export function offerToGoOn(wrote) {
  const [main] = [part("go-on"), ...starters].filter(Boolean);
  if (starters.length < 2) main.textContent = main.dataset.label = "Go on where we stopped";
  if (part("over")) part("over").textContent = "The page was loaded anew.";
  if (part("write")) part("write").checked = wrote;
}

// Nobody can be heard in this browser.
export function offerWriting(why) {
  part("rather")?.remove();
  if (part("how")) part("how").textContent = `You write, ${name()} writes back.`;
  tell(why, [], true);
}

// There is one button now, for whoever is called next.
export function renew() {
  part("over")?.remove();
  part("go-on")?.remove();
  if (!starters.length) return;
  starters.splice(1).forEach((one) => one.remove());
  starters[0].dataset.label = `Call ${name()}`;
  delete starters[0].dataset.remember;
}
