// Making the simulated cloud's next call fail, or giving everybody in an environment a trouble: two small forms, and the list of
// what still waits.

import { h, icon } from "../core/dom.js";
import { notify } from "./notice.js";

const FAULTS = "/sandbox/cloud/faults";
const VERBS = ["ensure", "remove", "find", "check", "inventory", "scale", "tasks", "force-remove", "backup", "any"];
const ERRORS = ["throttled", "unavailable", "denied", "timeout", "credentials"];
const TROUBLES = {
  "stuck-tasks": "tasks never drain",
  "failing-backup": "every backup fails",
  "empty-backup": "every backup is empty",
};

export function faultForm({ environments, kinds }) {
  const environment = choice("fault-environment", "Environment", environments, "any");
  const kind = choice("fault-kind", "Kind", kinds, "any");
  const verb = choice("fault-verb", "Call", VERBS);
  const error = choice("fault-error", "Error", ERRORS);
  const times = h("input.field", {
    type: "number",
    min: 1,
    max: 99,
    value: "1",
    inputmode: "numeric",
    dataset: { testid: "fault-times" },
  });
  const submit = async (event) => {
    event.preventDefault();
    await send("POST", FAULTS, {
      environment: environment.value || null,
      // A backup is of the whole tenant, of no kind.
      kind: verb.value === "backup" ? null : kind.value || null,
      verb: verb.value,
      error: error.value,
      times: Math.max(1, Number(times.value) || 1),
    });
  };
  return h(
    "form.fault-form",
    { onsubmit: submit, dataset: { testid: "fault-form" } },
    h("h3", {}, "Make the next call fail"),
    h(
      "div.fault-fields",
      {},
      field("Environment", environment),
      field("Kind", kind),
      field("Call", verb),
      field("Error", error),
      field("Times", times),
      h("button.button.danger", { type: "submit", dataset: { testid: "fault-submit" } }, "Let it fail"),
    ),
  );
}

export function troubleForm({ environments }) {
  const environment = choice("trouble-environment", "Environment", environments);
  const trouble = choice("trouble", "Trouble", Object.keys(TROUBLES), null, TROUBLES);
  const submit = async (event) => {
    event.preventDefault();
    await send("POST", "/sandbox/cloud/troubles", { environment: environment.value, trouble: trouble.value });
  };
  return h(
    "form.fault-form",
    { onsubmit: submit, dataset: { testid: "trouble-form" } },
    h("h3", {}, "Make deletions stumble"),
    h(
      "div.fault-fields.trouble-fields",
      {},
      field("Environment", environment),
      field("Trouble", trouble),
      h("button.button.danger", { type: "submit", dataset: { testid: "trouble-submit" } }, "From now on"),
    ),
  );
}

export function faultList(faults, troubles) {
  if (!faults.length && !troubles.length) return h("div.fault-list");
  return h(
    "div.fault-list",
    {},
    h("h3", {}, "Waiting failures"),
    h(
      "ul",
      {},
      [...faults.map(sentence), ...troubles.map(lasting)].map((words) =>
        h("li", { dataset: { testid: "fault" } }, icon("warning"), words),
      ),
    ),
    h("button.link-button", { type: "button", dataset: { testid: "faults-clear" }, "data-action": "clear-faults" }, "Clear all"),
  );
}

/** The list is redrawn with every snapshot, so its one button is listened to from above. */
export function listenToFaults(root) {
  root.addEventListener("click", (event) => {
    if (event.target.closest("[data-action=clear-faults]")) send("DELETE", FAULTS);
  });
}

function sentence({ environment, kind, verb, error, times }) {
  const count = times > 1 ? `the next ${times} times` : "once";
  const call = verb === "any" ? "any call for" : verb;
  return `${call} ${kind ?? "anything"} in ${environment ?? "any environment"}: ${error}, ${count}`;
}

function lasting({ environment, trouble }) {
  return `${TROUBLES[trouble] ?? trouble} in ${environment}, until it is cleared`;
}

function field(label, control) {
  return h("label.fault-field", {}, h("span", {}, label), control);
}

function choice(name, label, values, any, words = {}) {
  return h(
    "select.field",
    { "aria-label": label, dataset: { testid: name } },
    any && h("option", { value: "" }, any),
    values.map((value) => h("option", { value }, words[value] ?? value)),
  );
}

async function send(method, address, body) {
  const options = body ? { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
  const response = await fetch(address, { method, ...options }).catch(() => null);
  if (response?.ok) return;
  const answer = await response?.json().catch(() => null);
  notify(answer?.error ?? `The simulated cloud answered ${response?.status ?? "nothing"}.`);
}
