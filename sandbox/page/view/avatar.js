// A drawn picture for everybody: initials on the colour of their highest role.

import { h, icon } from "../core/dom.js";

const PALETTE = [0x5865f2, 0x2d7d46, 0xb5541c, 0xa12d6b, 0x1f7a8c, 0x8446c8, 0x8a6d00, 0xb3323d];

export function avatar(user, world, size = "") {
  if (user.bot) return h("span.avatar.bot", { class: size, "aria-hidden": "true" }, icon("key"));
  const name = world?.nameOf(user.id, user) ?? user.username;
  const words = name.split(/[\s_-]+/).filter(Boolean);
  const initials = words.length > 1 ? words[0][0] + words.at(-1)[0] : name.slice(0, 2);
  const colour = world?.colourOf(user.id) || PALETTE[hash(name) % PALETTE.length];
  return h(
    "span.avatar",
    { class: size, "aria-hidden": "true", style: { "--own": hex(colour), "--ink": ink(colour) } },
    initials.toUpperCase(),
  );
}

export function hex(colour) {
  return `#${colour.toString(16).padStart(6, "0")}`;
}

/** Custom properties for something drawn in a role's colour; the style sheet mixes them to stay readable in both themes. */
export function tint(colour) {
  return { "--own": hex(colour) };
}

/** Black or white, whichever can be read on the colour (WCAG's relative luminance). */
function ink(colour) {
  const channel = (shift) => {
    const value = ((colour >> shift) & 255) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0);
  return luminance > 0.179 ? "#111214" : "#ffffff";
}

function hash(text) {
  return [...text].reduce((sum, character) => (sum * 31 + character.codePointAt(0)) >>> 0, 7);
}
