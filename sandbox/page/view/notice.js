// One line that says what went wrong, and goes away by itself.

import { h } from "../core/dom.js";

const LASTS = 6_000;
const box = h("div.notice", { role: "alert", hidden: true, dataset: { testid: "notice" } });
let timer = null;

export function notify(words) {
  if (!box.isConnected) document.body.append(box);
  box.textContent = words;
  box.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => {
    box.hidden = true;
  }, LASTS);
}
