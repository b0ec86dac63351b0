"""Backups on disk: each is a folder with a manifest that lists its files, each with its hash.

Backups of the log and of the key store are in separate folders, and are kept apart: one is worthless to a thief without
the other. An erased person is gone for good when the last backup of the key store with their key is gone. So backups of
the key store are kept for a limited time, and backups of the log need no limit. A folder gets its final name when it is
whole. The sealed evidence files never change, so one copy beside the log's backups serves all of them.
"""

import fcntl
import hashlib
import hmac
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, BinaryIO, Literal, Self, cast

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from mediation.store.files.place import Place

MANIFEST = "manifest.json"
BLOBS = "blobs"
LISTED = "blobs.jsonl"
"""The evidence files of a backup, one a line."""

OF = {"log": "the log", "keys": "the key store"}
_PARTIAL = ".partial"
_CHUNK = 1 << 20

Told = Callable[[int], None]
"""Called with the number of bytes, or files, that are done."""


class Unusable(Exception):
    """This is no backup that could be restored as it is. The message names what is wrong with it."""


class Part(BaseModel):
    """A file of a backup: its name in the backup, its size, and the SHA-256 of its content."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    bytes: Annotated[int, Field(ge=0)]
    sha256: str


class Manifest(BaseModel):
    """What a backup says about itself.

    `position` is the position of the last fact: in the log's backup the last one that it holds, in the key store's the
    last one in the log when the backup was taken. `checkpoint` is the last signed one. `blind` identifies the blind key
    without revealing it. `masters` are the ids of the master keys that wrap the data keys. `turns` are the turns of
    the clocks of test marketplaces: which, when, and by how many seconds; `ahead`, of older backups, only how far.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    of: Literal["log", "keys"]
    taken_at: AwareDatetime
    engine: str
    postgres: int
    tools: int
    origin: str
    position: int
    files: Sequence[Part] = ()
    blind: str | None = None
    masters: Sequence[str] = ()
    checkpoint: str | None = None
    public_keys: Sequence[str] = ()
    ahead: Mapping[str, float] = {}
    turns: Sequence[tuple[str, AwareDatetime, float]] = ()

    @property
    def digest(self) -> str:
        """Shows if a bit of the manifest itself was changed."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def write(self, folder: Path) -> None:
        told = {**json.loads(self.model_dump_json()), "digest": self.digest}
        _written(folder / MANIFEST, json.dumps(told, indent=1).encode())

    @classmethod
    def read(cls, folder: Path, of: Literal["log", "keys"]) -> Self:
        """Raises Unusable."""
        path = folder / MANIFEST
        try:
            told = json.loads(path.read_bytes())
            digest = told.pop("digest")
            found = cls.model_validate(told)
        except FileNotFoundError:
            raise Unusable(f"{folder} is no backup: it has no {MANIFEST}") from None
        except (ValueError, ValidationError, KeyError, TypeError, AttributeError):
            raise Unusable(f"{path} is damaged, or of a release that this one does not know") from None
        if found.digest != digest:
            raise Unusable(f"{path} is damaged: it is not what was written")
        if found.of != of:
            raise Unusable(f"{folder} is a backup of {OF[found.of]}, where one of {OF[of]} is asked for")
        return found


def known_by(secret: bytes) -> str:
    """Identifies a secret without revealing it."""
    return hmac.new(secret, b"mediation backup", hashlib.sha256).hexdigest()[:16]


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """No other process writes backups to this folder at the same time. Raises Unusable."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(folder / ".lock", "w", opener=_private) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unusable(f"another backup is being written to {folder}") from None
        yield


def begin(folder: Path, at: datetime) -> Path:
    """A new folder for a backup that is not whole yet. Deletes what an interrupted backup left there."""
    for left in folder.glob(f"*{_PARTIAL}"):
        shutil.rmtree(left)
    new = folder / f"{at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}{_PARTIAL}"
    new.mkdir(mode=0o700)
    return new


