// What this member knows of the guild, kept up to date by gateway dispatches. No elements here: views listen for
// "ready", "channels", "members", "typing", "commands" and, per channel, "feed" ({channel, message?, kind}).

import { Emitter } from "./emitter.js";
import { Feeds } from "./feeds.js";
import { permissionsIn, SEND_IN_THREADS, SEND_MESSAGES, VIEW_CHANNEL } from "./permissions.js";
import { compareIds } from "./snowflake.js";

const TEXT_CHANNELS = [0, 5];
export const THREADS = [10, 11, 12];
const TYPING_LASTS = 10_000;

export class World extends Emitter {
  me = null;
  guild = null;
  roles = new Map();
  members = new Map();
  channels = new Map();
  threads = new Map();
  #typing = new Map();

  constructor(rest) {
    super();
    this.rest = rest;
    this.feeds = new Feeds(this);
  }

  apply(name, data) {
    const handler = this.#handlers[name];
    if (handler) handler(data);
    else this.feeds.apply(name, data);
  }

  #handlers = {
    READY: (data) => {
      this.me = data.user;
      for (const guild of data.guilds ?? []) if (guild.channels) this.#enter(guild);
    },
    GUILD_CREATE: (data) => this.#enter(data),
    GUILD_UPDATE: (data) => {
      Object.assign(this.guild, { name: data.name, owner_id: data.owner_id });
      this.emit("channels");
    },
    CHANNEL_CREATE: (data) => this.#channel(data),
    CHANNEL_UPDATE: (data) => this.#channel(data),
    CHANNEL_DELETE: (data) => {
      this.channels.delete(data.id);
      this.emit("channels");
    },
    THREAD_CREATE: (data) => this.#thread(data),
    THREAD_UPDATE: (data) => this.#thread(data),
    THREAD_LIST_SYNC: (data) => data.threads.forEach((thread) => this.#thread(thread)),
    THREAD_DELETE: (data) => {
      this.threads.delete(data.id);
      this.emit("channels");
      this.feeds.threadChanged(data.id, data.parent_id);
    },
    GUILD_MEMBER_ADD: (data) => this.#member(data),
    GUILD_MEMBER_UPDATE: (data) => this.#member(data),
    GUILD_MEMBER_REMOVE: (data) => {
      this.members.delete(data.user.id);
      this.emit("members");
    },
    GUILD_ROLE_CREATE: ({ role }) => this.#role(role),
    GUILD_ROLE_UPDATE: ({ role }) => this.#role(role),
    GUILD_ROLE_DELETE: ({ role_id }) => {
      this.roles.delete(role_id);
      this.emit("members");
    },
    TYPING_START: (data) => this.#types(data),
    GUILD_APPLICATION_COMMAND_INDEX_UPDATE: () => this.emit("commands"),
  };

  #enter(guild) {
    this.guild = guild;
    this.roles = new Map(guild.roles.map((role) => [role.id, role]));
    this.channels = new Map(guild.channels.map((channel) => [channel.id, channel]));
    this.threads = new Map((guild.threads ?? []).map((thread) => [thread.id, thread]));
    this.members = new Map((guild.members ?? []).map((member) => [member.user.id, member]));
    this.feeds.reset();
    this.emit("ready");
  }

  #channel(channel) {
    this.channels.set(channel.id, { ...this.channels.get(channel.id), ...channel });
    this.emit("channels");
  }

  #thread(thread) {
    const known = this.threads.get(thread.id);
    this.threads.set(thread.id, { ...known, ...thread });
    this.emit("channels");
    this.feeds.threadChanged(thread.id, thread.parent_id);
  }

  #member(member) {
    this.members.set(member.user.id, { ...this.members.get(member.user.id), ...member });
    this.emit("members");
    if (member.user.id === this.me?.id) this.emit("channels");
  }

  #role(role) {
    this.roles.set(role.id, role);
    this.emit("members");
  }

  #types({ channel_id, user_id }) {
    if (user_id === this.me?.id) return;
    if (!this.#typing.has(channel_id)) this.#typing.set(channel_id, new Map());
    const typing = this.#typing.get(channel_id);
    clearTimeout(typing.get(user_id));
    typing.set(
      user_id,
      setTimeout(() => this.stopsTyping(channel_id, user_id), TYPING_LASTS),
    );
    this.emit("typing", channel_id);
  }

  stopsTyping(channelId, userId) {
    const typing = this.#typing.get(channelId);
    if (!typing?.has(userId)) return;
    clearTimeout(typing.get(userId));
    typing.delete(userId);
    this.emit("typing", channelId);
  }

  typingIn(channelId) {
    return [...(this.#typing.get(channelId)?.keys() ?? [])].map((id) => this.nameOf(id));
  }

  /** A channel or a thread. */
  place(id) {
    return this.channels.get(id) ?? this.threads.get(id);
  }

  nameOf(userId, user) {
    const member = this.members.get(userId);
    const known = member?.user ?? user;
    return member?.nick ?? known?.global_name ?? known?.username ?? "someone";
  }

  /** The member's roles, highest first, without @everyone. */
  rolesOf(userId) {
    const ids = this.members.get(userId)?.roles ?? [];
    return ids
      .map((id) => this.roles.get(id))
      .filter(Boolean)
      .sort((a, b) => b.position - a.position);
  }

  /** The colour number of the highest coloured role, or 0. */
  colourOf(userId) {
    return this.rolesOf(userId).find(({ color }) => color)?.color ?? 0;
  }

  allows(channelId, permission) {
    const place = this.place(channelId);
    const channel = this.channels.get(place?.parent_id) ?? place;
    const member = this.members.get(this.me?.id);
    if (!channel || !member) return false;
    return Boolean(permissionsIn(this.guild, this.roles, member, channel) & permission);
  }

  maySend(channelId) {
    return this.allows(channelId, this.threads.has(channelId) ? SEND_IN_THREADS : SEND_MESSAGES);
  }

  /** The text channels that this member sees, in the guild's order. */
  visibleChannels() {
    return [...this.channels.values()]
      .filter(({ id, type }) => TEXT_CHANNELS.includes(type) && this.allows(id, VIEW_CHANNEL))
      .sort((a, b) => a.position - b.position || compareIds(a.id, b.id));
  }

  /** Open threads of a channel, the last active first. */
  threadsOf(channelId) {
    const activity = (thread) => thread.last_message_id ?? thread.id;
    return [...this.threads.values()]
      .filter(({ parent_id, thread_metadata }) => parent_id === channelId && !thread_metadata?.archived)
      .sort((a, b) => compareIds(activity(b), activity(a)));
  }
}
