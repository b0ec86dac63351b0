// The ruling: what is typed is kept as a draft by itself, and headings are put into the reasons. Without this file, the button
// keeps the draft.

const WAIT = 4000; // milliseconds after typing stopped

const form = () => document.getElementById("act-form");
let waiting;
let changed = false;

document.addEventListener("input", (event) => {
  if (!event.target.closest?.("#act-form") || !document.getElementById("keep")) return;
  changed = true;
  clearTimeout(waiting);
  waiting = setTimeout(() => document.getElementById("keep")?.dispatchEvent(new Event("keep")), WAIT);
});

const ofDraft = (event) => event.detail?.ctx?.target?.id === "kept";
document.addEventListener("htmx:before:request", (event) => {
  if (!ofDraft(event)) return;
  clearTimeout(waiting);
  changed = false;
});
document.addEventListener("htmx:after:swap", (event) => {
  if (ofDraft(event) && !changed && document.querySelector("#kept [data-kept]")) form()?.dispatchEvent(new Event("kept", { bubbles: true }));
  reveal();
});

document.addEventListener("click", (event) => {
  const heading = event.target.closest?.("[data-inserts] button");
  if (!heading) return;
  const into = document.getElementById(heading.parentElement.dataset.inserts);
  if (!begun.has(into)) into.setSelectionRange(into.value.length, into.value.length);
  const before = into.value.slice(0, into.selectionStart);
  const gap = "\n".repeat(before.trim() ? 2 - Math.min(2, /\n*$/.exec(before)[0].length) : 0);
  into.setRangeText(`${gap}${heading.dataset.text}\n`, into.selectionStart, into.selectionEnd, "end");
  into.focus();
  into.dispatchEvent(new Event("input", { bubbles: true }));
});

// Where nobody has put the cursor into a text yet, a heading goes to its end.
const begun = new WeakSet();
document.addEventListener("focusin", (event) => event.target instanceof HTMLTextAreaElement && begun.add(event.target));

const reveal = () => {
  for (const one of document.querySelectorAll("[data-inserts]")) {
    document.getElementById(one.dataset.inserts)?.before(one);
    one.hidden = false;
  }
};
reveal();
