"""A new master key: what was sealed still opens, other workers can go on, and copies of an erased key open nothing."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import pytest
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.store.keys import rotation
from mediation.store.keys.keys import Erasure, KeyStore
from mediation.store.keys.masters import Given, InFile, Key, MastersAreGiven, WrongMasterKey, id_of
from mediation.store.keys.rotation import NothingNewer, rotate
from tests.store.conftest import MASTER

Pool = AsyncConnectionPool[AsyncConnection]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "secrets" / "masters"


async def one(pool: Pool, query: str, *parameters: object) -> tuple[object, ...]:
    async with pool.connection() as connection:
        row = await (await connection.execute(query.encode(), parameters)).fetchone()
    assert row is not None
    return tuple(row)


async def test_what_was_sealed_still_opens(key_pool: Pool, file: Path) -> None:
    """For a worker with the old master key in memory, for one that starts later, and for one that made a key in between."""
    before = KeyStore(key_pool, InFile(file))
    subjects = [uuid4() for _ in range(30)]
    sealed = {key.id: key.seal(b"hello", b"") for key in (await before.ensure(subjects)).values()}
    other = KeyStore(key_pool, InFile(file))
    await other.ensure(subjects[:3])
    told: list[tuple[int, int]] = []
    rotated = await rotate(key_pool, InFile(file), lambda done, of: told.append((done, of)))
    assert (rotated.keys, rotated.destroyed, told) == (30, True, [(30, 30)])
    late = uuid4()
    await other.ensure([late])
    for store in (before, other, KeyStore(key_pool, InFile(file))):
        keys = await store.load(sealed.keys())
        assert {key.open(sealed[id], b"") for id, key in keys.items() if key} == {b"hello"}
        await store.ensure([late])
    assert await one(key_pool, "SELECT count(DISTINCT master), count(*) FROM keys.data_key") == (1, 31)


async def test_an_old_copy_of_an_erased_key_opens_no_more(key_pool: Pool, file: Path) -> None:
    """A copy from a backup, for example. The file holds nothing of the old master key, and neither does its former
    place on the disk.
    """
    masters = InFile(file)
    store = KeyStore(key_pool, masters)
    subject = uuid4()
    id = (await store.ensure([subject]))[subject].id
    copy, old = await one(key_pool, "SELECT wrapped, master FROM keys.data_key WHERE id = %s", id)
    secret = masters._keys[str(old)].hex().encode()
    place = os.open(file, os.O_RDONLY)
    assert secret in os.pread(place, 1000, 0)
    await store.erase(Erasure(subject, 1, "bazaar", "person_asked"))
    await rotate(key_pool, InFile(file))
    assert os.pread(place, 1000, 0).strip(b"\0") == b""
    os.close(place)
    assert not [name for name, held in contents(file.parent).items() if secret in held]
    assert isinstance(copy, bytes)
    with pytest.raises(WrongMasterKey):
        await InFile(file).unwrap(str(old), [(copy, id.bytes + subject.bytes)])
    await masters.refresh()
    with pytest.raises(WrongMasterKey):
        await masters.unwrap(str(old), [(copy, id.bytes + subject.bytes)])
    assert (await store.erasures())[0].completed_at is not None
    (left,) = await rotation.untold(key_pool)
    await rotation.tell(key_pool, left)
    assert await rotation.untold(key_pool) == []


def contents(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir()}


class Killed(InFile):
    """Dies while it wraps."""

    async def wrap(self, master: str, keys: Sequence[Key]) -> list[bytes]:
        raise KeyboardInterrupt


async def test_killed_in_the_middle_the_next_one_goes_on(
    key_pool: Pool, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = KeyStore(key_pool, InFile(file))
    subjects = [uuid4() for _ in range(7)]
    await store.ensure(subjects)
    await store.erase(Erasure(subjects[0], 1, "bazaar", "person_asked"))
    monkeypatch.setattr(rotation, "BATCH", 2)
    with pytest.raises(KeyboardInterrupt):
        await rotate(key_pool, Killed(file))
    fresh = KeyStore(key_pool, InFile(file))
    await fresh.ensure([*subjects[1:], uuid4()])
    assert (await rotate(key_pool, InFile(file))).keys == 7
    await KeyStore(key_pool, InFile(file)).ensure(subjects)
    assert await one(key_pool, "SELECT count(*) FROM keys.master WHERE destroyed_at IS NULL") == (1,)


async def test_keys_are_made_while_masters_change(key_pool: Pool, file: Path) -> None:
    """No key is wrapped by a destroyed master key."""
    stop = asyncio.Event()
    made = []

    async def make() -> None:
        store = KeyStore(key_pool, InFile(file))
        while not stop.is_set():
            made.append(subject := uuid4())
            await store.ensure([subject])

    makers = [asyncio.create_task(make()) for _ in range(3)]
    await KeyStore(key_pool, InFile(file)).ensure([uuid4()])
    for _ in range(5):
        await rotate(key_pool, InFile(file))
    stop.set()
    await asyncio.gather(*makers)
    await KeyStore(key_pool, InFile(file)).ensure(made)
    assert await one(key_pool, "SELECT count(*) FROM keys.data_key") == (len(made) + 1,)


async def test_masters_from_the_settings(key_pool: Pool) -> None:
    """The new master key beside the former. Nothing is destroyed, and no erasure becomes complete."""
    old = KeyStore(key_pool, Given(MASTER))
    subject = uuid4()
    await old.ensure([subject])
    with pytest.raises(MastersAreGiven):
        await rotate(key_pool, Given(MASTER))
    with pytest.raises(NothingNewer):
        await rotate(key_pool, Given(MASTER), make=False)
    both = Given(MASTER[::-1], MASTER)
    running = KeyStore(key_pool, both)
    await running.ensure([uuid4()])
    await old.erase(Erasure(subject, 1, "bazaar", "person_asked"))
    rotated = await rotate(key_pool, both, make=False)
    assert (rotated.keys, rotated.destroyed) == (1, False)
    assert (await running.erasures())[0].completed_at is None
    await KeyStore(key_pool, Given(MASTER[::-1])).ensure([subject])
    assert await one(key_pool, "SELECT DISTINCT master FROM keys.data_key WHERE wrapped IS NOT NULL") == (
        id_of(MASTER[::-1]),
    )


async def test_the_one_master_of_an_earlier_release_is_taken_over(key_pool: Pool, file: Path) -> None:
    before = file.parent / "master"
    before.parent.mkdir()
    before.write_bytes(MASTER)
    given, subject = KeyStore(key_pool, Given(MASTER)), uuid4()
    known = await given.ensure([subject])
    async with key_pool.connection() as connection:
        await connection.execute("UPDATE keys.data_key SET master = NULL")
    taken = KeyStore(key_pool, InFile(file, before))
    assert await taken.ensure([subject]) == known
    assert not before.exists()
    assert os.stat(file).st_mode & 0o777 == 0o600
    assert [*contents(file.parent)] == ["masters"]


def test_a_damaged_file_is_not_made_anew(file: Path) -> None:
    InFile(file)
    file.write_text("{")
    with pytest.raises(ValueError, match="damaged"):
        InFile(file)
