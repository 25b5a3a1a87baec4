// The dialog an application opens: text fields with their limits, sent back in one piece.

import { h, icon } from "../core/dom.js";

const ROW = 1;
const SELECT = 3;
const TEXT = 4;
const DISPLAY = 10;
const LABEL = 18;
const PARAGRAPH = 2;

export function openModal(session, modal) {
  const before = document.activeElement;
  const fields = (modal.components ?? []).map(fieldOf);
  const failure = h("div.modal-failure", { role: "alert", hidden: true, dataset: { testid: "modal-error" } });
  const submit = h("button.button.primary", { type: "submit", dataset: { testid: "modal-submit" } }, "Submit");
  const close = () => dialog.close();
  const form = h(
    "form",
    { method: "dialog", novalidate: true },
    h(
      "header.modal-head",
      {},
      h("h2", { id: "modal-title" }, modal.title),
      h("button.icon-button", { type: "button", "aria-label": "Close", onclick: close }, icon("close")),
    ),
    h(
      "p.modal-from",
      {},
      icon("warning"),
      `This form goes to ${session.catalogue.applicationName(modal.application?.id ?? modal.application_id)}. Do not share passwords.`,
    ),
    h(
      "div.modal-fields",
      {},
      fields.map(({ element }) => element),
    ),
    failure,
    h(
      "footer.modal-foot",
      {},
      h("button.button.plain", { type: "button", onclick: close, dataset: { testid: "modal-cancel" } }, "Cancel"),
      submit,
    ),
  );
  // A modal <dialog> keeps the focus inside, makes the rest inert and closes on Escape by itself.
  const dialog = h(
    "dialog.modal",
    { "aria-labelledby": "modal-title", dataset: { testid: "modal", customId: modal.custom_id } },
    form,
  );
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected) before.focus();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (submit.getAttribute("aria-busy")) return;
    const wrong = fields.filter(({ check }) => !check());
    if (wrong.length) {
      wrong[0].input.focus();
      return;
    }
    // Not disabled: that would take the focus away from whoever pressed it.
    submit.setAttribute("aria-busy", "true");
    failure.hidden = true;
    try {
      await session.interactions.submit(modal, fields.map(({ answer }) => answer()).filter(Boolean));
      close();
    } catch (error) {
      failure.textContent = error.sentence?.() ?? error.message;
      failure.hidden = false;
      submit.removeAttribute("aria-busy");
    }
  });
  document.body.append(dialog);
  dialog.showModal();
  fields.find(({ input }) => input)?.input.focus();
  return close;
}

/** A field stands in an action row (older) or in a label (newer); the answer has the same shape. */
function fieldOf(holder) {
  if (holder.type === DISPLAY) return { element: h("p.modal-text", {}, holder.content), check: () => true, answer: () => null };
  const component = holder.type === ROW ? holder.components[0] : holder.component;
  const label = holder.type === LABEL ? holder.label : component.label;
  const made = component.type === SELECT ? selectField(component) : textField(component);
  const problem = h("span.field-problem", { id: `problem-${component.custom_id}`, role: "alert" });
  const required = component.required ?? true;
  made.input.setAttribute("aria-describedby", problem.id);
  made.input.setAttribute("aria-required", String(required));
  const check = () => {
    const words = made.problem(required);
    problem.textContent = words ?? "";
    made.input.setAttribute("aria-invalid", String(Boolean(words)));
    return !words;
  };
  made.input.addEventListener("input", () => problem.textContent && check());
  const element = h(
    "label.modal-field",
    {},
    h(
      "span.field-label",
      {},
      label,
      required ? h("span.required", { "aria-hidden": "true" }, " *") : h("span.optional", {}, " (optional)"),
    ),
    holder.description && h("span.field-description", {}, holder.description),
    made.input,
    h("span.field-foot", {}, problem, made.count),
  );
  const inner = () => ({ type: component.type, custom_id: component.custom_id, ...made.value() });
  const answer = () => (holder.type === ROW ? { type: ROW, components: [inner()] } : { type: LABEL, component: inner() });
  return { element, input: made.input, check, answer };
}

function textField({
  type = TEXT,
  custom_id: customId,
  style,
  placeholder,
  value = "",
  min_length: least = 0,
  max_length: most = 4000,
}) {
  const long = style === PARAGRAPH;
  const input = h(long ? "textarea.field" : "input.field", {
    type: long ? null : "text",
    rows: long ? 5 : null,
    placeholder,
    autocomplete: "off",
    spellcheck: "false",
    dataset: { testid: "modal-field", customId, kind: type },
    value: value ?? "",
  });
  const count = h("span.field-count", { "aria-hidden": "true" });
  const length = () => [...input.value].length;
  const tell = () => {
    count.textContent = most < 4000 || length() > most - 200 ? `${length()}/${most}` : "";
  };
  input.addEventListener("input", tell);
  tell();
  const problem = (required) => {
    if (!input.value) return required ? "This field is required." : null;
    if (length() < (least ?? 0)) return `At least ${least} characters.`;
    return length() > most ? `At most ${most} characters.` : null;
  };
  return { input, count, problem, value: () => ({ value: input.value }) };
}

function selectField({ custom_id: customId, options, placeholder }) {
  const input = h(
    "select.field",
    { dataset: { testid: "modal-field", customId } },
    h("option", { value: "" }, placeholder ?? "Choose one"),
    options.map((option) => h("option", { value: option.value, selected: option.default || undefined }, option.label)),
  );
  const problem = (required) => (required && !input.value ? "Choose one." : null);
  return { input, count: null, problem, value: () => ({ values: input.value ? [input.value] : [] }) };
}
