// The page of proofs: fetches facts with their proofs, has them checked by `verify.js`, and says beside each fact what was found.

import { verify } from "./verify.js";

const form = document.getElementById("proof");
const list = document.getElementById("facts");
const result = document.getElementById("proven");
const word = (name, about = {}) => {
  const said = document.querySelector(`#proof-words [data-word="${name}"]`)?.textContent ?? name;
  return said.replace(/\{(\w+)\}/g, (whole, one) => about[one] ?? whole);
};
const made = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text });
const number = (n) => new Intl.NumberFormat(document.documentElement.lang).format(n);

// Each field of a stored body that is not empty, with its path.
const fields = function* (value, name = "") {
  if (value === null || value === "") return;
  if (typeof value === "object") for (const [step, one] of Object.entries(value)) yield* fields(one, name ? `${name}.${step}` : step);
  else yield [name, typeof value === "string" && value.startsWith("~sealed1~") ? word("text") : String(value)];
};

const details = (fact) => {
  const told = made("dl", "sealed-fields", "");
  const at = (instant) => instant.toISOString();
  const known = { kind: fact.kind, recorded_at: at(fact.recordedAt), occurred_at: at(fact.occurredAt), stream: fact.stream, version: fact.version, actor: fact.actor ?? "" };
  for (const [name, value] of [...Object.entries(known), ...fields(fact.body)]) {
    const value_ = made("dd", "", value);
    value_.dir = "auto";
    told.append(made("dt", "", name), value_);
  }
  const folded = made("details", "of-leaf", "");
  folded.append(made("summary", "quiet", word("details")), told);
  return folded;
};

const rowOf = (fact) => {
  const row = document.getElementById(`fact-${fact.position}`);
  if (row) return row;
  const made_ = document.createElement("li");
  made_.id = `fact-${fact.position}`;
  made_.dataset.position = fact.position;
  made_.append(made("span", "position number", `${fact.position}`), made("span", "words", fact.kind), made("span", "mark", ""));
  const next = [...list.children].find((one) => BigInt(one.dataset.position) > fact.position);
  list.insertBefore(made_, next ?? null);
  return made_;
};

const mark = (row, name, good) => {
  const shown = row.querySelector(".mark");
  shown.textContent = `${good ? "✓" : good === false ? "✗" : "–"} ${word(name)}`;
  shown.className = `mark ${good ? "good" : good === false ? "bad" : "quiet"}`;
};

const show = (found) => {
  const [proven, seen] = [new Set(), form.dataset.dispute !== undefined];
  for (const fact of found.facts) {
    const shown = document.getElementById(`fact-${fact.position}`);
    const row = rowOf(fact);
    const otherwise = seen && shown?.dataset.kind && shown.dataset.kind !== fact.kind;
    const state = !fact.sealed ? "not-sealed" : otherwise ? "said-otherwise" : seen && !shown?.dataset.kind ? "not-shown" : "sealed";
    mark(row, state, fact.sealed && !otherwise);
    row.querySelector(".of-leaf")?.remove();
    row.append(details(fact));
    proven.add(`${fact.position}`);
  }
  for (const row of list.children) {
    if (proven.has(row.dataset.position)) continue;
    const yet = BigInt(row.dataset.position) > found.size;
    mark(row, yet ? "not-yet" : "without-proof", yet ? undefined : false);
  }
};

const lines = (found, keys, notes) => {
  const wrong = list.querySelectorAll(".mark.bad").length;
  const said = [wrong ? ["some", { facts: number(list.children.length), wrong: number(wrong) }] : ["all", { facts: number(found.facts.length), log: found.origin, size: number(found.size) }]];
  for (const position of found.missing) said.push(position ? ["gap", { position: number(position) }] : ["no-stream"]);
  for (const position of found.files) said.push(["file", { position: number(position) }]);
  for (const tie of found.ties) {
    const about = { size: number(tie.size), known: number(found.size) };
    said.push([tie.same ? "tie" : tie.size > found.size ? "behind" : "torn", about]);
  }
  const failed = wrong || found.missing.length || found.files.length || found.ties.some((tie) => !tie.same);
  if (!notes.length) said.push(["no-own"]);
  if (!keys.length) said.push(["no-keys"]);
  if (form.dataset.dispute) said.push(["later"]);
  said.push(["texts"]);
  return [failed, said];
};

const tell = (failed, said) => {
  result.replaceChildren(...said.map(([name, about]) => made("p", "", word(name, about))));
  result.className = failed === undefined ? "" : failed ? "verdict bad" : "verdict good";
};

const fetched = async (sizes) => {
  const query = new URLSearchParams(sizes.map((size) => ["against", size]));
  const answer = await fetch(`${form.dataset.proofs}?${query}`, { headers: { Accept: "application/json" } });
  return answer.ok && answer.headers.get("content-type")?.startsWith("application/json") ? answer.json() : null;
};

const check = async () => {
  if (!crypto.subtle) return tell(true, [["insecure"]]);
  tell(undefined, [["checking"]]);
  const keys = document.getElementById("keys-trusted").value.split("\n").filter((line) => line.trim());
  const pasted = document.getElementById("own").value.replace(/\r/g, "").trim();
  const notes = pasted ? [`${pasted}\n`] : [];
  const size = /^[^\n]*\n(\d{1,15})\n/.exec(pasted)?.[1];
  // The server refuses a checkpoint that is ahead of its log. Then the check itself says so.
  const bundle = (size && (await fetched([size]))) || (await fetched([]));
  if (!bundle) return tell(true, [["unreachable"]]);
  try {
    const found = await verify(bundle, { keys, notes, dispute: form.dataset.dispute ?? null });
    show(found);
    tell(...lines(found, keys, notes));
  } catch (error) {
    tell(true, [[error.name === "NotSupportedError" ? "cannot" : error.name]]);
  }
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  await check().catch(() => tell(true, [["unreachable"]]));
  result.focus();
});
