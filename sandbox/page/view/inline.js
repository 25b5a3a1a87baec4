// Markdown inside a line: emphasis, code, links, spoilers, mentions, timestamps. The first rule that fits at a place wins.

import { h } from "../core/dom.js";
import { full, styled } from "./time.js";
import { tint } from "./avatar.js";

/** A sentence's own full stop or closing bracket is not part of an address. */
const BARE_LINK = /^https?:\/\/(?:[^\s<>()]|\([^\s<>()]*\))*(?:[^\s<>().,:;!?'"]|\([^\s<>()]*\))/;

/** Discord's own address of a message, whatever the host. */
const MESSAGE_LINK = /^https?:\/\/[^\s/<>]+\/channels\/\d+\/(\d+)(?:\/(\d+))?(?![\w/])/;

const RULES = [
  [/^\\([^0-9A-Za-z\s])/, ([, character]) => character],
  [/^(`{1,2})([\s\S]*?[^`])\1(?!`)/, ([, , text]) => h("code.md-inline-code", {}, text.replace(/^ (.*`.*) $/, "$1"))],
  [/^\|\|([\s\S]+?)\|\|/, ([, text], context) => spoiler(text, context)],
  [/^\*\*\*([\s\S]+?)\*\*\*(?!\*)/, ([, text], context) => h("strong", {}, h("em", {}, inline(text, context)))],
  [/^\*\*([\s\S]+?)\*\*(?!\*)/, ([, text], context) => h("strong", {}, inline(text, context))],
  [/^__([\s\S]+?)__(?!_)/, ([, text], context) => h("u", {}, inline(text, context))],
  [/^~~([\s\S]+?)~~/, ([, text], context) => h("s", {}, inline(text, context))],
  [/^\*(?!\s)((?:\*\*[\s\S]+?\*\*|[^*])+?)\*(?!\*)/, ([, text], context) => h("em", {}, inline(text, context))],
  [/^_((?:__[\s\S]+?__|[^_])+?)_(?!\w)/, ([, text], context) => h("em", {}, inline(text, context)), "word"],
  [/^<t:(-?\d{1,13})(?::([tTdDfFR]))?>/, ([, unix, style]) => timestamp(Number(unix), style)],
  [/^<@!?(\d+)>/, ([, id], context) => person(id, context)],
  [/^<@&(\d+)>/, ([, id], context) => role(id, context)],
  [/^<#(\d+)>/, ([, id], context) => channel(id, context)],
  [
    /^<\/([^:>]{1,100}):(\d+)>/,
    ([, name]) => h("button.mention", { type: "button", dataset: { action: "slash", command: name } }, `/${name}`),
  ],
  [/^<a?:(\w+):\d+>/, ([, name]) => h("span.emoji", { title: `:${name}:` }, `:${name}:`)],
  [/^@(everyone|here)\b/, ([whole]) => h("span.mention", {}, whole)],
  [MESSAGE_LINK, ([, place, message], context) => messageLink(place, message, context)],
  [
    /^\[((?:\[[^\]]*\]|[^[\]])+)\]\(<?(https?:\/\/[^\s<>)]+)>?(?: "[^"]*")?\)/,
    ([, text, url], context) => masked(url, inline(text, context), context),
  ],
  [/^<(https?:\/\/[^\s<>]+)>/, ([, url]) => link(url, url)],
  [BARE_LINK, ([url]) => link(url, url)],
];

/** Where markup can begin; everything before the next such place is plain text. */
const NEXT = /[\\`|*_~<@[]|https?:\/\//g;

export function inline(text, context) {
  const nodes = [];
  let plain = "";
  let before = "";
  for (let at = 0; at < text.length;) {
    const found = match(text.slice(at), before, context);
    if (found) {
      if (plain) nodes.push(plain);
      plain = "";
      nodes.push(found.node);
      before = text[at + found.length - 1];
      at += found.length;
      continue;
    }
    NEXT.lastIndex = at + 1;
    const next = NEXT.exec(text)?.index ?? text.length;
    plain += text.slice(at, next);
    before = text[next - 1];
    at = next;
  }
  if (plain) nodes.push(plain);
  return nodes;
}

function match(rest, before, context) {
  for (const [pattern, make, boundary] of RULES) {
    // snake_case is no emphasis: an underscore counts only where a word begins.
    if (boundary && /\w/.test(before)) continue;
    const found = pattern.exec(rest);
    if (!found) continue;
    const node = make(found, context);
    return { node, length: found[0].length };
  }
  return null;
}

function link(url, content) {
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, content);
}

/** Leads to the message inside the page instead of away from it. */
function messageLink(place, message, { world }, content = null) {
  const known = world.place(place);
  if (!known) return h("span.mention", {}, content ?? "#unknown");
  const words = content ?? `#${known.name}${message ? " › message" : ""}`;
  return h("button.mention", { type: "button", dataset: { action: "message", channel: place, message } }, words);
}

function masked(url, content, context) {
  const [, place, message] = MESSAGE_LINK.exec(url) ?? [];
  return place ? messageLink(place, message, context, content) : link(url, content);
}

function spoiler(text, context) {
  return h(
    "span.spoiler",
    { role: "button", tabindex: "0", "aria-label": "Spoiler", "aria-expanded": "false", dataset: { action: "spoiler" } },
    h("span", {}, inline(text, context)),
  );
}

function timestamp(unix, style = "f") {
  const date = new Date(unix * 1000);
  const valid = !Number.isNaN(date.getTime());
  return h(
    "time.md-time",
    {
      datetime: valid ? date.toISOString() : null,
      title: valid ? full(date) : null,
      dataset: { relative: style === "R" ? unix : null },
    },
    styled(unix, style),
  );
}

function person(id, { world }) {
  const known = world.members.has(id);
  const name = known ? world.nameOf(id) : "unknown-user";
  return h("span.mention", { class: id === world.me?.id ? "mine" : "", dataset: { user: id } }, `@${name}`);
}

function role(id, { world }) {
  const known = world.roles.get(id);
  const held = world.members.get(world.me?.id)?.roles.includes(id);
  const style = known?.color ? tint(known.color) : {};
  return h(
    "span.mention",
    { class: [held ? "mine" : "", known?.color ? "tinted" : ""].join(" "), style },
    `@${known?.name ?? "deleted-role"}`,
  );
}

function channel(id, { world }) {
  const known = world.place(id);
  if (!known) return h("span.mention", {}, "#unknown");
  return h("button.mention", { type: "button", dataset: { action: "channel", channel: id } }, `#${known.name}`);
}
