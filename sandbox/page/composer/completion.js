// The list that opens above the composer: a listbox driven from the text field that keeps the focus (combobox pattern).

import { append, h } from "../core/dom.js";

let counter = 0;

export class Completion {
  #items = [];
  #active = -1;
  #input = null;

  constructor() {
    counter += 1;
    this.id = `completion-${counter}`;
    this.element = h("div.completion", { hidden: true, dataset: { testid: "completion" } });
    this.title = h("div.completion-title", { id: `${this.id}-title` });
    this.list = h("div.completion-list", { role: "listbox", id: this.id, "aria-labelledby": this.title.id });
    this.element.append(this.title, this.list);
    // Picking must not take the focus out of the field.
    this.element.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const item = event.target.closest("[role=option]");
      if (item) this.#pick(Number(item.dataset.index));
    });
  }

  get open() {
    return !this.element.hidden;
  }

  get chosen() {
    return this.#items[this.#active] ?? null;
  }

  /** Ties a text field to the list for screen readers. */
  attach(input) {
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", this.id);
  }

  /** Items are {label, detail?, aside?, picture?, pick()}; `active` -1 chooses nothing until an arrow is pressed. */
  show(input, title, items, { active = 0, note = null } = {}) {
    this.#release();
    this.#input = input;
    this.#items = items;
    this.title.textContent = title;
    this.list.replaceChildren(...items.map((item, index) => this.#row(item, index)));
    if (note) append(this.list, [h("div.completion-note", {}, note)]);
    this.element.hidden = !items.length && !note;
    input.setAttribute("aria-expanded", String(this.open));
    this.#activate(items.length ? active : -1);
  }

  hide() {
    this.#release();
    this.element.hidden = true;
    this.#items = [];
    this.#active = -1;
  }

  /** Answers whether the key was for the list. */
  key(event) {
    if (!this.open || event.isComposing) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!this.#items.length) return false;
      const step = event.key === "ArrowDown" ? 1 : -1;
      const from = this.#active < 0 && step < 0 ? 0 : this.#active;
      this.#activate((from + step + this.#items.length) % this.#items.length);
    } else if (event.key === "Escape") {
      this.hide();
    } else if (
      (event.key === "Enter" && !event.shiftKey && this.chosen) ||
      (event.key === "Tab" && !event.shiftKey && this.#items.length)
    ) {
      this.#pick(Math.max(this.#active, 0));
    } else {
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #row({ label, detail, aside, picture }, index) {
    return h(
      "div.completion-item",
      { role: "option", id: `${this.id}-${index}`, "aria-selected": "false", dataset: { testid: "completion-item", index } },
      picture,
      h("span.completion-text", {}, h("span.completion-label", {}, label), detail && h("span.completion-detail", {}, detail)),
      aside && h("span.completion-aside", {}, aside),
    );
  }

  #activate(index) {
    this.list.children[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = index;
    const row = this.list.children[index];
    if (!row || index < 0) {
      this.#input?.removeAttribute("aria-activedescendant");
      return;
    }
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
    this.#input.setAttribute("aria-activedescendant", row.id);
  }

  #pick(index) {
    const item = this.#items[index];
    this.hide();
    item?.pick();
  }

  #release() {
    this.#input?.setAttribute("aria-expanded", "false");
    this.#input?.removeAttribute("aria-activedescendant");
  }
}
