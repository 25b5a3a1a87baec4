// The switch of member: everybody of the sandbox with their roles.

import { h, icon } from "../core/dom.js";
import { avatar } from "./avatar.js";
import { openPopover } from "./popover.js";

export function openMemberMenu(anchor, session, { members, switchTo }) {
  const { world } = session;
  const entry = ([name, { id, roles }]) => {
    const current = name === session.name;
    return h(
      "button.member",
      {
        type: "button",
        role: "menuitemradio",
        "aria-checked": String(current),
        dataset: { testid: "member", member: name },
        onclick: () => {
          close();
          if (!current) switchTo(name);
        },
      },
      avatar({ id, username: name }, world),
      h("span.member-text", {}, h("span.member-name", {}, name), h("span.member-roles", {}, rolesNow(world, id, roles))),
      current && icon("check"),
    );
  };
  const close = openPopover(
    anchor,
    h(
      "div.member-menu",
      { role: "menu", "aria-label": "Switch member" },
      h("p.menu-title", { role: "presentation" }, "Act as"),
      Object.entries(members).map(entry),
    ),
    { width: 290 },
  );
}

/** The roles held now; the sandbox's list tells those given at the start. */
function rolesNow(world, id, given) {
  const held = world.members.has(id) ? world.rolesOf(id).map(({ name }) => name) : given;
  return held.length ? held.join(", ") : "no role";
}
