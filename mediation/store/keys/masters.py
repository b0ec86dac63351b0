"""The master keys, which wrap the data keys of persons.

`Masters` is the interface of their keeper, such as a key service. This module has two keepers. `InFile` keeps the
living masters in a file, by id. It can make a new one and destroy an old one at any time, so that an erasure reaches
copies of a wrapped key in backups. `Given` has them from the settings: it cannot destroy keys that are kept elsewhere,
and does not pretend to.
"""

import json
import os
import secrets
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SIZE = 32
"""Bytes of a master key."""

_NONCE = 12

Key = tuple[bytes, bytes]
"""A data key, wrapped or not, and what it is bound to."""


class WrongMasterKey(Exception):
    """The stored data keys were wrapped by another master key."""


class MastersAreGiven(Exception):
    """Master keys that come from the settings are made and destroyed where the settings are."""


class Masters(Protocol):
    """The keeper of the master keys. It wraps and unwraps many keys at once, and need not reveal a master.

    The master that wraps new data keys is recorded beside them (`keys.master`), so that all workers agree. `destroys`
    says whether a master can be destroyed here.
    """

    @property
    def destroys(self) -> bool: ...

    async def newest(self) -> str:
        """The id of the newest master."""

    async def wrap(self, master: str, keys: Sequence[Key]) -> list[bytes]:
        """Raises WrongMasterKey for a master that is not here."""

    async def unwrap(self, master: str, keys: Sequence[Key]) -> list[bytes]:
        """Raises WrongMasterKey, also for a key that another master wrapped or that is bound to something else."""

    async def make(self) -> str:
        """Makes another master, stored safely before this returns. Raises MastersAreGiven."""

    async def retain(self, masters: Collection[str]) -> bool:
        """Destroys all other masters, for good. False if that cannot be done here."""

    async def refresh(self) -> None:
        """Forgets what was destroyed elsewhere."""


class _Local:
    """Masters in memory."""

    def __init__(self) -> None:
        self._ciphers: dict[str, AESGCM] = {}

    async def wrap(self, master: str, keys: Sequence[Key]) -> list[bytes]:
        cipher, nonces = self._cipher(master), [secrets.token_bytes(_NONCE) for _ in keys]
        return [nonce + cipher.encrypt(nonce, key, to) for nonce, (key, to) in zip(nonces, keys, strict=True)]

    async def unwrap(self, master: str, keys: Sequence[Key]) -> list[bytes]:
        cipher = self._cipher(master)
        try:
            return [cipher.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], to) for wrapped, to in keys]
        except InvalidTag:
            raise WrongMasterKey(f"not wrapped by master {master}") from None

    async def refresh(self) -> None:
        return

    def _cipher(self, master: str) -> AESGCM:
        try:
            return self._ciphers[master]
        except KeyError:
            raise WrongMasterKey(f"master {master} is not here") from None


class Given(_Local):
    """Masters from the settings: the newest, and former ones as long as they still wrap something."""

    def __init__(self, newest: bytes, *former: bytes) -> None:
        super().__init__()
        self._newest = id_of(newest)
        self._ciphers = {id_of(key): AESGCM(key) for key in (newest, *former)}

    destroys = False

    async def newest(self) -> str:
        return self._newest

    async def make(self) -> str:
        raise MastersAreGiven

    async def retain(self, masters: Collection[str]) -> bool:
        return False


class InFile(_Local):
    """Masters in a file that only its owner can read. If there is no file, it is made with a first master.

    `before` is where an earlier release kept its only master: that master is taken over.
    """

    destroys = True

    def __init__(self, path: Path, before: Path | None = None) -> None:
        super().__init__()
        self._path = path
        self._seen = -1
        if not path.exists():
            self._begin(before)
        self._read()

    async def newest(self) -> str:
        self._read()
        return self._newest

    async def make(self) -> str:
        self._read()
        key = secrets.token_bytes(SIZE)
        self._write({**self._keys, id_of(key): key}, id_of(key))
        return id_of(key)

    async def retain(self, masters: Collection[str]) -> bool:
        self._read()
        if self._keys.keys() - set(masters):
            self._write({id: key for id, key in self._keys.items() if id in masters}, self._newest)
        return True

    async def refresh(self) -> None:
        self._read()

    def _cipher(self, master: str) -> AESGCM:
        if master not in self._ciphers:
            self._read()
        return super()._cipher(master)

    def _read(self) -> None:
        """Reads the file if it has changed: another worker may have made or destroyed a master."""
        if (changed := self._path.stat().st_mtime_ns) == self._seen:
            return
        try:
            held = json.loads(self._path.read_bytes())
            self._keys = {id: bytes.fromhex(key) for id, key in held["masters"].items()}
            self._newest = str(held["newest"])
            if any(len(key) != SIZE for key in self._keys.values()) or self._newest not in self._keys:
                raise ValueError("a master is missing")
        except (ValueError, KeyError, AttributeError, TypeError):
            raise ValueError(
                f"the master keys in {self._path} are damaged: restore it from a backup; new ones would not open the data"
            ) from None
        self._ciphers = {id: AESGCM(key) for id, key in self._keys.items()}
        self._seen = changed

    def _begin(self, before: Path | None) -> None:
        """Several workers may start at once: the first one's file stays."""
        key = before.read_bytes() if before is not None and before.exists() else secrets.token_bytes(SIZE)
        if len(key) != SIZE:
            raise ValueError(f"the secret in {before} is damaged: restore it from a backup")
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = self._beside({id_of(key): key}, id_of(key))
        with suppress(FileExistsError):
            os.link(made, self._path)
        _wipe(made)
        _settle(self._path.parent)
        if before is not None and before.exists():
            _wipe(before)

    def _write(self, keys: Mapping[str, bytes], newest: str) -> None:
        """Writes all or nothing. The former content of the file is overwritten, not only unlinked."""
        made = self._beside(keys, newest)
        with open(self._path, "r+b") as old:
            made.replace(self._path)
            _settle(self._path.parent)
            _overwrite(old.fileno())
        self._seen = -1
        self._read()

    def _beside(self, keys: Mapping[str, bytes], newest: str) -> Path:
        made = self._path.with_name(f"{self._path.name}.{secrets.token_hex(4)}")
        with open(made, "xb", opener=_private) as file:
            file.write(json.dumps({"masters": {id: key.hex() for id, key in keys.items()}, "newest": newest}).encode())
            file.flush()
            os.fsync(file.fileno())
        return made


def id_of(key: bytes) -> str:
    """Identifies a master and reveals nothing about it. Raises ValueError for bytes that are no master key."""
    if len(key) != SIZE:
        raise ValueError(f"a master key has {SIZE} bytes")
    return sha256(b"mediation master key " + key).hexdigest()[:16]


def _wipe(path: Path) -> None:
    """Overwrites and deletes a file. If `path` is another name of a file that stays, only the name is deleted."""
    with open(path, "r+b") as file:
        path.unlink()
        if os.fstat(file.fileno()).st_nlink == 0:
            _overwrite(file.fileno())
    _settle(path.parent)


def _overwrite(descriptor: int) -> None:
    os.pwrite(descriptor, bytes(os.fstat(descriptor).st_size), 0)
    os.fsync(descriptor)


def _settle(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
