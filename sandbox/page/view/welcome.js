// The beginning of a channel; in an empty tenant-ops also what a newcomer types first and who then has to agree.

import { h, icon } from "../core/dom.js";

const FIRST_LINE = '/tenant provision environment:dev company:"Golden Crust" subdomain:golden email:owner@golden.example';
const OPERATIONS = "tenant-ops";

export function intro(session, channelId, messages, handlers) {
  const { world } = session;
  const thread = world.threads.get(channelId);
  if (thread)
    return h(
      "li.intro.small",
      { dataset: { key: "intro" } },
      h("div.intro-icon", {}, icon("thread")),
      h("h2", {}, thread.name),
      h("p", {}, `A thread in #${world.channels.get(thread.parent_id)?.name ?? "channel"}.`),
    );
  const name = world.channels.get(channelId)?.name ?? "channel";
  return h(
    "li.intro",
    { dataset: { key: "intro" } },
    h("div.intro-icon", {}, icon("hash")),
    h("h2", {}, `Welcome to #${name}!`),
    h("p", {}, world.channels.get(channelId)?.topic || `This is the start of the #${name} channel.`),
    name === OPERATIONS && !messages.length && hint(session, handlers),
  );
}

function hint(session, { members }) {
  const line = FIRST_LINE.split(/ (?=\w+:)/);
  return h(
    "section.hint",
    { "aria-label": "First steps", dataset: { testid: "welcome" } },
    h("h3", {}, "Provision your first tenant"),
    h(
      "p",
      {},
      "Type this line below, or let it be filled in, and press Enter. In DEV nobody has to agree, so it starts at once; the card shows each step, the thread tells the story.",
    ),
    h(
      "code.hint-line",
      {},
      h("span.hint-command", {}, line[0]),
      line.slice(1).map((part) => [" ", h("span.hint-option", {}, part)]),
    ),
    h(
      "button.button.primary",
      { type: "button", dataset: { action: "fill", line: FIRST_LINE, testid: "welcome-fill" } },
      "Fill it in for me",
    ),
    h("h3", {}, "Then try SIT and PROD"),
    h(
      "p",
      {},
      "First say that the tenant is fine where it is: ✅ on its finished card. Then /tenant promote carries it on. Each step up waits for a ✅ from the right people, never from the one who asked. Switch to them here, or with your name at the bottom left:",
    ),
    h("ul.hint-people", {}, approver("SIT", ["team-lead"], members), approver("PROD", ["devops-lead", "product-owner"], members)),
    h(
      "p.hint-foot",
      {},
      "Who you are now: ",
      h("strong", {}, session.name),
      ". The panel beside the chat is the simulated cloud; there you can also make its next call fail, or let an alert fire.",
    ),
  );
}

function approver(environment, names, members) {
  return h(
    "li",
    {},
    h("span.hint-environment", {}, environment),
    names
      .filter((name) => members.includes(name))
      .map((name, index) => [
        index > 0 && " and ",
        h("button.link-button", { type: "button", dataset: { action: "switch", member: name } }, name),
      ]),
  );
}
