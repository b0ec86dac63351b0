"""Verifies what an engine has signed, without the engine: needs this file, Python and the package `cryptography`, nothing else.

    python verify.py bundle.json --key VKEY [--checkpoint FILE]     one dispute's facts, as `mediation export` wrote them
    python verify.py --log log.proof --key VKEY [--checkpoint FILE] the whole log

The log is a Merkle tree (RFC 9162, section 2.1): leaf n is the fact at position n + 1, as the bytes that `Fact.of` takes apart.
A checkpoint is a C2SP tlog-checkpoint in a signed note (Ed25519): it commits to every fact up to its size. One that was kept
outside, by an auditor or a witness, is what makes later changes visible; a log is only as old as the oldest of these.
"""

import argparse
import base64
import json
import struct
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519 = b"\x01"
"""The C2SP signature type."""

MAGIC = b"mediation-log/1\n"
EMPTY = sha256(b"").digest()
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_TEXT = "utf-8"


class Unproven(Exception):
    """Something is not as it was signed; the message names it."""


# --- the tree ---


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def included(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf with this hash is the one at `index` of the tree (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    fn, sn, found = index, size - 1, leaf
    for step in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            found = node_hash(step, found)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = node_hash(found, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and found == root


def consistent(first: int, second: int, proof: Sequence[bytes], old: bytes, new: bytes) -> bool:
    """Whether the tree of `first` leaves is the beginning of that of `second` (RFC 9162, section 2.1.4.2)."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and old == new
    steps = list(proof) if first & (first - 1) else [old, *proof]
    if not steps:
        return False
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    was = now = steps[0]
    for step in steps[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            was, now = node_hash(step, was), node_hash(step, now)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            now = node_hash(now, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and was == old and now == new


class Growing:
    """The root of a tree whose leaves come one after another; holds one hash for each bit of their number."""

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
        if not self._peaks:
            return EMPTY
        found = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            found = node_hash(peak, found)
        return found


# --- a fact ---


@dataclass(frozen=True, slots=True)
class Fact:
    """What a leaf commits to. Times are in UTC; `body` is what is stored, personal texts sealed."""

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
        """Raises Unproven for bytes that are no leaf.

        One byte 1; position, recorded_at, occurred_at (8 bytes each, big-endian; times in microseconds since 2000-01-01
        UTC); stream id (16); version (4); schema version (2); four ids, each as a byte 0, or 1 and 16 bytes; marketplace,
        kind and body, each as its length (4) and its bytes (UTF-8).
        """
        try:
            if leaf[0] != 1:
                raise Unproven(f"a leaf of an unknown form: {leaf[0]}")
            position, recorded, occurred, stream, version, schema = struct.unpack_from(">qqq16sih", leaf, 1)
            at = 1 + struct.calcsize(">qqq16sih")
            ids: list[UUID | None] = []
            for _ in range(4):
                known = leaf[at] == 1
                ids.append(UUID(bytes=leaf[at + 1 : at + 17]) if known else None)
                at += 17 if known else 1
            texts = []
            for _ in range(3):
                (length,) = struct.unpack_from(">i", leaf, at)
                texts.append(leaf[at + 4 : at + 4 + length])
                at += 4 + length
            if at != len(leaf):
                raise Unproven("a leaf that does not end where it should")
            times = [_EPOCH + timedelta(microseconds=moment) for moment in (recorded, occurred)]
            marketplace, kind, body = texts
            named = (marketplace.decode(_TEXT), kind.decode(_TEXT))
            return cls(position, *times, UUID(bytes=stream), version, schema, *ids, *named, body)
        except (struct.error, IndexError, ValueError, OverflowError) as error:
            raise Unproven(f"bytes that are no leaf: {error}") from None

    def __str__(self) -> str:
        return f"{self.kind} at position {self.position} (stream {self.stream_id}, version {self.version})"


# --- checkpoints ---


@dataclass(frozen=True, slots=True)
class Key:
    """A public key, as the engine publishes it (a C2SP vkey): `name+hash+key`."""

    name: str
    id: bytes
    public: Ed25519PublicKey

    @classmethod
    def of(cls, vkey: str) -> "Key":
        try:
            name, hashed, encoded = vkey.strip().split("+", 2)
            raw = base64.b64decode(encoded, validate=True)
            if raw[:1] != ED25519 or key_id(name, raw[1:]).hex() != hashed:
                raise ValueError
            return cls(name, bytes.fromhex(hashed), Ed25519PublicKey.from_public_bytes(raw[1:]))
        except ValueError:
            raise Unproven("this is no public key of an Ed25519 log: name+hash+key") from None


def key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes

    @classmethod
    def of(cls, note: str, keys: Iterable[Key]) -> "Checkpoint":
        """Raises Unproven where none of the keys has signed it."""
        text, _, signatures = note.partition("\n\n")
        text += "\n"
        try:
            origin, size, root, *_ = text.split("\n")
            found = cls(origin, int(size), base64.b64decode(root, validate=True))
        except ValueError:
            raise Unproven("this is no checkpoint: origin, size and root, each on a line") from None
        keys = list(keys)
        for line in signatures.splitlines():
            for key in keys:
                if _signed(line, text.encode(), key):
                    if key.name != origin:
                        raise Unproven(f"the checkpoint is of the log {origin}, the key of {key.name}")
                    return found
        raise Unproven(
            f"no signature of {', '.join(key.name for key in keys) or 'any known key'} is on this checkpoint"
        )


def _signed(line: str, text: bytes, key: Key) -> bool:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if dash != "\N{EM DASH}" or name != key.name:
        return False
    try:
        raw = base64.b64decode(encoded, validate=True)
        key.public.verify(raw[4:], text)
    except (ValueError, InvalidSignature):
        return False
    return raw[:4] == key.id


# --- one dispute, and a whole log ---


Progress = Callable[[int, int], None]
"""Gets how many facts are done, and of how many."""

_MISSING = 0xFFFFFFFF


def verify_bundle(bundle: Any, keys: Sequence[Key], outside: Checkpoint | None = None) -> list[Fact]:
    """The facts of one dispute, each proven to be in the log at its place. Raises Unproven."""
    try:
        checkpoint = Checkpoint.of(bundle["checkpoint"], keys)
        facts = [
            _proven(_bytes(one["leaf"]), [_bytes(step) for step in one["proof"]], checkpoint) for one in bundle["facts"]
        ]
        dispute = UUID(bundle["dispute_id"])
        bridges = {one["size"]: [_bytes(step) for step in one["proof"]] for one in bundle["consistency"]}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unproven(f"this is no bundle of the mediation engine: {error!r}") from None
    _check_whole(facts, dispute)
    if outside is not None:
        _check_same_log(checkpoint, outside, bridges)
    return facts


def _proven(leaf: bytes, proof: Sequence[bytes], checkpoint: Checkpoint) -> Fact:
    fact = Fact.of(leaf)
    if not included(fact.position - 1, checkpoint.size, leaf_hash(leaf), proof, checkpoint.root):
        raise Unproven(f"{fact} is not what was sealed there")
    return fact


def _check_whole(facts: Sequence[Fact], dispute: UUID) -> None:
    """That no fact is missing between others. Whether later ones are, only the whole log can tell."""
    versions: dict[UUID, int] = {}
    last = 0
    for fact in facts:
        if fact.dispute_id != dispute:
            raise Unproven(f"{fact} belongs to another dispute")
        if fact.position <= last:
            raise Unproven(f"{fact} is out of order")
        last = fact.position
        expected = versions.get(fact.stream_id, fact.version if fact.version in (0, 1) else 1)
        if fact.version != expected:
            raise Unproven(
                f"version {expected} of the stream {fact.stream_id} is missing before position {fact.position}"
            )
        versions[fact.stream_id] = fact.version + 1


def _check_same_log(inside: Checkpoint, outside: Checkpoint, bridges: dict[int, list[bytes]]) -> None:
    if outside.origin != inside.origin:
        raise Unproven(f"your checkpoint is of the log {outside.origin}, this is {inside.origin}")
    old, new = sorted((inside, outside), key=lambda one: one.size)
    if old.size == new.size:
        bridges = {outside.size: []}
    if outside.size not in bridges:
        raise Unproven(
            f"nothing here leads from {inside.size} facts to your checkpoint of {outside.size}: export against it"
        )
    if not consistent(old.size, new.size, bridges[outside.size], old.root, new.root):
        raise Unproven(
            f"the log of {inside.size} facts is not a continuation of your checkpoint of {outside.size}, or the reverse"
        )


def verify_log(
    file: BinaryIO, keys: Sequence[Key], outside: Sequence[Checkpoint] = (), told: Progress = lambda done, of: None
) -> Checkpoint:
    """The last checkpoint, where every fact up to it is as it was sealed. Raises Unproven, which names those that are not.

    The file: `MAGIC`; a length (4 bytes, big-endian) and as much JSON with the `checkpoints` (notes) and the number of
    `facts`; then for each position the length of its leaf (all ones where there is none), the leaf, and the hash that was
    sealed for it (32 bytes).
    """
    inside, facts = _head(file, keys)
    by_size: dict[int, list[Checkpoint]] = {}
    for checkpoint in (*inside, *outside):
        if checkpoint.origin != inside[0].origin:
            raise Unproven(f"your checkpoint is of the log {checkpoint.origin}, this is {inside[0].origin}")
        by_size.setdefault(checkpoint.size, []).append(checkpoint)
    tree = Growing()
    good, wrong = 0, _Wrong()
    for leaf, sealed in _leaves(file, facts):
        if leaf is None or leaf_hash(leaf) != sealed:
            wrong.note(tree.size + 1, leaf, sealed)
        tree.add(sealed)
        if tree.size in by_size:
            if any(one.root != tree.root() for one in by_size.pop(tree.size)):
                raise Unproven(f"what was sealed for positions {good + 1} to {tree.size} is not what was signed{wrong}")
            good = tree.size
        if tree.size % 10_000 == 0:
            told(tree.size, facts)
    if by_size:
        raise Unproven(f"the log ends after {tree.size} facts, but a checkpoint was signed over {max(by_size)}{wrong}")
    if wrong:
        raise Unproven(str(wrong).removeprefix("; "))
    told(tree.size, facts)
    return inside[-1]


def _head(file: BinaryIO, keys: Sequence[Key]) -> tuple[list[Checkpoint], int]:
    try:
        if file.read(len(MAGIC)) != MAGIC:
            raise ValueError("it does not begin like one")
        head = json.loads(file.read(int.from_bytes(file.read(4), "big")))
        inside = sorted((Checkpoint.of(note, keys) for note in head["checkpoints"]), key=lambda one: one.size)
        return inside, head["facts"] if inside else int("no checkpoint is in it")
    except (ValueError, KeyError, TypeError) as error:
        raise Unproven(f"this is no exported log of the mediation engine: {error}") from None


def _leaves(file: BinaryIO, facts: int) -> Iterator[tuple[bytes | None, bytes]]:
    for position in range(1, facts + 1):
        head = file.read(4)
        length = int.from_bytes(head, "big")
        leaf = None if length == _MISSING else file.read(length)
        sealed = file.read(32)
        if len(sealed) < 32:
            raise Unproven(f"the file breaks off at position {position} of {facts}")
        yield leaf, sealed


class _Wrong:
    """The positions whose facts are not those that were sealed."""

    def __init__(self) -> None:
        self._found: dict[int, bytes | None] = {}
        self._belongs: dict[bytes, int] = {}

    def note(self, position: int, leaf: bytes | None, sealed: bytes) -> None:
        self._found[position] = leaf_hash(leaf) if leaf is not None else None
        self._belongs[sealed] = position

    def __bool__(self) -> bool:
        return bool(self._found)

    def __str__(self) -> str:
        said = [self._say(position, found) for position, found in list(self._found.items())[:20]]
        more = [f"and {len(self._found) - 20} more"] if len(self._found) > 20 else []
        return "".join(f"; {one}" for one in said + more)

    def _say(self, position: int, found: bytes | None) -> str:
        if found is None:
            return f"the fact at position {position} is gone"
        if found in self._belongs:
            return f"the fact at position {position} is the one sealed for position {self._belongs[found]}"
        return f"the fact at position {position} was changed or put in after it was sealed"


def _bytes(encoded: str) -> bytes:
    return base64.b64decode(encoded, validate=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Verifies a bundle or a whole log of the mediation engine, offline.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--log", action="store_true", help="the file is a whole log, not the bundle of one dispute")
    parser.add_argument("--key", action="append", required=True, help="the log's public key, from somewhere you trust")
    parser.add_argument("--checkpoint", type=Path, help="one that you kept, which the log has to continue")
    asked = parser.parse_args(arguments)
    try:
        keys = [Key.of(key) for key in asked.key]
        outside = Checkpoint.of(asked.checkpoint.read_text(_TEXT), keys) if asked.checkpoint else None
        if asked.log:
            with asked.file.open("rb") as file:
                checkpoint = verify_log(file, keys, [outside] if outside else [], _progress)
            print(f"{checkpoint.size} facts are as they were sealed in the log {checkpoint.origin}.")
        else:
            facts = verify_bundle(json.loads(asked.file.read_bytes()), keys, outside)
            print(f"{len(facts)} facts of the dispute {facts[0].dispute_id if facts else '?'} are as they were sealed.")
    except (Unproven, OSError, ValueError) as error:
        print(f"NOT PROVEN: {error}", file=sys.stderr)
        return 1
    return 0


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done:,} of {of:,} facts", end="" if done < of else "\n", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
