// Making the simulated cloud's next call fail, giving everybody in an environment a trouble, changing something by hand: small
// forms, and the list of what still waits.

import { h, icon } from "../core/dom.js";
import { notify } from "./notice.js";

const FAULTS = "/sandbox/cloud/faults";
// Calls about the whole tenant or the whole environment.
const OF_NO_KIND = ["account", "backup", "host-taken", "room"];
const ERRORS = ["throttled", "unavailable", "denied", "timeout", "credentials"];

export function faultForm({ environments, kinds, verbs }) {
  const environment = choice("fault-environment", "Environment", environments, "any");
  const kind = choice("fault-kind", "Kind", kinds, "any");
  const verb = choice("fault-verb", "Call", verbs, "any");
  verb.value = "ensure";
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
      kind: OF_NO_KIND.includes(verb.value) ? null : kind.value || null,
      verb: verb.value || "any",
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

export function troubleForm({ environments, ailments }) {
  const environment = choice("trouble-environment", "Environment", environments);
  const topics = [...new Set(ailments.map(({ topic }) => topic))];
  const trouble = h(
    "select.field",
    { "aria-label": "Trouble", dataset: { testid: "trouble" } },
    topics.map((about) =>
      h(
        "optgroup",
        { label: about },
        ailments.filter(({ topic }) => topic === about).map(({ trouble: value, words }) => h("option", { value }, words)),
      ),
    ),
  );
  const submit = async (event) => {
    event.preventDefault();
    await send("POST", "/sandbox/cloud/troubles", { environment: environment.value, trouble: trouble.value });
  };
  return h(
    "form.fault-form",
    { onsubmit: submit, dataset: { testid: "trouble-form" } },
    h("h3", {}, "Give everybody a trouble"),
    h(
      "div.fault-fields",
      {},
      field("Trouble", trouble),
      field("Environment", environment),
      h("button.button.danger", { type: "submit", dataset: { testid: "trouble-submit" } }, "From now on"),
    ),
  );
}

/** What somebody may do at the provider's console: a resource goes, or comes to stand. */
export function handForm({ environments, kinds }) {
  const tenant = h("input.field", {
    type: "text",
    required: true,
    maxlength: 24,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    dataset: { testid: "hand-tenant" },
  });
  const environment = choice("hand-environment", "Environment", environments);
  const kind = choice("hand-kind", "Kind", kinds, "all ten");
  const submit = async (event) => {
    event.preventDefault();
    await send("POST", "/sandbox/cloud/hand", {
      tenant: tenant.value.trim(),
      environment: environment.value,
      kind: kind.value || null,
      stands: event.submitter?.value === "stands",
    });
  };
  return h(
    "form.fault-form",
    { onsubmit: submit, dataset: { testid: "hand-form" } },
    h("h3", {}, "Change something by hand"),
    h(
      "div.fault-fields",
      {},
      field("Tenant", tenant),
      field("Environment", environment),
      field("Kind", kind),
      h(
        "div.fault-buttons",
        {},
        h("button.button.danger", { type: "submit", value: "gone", dataset: { testid: "hand-gone" } }, "Take away"),
        h("button.button.secondary", { type: "submit", value: "stands", dataset: { testid: "hand-stands" } }, "Put there"),
      ),
    ),
  );
}

export function faultList({ faults, troubles, ailments }) {
  if (!faults.length && !troubles.length) return h("div.fault-list");
  return h(
    "div.fault-list",
    {},
    h("h3", {}, "Failures and troubles"),
    h(
      "ul",
      {},
      [...faults.map(sentence), ...troubles.map((trouble) => lasting(trouble, ailments))].map((words) =>
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

function lasting({ environment, trouble }, ailments) {
  const known = ailments.find((ailment) => ailment.trouble === trouble);
  return `${known.topic}: ${known.words} in ${environment}, until it is cleared`;
}

export function field(label, control) {
  return h("label.fault-field", {}, h("span", {}, label), control);
}

export function choice(name, label, values, any) {
  return h(
    "select.field",
    { "aria-label": label, dataset: { testid: name } },
    any && h("option", { value: "" }, any),
    values.map((value) => h("option", { value }, value)),
  );
}

async function send(method, address, body) {
  const options = body ? { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
  const response = await fetch(address, { method, ...options }).catch(() => null);
  if (response?.ok) return;
  const answer = await response?.json().catch(() => null);
  notify(answer?.error ?? `The simulated cloud answered ${response?.status ?? "nothing"}.`);
}
