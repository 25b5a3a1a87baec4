// The simulated cloud: a matrix tenant × environment × kind that changes while one looks, the next call made to fail,
// and alerts let fire. It belongs to the sandbox, not to Discord; without one (404) the panel is not there.

import { Emitter } from "../core/emitter.js";
import { h, icon, morph } from "../core/dom.js";
import { AlertBox } from "./alerts.js";
import { faultForm, faultList, handForm, troubleForm } from "./faults.js";

const WORDS = { present: "present", idle: "wants no task", absent: "absent", foreign: "belongs to somebody else" };

export class CloudPanel extends Emitter {
  #known = new Map();
  #source = null;
  snapshot = null;

  constructor() {
    super();
    this.matrix = h("div.matrix-holder");
    this.faults = h("div.fault-list");
    this.forms = [];
    this.alerts = null;
    this.element = h("section.cloud", { id: "cloud", "aria-label": "Simulated cloud", dataset: { testid: "cloud" } });
  }

  /** Resolves to whether there is a simulated cloud. */
  async start() {
    const response = await fetch("/sandbox/cloud").catch(() => null);
    if (!response?.ok) return false;
    const snapshot = await response.json();
    this.alerts = await AlertBox.open();
    this.forms = [faultForm(snapshot), troubleForm(snapshot), handForm(snapshot)];
    this.element.append(
      h(
        "header.chat-head",
        {},
        h("span.chat-icon", {}, icon("cloud")),
        h("h2.chat-name", {}, "Simulated cloud"),
        h(
          "span.chat-tools",
          {},
          h(
            "button.icon-button",
            { type: "button", "aria-label": "Hide the simulated cloud", title: "Hide", onclick: () => this.emit("hide") },
            icon("close"),
          ),
        ),
      ),
      h(
        "div.cloud-body",
        {},
        this.matrix,
        this.alerts?.element,
        h("section.fault-box", { "aria-label": "Failures on demand" }, this.faults, this.forms),
      ),
    );
    this.show(snapshot);
    this.#source = new EventSource("/sandbox/cloud/events");
    this.#source.onmessage = ({ data }) => this.show(JSON.parse(data));
    return true;
  }

  show(snapshot) {
    const first = this.snapshot === null;
    this.snapshot = snapshot;
    const wanted = h(
      "div.matrix-holder",
      {},
      snapshot.tenants.length
        ? matrix(snapshot)
        : h("p.cloud-empty", {}, "No tenant has a resource yet. Each kind appears here as it is created."),
      legend(),
    );
    morph(this.matrix, wanted);
    morph(this.faults, faultList(snapshot));
    this.alerts?.show(snapshot.tenants.map(({ tenant }) => tenant));
    for (const cell of this.matrix.querySelectorAll("[data-kind]")) this.#mark(cell, first);
  }

  /** A cell that has changed lights up for a moment; the style sheet decides how, and whether at all. */
  #mark(cell, first) {
    const { tenant, environment, kind, state } = cell.dataset;
    const key = `${tenant}/${environment}/${kind}`;
    const before = this.#known.get(key);
    this.#known.set(key, state);
    if (first || before === state || (before === undefined && state === "absent")) return;
    cell.removeAttribute("data-live-changed");
    void cell.offsetWidth;
    cell.setAttribute("data-live-changed", "");
  }
}

function matrix({ environments, kinds, tenants }) {
  return h(
    "table.matrix",
    {},
    h("caption.visually-hidden", {}, "Resources by tenant, environment and kind"),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("th.matrix-corner", { scope: "col" }, h("span.visually-hidden", {}, "Environment")),
        kinds.map((kind) => h("th.matrix-kind", { scope: "col" }, h("span", {}, kind))),
      ),
    ),
    tenants.map(({ tenant, environments: states }) =>
      h(
        "tbody",
        { dataset: { key: tenant } },
        h("tr", {}, h("th.matrix-tenant", { scope: "rowgroup", colspan: kinds.length + 1 }, h("span", {}, tenant))),
        environments.map((environment) =>
          h(
            "tr",
            { dataset: { key: environment } },
            h("th.matrix-environment", { scope: "row" }, environment),
            kinds.map((kind) => cell(tenant, environment, kind, states[environment]?.[kind] ?? "absent")),
          ),
        ),
      ),
    ),
  );
}

function cell(tenant, environment, kind, state) {
  const words = `${kind} of ${tenant} in ${environment}: ${WORDS[state] ?? state}`;
  return h(
    "td.cell",
    { title: words, dataset: { key: kind, testid: "cell", tenant, environment, kind, state } },
    h("span.visually-hidden", {}, WORDS[state] ?? state),
  );
}

function legend() {
  return h(
    "p.legend",
    { "aria-hidden": "true", dataset: { key: "legend" } },
    Object.entries(WORDS).map(([state, words]) => h("span", {}, h("i.cell", { dataset: { state } }), words)),
  );
}
