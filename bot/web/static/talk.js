// Ties the page together: which button does what, and what is to be seen at first.

import { bringBack, kept } from "./again.js";
import { hangUp, say, toggleMute } from "./call.js";
import { canBeTalkedWith, goOn, start } from "./calling.js";
import { showCast } from "./cast.js";
import { giveUp, offerToGoOn, offerWriting, starters } from "./door.js";
import { name, part, root } from "./page.js";
import { whyNoMicrophone } from "./words.js";
import { whenSent } from "./writing.js";

const sameAgain = () => goOn(root.dataset.slug);

for (const button of starters) button.addEventListener("click", () => start(button.dataset.remember));
for (const button of document.querySelectorAll(".someone-else")) button.addEventListener("click", () => showCast(goOn));
part("not-now")?.addEventListener("click", () => {
  giveUp({ text: "No call was started. This link stays good for a few minutes: open it again if you change your mind." }, true);
});
part("go-on")?.addEventListener("click", sameAgain);
part("again").addEventListener("click", sameAgain);
part("hang-up").addEventListener("click", () => hangUp("me"));
part("mute").addEventListener("click", toggleMute);
whenSent(say);

if (root.dataset.library && !canBeTalkedWith()) offerWriting(whyNoMicrophone(name()));

const before = kept();
if (before?.state === "cut") {
  bringBack(before.lines);
  offerToGoOn(before.kind === "text");
} else if (before?.state === "ended" && !part("over")) {
  giveUp({ text: `This call with ${name()} is over.` }, true, [["Call again", sameAgain]]);
}
root.classList.add("ready");
