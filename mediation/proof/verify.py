"""Verifies what an engine has signed, without the engine: needs only this file, Python and `cryptography`.

    python verify.py FILE [--log] [--key KEY …] [--checkpoint FILE …]

It prints what is proven, what the facts say, and what is not proven. Exit code: 0 proven, 1 not proven, 2 a file that
cannot be read, or wrong options.

The log is a Merkle tree (RFC 9162, section 2.1). Leaf n is the fact at position n + 1, in the byte form that `Fact.of` reads.
A checkpoint is a C2SP tlog-checkpoint, a signed note (Ed25519). Changes show only against a checkpoint kept outside.
"""

import json
import re
import struct
import sys
from argparse import ArgumentParser
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

EMPTY = sha256(b"").digest()
ED25519 = b"\x01"
MAGIC, GONE = b"mediation-log/1\n", 0xFFFFFFFF
_HASH, _EPOCH = 32, datetime(2000, 1, 1, tzinfo=UTC)
Told = Callable[[int, int], None]
_FIXED = struct.Struct(">Bqqq16sih")
_PRINTED = re.compile(r"key since \d{4}-\d\d-\d\d: ")
"""What `mediation checkpoint` prints before a key. People copy the whole line."""
_SEALED = "~sealed1~"
ENGINE = UUID("00000000-0000-8000-8000-0000656e6769")
"""The actor of what the engine did by itself."""


