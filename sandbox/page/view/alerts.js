// The sandbox's Alertmanager: letting an alert fire for a tenant, what fires now and how it ends, and what the bot answered.

import { h, icon, morph } from "../core/dom.js";
import { choice, field } from "./faults.js";
import { notify } from "./notice.js";

const ALERTS = "/sandbox/alerts";
const NOBODY = "no tenant";

export class AlertBox {
  #tenants = [];

  /** The box; null where there is no such Alertmanager. */
  static async open() {
    const picture = await look();
    return picture && new AlertBox(picture);
  }

  constructor({ environments, sorts, firing }) {
    const topics = [...new Set(sorts.map(({ topic }) => topic))];
    this.sorts = sorts;
    this.alert = h(
      "select.field",
      { dataset: { testid: "alert" }, onchange: () => this.#fit() },
      topics.map((about) =>
        h(
          "optgroup",
          { label: about },
          sorts.filter(({ topic }) => topic === about).map(({ alert: value, words }) => h("option", { value }, words)),
        ),
      ),
    );
    this.tenant = h("select.field", { dataset: { testid: "alert-tenant" } }, h("option", { value: "" }, NOBODY));
    this.environment = choice("alert-environment", "Environment of the alert", environments);
    this.answer = h("p.fault-answer", { role: "status", dataset: { testid: "alert-answer" } });
    this.firing = h("div.fault-list");
    this.element = h(
      "section.fault-box",
      { "aria-label": "Alerts", dataset: { testid: "alerts" }, onclick: (event) => this.#pressed(event) },
      h(
        "form.fault-form",
        { onsubmit: (event) => this.#fire(event), dataset: { testid: "alert-form" } },
        h("h3", {}, "Let an alert fire"),
        h(
          "div.fault-fields",
          {},
          field("What fires", this.alert),
          field("Tenant", this.tenant),
          field("Environment", this.environment),
          h("button.button.danger", { type: "submit", dataset: { testid: "alert-fire" } }, "Fire"),
        ),
      ),
      this.answer,
      this.firing,
    );
    this.#list(firing);
    // Somebody may have let something fire in another window.
    addEventListener("focus", async () => this.#list((await look())?.firing));
  }

  /** Tenants as they come; what was chosen stays chosen. */
  show(tenants) {
    if (tenants.join() === this.#tenants.join()) return;
    const chosen = this.#tenants.length ? this.tenant.value : tenants[0];
    this.#tenants = tenants;
    this.tenant.replaceChildren(
      ...tenants.map((value) => h("option", { value }, value)),
      h("option", { value: "" }, NOBODY),
    );
    this.tenant.value = chosen;
  }

  /** What hits everybody names no tenant. */
  #fit() {
    this.tenant.disabled = this.sorts.find(({ alert }) => alert === this.alert.value)?.everybody ?? false;
  }

  async #fire(event) {
    event.preventDefault();
    await this.#send(ALERTS, {
      alert: this.alert.value,
      tenant: (!this.tenant.disabled && this.tenant.value) || null,
      environment: this.environment.value,
    });
  }

  /** The list is redrawn with every answer, so its buttons are listened to from above. */
  async #pressed({ target }) {
    const over = target.closest("[data-action=alert-over]");
    if (!over) return;
    const { alert, tenant, environment } = over.dataset;
    // The button goes with what it ended; whoever came by keyboard must not be left nowhere.
    const byKeyboard = over.matches(":focus-visible");
    await this.#send(`${ALERTS}/over`, { alert, tenant: tenant || null, environment });
    if (byKeyboard && !over.isConnected) this.alert.focus();
  }

  async #send(address, order) {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(address, { method: "POST", headers, body: JSON.stringify(order) }).catch(() => null);
    const answer = await response?.json().catch(() => null);
    if (!response?.ok) {
      this.answer.textContent = "";
      notify(answer?.error ?? `The sandbox answered ${response?.status ?? "nothing"}.`);
      return;
    }
    this.answer.textContent = `Told to the bot, which answered ${answer.status} “${answer.answer}”. See #incidents.`;
    this.#list(answer.firing);
  }

  #list(firing) {
    if (!firing) return;
    const wanted = firing.length
      ? h("div.fault-list", {}, h("h3", {}, "Fires now"), h("ul", {}, firing.map(entry)))
      : h("div.fault-list");
    morph(this.firing, wanted);
  }
}

function entry({ alert, tenant, environment, words, told }) {
  return h(
    "li",
    { dataset: { testid: "firing", key: `${alert}/${tenant}/${environment}` } },
    icon("warning"),
    h("span.fault-words", {}, told > 1 ? `${words}, told ${told} times` : words),
    h(
      "button.button.secondary",
      {
        type: "button",
        "aria-label": `It is over: ${words}`,
        dataset: { action: "alert-over", testid: "alert-over", alert, tenant, environment },
      },
      "It is over",
    ),
  );
}

async function look() {
  const response = await fetch(ALERTS, { cache: "no-store" }).catch(() => null);
  return response?.ok ? response.json() : null;
}
