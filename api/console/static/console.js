// Keys, menus, and the time zone of this browser. Every page works without it.
import "./drafts.js";
import { tinykeys } from "./tinykeys.js";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const cookies = Object.fromEntries(document.cookie.split("; ").map((one) => one.split("=")));
if (zone && decodeURIComponent(cookies["console-zone"] ?? "") !== zone) {
  document.cookie = `console-zone=${encodeURIComponent(zone)}; Path=/console; SameSite=Lax; Max-Age=31536000; Secure`;
  if (!cookies["console-zone"]) location.reload();
}

const typing = (target) => target instanceof Element && target.closest("input, textarea, select, [contenteditable]");

// A key never acts while somebody types or a dialog is open.
const key = (act) => (event) => {
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  act(event);
};

const rows = () => [...document.querySelectorAll(".rows a.row, .promise h3 a")];
const step = (by) => {
  const all = rows();
  const at = all.indexOf(document.activeElement);
  all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
};

const press = (keys) => {
  const found = document.querySelector(`[data-key="${keys}"]`);
  if (found instanceof HTMLInputElement) found.focus();
  else found?.click();
};

// The keys of what is on this page now: so they are those of this screen and of its reader.
const called = (one) => {
  const label = (one.labels?.[0] ?? one.querySelector(".act-name") ?? one).cloneNode(true);
  for (const kbd of label.querySelectorAll("kbd")) kbd.remove();
  return label.textContent.trim().replace(/\s+/g, " ");
};
const made = (one) => {
  const row = document.createElement("div");
  const keys = (one.dataset.key ?? one.dataset.actKey).split(" ").map((text) => Object.assign(document.createElement("kbd"), { textContent: text }));
  const term = document.createElement("dt");
  term.append(...keys.flatMap((kbd) => [kbd, " "]));
  row.append(term, Object.assign(document.createElement("dd"), { textContent: called(one) }));
  row.dataset.made = "";
  return row;
};
const listKeys = () => {
  const list = document.querySelector("#keys .keys");
  for (const row of list.querySelectorAll("[data-made]")) row.remove();
  for (const row of list.querySelectorAll("[data-when]")) row.hidden = !document.querySelector(row.dataset.when);
  list.append(...[...document.querySelectorAll("[data-key], [data-act-key]")].map(made));
};
const show = (id) => {
  if (id === "keys") listKeys();
  document.getElementById(id)?.showModal();
};

const own = { "?": key(() => show("keys")) };
const inLists = {
  j: () => step(1),
  k: () => step(-1),
  o: () => rows().find((one) => one === document.activeElement)?.click(),
  f: () => press("f"),
};
// A key of another alphabet counts as the Latin one in its place: an Arabic or Russian keyboard has no `j` and no `/`.
const places = { Slash: ["/", "?"], Comma: [",", "<"], Period: [".", ">"] };
const latin = ({ code, shiftKey }) => places[code]?.[shiftKey ? 1 : 0] ?? code.replace(/^(Key|Digit)/, "").toLowerCase();
window.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key.length > 1 || /^[ -~]$/.test(event.key) || typing(event.target)) return;
  const same = new KeyboardEvent("keydown", { key: latin(event), shiftKey: event.shiftKey, bubbles: true, cancelable: true });
  event.stopImmediatePropagation();
  if (!event.target.dispatchEvent(same)) event.preventDefault();
});

tinykeys(window, {
  ...own,
  "Shift+?": own["?"],
  "/": key(() => press("/")),
  "g d": key(() => press("g d")),
  "g p": key(() => press("g p")),
  "g m": key(() => press("g m")),
  Escape: () => {
    for (const open of document.querySelectorAll("details.who[open]")) open.open = false;
    if (typing(document.activeElement)) document.activeElement.blur();
    else document.querySelector("#act [data-closes]")?.click();
  },
});

// The keys of the acts on this page: each act names its own in data-act-key. The `p` of `g p` is no act.
window.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  if (rows().length && inLists[event.key]) {
    event.preventDefault();
    inLists[event.key]();
    return;
  }
  const act = [...document.querySelectorAll("[data-act-key]")].find((one) => one.dataset.actKey === event.key);
  if (!act) return;
  event.preventDefault();
  act.click();
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  if (opener) show(opener.dataset.opens);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-zoom]");
  const picture = button && document.querySelector("[data-zoomed]");
  if (!picture) return;
  const at = Number(picture.dataset.zoomed) + (button.dataset.zoom === "in" ? 1 : -1);
  picture.dataset.zoomed = String(Math.min(3, Math.max(1, at)));
});
document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-submits]")) event.target.form.requestSubmit();
});

// Who sees a case no more is told so once. The page stays, with what was typed, and asks no more.
document.addEventListener("htmx:sse:error", (event) => {
  if (event.detail.status !== 404 || event.target.id !== "live") return;
  event.target.remove();
  htmx.ajax("GET", document.getElementById("main").getAttribute("hx-get"), { target: "#told", swap: "innerHTML" });
});

// What is long in a case is fetched when somebody opens it, and again with each change while it is open.
const fetched = ":is(#story, #notices) > details";
const seen = (one) => one.querySelector(":scope > [hx-get]").dispatchEvent(new CustomEvent("seen"));
document.addEventListener("toggle", (event) => event.target.matches(`${fetched}[open]`) && seen(event.target), true);
document.addEventListener("changed", () => document.querySelectorAll(`${fetched}[open]`).forEach(seen));

// Whoever has signed in again in another tab is no longer told that they are signed out.
document.addEventListener("htmx:after:request", (event) => {
  const told = document.getElementById("told");
  if (event.detail.ctx.response.status < 400 && told?.querySelector("[data-ended]")) told.replaceChildren();
});