class Unproven(Exception):
    """Something differs from what was signed. The message names it."""


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def included(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf with this hash is the leaf at `index` of the tree (RFC 9162, section 2.1.3.2)."""
    lefts = _lefts(index, size - 1)
    for step, left in zip(proof, lefts, strict=False):
        leaf = node_hash(step, leaf) if left else node_hash(leaf, step)
    return 0 <= index < size and len(proof) == len(lefts) and leaf == root


def consistent(first: int, second: int, proof: Sequence[bytes], old: bytes, new: bytes) -> bool:
    """Whether the tree of `first` leaves is the beginning of the tree of `second` (RFC 9162, section 2.1.4.2)."""
    if not 0 < first < second:
        return not proof and (old == new if first else old == EMPTY) and first in (0, second)
    start, *steps = proof if first & (first - 1) and proof else [old, *proof]
    shared = ((first - 1) ^ first).bit_length() - 1
    lefts = _lefts((first - 1) >> shared, (second - 1) >> shared)
    was = now = start
    for step, left in zip(steps, lefts, strict=False):
        was = node_hash(step, was) if left else was
        now = node_hash(step, now) if left else node_hash(now, step)
    return len(steps) == len(lefts) and (was, now) == (old, new)


def _lefts(fn: int, sn: int) -> list[bool]:
    """For each step from node `fn` to the root: whether its hash is on the left. `sn` is the last node of the row."""
    lefts = []
    while sn > 0:
        lefts.append(bool(fn & 1) or fn == sn)
        while lefts[-1] and not fn & 1 and fn:
            fn, sn = fn >> 1, sn >> 1
        fn, sn = fn >> 1, sn >> 1
    return lefts


class Growing:
    """The root of a tree whose leaves arrive one after another. It keeps one hash for each bit set in their number."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        peaks, size = self._peaks, self.size
        peaks.append(leaf)
        while size & 1:
            right = peaks.pop()
            peaks[-1] = sha256(b"\x01" + peaks[-1] + right).digest()
            size >>= 1
        self.size += 1

    def root(self) -> bytes:
        found = self._peaks[-1] if self._peaks else EMPTY
        for peak in reversed(self._peaks[:-1]):
            found = node_hash(peak, found)
        return found


@dataclass(frozen=True, slots=True)
class Fact:
    """What a leaf commits to. Times are in UTC. `body` is the stored body, with personal texts sealed."""

    position: int
    recorded_at: datetime
    occurred_at: datetime
    stream_id: UUID
    version: int
    schema_version: int
    dispute_id: UUID | None
    correlation_id: UUID | None
    causation_id: UUID | None
    actor: UUID | None
    marketplace: str
    kind: str
    body: bytes

    @classmethod
    def of(cls, leaf: bytes) -> "Fact":
        """Big-endian: a byte 1; position, recorded_at, occurred_at (8 bytes each; microseconds since 2000-01-01 UTC);
        stream id (16), version (4), schema version (2); four ids, each a byte 0, or 1 and 16 bytes; marketplace, kind
        and body, each its length (4) and its bytes (UTF-8). Raises Unproven for anything else."""
        try:
            form, position, recorded, occurred, stream, version, schema = _FIXED.unpack_from(leaf)
            began, happened = (_EPOCH + timedelta(microseconds=moment) for moment in (recorded, occurred))
            fields: list[Any] = [position, began, happened, UUID(bytes=stream), version, schema]
            at = _FIXED.size
            for _ in range(4):
                fields.append(UUID(bytes=leaf[at + 1 : at + 17]) if leaf[at] else None)
                at += 17 if leaf[at] else 1
            for _ in range(3):
                length = int.from_bytes(leaf[at : at + 4], "big")
                fields.append(leaf[at + 4 : at + 4 + length])
                at += 4 + length
            if (form, at) != (1, len(leaf)):
                raise ValueError("of another form")
            fields[-3:-1] = [text.decode() for text in fields[-3:-1]]
            return cls(*fields)
        except (struct.error, IndexError, ValueError, OverflowError) as error:
            raise Unproven(f"bytes that are no fact: {error}") from None

    def __str__(self) -> str:
        return f"{self.kind} at position {self.position}"


@dataclass(frozen=True, slots=True)
class Key:
    """A log's public key in its published form (a C2SP vkey): `name+id+key`."""

    name: str
    id: bytes
    public: Ed25519PublicKey

    @classmethod
    def of(cls, vkey: str) -> "Key":
        name, _, rest = _PRINTED.sub("", vkey.strip(), count=1).partition("+")
        id, _, encoded = rest.partition("+")
        try:
            raw = b64decode(encoded, validate=True)
            if raw[:1] != ED25519 or key_id(name, raw[1:]).hex() != id:
                raise ValueError
            return cls(name, bytes.fromhex(id), Ed25519PublicKey.from_public_bytes(raw[1:]))
        except ValueError:
            raise Unproven("this is no public key of a log: name+id+key") from None


def key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes

    @classmethod
    def of(cls, note: str, keys: Iterable[Key]) -> "Checkpoint":
        """Raises Unproven if none of the keys has signed it."""
        text, _, signatures = note.partition("\n\n")
        try:
            origin, size, root, *_ = text.split("\n")
            found = cls(origin, int(size), b64decode(root, validate=True))
        except ValueError:
            raise Unproven("this is no checkpoint: origin, size and root, each on a line") from None
        if any(_signed(line, f"{text}\n".encode(), key) for line in signatures.splitlines() for key in keys):
            return found
        raise Unproven(f"none of these keys has signed the checkpoint of {origin} over {size} facts")

    def check_same_log(self, other: "Checkpoint") -> None:
        if self.origin != other.origin:
            raise Unproven(f"your checkpoint is of the log {other.origin}, and this is {self.origin}")


def _signed(line: str, text: bytes, key: Key) -> bool:
    try:
        dash, name, encoded = line.split(" ")
        raw = b64decode(encoded, validate=True)
        key.public.verify(raw[4:], text)
    except (ValueError, InvalidSignature):
        return False
    named = text.startswith(f"{key.name}\n".encode())
    return named and (dash, name, raw[:4]) == ("\N{EM DASH}", key.name, key.id)


def verify_bundle(bundle: Any, keys: Sequence[Key], *outside: Checkpoint) -> list[Fact]:
    """The facts of one dispute. Checks that each is in the log where it was signed, and that the log and each of
    `outside` are one history. Raises Unproven. Without `keys` it uses the keys of the bundle: then nothing proves who
    signed it."""
    try:
        inside = Checkpoint.of(bundle["checkpoint"], keys or [*map(Key.of, bundle["keys"])])
        facts = [_proven(b64decode(one["leaf"]), _steps(one), inside) for one in bundle["facts"]]
        bridges = {one["size"]: _steps(one) for one in bundle["consistency"]}
        _check_whole(facts, UUID(bundle["dispute_id"]))
        bodies = {fact.position: fact.body for fact in facts}
        strange = [one for one in bundle["exhibits"] if one["sealed_sha256"].encode() not in bodies[one["position"]]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unproven(f"this is no bundle: {error!r}") from None
    if strange:
        raise Unproven(f"the hash of the file at position {strange[0]['position']} is not what was sealed there")
    for own in outside:
        inside.check_same_log(own)
        old, new = sorted((inside, own), key=lambda one: one.size)
        if not consistent(old.size, new.size, bridges.get(own.size, []), old.root, new.root):
            raise Unproven(f"nothing proves that this log of {inside.size} facts and yours of {own.size} are one")
    return facts


def _steps(proof: Any) -> list[bytes]:
    return [b64decode(step, validate=True) for step in proof["proof"]]


def _proven(leaf: bytes, proof: Sequence[bytes], checkpoint: Checkpoint) -> Fact:
    fact = Fact.of(leaf)
    if not included(fact.position - 1, checkpoint.size, leaf_hash(leaf), proof, checkpoint.root):
        raise Unproven(f"{fact} is not what was sealed there")
    return fact


def _check_whole(facts: Sequence[Fact], dispute: UUID) -> None:
    """Checks that no fact is missing between the others. Only the whole log can show whether there are later ones."""
    if not facts:
        raise Unproven("there is no fact in it")
    versions: dict[UUID, int] = {}
    for before, fact in zip([None, *facts], facts, strict=False):
        if fact.dispute_id != dispute:
            raise Unproven(f"{fact} belongs to another dispute")
        if before is not None and fact.position <= before.position:
            raise Unproven(f"{fact} is out of order")
        if fact.version != versions.setdefault(fact.stream_id, 1):
            raise Unproven(f"a fact is missing before {fact}: version {versions[fact.stream_id]} of {fact.stream_id}")
        versions[fact.stream_id] += 1
    if dispute not in versions:
        raise Unproven(f"the facts of the dispute's own stream are missing: {dispute}")


def verify_log(
    file: BinaryIO,
    keys: Sequence[Key],
    outside: Sequence[Checkpoint] = (),
    told: Told = lambda done, of: None,
) -> Checkpoint:
    """The last checkpoint, if each fact up to it is as it was sealed.

    Raises Unproven, which names the facts that are not. The file: `MAGIC`; a length (4 bytes, big-endian) and as many
    bytes of JSON, with `checkpoints`, `keys` and the number of `facts`; for each position the length of its leaf
    (`GONE` if there is none), the leaf, and the hash sealed for it.
    """
    try:
        if file.read(len(MAGIC)) != MAGIC:
            raise ValueError("it begins otherwise")
        head = json.loads(file.read(int.from_bytes(file.read(4), "big")))
        keys = keys or [*map(Key.of, head["keys"])]
        inside = [Checkpoint.of(note, keys) for note in head["checkpoints"]]
        last, facts = max(inside, key=lambda one: one.size), int(head["facts"])
    except (ValueError, KeyError, TypeError) as error:
        raise Unproven(f"this is no exported log: {error}") from None
    signed: dict[int, set[bytes]] = {}
    for checkpoint in (*inside, *outside):
        last.check_same_log(checkpoint)
        signed.setdefault(checkpoint.size, set()).add(checkpoint.root)
    tree, good, wrong = Growing(), 0, list[str]()
    if signed.pop(0, {EMPTY}) != {EMPTY}:
        raise Unproven("what was signed before the first fact is not what an empty log is signed with")
    for leaf, sealed in _leaves(file, facts):
        tree.add(sealed)
        if leaf is None or leaf_hash(leaf) != sealed:
            how = "is gone" if leaf is None else "was changed, or put there, after it was sealed"
            wrong.append(f"the fact at position {tree.size} {how}")
        if tree.size in signed:
            if signed.pop(tree.size) != {tree.root()}:
                raise Unproven(f"what was sealed between positions {good + 1} and {tree.size} is not what was signed")
            good = tree.size
        if tree.size % 10_000 == 0 or tree.size == facts:
            told(tree.size, facts)
    if wrong:
        raise Unproven("; ".join(wrong[:100]) + (f"; and {len(wrong) - 100:,} more" if wrong[100:] else ""))
    if signed:
        raise Unproven(f"the log ends after {tree.size} facts, but {max(signed)} were signed")
    return last


def _leaves(file: BinaryIO, facts: int) -> Iterator[tuple[bytes | None, bytes]]:
    for position in range(1, facts + 1):
        length = int.from_bytes(file.read(4), "big")
        leaf = None if length == GONE else file.read(length)
        if len(sealed := file.read(_HASH)) < _HASH:
            raise Unproven(f"the file breaks off at position {position} of {facts}")
        yield leaf, sealed


def report(
    file: Path, keys: Sequence[str], checkpoints: Sequence[Path], *, log: bool, told: Told = lambda done, of: None
) -> list[str]:
    """What is proven of a file, what the facts of a dispute say, and what is not proven; in lines for people.

    Raises Unproven, and OSError for a file that cannot be read.
    """
    known = [*map(Key.of, keys)]
    if checkpoints and not known:
        raise Unproven("a checkpoint of yours is verified with a key that you trust: --key")
    outside = [Checkpoint.of(note_in(path), known) for path in checkpoints]
    with file.open("rb") as opened:
        if log:
            last = verify_log(opened, known, outside, told)
            lines = [f"{last.size:,} facts are as they were sealed in the log {last.origin}."]
            missing = [f"anything that was recorded after those {last.size:,} facts"]
        else:
            bundle = _bundle(file, opened.read())
            facts = verify_bundle(bundle, known, *outside)
            origin, written, *_ = bundle["checkpoint"].split("\n")
            lines = [
                f"{len(facts)} facts of dispute {facts[0].dispute_id} are as they were sealed in the log {origin}, which "
                f"had {int(written):,} facts then.",
                *(line for fact in facts for line in said(fact, _sides(facts))),
            ]
            missing = [
                "that these are all the facts of the dispute. Facts after the last one of each stream, and whole streams "
                f"beside the dispute's own, may have been left out. Nothing shows what came after position "
                f"{facts[-1].position:,}: a checkpoint counts the facts of the log, not those of a dispute. Only the whole "
                "log shows that (--log)",
                "what the sealed texts say, and that the identifiers of persons are theirs",
            ]
    lines += [f"Your checkpoint over {own.size:,} facts is of the same history." for own in outside]
    if not outside:
        missing.append(
            "that the log was never replaced as a whole: that needs a checkpoint that you kept (--checkpoint)"
        )
    if not known:
        missing.append("who signed: the key that came with the file was used (--key)")
    return [*lines, *(f"Not proven: {one}." for one in missing)]


def said(fact: Fact, sides: dict[UUID, str]) -> Iterator[str]:
    """A fact in lines: position, when it was recorded (UTC), kind, who acted; below that, each field that is not empty."""
    who = "" if fact.actor is None else f"  by {sides.get(fact.actor, '')} {fact.actor}".replace("by  ", "by ")
    yield f"{fact.position:>12,}  {fact.recorded_at:%Y-%m-%d %H:%M:%S.%f}  {_plain(fact.kind)}{who}"
    if fact.occurred_at != fact.recorded_at:
        yield f"{'':14}happened at {fact.occurred_at:%Y-%m-%d %H:%M:%S.%f}"
    for name, value in _fields("", json.loads(fact.body)):
        yield f"{'':14}{_plain(name)}: {value}"


def _fields(name: str, value: Any) -> Iterator[tuple[str, str]]:
    match value:
        case {"amount": amount, **rest} if len(rest) == 1 and rest.keys() <= {"currency", "unit"}:
            yield name, _plain(f"{amount} {rest.popitem()[1]}")
        case dict():
            for step, one in value.items():
                yield from _fields(f"{name}.{step}" if name else step, one)
        case list():
            for number, one in enumerate(value, 1):
                yield from _fields(f"{name}[{number}]", one)
        case str() if value.startswith(_SEALED):
            yield name, "(a sealed text)"
        case None | "":
            pass
        case _:
            yield name, _plain(value if isinstance(value, str) else json.dumps(value))


def _plain(text: str) -> str:
    """What is no printable character is escaped: a text must not steer the terminal."""
    return "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in text)


def _sides(facts: Sequence[Fact]) -> dict[UUID, str]:
    """Who is the buyer and who the seller, as the filing says; and what the engine did by itself."""
    filed: Any = next((json.loads(fact.body) for fact in facts if fact.kind == "DisputeFiled"), {})
    parties = {UUID(filed[side]["subject"]): f"the {side}" for side in ("buyer", "seller") if side in filed}
    return {ENGINE: "the engine", **parties}


def _bundle(file: Path, content: bytes) -> Any:
    if content.startswith(MAGIC):
        raise Unproven(f"{file} is a whole log: verify it with --log")
    try:
        return json.loads(content)
    except ValueError as error:
        raise Unproven(f"{file} is no bundle, or was damaged: {error}") from None


def note_in(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Unproven(f"{path} is no checkpoint: it is not even a text") from None


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code."""
    parser = ArgumentParser("verify.py", description="Verifies a bundle of one dispute, or a whole log.")
    parser.add_argument("file", type=Path, help="a bundle; with --log, a whole log")
    parser.add_argument("--log", action="store_true", help="the file is a whole log")
    parser.add_argument("--key", action="append", default=[], help="the log's public key, from a source that you trust")
    parser.add_argument("--checkpoint", action="append", default=[], type=Path, help="a checkpoint that you kept")
    given = parser.parse_args(arguments)
    try:
        lines = report(given.file, given.key, given.checkpoint, log=given.log)
    except Unproven as error:
        print(f"not proven: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"cannot read {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    print(*lines, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
