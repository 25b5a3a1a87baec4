// Words that appear beside a control on hover or focus. They may have to be asked for.

import { h } from "../core/dom.js";

const box = h("div.tooltip", { role: "tooltip", id: "tooltip", hidden: true });
let shownFor = null;

export async function showTooltip(anchor, ask) {
  if (shownFor === anchor) return;
  shownFor = anchor;
  const words = await ask().catch(() => null);
  if (!words || shownFor !== anchor || !anchor.isConnected) return;
  if (!box.isConnected) document.body.append(box);
  box.textContent = words;
  box.hidden = false;
  anchor.setAttribute("aria-describedby", "tooltip");
  const from = anchor.getBoundingClientRect();
  const size = box.getBoundingClientRect();
  const left = Math.max(8, Math.min(from.left + (from.width - size.width) / 2, innerWidth - size.width - 8));
  const top = from.top - size.height - 6;
  box.style.left = `${left}px`;
  box.style.top = `${top > 8 ? top : from.bottom + 6}px`;
}

export function hideTooltip() {
  shownFor?.removeAttribute("aria-describedby");
  shownFor = null;
  box.hidden = true;
}
