// One member's whole screen beside the cloud: sidebar, channel, thread; what is open, the address bar, the drawer of a phone.

import { h, icon } from "../core/dom.js";
import { remember } from "../core/preferences.js";
import { THREADS } from "../core/world.js";
import { Unread } from "../core/unread.js";
import { ChatView } from "./chat.js";
import { openModal } from "./modal.js";
import { notify } from "./notice.js";
import { Sidebar } from "./sidebar.js";

export class Desk {
  #session;
  #shell;
  #drafts = new Map();
  #chat = null;
  #thread = null;
  #stops = [];

  /** `shell`: {element, tools(), switchTo(member), members}. */
  constructor(session, shell, place) {
    this.#session = session;
    this.#shell = shell;
    this.unread = new Unread(session);
    this.handlers = {
      openChannel: (id) => this.openChannel(id),
      openPlace: (id) => this.openPlace(id),
      openMessage: (place, id) => this.openMessage(place, id),
      openThread: (id) => this.openThread(id),
      closeThread: (messageId) => this.closeThread(messageId),
      fill: (line) => this.#chat.composer.fill(line),
      switchTo: shell.switchTo,
      members: Object.keys(shell.members),
    };
    this.sidebar = new Sidebar(session, this.unread, {
      ...this.handlers,
      members: shell.members,
      close: () => this.drawer(false),
    });
    this.scrim = h("div.scrim", { onclick: () => this.drawer(false) });
    shell.element.prepend(this.sidebar.element, this.scrim);
    this.#stops.push(session.on("modal", (modal) => openModal(session, modal)));
    this.#stops.push(session.world.on("channels", () => this.#stillThere()));
    this.onkeydown = (event) => this.#key(event);
    document.addEventListener("keydown", this.onkeydown);
    this.#start(place);
  }

  close() {
    this.#thread?.close();
    this.#chat?.close();
    this.sidebar.close();
    this.sidebar.element.remove();
    this.scrim.remove();
    this.#stops.forEach((stop) => stop());
    document.removeEventListener("keydown", this.onkeydown);
    document.querySelectorAll("dialog.modal").forEach((dialog) => dialog.close());
  }

  get session() {
    return this.#session;
  }

  get place() {
    const channel = this.#session.world.channels.get(this.#chat?.channelId);
    return { channel: channel?.name, thread: this.#thread?.channelId };
  }

  /** Also after a new session: the same channel if it is still to be seen, else the first. */
  #start({ channel, thread }) {
    const visible = this.#session.world.visibleChannels();
    const wanted =
      visible.find(({ name }) => name === channel) ?? visible.find(({ name }) => name === "tenant-ops") ?? visible[0];
    if (wanted) this.openChannel(wanted.id);
    if (thread) this.openThread(thread, { quietly: true });
  }

  async openPlace(id) {
    if (this.#session.world.channels.has(id)) this.openChannel(id);
    else await this.openThread(id);
  }

  async openMessage(place, id) {
    await this.openPlace(place);
    const view = [this.#thread, this.#chat].find((each) => each?.channelId === place);
    if (id && view && !(await view.feed.seek(id))) notify("That message is not there any more.");
  }

  openChannel(id) {
    this.#closeThreadPane();
    if (this.#chat?.channelId !== id) {
      this.#chat?.close();
      const menu = h(
        "button.icon-button.only-phone",
        {
          type: "button",
          "aria-label": "Open the channel list",
          "aria-controls": "sidebar",
          onclick: () => this.drawer(true),
          dataset: { testid: "drawer" },
        },
        icon("menu"),
      );
      this.#chat = new ChatView(this.#session, id, this.#drafts, this.handlers, { before: [menu], after: this.#shell.tools() });
      this.scrim.after(this.#chat.element);
    }
    this.drawer(false);
    this.#opened();
    if (matchMedia("(hover: hover)").matches) this.#chat.composer.focus();
  }

  async openThread(id, { quietly = false } = {}) {
    const { world, rest } = this.#session;
    try {
      if (!world.threads.has(id)) {
        const thread = await rest.get(`/channels/${id}`);
        if (!THREADS.includes(thread.type)) return;
        world.threads.set(id, thread);
      }
    } catch (error) {
      if (!quietly) notify(error.sentence());
      return;
    }
    const { parent_id: parent } = world.threads.get(id);
    if (this.#chat?.channelId !== parent) this.openChannel(parent);
    this.drawer(false);
    if (this.#thread?.channelId === id) return;
    this.#closeThreadPane();
    const close = h(
      "button.icon-button",
      {
        type: "button",
        "aria-label": "Close the thread",
        title: "Close",
        onclick: () => this.closeThread(),
        dataset: { testid: "thread-close" },
      },
      icon("close"),
    );
    this.#thread = new ChatView(this.#session, id, this.#drafts, this.handlers, { thread: true, after: [close] });
    this.#chat.element.after(this.#thread.element);
    this.#shell.element.classList.add("with-thread");
    this.#opened();
    this.#thread.feed.scroller.focus({ preventScroll: true });
  }

  /** Back to the channel, and there to the message the thread began with. */
  closeThread(messageId) {
    const id = messageId ?? this.#thread?.channelId;
    this.#closeThreadPane();
    this.#opened();
    if (!this.#chat.feed.show(id)) this.#chat.composer.focus();
  }

  #closeThreadPane() {
    this.#thread?.close();
    this.#thread = null;
    this.#shell.element.classList.remove("with-thread");
  }

  drawer(open) {
    this.#shell.element.classList.toggle("with-drawer", open);
    if (open) this.sidebar.element.querySelector("[aria-current], .channel-link")?.focus();
  }

  #opened() {
    const { channel, thread } = this.place;
    this.sidebar.mark(this.#chat?.channelId, thread);
    this.unread.look(this.#chat?.channelId, thread);
    remember({ member: this.#session.name, channel, thread });
    document.title = `#${channel} – ${this.#session.world.guild.name}`;
  }

  /** A channel may vanish under one's hands: deleted, or its role taken away. */
  #stillThere() {
    const { world } = this.#session;
    if (this.#thread && !world.threads.has(this.#thread.channelId)) this.closeThread();
    const visible = world.visibleChannels();
    if (visible.length && !visible.some(({ id }) => id === this.#chat?.channelId)) this.openChannel(visible[0].id);
  }

  #key(event) {
    if (document.querySelector("dialog[open]")) return;
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      this.#beside(event.key === "ArrowUp" ? -1 : 1);
    } else if (event.key === "Escape") {
      if (this.#shell.element.classList.contains("with-drawer")) this.drawer(false);
      else if (this.#thread?.element.contains(document.activeElement)) this.closeThread();
      else this.#chat?.feed.toNewest();
    }
  }

  #beside(step) {
    const visible = this.#session.world.visibleChannels();
    const at = visible.findIndex(({ id }) => id === this.#chat?.channelId);
    this.openChannel(visible[(at + step + visible.length) % visible.length].id);
  }
}
