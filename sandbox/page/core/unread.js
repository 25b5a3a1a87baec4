// Which channels hold something this member has not looked at. Remembered per member over reloads.

import { Emitter } from "./emitter.js";
import { isEphemeral } from "./feeds.js";
import { read, write } from "./preferences.js";
import { compareIds } from "./snowflake.js";

export class Unread extends Emitter {
  #session;
  #seen;
  #mentions = new Map();
  #looking = new Set();

  constructor(session) {
    super();
    this.#session = session;
    this.#seen = read(`seen.${session.name}`, {});
    session.world.on("activity", (message) => this.#hear(message));
  }

  /** The channels on screen now: what arrives there counts as seen. */
  look(...channelIds) {
    this.#looking = new Set(channelIds.filter(Boolean));
    this.#looking.forEach((id) => this.#see(id));
    this.emit("change");
  }

  isUnread(channelId) {
    const last = this.#session.world.place(channelId)?.last_message_id;
    return Boolean(last) && compareIds(last, this.#seen[channelId] ?? "0") > 0;
  }

  mentionsIn(channelId) {
    return this.#mentions.get(channelId) ?? 0;
  }

  #see(channelId) {
    const last = this.#session.world.place(channelId)?.last_message_id;
    if (last) this.#seen[channelId] = last;
    this.#mentions.delete(channelId);
    write(`seen.${this.#session.name}`, this.#seen);
  }

  #hear(message) {
    const { world } = this.#session;
    if (message.pending || isEphemeral(message)) return;
    const mine = message.author.id === world.me.id;
    if (mine || (this.#looking.has(message.channel_id) && !document.hidden)) this.#see(message.channel_id);
    else if (addressed(message, world)) this.#mentions.set(message.channel_id, this.mentionsIn(message.channel_id) + 1);
    this.emit("change");
  }
}

function addressed(message, world) {
  const held = world.members.get(world.me.id)?.roles ?? [];
  return (
    message.mention_everyone ||
    message.mentions?.some(({ id }) => id === world.me.id) ||
    message.mention_roles?.some((id) => held.includes(id))
  );
}
