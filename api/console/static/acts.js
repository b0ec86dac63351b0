// Forms of acts: two amounts that divide a sum, a preview that went out of date, drafts, the browser's history, focus, and a
// server that cannot be reached. Every act can be done without this file too: the server checks everything again.
import { drop, isKept, keep, kept } from "./drafts.js";

const form = () => document.getElementById("act-form");

// Amounts are whole numbers of the smallest unit, so that nothing is rounded.
const digitsOf = (group) => Number(group.dataset.digits);
const minor = (text, digits, decimal) => {
  const [whole, fraction = "", ...rest] = text.trim().split(decimal);
  if (rest.length || !/^\d+$/.test(whole) || !/^\d*$/.test(fraction) || fraction.length > digits) return null;
  return BigInt(whole + fraction.padEnd(digits, "0"));
};
const written = (amount, digits, decimal) => {
  const text = amount.toString().padStart(digits + 1, "0");
  return digits ? text.slice(0, -digits) + decimal + text.slice(-digits) : text;
};

// Either half may be typed, as an amount or in percent; the other half is the rest. The server rounds in the same way, and what
// it says counts.
const MILLIONTHS = 6;
const showRest = (typed) => {
  const group = typed.closest("[data-rest]");
  const [, side, kind] = /\/(buyer|seller)(\/amount|:percent)$/.exec(typed.name) ?? [];
  if (!group || !side) return;
  const { decimal } = group.dataset;
  const digits = digitsOf(group);
  const whole = minor(group.dataset.rest, digits, ".");
  const input = (half, name) => group.querySelector(`input[name$='/${half}${name}']`);
  const other = side === "buyer" ? "seller" : "buyer";
  let part;
  if (kind === "/amount") part = minor(typed.value, digits, decimal);
  else {
    const percent = minor(typed.value, MILLIONTHS, decimal);
    const hundred = 100n * 10n ** BigInt(MILLIONTHS);
    part = percent === null || percent > hundred ? null : (whole * percent * 2n + hundred) / (hundred * 2n);
    if (part !== null) input(side, "/amount").value = written(part, digits, decimal);
  }
  for (const half of [side, other]) if (input(half, ":percent") && input(half, ":percent") !== typed) input(half, ":percent").value = "";
  if (part === null || part > whole) return;
  input(other, "/amount").value = written(whole - part, digits, decimal);
  for (const [half, minors] of [[side, part], [other, whole - part]]) {
    const shown = input(half, ":percent");
    if (shown && whole) shown.placeholder = written((minors * 20000n + whole) / (whole * 2n), 2, decimal);
  }
};

// What was seen is what is sent. The server refuses anything else, this only says so at once: the button to look again stands
// where Send stood.
const outdate = (changed) => {
  const seen = changed.closest("#act-form")?.querySelector(".foreseen");
  if (!seen || changed.closest(".foreseen")) return;
  seen.classList.add("outdated");
  seen.querySelector(".stale").hidden = false;
  seen.querySelector(".send").hidden = true;
};

// In another window, or by somebody else, the case may have moved on: what can be done no more cannot be sent.
const recheck = () => {
  const send = form()?.querySelector(".send");
  if (!send) return;
  const { openedBy } = form().dataset;
  const gone = openedBy !== undefined && document.getElementById("acts") !== null && document.getElementById(openedBy) === null;
  send.disabled = gone;
  form().querySelector(".closed").hidden = !gone;
};
document.addEventListener("htmx:after:swap", (event) => event.detail?.ctx?.target?.id === "main" && recheck());

// A field that only some choices ask for is shown with these.
const fit = () => {
  for (const one of document.querySelectorAll("#act-form [data-only-with]")) {
    const chosen = form().elements[one.dataset.onlyWith];
    one.hidden = chosen?.value !== undefined && !one.dataset.values.split(" ").includes(chosen.value) && !one.querySelector("[aria-invalid]");
  }
};
document.addEventListener("change", (event) => event.target instanceof Element && event.target.closest("#act-form") && fit());

// What is typed is kept as a draft: that of a ruling on the server, any other in this tab. Files are kept nowhere.
let typed = false;
let stored = false;
const onServer = () => document.getElementById("keep") !== null;
const holdsFiles = () => [...form().querySelectorAll("input[type=file]")].some((one) => one.files.length);
const unkept = () => form() && typed && (onServer() || !stored || holdsFiles());
const store = () => {
  if (form() && !onServer()) stored = keep(form());
};
document.addEventListener("input", (event) => {
  if (!(event.target instanceof Element) || !event.target.closest("#act-form")) return;
  typed = true;
  showRest(event.target);
  outdate(event.target);
  store();
});

// The server fills in the form again, with what is kept of it.
const KEPT = "?step=kept";
const fill = () => {
  const empty = form();
  if (!empty?.hasAttribute("data-empty") || onServer() || !kept(empty.action)) return false;
  empty.inert = true;
  htmx
    .ajax("POST", empty.getAttribute("action") + KEPT, { source: empty, target: "#act-one", swap: "outerHTML" })
    .finally(() => (empty.inert = false));
  return true;
};
document.addEventListener("htmx:config:request", (event) => {
  const { action, body } = event.detail.ctx.request;
  const inputs = action.endsWith(KEPT) && kept(action);
  if (!inputs) return;
  for (const name of new Set(body.keys())) if (isKept(name)) body.delete(name);
  for (const [name, value] of inputs) body.append(name, value);
});

