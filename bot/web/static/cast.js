// "Someone else…": whom one may call next, and a choice of them.

import { isOn } from "./call.js";
import { line, name, part } from "./page.js";
import { post } from "./server.js";

const NOBODY = "There is nobody else that can be called from here.";

// `call` is given the slug of whoever was chosen.
export async function showCast(call) {
  part("cast-list").replaceChildren();
  part("cast-words").textContent = "Looking who is there…";
  part("cast").showModal();
  part("cast-title").focus();
  const answer = await post("cast");
  const others = answer.cast ?? [];
  part("cast-words").textContent = answer.error ?? (others.length ? warning() : NOBODY);
  part("cast-list").replaceChildren(...others.map((one) => offer(one, call)));
}

function warning() {
  return isOn() ? `Whoever you choose: it ends your call with ${name()}.` : "";
}

export function offer(one, call) {
  const picture = new Image(48, 48);
  picture.src = `/pictures/${one.slug}`;
  picture.alt = "";
  const both = document.createElement("span");
  both.append(line("b", one.name), line("small", one.tagline));
  const button = document.createElement("button");
  button.append(picture, both);
  button.addEventListener("click", () => {
    part("cast").close();
    call(one.slug);
  });
  const item = document.createElement("li");
  item.append(button);
  return item;
}

part("cast-close").addEventListener("click", () => part("cast").close());
