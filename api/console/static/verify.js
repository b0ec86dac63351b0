// Checks what the log's checkpoints sign, as `mediation/proof/verify.py` does; both are told in docs/explanation/log-and-proofs.md.
// It needs nothing but WebCrypto (SHA-256 and Ed25519), and trusts nothing that it is given.

const EPOCH = Date.UTC(2000, 0, 1);
const text = new TextEncoder();
const BASE64 = /^(?:[\w+/]{4})*(?:[\w+/]{2}==|[\w+/]{3}=)?$/;

// What differs from what was signed, or can't be read. `name` is a word of the page.
export class Unproven extends Error {
  constructor(name) {
    super(name);
    this.name = name;
  }
}

const joined = (...parts) => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
};
const hash = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
const same = (one, other) => one.length === other.length && one.every((byte, n) => byte === other[n]);
const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const uuid = (bytes) => hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
const bytesOf = (base64) => {
  if (!BASE64.test(base64) || base64.includes("_")) throw new Unproven("not-base64");
  return Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
};

export const leafHash = (leaf) => hash([0], leaf);
const nodeHash = (left, right) => hash([1], left, right);

// For each step from node `fn` to the root: whether its hash is on the left. `sn` is the last node of the row. Both are BigInt.
const lefts = (fn, sn) => {
  const found = [];
  while (sn > 0n) {
    found.push((fn & 1n) === 1n || fn === sn);
    while (found.at(-1) && (fn & 1n) === 0n && fn > 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return found;
};

// Whether the leaf with this hash is the leaf at `index` of the tree (RFC 9162, section 2.1.3.2).
const included = async (index, size, leaf, proof, root) => {
  if (index < 0n || index >= size) return false;
  const steps = lefts(index, size - 1n);
  if (steps.length !== proof.length) return false;
  let node = leaf;
  for (const [n, left] of steps.entries()) node = await (left ? nodeHash(proof[n], node) : nodeHash(node, proof[n]));
  return same(node, root);
};

// Whether the tree of `first` leaves is the beginning of the tree of `second` (RFC 9162, section 2.1.4.2).
const consistent = async (first, second, proof, old, now) => {
  if (first === second) return proof.length === 0 && same(old, now);
  if (first === 0n) return proof.length === 0 && same(old, await hash());
  if (first > second) return false;
  const whole = (first & (first - 1n)) === 0n; // a tree of a power of two is a node itself, so the proof leaves it out
  if (!whole && proof.length === 0) return false;
  const [start, ...steps] = whole ? [old, ...proof] : proof;
  let [fn, sn] = [first - 1n, second - 1n];
  while ((fn & 1n) === 1n) [fn, sn] = [fn >> 1n, sn >> 1n];
  const sides = lefts(fn, sn);
  if (sides.length !== steps.length) return false;
  let [was, is] = [start, start];
  for (const [n, left] of sides.entries()) {
    if (left) was = await nodeHash(steps[n], was);
    is = await (left ? nodeHash(steps[n], is) : nodeHash(is, steps[n]));
  }
  return same(was, old) && same(is, now);
};

// A log's public key in its published form: `name+id+key`. A line of `mediation checkpoint` may stand before it.
export const keyOf = async (line) => {
  const [, name, id, encoded] = /^(?:key since \d{4}-\d\d-\d\d: )?([^+]*)\+([^+]*)\+(.*)$/s.exec(line.trim()) ?? [];
  try {
    const raw = bytesOf(encoded ?? "");
    const known = (await hash(text.encode(`${name}\n`), raw)).slice(0, 4);
    if (raw[0] !== 1 || hex(known) !== id) throw new Unproven("no-key");
    return { name, id: known, key: await crypto.subtle.importKey("raw", raw.slice(1), { name: "Ed25519" }, false, ["verify"]) };
  } catch (error) {
    throw error.name === "NotSupportedError" ? error : new Unproven("no-key");
  }
};

const signedBy = async (line, said, key) => {
  const [dash, name, encoded, ...more] = line.split(" ");
  if (dash !== "—" || name !== key.name || more.length || !BASE64.test(encoded ?? "")) return false;
  const raw = bytesOf(encoded);
  if (!same(raw.slice(0, 4), key.id) || !said.startsWith(`${key.name}\n`)) return false;
  return crypto.subtle.verify("Ed25519", key.key, raw.slice(4), text.encode(said));
};

// Throws Unproven if none of the keys has signed it.
export const checkpointOf = async (note, keys) => {
  const end = note.indexOf("\n\n");
  const said = `${note.slice(0, end)}\n`;
  const [origin, size, root] = said.split("\n");
  if (end < 0 || !/^\d{1,16}$/.test(size ?? "") || !root) throw new Unproven("no-checkpoint");
  for (const line of note.slice(end + 2).split("\n"))
    for (const key of keys) if (await signedBy(line, said, key)) return { origin, size: BigInt(size), root: bytesOf(root) };
  throw new Unproven("not-signed");
};

// What a leaf commits to. `body` is the stored body, with personal texts sealed. Throws Unproven for anything else.
export const factOf = (leaf) => {
  try {
    const view = new DataView(leaf.buffer, leaf.byteOffset, leaf.length);
    let at = 47;
    const ids = [0, 1, 2, 3].map(() => {
      const id = view.getUint8(at) ? uuid(leaf.slice(at + 1, at + 17)) : null;
      at += id === null ? 1 : 17;
      return id;
    });
    const texts = [0, 1, 2].map(() => {
      const length = view.getUint32(at);
      const part = leaf.slice(at + 4, at + 4 + length);
      at += 4 + length;
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(part);
    });
    if (view.getUint8(0) !== 1 || at !== leaf.length) throw new RangeError();
    const instant = (place) => new Date(EPOCH + Number(view.getBigInt64(place) / 1000n));
    const [dispute, , , actor] = ids;
    const [marketplace, kind, body] = texts;
    return {
      position: view.getBigInt64(1), recordedAt: instant(9), occurredAt: instant(17),
      stream: uuid(leaf.slice(25, 41)), version: view.getInt32(41), dispute, actor, marketplace, kind, body: JSON.parse(body), stored: body,
    };
  } catch {
    throw new Unproven("no-fact");
  }
};

// Checks facts with their proofs. `bundle` is an answer of `/v1/audit/bundles`, or one fact in the same form. `keys` are those that
// the reader trusts; without any, those of the bundle. `notes` are checkpoints that the reader kept. `dispute`: whose facts they must
// be; null for a fact of any.
//
// Returns the checkpoint, the facts with whether each is as it was sealed (`sealed`), the positions before which one is missing, the
// positions of files that were changed, and whether each checkpoint is of the same history. Throws Unproven where nothing is proven.
export async function verify(bundle, { keys = [], notes = [], dispute = null } = {}) {
  const trusted = await Promise.all((keys.length ? keys : bundle.keys).map(keyOf));
  const inside = await checkpointOf(bundle.checkpoint, trusted);
  const facts = [];
  for (const one of bundle.facts) {
    const leaf = bytesOf(one.leaf);
    const fact = factOf(leaf);
    const sealed = await included(fact.position - 1n, inside.size, await leafHash(leaf), one.proof.map(bytesOf), inside.root);
    facts.push({ ...fact, sealed: sealed && (dispute === null || fact.dispute === dispute) });
  }
  const ties = [];
  for (const note of notes) {
    const own = await checkpointOf(note, trusted);
    if (own.origin !== inside.origin) throw new Unproven("other-log");
    const [old, now] = own.size <= inside.size ? [own, inside] : [inside, own];
    const tie = bundle.consistency.find((one) => BigInt(one.size) === own.size);
    ties.push({ size: own.size, same: await consistent(old.size, now.size, (tie?.proof ?? []).map(bytesOf), old.root, now.root) });
  }
  const files = bundle.exhibits.filter((file) => !facts.some((fact) => fact.position === BigInt(file.position) && fact.stored.includes(file.sealed_sha256)));
  return { origin: inside.origin, size: inside.size, facts, ties, missing: dispute === null ? [] : missing(facts, dispute), files: files.map((one) => one.position) };
}

// The positions before which a fact of a stream is missing, or stands at another place. 0: the dispute's own stream is missing.
const missing = (facts, dispute) => {
  const versions = new Map();
  const before = [];
  facts.forEach((fact, n) => {
    const next = versions.get(fact.stream) ?? 1;
    if (fact.version !== next || (n && fact.position <= facts[n - 1].position)) before.push(fact.position);
    versions.set(fact.stream, fact.version + 1);
  });
  return versions.has(dispute) ? before : [0n, ...before];
};
