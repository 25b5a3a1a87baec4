// Discord's markdown, block by block, as elements. Text from people is only ever inserted as text.

import { h } from "../core/dom.js";
import { inline } from "./inline.js";

const FENCE = /^```(?:([\w+-]+)\n)?\n?([\s\S]*?)\n?```/;
const HEADING = /^(#{1,3}) +(.+?)(?:\n|$)/;
const SUBTEXT = /^-# +(.+?)(?:\n|$)/;
const QUOTE = /^(?:> ?(.*)(?:\n|$))/;
const REST_QUOTE = /^>>> ?([\s\S]*)/;
const ITEM = /^( *)([-*]|\d+\.) +(.+?)(?:\n|$)/;

/** Nodes for a message or an embed's text. `context` names members, roles and channels: {world}. */
export function markdown(text, context) {
  return blocks(text ?? "", context);
}

function blocks(text, context) {
  const nodes = [];
  let plain = "";
  const flush = () => {
    const trimmed = plain.replace(/\n$/, "");
    if (trimmed) nodes.push(h("div.md-text", {}, inline(trimmed, context)));
    plain = "";
  };
  const take = (node, length) => {
    flush();
    nodes.push(node);
    text = text.slice(length);
  };
  let lineStart = true;
  while (text) {
    const fence = FENCE.exec(text);
    if (fence) {
      take(code(fence[2], fence[1]), fence[0].length + (text[fence[0].length] === "\n" ? 1 : 0));
      lineStart = true;
      continue;
    }
    const block = lineStart && structure(text, context);
    if (block) {
      take(block.node, block.length);
      continue;
    }
    // Up to the next line or the next fence: inline markup may span lines, so it is parsed when the paragraph is whole.
    const end = text.indexOf("\n");
    const fenceAt = text.indexOf("```", 1);
    const stop = fenceAt > 0 && (end < 0 || fenceAt < end) ? fenceAt : end < 0 ? text.length : end + 1;
    plain += text.slice(0, stop);
    text = text.slice(stop);
    lineStart = plain.endsWith("\n");
  }
  flush();
  return nodes;
}

function structure(text, context) {
  const heading = HEADING.exec(text);
  if (heading) {
    const level = heading[1].length;
    return {
      node: h(`div.md-heading.md-h${level}`, { role: "heading", "aria-level": level + 2 }, inline(heading[2], context)),
      length: heading[0].length,
    };
  }
  const subtext = SUBTEXT.exec(text);
  if (subtext) return { node: h("div.md-subtext", {}, inline(subtext[1], context)), length: subtext[0].length };
  const rest = REST_QUOTE.exec(text);
  if (rest) return { node: h("blockquote", {}, blocks(rest[1], context)), length: text.length };
  if (QUOTE.test(text)) return quote(text, context);
  if (ITEM.test(text)) return list(text, context);
  return null;
}

function quote(text, context) {
  let length = 0;
  const lines = [];
  for (let line = QUOTE.exec(text); line && line[0]; line = QUOTE.exec(text.slice(length))) {
    lines.push(line[1]);
    length += line[0].length;
  }
  return { node: h("blockquote", {}, blocks(lines.join("\n"), context)), length };
}

function list(text, context) {
  let length = 0;
  const items = [];
  for (let line = ITEM.exec(text); line; line = ITEM.exec(text.slice(length))) {
    items.push({
      depth: Math.floor(line[1].length / 2),
      ordered: /\d/.test(line[2]),
      start: parseInt(line[2], 10),
      text: line[3],
    });
    length += line[0].length;
  }
  return { node: nest(items, 0, context), length };
}

/** Items with their deeper followers as a list inside them. */
function nest(items, depth, context) {
  const { ordered, start } = items[0];
  const element = h(ordered ? "ol" : "ul", ordered && start > 1 ? { start } : {});
  for (let at = 0; at < items.length;) {
    let end = at + 1;
    while (end < items.length && items[end].depth > depth) end += 1;
    const inner = items.slice(at + 1, end);
    element.append(h("li", {}, inline(items[at].text, context), inner.length ? nest(inner, inner[0].depth, context) : null));
    at = end;
  }
  return element;
}

function code(text, language) {
  return h("pre.md-code", { tabindex: "0", "aria-label": language ? `Code, ${language}` : "Code" }, h("code", {}, text));
}
