"""What a backup is on disk: folders, each with a manifest that says what belongs to it, file by file, with its hash.

The log's backups and those of the key store lie apart, and are kept apart: the one is worthless to a thief without the other.
Whoever is erased is gone when the last backup of the key store is that has their key, so these have a bounded life, and those
of the log need none. A folder gets its name when it is whole; the sealed evidence files, which never change, lie beside the
log's, once for all of them.
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
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

MANIFEST = "manifest.json"
BLOBS = "blobs"
LISTED = "blobs.jsonl"
"""The evidence files of a backup, a line each."""

OF = {"log": "the log", "keys": "the key store"}
_PARTIAL = ".partial"
_CHUNK = 1 << 20

Told = Callable[[int], None]
"""How many bytes, or files, are done."""


class Unusable(Exception):
    """This is no backup that could be restored as it is. The message names what is wrong with it."""


class Part(BaseModel):
    """A file of a backup: its name there, its size, and the SHA-256 of what is in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    bytes: Annotated[int, Field(ge=0)]
    sha256: str


class Manifest(BaseModel):
    """What a backup says of itself. `position` is that of the last fact in the log's, and for the key store's the last one that
    was on record when it was taken. `checkpoint` is the last that was signed. `blind` tells one blind key from another, and
    nothing of either; `masters` are those that wrap the data keys, by id. `ahead` is by how many seconds the clocks of test
    marketplaces were turned.
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

    @property
    def digest(self) -> str:
        """By which a changed bit of the manifest itself is found."""
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
    """Tells a secret from another one."""
    return hmac.new(secret, b"mediation backup", hashlib.sha256).hexdigest()[:16]


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else writes backups to this folder meanwhile. Raises Unusable."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(folder / ".lock", "w", opener=_private) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unusable(f"another backup is being written to {folder}") from None
        yield


def begin(folder: Path, at: datetime) -> Path:
    """A new folder for a backup, not whole yet. What an interrupted one left there is thrown away."""
    for left in folder.glob(f"*{_PARTIAL}"):
        shutil.rmtree(left)
    new = folder / f"{at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}{_PARTIAL}"
    new.mkdir(mode=0o700)
    return new


def finish(partial: Path) -> Path:
    """It is whole, and gets its name."""
    whole = partial.with_name(partial.name.removesuffix(_PARTIAL))
    _settle(partial)
    partial.rename(whole)
    _settle(whole.parent)
    return whole


def whole(folder: Path) -> list[Path]:
    """The backups in a folder, the oldest first."""
    return sorted(path.parent for path in folder.glob(f"*/{MANIFEST}") if not path.parent.name.endswith(_PARTIAL))


def chosen(folder: Path) -> Path:
    """A backup, or the last one of a folder of them. Raises Unusable."""
    if (folder / MANIFEST).exists():
        return folder
    if found := whole(folder):
        return found[-1]
    raise Unusable(f"{folder} is no backup, and has none in it")


def outlived(folder: Path, keep: timedelta, now: datetime) -> list[Path]:
    """Deletes the key store's backups that are older than they are kept, but for the last one; says which."""
    gone = []
    for backup in whole(folder)[:-1]:
        if Manifest.read(backup, "keys").taken_at < now - keep:
            shutil.rmtree(backup)
            gone.append(backup)
    return gone


# --- evidence files ---


def blobs_in(folder: Path) -> Iterator[str]:
    """The names of those that are whole: an id, in the folder of its last two digits."""
    for path in folder.glob("??/*"):
        try:
            UUID(path.name)
        except ValueError:
            continue  # one that is still being written
        yield f"{path.parent.name}/{path.name}"


def copy_blobs(from_: Path, to: Path, known: Mapping[str, Part], told: Told) -> list[Part]:
    """Copies those that are not there yet: they never change, so that one which is there is the same. `known` are those whose
    hash was taken before."""
    copied = []
    for number, name in enumerate(sorted(blobs_in(from_)), start=1):
        before, there = known.get(name), to / name
        if before is None or not there.exists() or there.stat().st_size != before.bytes:
            before = _copied(from_ / name, there, name)
        copied.append(before)
        told(number)
    return copied


def restore_blobs(parts: Iterable[Part], from_: Path, to: Path, told: Told) -> None:
    """What an interrupted restore has copied is left."""
    for number, part in enumerate(parts, start=1):
        there = to / part.name
        if not there.exists() or there.stat().st_size != part.bytes:
            _copied(from_ / part.name, there, part.name)
        told(number)


def list_blobs(parts: Iterable[Part], folder: Path) -> Part:
    """Writes which evidence files belong to a backup."""
    content = "".join(f"{part.model_dump_json()}\n" for part in parts).encode()
    _written(folder / LISTED, content)
    return Part(name=LISTED, bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


def listed(folder: Path) -> list[Part]:
    with (folder / LISTED).open(encoding="utf-8") as lines:
        return [Part.model_validate_json(line) for line in lines]


def _copied(from_: Path, to: Path, name: str) -> Part:
    for folder in (to.parent.parent, to.parent):
        folder.mkdir(mode=0o700, exist_ok=True)
    new, digest, size = to.with_name(to.name + _PARTIAL), hashlib.sha256(), 0
    with open(from_, "rb") as source, open(new, "wb", opener=_private) as target:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
            size += len(chunk)
        target.flush()
        os.fsync(target.fileno())
    new.rename(to)
    return Part(name=name, bytes=size, sha256=digest.hexdigest())


# --- checks ---


def check_files(parts: Sequence[tuple[Path, Part]], told: Told) -> None:
    """That each file is what was written. Raises Unusable, naming the first that is not."""
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
    """A new one, that its owner alone can read wherever it is moved."""
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
