// The page's beginning: waits until the bot is there, opens a session for the member, and keeps the frame around it.

import { h, icon } from "./core/dom.js";
import { place, read, write } from "./core/preferences.js";
import { Session } from "./core/session.js";
import { CloudPanel } from "./view/cloud.js";
import { Desk } from "./view/desk.js";
import { listenToFaults } from "./view/faults.js";
import { startTheme, themeButton } from "./view/theme.js";
import { keepTimesLive, readClock } from "./view/time.js";

const ASK_AGAIN = 700;
const root = document.querySelector("#app");
const splash = document.querySelector("#splash");
const banner = document.querySelector("#banner");
const wide = matchMedia("(min-width: 1100px)");
const phone = matchMedia("(max-width: 760px)");

let sandbox = null;
let session = null;
let desk = null;
let cloud = null;
let away = false;

async function describe() {
  for (;;) {
    const response = await fetch("/sandbox.json", { cache: "no-store" }).catch(() => null);
    if (response?.ok) return response.json();
    say(response?.status === 503 ? "The bot is starting…" : "Waiting for the server…");
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN));
  }
}

function say(words) {
  splash.hidden = false;
  splash.querySelector("p").textContent = words;
}

async function start() {
  startTheme();
  keepTimesLive(document);
  sandbox = await describe();
  await readClock();
  await startCloud();
  enter(place());
}

async function startCloud() {
  const panel = new CloudPanel();
  if (!(await panel.start())) return;
  cloud = panel;
  listenToFaults(panel.element);
  panel.on("hide", () => (phone.matches ? tab("chat") : showCloud(false)));
  root.append(panel.element);
  root.classList.add("has-cloud");
  document.querySelector("#tabs").hidden = false;
  showCloud(read("cloud", wide.matches), { keep: false });
}

function showCloud(open, { keep = true } = {}) {
  root.classList.toggle("with-cloud", open);
  document.querySelectorAll("[data-testid=cloud-toggle]").forEach((button) => button.setAttribute("aria-expanded", String(open)));
  if (keep) write("cloud", open);
}

function tab(name) {
  root.dataset.tab = name;
  for (const button of document.querySelectorAll("#tabs button")) {
    if (button.dataset.tab === name) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
}

function tools() {
  const toggle =
    cloud &&
    h(
      "button.icon-button.not-phone",
      {
        type: "button",
        "aria-label": "Simulated cloud",
        title: "Simulated cloud",
        "aria-controls": "cloud",
        "aria-expanded": String(root.classList.contains("with-cloud")),
        dataset: { testid: "cloud-toggle" },
        onclick: () => showCloud(!root.classList.contains("with-cloud")),
      },
      icon("cloud"),
    );
  return [toggle, themeButton()];
}

/** Opens the page as a member; whoever was there before leaves. */
function enter(wanted, { refocus = false } = {}) {
  const name = sandbox.members[wanted.member] ? wanted.member : Object.keys(sandbox.members)[0];
  session?.close();
  const next = new Session(name, sandbox.members[name]);
  session = next;
  next.world.on("ready", () => {
    if (next !== session) return;
    // A new gateway session of the same member: the desk stays as it is and its feeds load anew.
    if (desk?.session === next) return;
    desk?.close();
    desk = new Desk(next, { element: root, tools, switchTo, members: sandbox.members }, wanted);
    splash.hidden = true;
    if (refocus) desk.sidebar.focusSwitch();
  });
  next.gateway.on("state", (state) => next === session && connection(state));
  next.open();
}

function switchTo(member) {
  enter({ ...desk.place, member }, { refocus: true });
}

function connection(state) {
  banner.hidden = state === "ready";
  banner.textContent =
    state === "refused" ? "This member is not known any more. Asking again…" : "Connection lost. Reconnecting…";
  if (state === "refused") beginAgain();
  // It may be another process, with a time of its own.
  if (state === "reconnecting") away = true;
  if (state === "ready" && away) readClock();
  if (state === "ready") away = false;
}

/** The server was started afresh: its members have new tokens. */
async function beginAgain() {
  const where = { ...desk?.place, member: session.name };
  session.close();
  sandbox = await describe();
  await readClock();
  splash.hidden = true;
  banner.hidden = true;
  enter(where);
}

for (const button of document.querySelectorAll("#tabs button")) button.addEventListener("click", () => tab(button.dataset.tab));

start();
