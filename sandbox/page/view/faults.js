// Making the simulated cloud's next call fail: a small form, and the list of failures that still wait.

import { h, icon } from "../core/dom.js";
import { notify } from "./notice.js";

const ADDRESS = "/sandbox/cloud/faults";
const VERBS = ["ensure", "remove", "find", "check", "any"];
const ERRORS = ["throttled", "unavailable", "denied", "timeout"];

export function faultForm({ environments, kinds }) {
  const environment = choice("environment", "Environment", environments, "any");
  const kind = choice("kind", "Kind", kinds, "any");
  const verb = choice("verb", "Call", VERBS);
  const error = choice("error", "Error", ERRORS);
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
    await send("POST", {
      environment: environment.value || null,
      kind: kind.value || null,
      verb: verb.value,
      error: error.value,
      times: Math.max(1, Number(times.value) || 1),
    });
  };
  const field = (label, control) => h("label.fault-field", {}, h("span", {}, label), control);
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

export function faultList(faults) {
  if (!faults.length) return h("div.fault-list");
  return h(
    "div.fault-list",
    {},
    h("h3", {}, "Waiting failures"),
    h(
      "ul",
      {},
      faults.map((fault) => h("li", { dataset: { testid: "fault" } }, icon("warning"), sentence(fault))),
    ),
    h("button.link-button", { type: "button", dataset: { testid: "faults-clear" }, "data-action": "clear-faults" }, "Clear all"),
  );
}

/** The list is redrawn with every snapshot, so its one button is listened to from above. */
export function listenToFaults(root) {
  root.addEventListener("click", (event) => {
    if (event.target.closest("[data-action=clear-faults]")) send("DELETE");
  });
}

function sentence({ environment, kind, verb, error, times }) {
  const count = times > 1 ? `the next ${times} times` : "once";
  const call = verb === "any" ? "any call for" : verb;
  return `${call} ${kind ?? "anything"} in ${environment ?? "any environment"}: ${error}, ${count}`;
}

function choice(name, label, values, any) {
  return h(
    "select.field",
    { "aria-label": label, dataset: { testid: `fault-${name}` } },
    any && h("option", { value: "" }, any),
    values.map((value) => h("option", { value }, value)),
  );
}

async function send(method, body) {
  const options = body ? { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
  const response = await fetch(ADDRESS, { method, ...options }).catch(() => null);
  if (response?.ok) return;
  const answer = await response?.json().catch(() => null);
  notify(answer?.error ?? `The simulated cloud answered ${response?.status ?? "nothing"}.`);
}