const look = "button.main:not(.send), .buttons button";
document.addEventListener("keydown", (event) => {
  const held = event.repeat && event.key === "Enter" && event.target.closest?.("#act-form button");
  if (held) event.preventDefault(); // whoever holds the key down for the preview has not seen it yet
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.closest?.("#act-form")) return;
  event.preventDefault();
  if (event.repeat) return;
  (form().querySelector(".send:not([hidden], [disabled])") ?? form().querySelector(look))?.click();
});

// The first thing that is wrong, or else what came: shown, also where it is folded, and read out. A form that was opened begins
// at its first input, or its button. After a preview Send has the focus, and the preview is in view from its beginning.
const settle = () => {
  const begun = document.querySelector("#act [data-begins]") && form()?.querySelector("input:not([type=hidden]), select, textarea, button.main");
  const first = begun || document.querySelector("#act [data-focus]");
  for (const one of document.querySelectorAll("#act details:has([aria-invalid=true])")) one.open = true;
  for (let one = first?.closest("details"); one; one = one.parentElement.closest("details")) one.open = true;
  fit();
  const seen = first?.closest(".foreseen");
  first?.focus({ preventScroll: seen !== null && seen !== undefined });
  seen?.scrollIntoView({ block: seen.offsetHeight < innerHeight * 0.75 ? "nearest" : "start" });
};

// What cannot be kept is not thrown away by a slip: by the key of another act, or by leaving the page.
const leaves = () => !unkept() || confirm(form().dataset.leave);
window.addEventListener("beforeunload", (event) => unkept() && event.preventDefault());
document.addEventListener("kept", () => (typed = false));
document.addEventListener("submit", (event) => {
  if (event.target === form() && !event.defaultPrevented) typed = false;
});
document.addEventListener(
  "click",
  (event) => {
    const away = event.target.closest?.("[data-discards]");
    if (away) drop(away.href);
    else if (!event.target.closest?.(".act-link") || event.ctrlKey || event.metaKey || leaves()) return;
    else {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  },
  true,
);

// A form that is open has its address, so that Back closes it, Forward opens it again, and it can be bookmarked.
const place = () => document.getElementById("act");
let goesBack = null;
const close = () => {
  const opener = place().querySelector("[data-closes]")?.dataset.closes;
  typed = false;
  place().replaceChildren();
  document.getElementById(opener)?.focus();
};
const opened = async (address) => {
  await goesBack;
  if (new URL(address, location).pathname === location.pathname) return;
  history[history.state?.act ? "replaceState" : "pushState"]({ act: true }, "", address);
};
const leaveAddress = () => {
  if (history.state?.act) {
    goesBack = new Promise((went) => window.addEventListener("popstate", went, { once: true })).then(() => (goesBack = null));
    history.back();
  } else atCase();
};
const atCase = () => history.replaceState(null, "", location.pathname.replace(/\/acts\/.*/, "") + location.search);
window.addEventListener("popstate", () => {
  if (!place() || goesBack) return;
  if (location.pathname === form()?.getAttribute("action")) return;
  if (/\/acts\//.test(location.pathname)) htmx.ajax("GET", location.pathname + location.search, { target: "#act", swap: "innerHTML" });
  else if (form()) close();
});
document.addEventListener("click", (event) => {
  const closes = event.target.closest?.("#act [data-closes]");
  if (!closes) return;
  event.preventDefault();
  if (!leaves()) return;
  const wasOpen = form();
  close();
  if (wasOpen) leaveAddress();
});

const ofAct = (event) => ["act", "act-one"].includes(event.detail?.ctx?.target?.id);
document.addEventListener("htmx:after:swap", (event) => {
  if (!ofAct(event)) return;
  const { target, request } = event.detail.ctx;
  if (target.id === "act" && form()) opened(request.action);
  if (!form()) sent(request.action);
  if (target.id === "act" || !form()) typed = false;
  else if (typed) store();
  if (!fill()) settle();
});
if (!fill()) settle();

document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail?.ctx?.target?.id === "snooze") document.querySelector("#snooze [data-focus]")?.focus();
});

// What was sent is a draft no more. It may lead on to another page.
const sent = (address) => {
  typed = false;
  drop(address);
  atCase();
};
document.addEventListener("htmx:after:request", (event) => {
  const { request, response } = event.detail.ctx;
  if (ofAct(event) && response.status < 400 && response.headers.get("HX-Redirect")) sent(request.action);
});

const away = (hidden) => {
  const told = document.querySelector("#act .away");
  if (told) told.hidden = hidden;
};
document.addEventListener("htmx:before:request", (event) => ofAct(event) && away(true));
document.addEventListener("htmx:error", (event) => ofAct(event) && away(false));