def finish(partial: Path) -> Path:
    """Gives a whole backup its final name."""
    whole = partial.with_name(partial.name.removesuffix(_PARTIAL))
    _settle(partial)
    partial.rename(whole)
    _settle(whole.parent)
    return whole


def whole(folder: Path) -> list[Path]:
    """The backups in a folder, the oldest first."""
    return sorted(path.parent for path in folder.glob(f"*/{MANIFEST}") if not path.parent.name.endswith(_PARTIAL))


def chosen(folder: Path) -> Path:
    """The backup in this folder, or the last of the backups in it. Raises Unusable."""
    if (folder / MANIFEST).exists():
        return folder
    if found := whole(folder):
        return found[-1]
    raise Unusable(f"{folder} is no backup, and has none in it")


def outlived(folder: Path, keep: timedelta, now: datetime) -> list[Path]:
    """Deletes the key store's backups that are older than `keep`, except the last one; returns which it deleted."""
    gone = []
    for backup in whole(folder)[:-1]:
        if Manifest.read(backup, "keys").taken_at < now - keep:
            shutil.rmtree(backup)
            gone.append(backup)
    return gone


# --- evidence files ---


def copy_blobs(from_: Place, names: Iterable[str], to: Path, known: Mapping[str, Part], told: Told) -> list[Part]:
    """Copies the files that are not there yet. Files never change, so a file that is there is the same. `known` are the
    parts whose hash was taken before. Raises EvidenceUnavailable."""
    copied = []
    for number, name in enumerate(names, start=1):
        before, there = known.get(name), to / name
        if before is None or not there.exists() or there.stat().st_size != before.bytes:
            before = _copied(from_.pieces(name), there, name)
        copied.append(before)
        told(number)
    return copied


def restore_blobs(parts: Iterable[Part], from_: Path, to: Place, told: Told) -> None:
    """Copies the evidence files back, except those that are there, because an interrupted restore has copied them or they
    were not lost. Raises EvidenceUnavailable."""
    for number, part in enumerate(parts, start=1):
        if not _is_there(to, part):
            to.put(part.name, from_ / part.name)
        told(number)


def _is_there(place: Place, part: Part) -> bool:
    try:
        return place.size(part.name) == part.bytes
    except FileNotFoundError:
        return False


def list_blobs(parts: Iterable[Part], folder: Path) -> Part:
    """Writes the list of evidence files that belong to a backup."""
    content = "".join(f"{part.model_dump_json()}\n" for part in parts).encode()
    _written(folder / LISTED, content)
    return Part(name=LISTED, bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


def listed(folder: Path) -> list[Part]:
    with (folder / LISTED).open(encoding="utf-8") as lines:
        return [Part.model_validate_json(line) for line in lines]


def _copied(content: Iterable[bytes], to: Path, name: str) -> Part:
    for folder in (to.parent.parent, to.parent):
        folder.mkdir(mode=0o700, exist_ok=True)
    new, digest, size = to.with_name(to.name + _PARTIAL), hashlib.sha256(), 0
    with open(new, "wb", opener=_private) as target:
        for piece in content:
            digest.update(piece)
            target.write(piece)
            size += len(piece)
        target.flush()
        os.fsync(target.fileno())
    new.rename(to)
    return Part(name=name, bytes=size, sha256=digest.hexdigest())


# --- checks ---


def check_files(parts: Sequence[tuple[Path, Part]], told: Told) -> None:
    """Checks that each file is what was written. Raises Unusable, naming the first that is not."""
    done = 0
    for folder, part in parts:
        path = folder / part.name
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            raise Unusable(f"{path} is missing") from None
        if size != part.bytes:
            raise Unusable(f"{path} has {size:,} bytes, and was written with {part.bytes:,}")
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                done += len(chunk)
                told(done)
        if digest.hexdigest() != part.sha256:
            raise Unusable(f"{path} is damaged: its SHA-256 is not the one it was written with")


def private_file(path: Path) -> BinaryIO:
    """A new file that only its owner can read, wherever it is moved."""
    return cast(BinaryIO, open(path, "xb", opener=_private))


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _written(path: Path, content: bytes) -> None:
    with private_file(path) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
