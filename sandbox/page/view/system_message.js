// What Discord itself says in a channel: threads started, names changed, people come and gone.

import { h, icon } from "../core/dom.js";
import { full, moment, posted } from "./time.js";

const RECIPIENT_ADD = 1;
const RECIPIENT_REMOVE = 2;
const NAME_CHANGE = 4;
const PINNED = 6;
const JOIN = 7;
const THREAD_CREATED = 18;

export function systemLine(message, world) {
  const who = h("strong", {}, world.nameOf(message.author.id, message.author));
  const whom = () =>
    h("strong", {}, message.mentions?.[0] ? world.nameOf(message.mentions[0].id, message.mentions[0]) : "someone");
  const words = {
    [RECIPIENT_ADD]: () => [who, " added ", whom(), " to the thread."],
    [RECIPIENT_REMOVE]: () => [who, " removed ", whom(), " from the thread."],
    [NAME_CHANGE]: () => [who, " changed the name to ", h("strong", {}, message.content), "."],
    [PINNED]: () => [who, " pinned a message."],
    [JOIN]: () => [who, " joined."],
    [THREAD_CREATED]: () => [who, " started a thread: ", h("strong", {}, message.content), "."],
  };
  const date = moment(message.timestamp);
  return h(
    "div.system-line",
    {},
    icon(message.type === THREAD_CREATED ? "thread" : "arrow"),
    h("span", {}, words[message.type]?.() ?? [who, " ", message.content]),
    h("time.message-time", { datetime: message.timestamp, title: full(date) }, posted(date)),
  );
}
