"use strict";

// Runs before anything is painted, so that the page has its character's colour from the start; the modules
// come after the page was read.
const { classList, dataset, style } = document.documentElement;

// Without a script the buttons would do nothing: the page shows them to whoever has one.
classList.add("scripted");

// The policy of the page allows no style of its own in the markup.
if (dataset.color) {
  style.setProperty("--accent", dataset.color);
  style.setProperty("--on-accent", dataset.ink);
}

// A module that does not arrive takes all others with it, and then nobody else is there to say so.
document.addEventListener("error", ({ target }) => {
  if (target.id !== "page") return;
  const say = () => {
    document.getElementById("ask").hidden = true;
    document.getElementById("broken").hidden = false;
    classList.add("ready");
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", say);
  else say();
}, true);
