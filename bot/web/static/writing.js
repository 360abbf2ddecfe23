// The box in which one writes, at any moment of a call.

import { part } from "./page.js";

const words = part("words");
const TALLEST = 160;

// `say` takes what is sent and returns whether it went out; what did not stays in the box.
export function whenSent(say) {
  part("say").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = words.value.trim();
    if (!text || !say(text)) return;
    words.value = "";
    grow();
    full(0);
    words.focus();
  });
}

words.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    part("say").requestSubmit();
  }
});

// The box takes no more than its limit and says nothing about the rest of what is pasted.
words.addEventListener("beforeinput", (event) => {
  const added = event.data ?? event.dataTransfer?.getData("text/plain") ?? (event.inputType === "insertLineBreak" ? "\n" : "");
  const remaining = words.value.length - (words.selectionEnd - words.selectionStart);
  full(remaining + added.replace(/\r\n/g, "\n").length - words.maxLength);
});

words.addEventListener("input", grow);

function full(tooMany) {
  part("limit").hidden = tooMany <= 0;
  part("limit").textContent = tooMany <= 0 ? "" :
    `A message has ${words.maxLength} characters at most: ${tooMany} at the end ${tooMany === 1 ? "was" : "were"} left out. Send the rest as a second message.`;
}

function grow() {
  words.style.height = "auto";
  words.style.height = `${Math.min(words.scrollHeight + 2, TALLEST)}px`;
}
