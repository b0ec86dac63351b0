// Who else is at a case. Tells the server that this page is looked at and which form is filled in, and shows who else is there.
// It stands beside the pages: when a request of it is lost, nothing else changes.

const EVERY = 10_000; // milliseconds; the server forgets a page after 30 seconds
const WRITES = 120_000; // milliseconds after the last key for which somebody still writes

const beside = document.getElementById("presence");
const page = crypto.randomUUID();
const marks = "[id^='there-']";

let typed = { act: "", at: 0 };
let told; // what the server was last told of this page
let number = 0;
let refused = false; // signed out, or the case is not the reader's any more

const at = () => document.getElementById("present")?.dataset.at;
const form = () => document.getElementById("act-form")?.dataset.act ?? "";
const writes = () => typed.act && typed.act === form() && Date.now() - typed.at < WRITES;
const csrf = () => JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRF-Token"];
const post = (address, values, more = {}) =>
  fetch(address, { method: "POST", headers: { "X-CSRF-Token": csrf() }, body: new URLSearchParams(values), redirect: "manual", ...more });

// Only what is made for it is ever replaced, and only when it says something else.
const show = async (answer, still) => {
  refused = !answer.ok;
  if (refused) return;
  const made = document.createElement("template");
  made.innerHTML = await answer.text();
  if (!still()) return;
  for (const one of made.content.children) {
    const shown = ["present", "same-act"].includes(one.id) || one.matches(marks) ? document.getElementById(one.id) : null;
    if (shown && shown.innerHTML !== one.innerHTML) shown.replaceChildren(...one.childNodes);
  }
};

const tell = async () => {
  const mine = ++number;
  told = writes();
  try {
    await show(await post(at(), { page, form: form(), typed: told ? "yes" : "" }), () => mine === number);
  } catch {
    // The server cannot be reached. It is told again in a moment.
  }
};
const look = async (found) => {
  if (!found.length) return;
  const asked = found.map((one) => `dispute_id=${one.id.slice("there-".length)}`).join("&");
  try {
    await show(await fetch(`${beside.dataset.at}?${asked}`, { redirect: "manual" }), () => true);
  } catch {
    // as above
  }
};
const all = () => {
  if (document.hidden) return;
  if (at()) tell();
  look([...document.querySelectorAll(marks)]);
};

if (beside) {
  all();
  setInterval(() => refused || all(), EVERY);
  document.addEventListener("visibilitychange", all);
  document.addEventListener("htmx:after:swap", all);
  document.addEventListener("presence", (event) => {
    const { dispute_id } = JSON.parse(event.detail.data);
    if (document.hidden || refused) return;
    if (at()?.includes(dispute_id)) tell();
    look([...document.querySelectorAll(`#there-${dispute_id}`)]);
  });
  document.addEventListener("input", (event) => {
    if (!event.target.closest?.("#act-form")) return;
    typed = { act: form(), at: Date.now() };
    if (!told && at()) tell();
  });
  window.addEventListener("pagehide", () => at() && !refused && post(`${at()}/end`, { page }, { keepalive: true }).catch(() => {}));
  window.addEventListener("pageshow", (event) => event.persisted && all());
}
