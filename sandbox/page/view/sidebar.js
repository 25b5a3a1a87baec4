// Left: the guild's name, its channels with their open threads, and below them who one is.

import { h, icon, morph } from "../core/dom.js";
import { avatar } from "./avatar.js";
import { openMemberMenu } from "./member_menu.js";

const THREADS_SHOWN = 6;

export class Sidebar {
  #session;
  #handlers;
  #open = { channel: null, thread: null };
  #stops;

  /** `handlers`: {openChannel(id), openThread(id), switchTo(member), members, close()}. */
  constructor(session, unread, handlers) {
    this.#session = session;
    this.unread = unread;
    this.#handlers = handlers;
    this.channels = h("nav.channels", { "aria-label": "Channels" });
    this.person = h("div.person");
    this.element = h(
      "aside.sidebar",
      { id: "sidebar", "aria-label": "Server" },
      h(
        "header.sidebar-head",
        {},
        h("h1", {}, session.world.guild.name),
        h(
          "button.icon-button.only-phone",
          { type: "button", "aria-label": "Close the channel list", onclick: handlers.close },
          icon("close"),
        ),
      ),
      this.channels,
      this.person,
    );
    this.channels.addEventListener("click", (event) => this.#click(event));
    const draw = () => this.draw();
    this.#stops = [session.world.on("channels", draw), session.world.on("members", draw), unread.on("change", draw)];
    this.draw();
  }

  close() {
    this.#stops.forEach((stop) => stop());
  }

  mark(channel, thread) {
    this.#open = { channel, thread };
    this.draw();
  }

  draw() {
    const { world } = this.#session;
    const wanted = h(
      "nav.channels",
      { "aria-label": "Channels" },
      h("h2.channels-title", {}, "Text channels"),
      h(
        "ul.channel-list",
        { role: "list" },
        world.visibleChannels().map((channel) => this.#channel(channel)),
      ),
    );
    morph(this.channels, wanted);
    this.#drawPerson();
  }

  #channel(channel) {
    const { world } = this.#session;
    const threads = world.threadsOf(channel.id);
    const shown = threads.filter(({ id }, index) => index < THREADS_SHOWN || id === this.#open.thread);
    return h(
      "li",
      { dataset: { key: channel.id } },
      this.#link("channel", channel, "hash", channel.id === this.#open.channel && !this.#open.thread),
      shown.length > 0 &&
        h(
          "ul.thread-list",
          { role: "list", "aria-label": `Threads in ${channel.name}` },
          shown.map((thread) =>
            h("li", { dataset: { key: thread.id } }, this.#link("thread", thread, null, thread.id === this.#open.thread)),
          ),
        ),
      threads.length > shown.length && h("span.thread-more", {}, `${threads.length - shown.length} older`),
    );
  }

  #link(kind, place, picture, current) {
    const mentions = this.unread.mentionsIn(place.id);
    const unread = this.unread.isUnread(place.id) && !current;
    return h(
      `button.${kind}-link`,
      {
        type: "button",
        class: [current && "current", unread && "unread"].filter(Boolean).join(" "),
        "aria-current": current ? "page" : null,
        title: place.name,
        dataset: { testid: kind, [kind]: kind === "channel" ? place.name : place.id, id: place.id, kind },
      },
      picture && icon(picture),
      h("span.channel-name", {}, place.name),
      unread && h("span.visually-hidden", {}, " (unread)"),
      mentions > 0 && h("span.badge", { "aria-label": `${mentions} mentions` }, String(mentions)),
    );
  }

  #click(event) {
    const button = event.target.closest("[data-kind]");
    if (!button) return;
    if (button.dataset.kind === "channel") this.#handlers.openChannel(button.dataset.id);
    else this.#handlers.openThread(button.dataset.id);
  }

  #drawPerson() {
    const { world, name } = this.#session;
    const roles = world
      .rolesOf(world.me.id)
      .map((role) => role.name)
      .join(", ");
    const wanted = h(
      "button.person-button",
      {
        type: "button",
        "aria-haspopup": "menu",
        "aria-expanded": "false",
        "aria-label": `You are ${name}. Switch member`,
        dataset: { testid: "member-switch", member: name },
      },
      avatar(world.me, world),
      h(
        "span.person-text",
        {},
        h("span.person-name", {}, world.nameOf(world.me.id, world.me)),
        h("span.person-roles", {}, roles || "no role"),
      ),
      icon("switch"),
    );
    if (this.person.firstChild) {
      morph(this.person.firstChild, wanted);
      return;
    }
    wanted.addEventListener("click", () => openMemberMenu(wanted, this.#session, this.#handlers));
    this.person.append(wanted);
  }

  focusSwitch() {
    this.person.firstChild?.focus();
  }
}
