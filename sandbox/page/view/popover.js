// A small menu beside the control that opened it. Closes on Escape, on a click elsewhere, and gives the focus back.

import { h } from "../core/dom.js";

const GAP = 6;
const EDGE = 8;

/** Returns the function that closes it. */
export function openPopover(anchor, content, { width } = {}) {
  const box = h("div.popover", {}, content);
  if (width) box.style.width = `${width}px`;
  document.body.append(box);
  place(box, anchor);
  anchor.setAttribute("aria-expanded", "true");

  const items = () => [...box.querySelectorAll("button:not(:disabled), [role=menuitemradio]")];
  const close = ({ refocus = true } = {}) => {
    if (!box.isConnected) return;
    box.remove();
    anchor.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    if (refocus && anchor.isConnected) anchor.focus();
  };
  const outside = (event) => {
    if (!box.contains(event.target) && !anchor.contains(event.target)) close({ refocus: false });
  };
  box.addEventListener("keydown", (event) => {
    const all = items();
    const at = all.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (event.key === "Escape" || event.key === "Tab") close();
    else if (step) all[(at + step + all.length) % all.length].focus();
    else if (event.key === "Home") all[0].focus();
    else if (event.key === "End") all.at(-1).focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener("pointerdown", outside, true);
  (box.querySelector("[aria-checked=true]") ?? items()[0])?.focus();
  return close;
}

function place(box, anchor) {
  const from = anchor.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const left = Math.max(EDGE, Math.min(from.left, innerWidth - width - EDGE));
  const above = from.top - height - GAP;
  const top = above >= EDGE ? above : Math.max(EDGE, Math.min(from.bottom + GAP, innerHeight - height - EDGE));
  box.style.left = `${left}px`;
  box.style.top = `${top}px`;
}
