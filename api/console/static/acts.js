// Forms of acts: two amounts that divide a sum, a preview that went out of date, focus, and a server that cannot be reached.
// All of it works without this file too: the server checks everything again.

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

// What was seen is what is sent. The server refuses anything else, this only says so at once.
const outdate = (changed) => {
  const seen = changed.closest("#act-form")?.querySelector(".foreseen");
  if (!seen || seen.contains(changed)) return;
  seen.classList.add("outdated");
  seen.querySelector(".stale").hidden = false;
  seen.querySelector(".send").disabled = true;
};

let typed = false;
document.addEventListener("input", (event) => {
  if (!(event.target instanceof Element) || !event.target.closest("#act-form")) return;
  typed = true;
  showRest(event.target);
  outdate(event.target);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.closest?.("#act-form")) return;
  event.preventDefault();
  const send = form().querySelector(".send:not([disabled])");
  (send ?? form().querySelector("button.main, .buttons button"))?.click();
});

// The first thing that is wrong, or else what came: shown, also where it is folded, and read out. A form that was opened begins
// at its first input.
const settle = () => {
  const begun = document.querySelector("#act [data-begins]") && form()?.querySelector("input:not([type=hidden]), select, textarea");
  const first = begun || document.querySelector("#act [data-focus]");
  for (let one = first?.closest("details"); one; one = one.parentElement.closest("details")) one.open = true;
  first?.focus();
};
// What was typed is not thrown away by a slip: by the key of another act, or by leaving the page.
const leaves = () => !typed || !form() || confirm(form().dataset.leave);
window.addEventListener("beforeunload", (event) => typed && form() && event.preventDefault());
document.addEventListener("kept", () => (typed = false));
document.addEventListener("submit", (event) => {
  if (event.target === form() && !event.defaultPrevented) typed = false;
});
document.addEventListener(
  "click",
  (event) => {
    if (!event.target.closest?.(".act-link") || event.ctrlKey || event.metaKey || leaves()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);

document.addEventListener("click", (event) => {
  const closes = event.target.closest?.("#act [data-closes]");
  if (!closes) return;
  event.preventDefault();
  if (!leaves()) return;
  typed = false;
  document.getElementById("act").replaceChildren();
  document.getElementById(closes.dataset.closes)?.focus();
});

const ofAct = (event) => ["act", "act-one"].includes(event.detail?.ctx?.target?.id);
document.addEventListener("htmx:after:swap", (event) => {
  if (!ofAct(event)) return;
  if (event.detail.ctx.target.id === "act" || !form()) typed = false;
  settle();
});
settle();

// An act that was sent may lead on to another page: nothing typed is lost then.
document.addEventListener("htmx:after:request", (event) => {
  const { status, headers } = event.detail.ctx.response;
  if (ofAct(event) && status < 400 && headers.get("HX-Redirect")) typed = false;
});

const away = (hidden) => {
  const told = document.querySelector("#act .away");
  if (told) told.hidden = hidden;
};
document.addEventListener("htmx:before:request", (event) => ofAct(event) && away(true));
document.addEventListener("htmx:error", (event) => ofAct(event) && away(false));
