// A slash command being filled in: its name, one chip for each option, and after them the composer's own field as the tail,
// where further options are named. Typing "option:" anywhere moves to that option's chip, as one types a whole line.

import { h } from "../core/dom.js";
import { exactly, namesOption, narrow, pickable, splitLine, unquote, valueOf } from "./option_values.js";

const ASK_AFTER = 120;

export class CommandLine {
  #chips = new Map();
  #asking = null;

  /** `host` offers {world, interactions, channelId, completion, tail, send(), leave(), changed()}. */
  constructor(entry, host) {
    this.entry = entry;
    this.host = host;
    this.name = h("span.command-name", {}, `/${entry.name}`);
    this.element = h("span.command-line", {}, this.name);
    entry.options.filter(({ required }) => required).forEach((option) => this.#add(option));
    this.describe();
  }

  /** Takes "dev subdomain:golden …" and puts the cursor where typing goes on. */
  fill(rest) {
    const [[, before], ...named] = splitLine(rest, this.entry.options);
    const first = this.#missing()[0];
    if (before.trim() && first) this.#write(first, before.trim());
    else if (before.trim()) this.host.tail.value = before.trim();
    this.#assign(named);
    if (!named.length) this.#onward();
  }

  /** The line as one would type it: what is kept as a draft. */
  line() {
    const quoted = (text) => (/\s/.test(text) && !/^".*"$/.test(text) ? `"${text}"` : text);
    const parts = [...this.#chips.values()]
      .filter(({ input }) => input.value)
      .map(({ option, input }) => `${option.name}:${quoted(input.value)}`);
    return [`/${this.entry.name}`, ...parts, this.host.tail.value].join(" ");
  }

  /** Discord's options, or null after showing what is wrong beside the option. */
  read() {
    const read = [...this.#chips.values()].map((chip) => [
      chip,
      valueOf(chip.option, chip.input.value, chip.picked, this.host.world),
    ]);
    read.forEach(([chip, { error }]) => this.#mark(chip, error));
    const wrong = read.find(([, { error }]) => error);
    if (wrong) {
      wrong[0].input.focus();
      return null;
    }
    return read
      .filter(([, { value }]) => value !== undefined)
      .map(([{ option }, { value }]) => ({ type: option.type, name: option.name, value }));
  }

  /** Shows what the server said about options; answers whether it was about one. */
  refuse(error, sent) {
    let shown = false;
    for (const [path, message] of error.fields?.() ?? []) {
      const index = [...path.matchAll(/options\.(\d+)/g)].at(-1)?.[1];
      const chip = this.#chips.get(sent[index]?.name);
      if (!chip) continue;
      this.#mark(chip, message);
      if (!shown) chip.input.focus();
      shown = true;
    }
    return shown;
  }

  /** The first place to type in. */
  focus() {
    this.#onward();
  }

  focusLast() {
    const last = [...this.#chips.values()].at(-1);
    if (!last) return false;
    last.input.focus();
    return true;
  }

  /** What the tail invites to. */
  describe() {
    const more = this.remaining().length;
    this.host.tail.placeholder = more ? `+${more} more` : "";
  }

  remaining() {
    return this.entry.options.filter(({ name }) => !this.#chips.has(name));
  }

  /** The tail was typed in: an option's name opens its chip, its beginning is completed. */
  tailTyped() {
    const { tail, completion } = this.host;
    const text = tail.value.replace(/\n/g, " ");
    if (namesOption(text, this.entry.options)) {
      const [[, before], ...named] = splitLine(text, this.entry.options);
      tail.value = before.trim();
      this.#assign(named);
      return;
    }
    const wanted = text.trim().toLowerCase();
    const items = this.remaining()
      .filter(({ name }) => name.startsWith(wanted))
      .map((option) => ({ label: option.name, detail: option.description, pick: () => this.#open(option) }));
    completion.show(tail, "More options", items, { active: wanted ? 0 : -1 });
  }

  #open(option) {
    this.host.tail.value = "";
    this.#add(option).input.focus();
  }

  #assign(named) {
    let last = null;
    for (const [name, text] of named) {
      const option = this.entry.options.find((each) => each.name === name);
      last = this.#add(option);
      this.#write(last, text.trim());
    }
    if (!last) return;
    last.input.focus();
    last.input.setSelectionRange(last.input.value.length, last.input.value.length);
    this.#suggest(last);
  }

  #write(chip, text) {
    chip.input.value = text;
    chip.picked = null;
    this.#resize(chip);
    this.#mark(chip, null);
  }

  #add(option) {
    const known = this.#chips.get(option.name);
    if (known) return known;
    const errorId = `error-${this.host.completion.id}-${option.name}`;
    const input = h("input.chip-input", {
      type: "text",
      autocomplete: "off",
      spellcheck: "false",
      "aria-label": `${option.name}: ${option.description}`,
      "aria-describedby": errorId,
      "aria-required": String(Boolean(option.required)),
      dataset: { testid: "option-input" },
    });
    const error = h("span.chip-error", { id: errorId, role: "alert", hidden: true, dataset: { testid: "option-error" } });
    const element = h(
      "span.chip",
      { dataset: { testid: "option", option: option.name } },
      h("span.chip-name", { "aria-hidden": "true" }, option.name),
      input,
      error,
    );
    const chip = { option, input, error, element, picked: null };
    this.#chips.set(option.name, chip);
    this.element.append(element);
    this.host.completion.attach(input);
    element.addEventListener("click", () => input.focus());
    input.addEventListener("focus", () => this.#suggest(chip));
    input.addEventListener("blur", () => this.#leaveChip(chip));
    input.addEventListener("input", () => this.#typed(chip));
    input.addEventListener("keydown", (event) => this.#key(chip, event));
    this.#resize(chip);
    this.describe();
    return chip;
  }

  #typed(chip) {
    chip.picked = null;
    this.#mark(chip, null);
    this.host.changed();
    if (namesOption(chip.input.value, this.entry.options)) {
      const [[, own], ...named] = splitLine(chip.input.value, this.entry.options);
      this.#write(chip, own.trim());
      this.#assign(named);
      return;
    }
    this.#resize(chip);
    this.#suggest(chip);
  }

  #key(chip, event) {
    if (event.isComposing || this.host.completion.key(event)) return;
    const { input } = chip;
    const atStart = input.selectionStart === 0 && input.selectionEnd === 0;
    const atEnd = input.selectionStart === input.value.length;
    if (event.key === "Enter") this.host.send();
    else if (event.key === "Escape") this.host.leave();
    else if (event.key === "Backspace" && input.value === "") this.#removeBackwards(chip);
    else if (event.key === "ArrowLeft" && atStart) this.#beside(chip, -1);
    else if (event.key === "ArrowRight" && atEnd) this.#beside(chip, 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #beside(chip, step) {
    const all = [...this.#chips.values()];
    const next = all[all.indexOf(chip) + step];
    if (next) next.input.focus();
    else if (step > 0) this.host.tail.focus();
  }

  #removeBackwards(chip) {
    const all = [...this.#chips.values()];
    const before = all[all.indexOf(chip) - 1];
    if (!chip.option.required) {
      this.#chips.delete(chip.option.name);
      chip.element.remove();
      this.describe();
      (before?.input ?? this.host.tail).focus();
    } else if (before) {
      before.input.focus();
    } else {
      this.host.leave({ keepName: true });
    }
  }

  #leaveChip(chip) {
    clearTimeout(this.#asking);
    this.host.completion.hide();
    if (chip.input.value) this.#mark(chip, valueOf(chip.option, chip.input.value, chip.picked, this.host.world).error);
  }

  #suggest(chip) {
    const { completion, world } = this.host;
    const { option, input } = chip;
    if (document.activeElement !== input) return;
    clearTimeout(this.#asking);
    if (option.autocomplete) {
      this.#asking = setTimeout(() => this.#ask(chip), ASK_AFTER);
      return;
    }
    const values = pickable(option, world);
    const heading = `${option.name} – ${option.description}`;
    if (!values) {
      completion.show(input, heading, [], { note: option.required ? "Required" : "Optional" });
      return;
    }
    const exact = exactly(values, input.value);
    const found = narrow(values, chip.picked ? "" : unquote(input.value));
    const ordered = exact ? [exact, ...found.filter((each) => each !== exact)] : found;
    this.#offer(chip, heading, ordered, exact || chip.picked ? -1 : 0);
  }

  async #ask(chip) {
    const { completion, interactions, channelId } = this.host;
    const { option, input } = chip;
    const heading = `${option.name} – ${option.description}`;
    const asked = input.value;
    try {
      const choices = await interactions.complete(channelId, this.entry, this.#soFar(chip));
      if (choices === null || document.activeElement !== input || input.value !== asked) return;
      const exact = exactly(choices, asked);
      this.#offer(chip, heading, exact ? [exact, ...choices.filter((each) => each !== exact)] : choices, -1);
    } catch {
      if (document.activeElement === input) completion.show(input, heading, [], { note: "Loading the choices failed." });
    }
  }

  #offer(chip, heading, values, active) {
    const items = values.map((value) => ({
      label: value.name,
      detail: value.detail,
      aside: String(value.value) === value.name || value.detail ? null : String(value.value),
      pick: () => this.#pick(chip, value),
    }));
    this.host.completion.show(chip.input, heading, items, { active, note: items.length ? null : "No choices match." });
  }

  #pick(chip, { name, value }) {
    chip.input.value = name;
    chip.picked = { name, value };
    this.#resize(chip);
    this.#mark(chip, null);
    this.host.changed();
    this.#onward();
  }

  /** To the next required option that is empty, else to the tail. */
  #onward() {
    const next = this.#missing()[0];
    if (next) next.input.focus();
    else this.host.tail.focus();
  }

  #missing() {
    return [...this.#chips.values()].filter(({ option, input }) => option.required && !input.value.trim());
  }

  #soFar(focused) {
    return [...this.#chips.values()]
      .filter((chip) => chip === focused || chip.input.value)
      .map((chip) => {
        const { type, name } = chip.option;
        if (chip === focused) return { type, name, value: unquote(chip.input.value), focused: true };
        return { type, name, value: valueOf(chip.option, chip.input.value, chip.picked, this.host.world).value };
      })
      .filter(({ value }) => value !== undefined);
  }

  #mark(chip, error) {
    chip.error.textContent = error ?? "";
    chip.error.hidden = !error;
    chip.element.classList.toggle("wrong", Boolean(error));
    chip.input.setAttribute("aria-invalid", String(Boolean(error)));
  }

  #resize({ input }) {
    input.size = Math.max(input.value.length, 3);
  }
}
