"""Data keys: one living key for each person, never in plain, gone when destroyed. Keyed hashes: stable, and injective."""

import asyncio
from datetime import timedelta
from time import time
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.store.keys.blind import Blind
from mediation.store.keys.cache import Cache
from mediation.store.keys.keys import Erasure, KeyStore
from mediation.store.keys.masters import Given, WrongMasterKey
from tests import today
from tests.store.conftest import MASTER

Pool = AsyncConnectionPool[AsyncConnection]


async def rows(key_pool: Pool, query: str) -> list[tuple[object, ...]]:
    async with key_pool.connection() as connection:
        return await (await connection.execute(query.encode())).fetchall()


async def test_workers_that_make_a_key_at_once_end_up_with_the_same(key_pool: Pool) -> None:
    subjects = {uuid4() for _ in range(20)}
    stores = [KeyStore(key_pool, Given(MASTER)) for _ in range(5)]
    found = await asyncio.gather(*(store.ensure(subjects) for store in stores for _ in range(3)))
    for subject in subjects:
        assert len({keys[subject].id for keys in found}) == 1
    assert await rows(key_pool, "SELECT count(*) FROM keys.data_key") == [(20,)]


async def test_what_one_worker_seals_another_opens(key_pool: Pool) -> None:
    subject = uuid4()
    here, there = KeyStore(key_pool, Given(MASTER)), KeyStore(key_pool, Given(MASTER))
    key = (await here.ensure([subject]))[subject]
    sealed = key.seal(b"hello", b"here")
    other = (await there.load([key.id]))[key.id]
    assert other is not None
    assert other.open(sealed, b"here") == b"hello"
    with pytest.raises(InvalidTag):
        other.open(sealed, b"there")


async def test_keys_are_stored_wrapped(key_pool: Pool, keys: KeyStore) -> None:
    """Another master key opens none of them, and a wrapped key can't be given to another person."""
    ada, bob = uuid4(), uuid4()
    await keys.ensure([ada, bob])
    with pytest.raises(WrongMasterKey):
        await KeyStore(key_pool, Given(MASTER[::-1])).ensure([ada])
    async with key_pool.connection() as connection:
        await connection.execute(
            "UPDATE keys.data_key SET wrapped = (SELECT wrapped FROM keys.data_key WHERE subject = %s) WHERE subject = %s",
            (ada, bob),
        )
    with pytest.raises(WrongMasterKey):
        await KeyStore(key_pool, Given(MASTER)).ensure([bob])


async def test_a_destroyed_key_is_gone_for_every_worker(key_pool: Pool, keys: KeyStore) -> None:
    """Also in a cache, after its time to live. New facts about the person get a new key."""
    subject = uuid4()
    elsewhere = KeyStore(key_pool, Given(MASTER), ttl=0.05)
    old = (await keys.ensure([subject]))[subject].id
    assert (await elsewhere.load([old]))[old] is not None
    await keys.erase(Erasure(subject, 1, "bazaar", "person_asked"))
    assert await keys.load([old]) == {old: None}
    await asyncio.sleep(0.06)  # the test is about the time to live
    assert await elsewhere.load([old]) == {old: None}
    assert (await keys.ensure([subject]))[subject].id != old
    assert await rows(key_pool, "SELECT count(*) FROM keys.data_key WHERE wrapped IS NULL") == [(1,)]


async def test_a_worker_that_was_suspended_forgets_what_it_knew(
    key_pool: Pool, keys: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While its machine slept, only the time of day went on. Another worker has erased the person meanwhile."""
    subject, elsewhere = uuid4(), KeyStore(key_pool, Given(MASTER), ttl=60)
    old = (await elsewhere.ensure([subject]))[subject].id
    await keys.erase(Erasure(subject, 1, "bazaar", "person_asked"))
    monkeypatch.setattr("mediation.store.keys.keys.time", lambda: time() + 6 * 24 * 3600, raising=False)
    assert await elsewhere.load([old]) == {old: None}


async def test_a_key_that_retires_still_opens_and_seals_nothing_more(key_pool: Pool) -> None:
    """No worker seals with it, after the wait. Facts sealed later survive the erasure, however late it is carried out."""
    subject = uuid4()
    here, there = (KeyStore(key_pool, Given(MASTER), ttl=0.05) for _ in range(2))
    await here.ensure([subject])
    old = (await there.ensure([subject]))[subject]
    assert await here.retire(subject) > 1.0
    async with asyncio.timeout(60):
        while (await there.ensure([subject]))[subject].id == old.id:
            pass
    assert (await there.load([old.id]))[old.id] is not None
    assert await here.retire(subject) > 1.0, "somebody wrote meanwhile"
    await asyncio.sleep(await here.retire(subject))  # the test is about the time that a key stays in a cache
    assert await here.retire(subject) == 0
    new = (await there.ensure([subject]))[subject]
    assert await here.readable(subject)
    erasure = Erasure(subject, 1, "bazaar", "person_asked")
    for _ in range(2):
        await here.erase(erasure)
        assert await rows(key_pool, "SELECT id FROM keys.data_key WHERE wrapped IS NOT NULL") == [(new.id,)]
    assert await here.load([old.id, new.id]) == {old.id: None, new.id: new}


async def test_a_key_that_a_backup_brought_back_goes_again(key_pool: Pool, keys: KeyStore) -> None:
    """But never the new key of a person who came back before the erasure was carried out."""
    subject = uuid4()
    await keys.ensure([subject])
    await keys.retire(subject)
    new = (await keys.ensure([subject]))[subject].id
    ((copy, old),) = await rows(key_pool, "SELECT wrapped, id FROM keys.data_key WHERE retired_at IS NOT NULL")
    for _ in range(2):
        await keys.erase(Erasure(subject, 1, "bazaar", "person_asked"))
        assert await rows(key_pool, "SELECT id FROM keys.data_key WHERE wrapped IS NOT NULL") == [(new,)]
        async with key_pool.connection() as connection:
            back = "UPDATE keys.data_key SET wrapped = %s, destroyed_at = NULL WHERE id = %s"
            await connection.execute(back, (copy, old))


async def test_a_key_for_one_purpose_goes_alone_or_with_its_person(key_pool: Pool, keys: KeyStore) -> None:
    """One that is still used stays, unless a backup brought it back. The person's other keys stay."""
    person, *purposes = (uuid4() for _ in range(4))
    made = await keys.ensure([person, *purposes], dict.fromkeys(purposes, person))
    ids, later = {one: key.id for one, key in made.items()}, today.now() + timedelta(minutes=5)

    async def gone() -> set[UUID]:
        found = await KeyStore(key_pool, Given(MASTER)).load([*ids.values()])
        return {one for one, id in ids.items() if found[id] is None}

    await keys.retire(purposes[0])
    for purpose in purposes[:2]:
        await keys.destroy(purpose, later)
    assert await gone() == {purposes[0]}
    await keys.destroy(purposes[1], later, living=True)
    await keys.destroy(person, later, living=True)
    assert await gone() == {*purposes[:2]}, "a person's own key goes with an erasure alone"
    assert await keys.readable(person)
    await keys.erase(Erasure(person, 1, "bazaar", "person_asked"))
    assert await gone() == {person, *purposes}
    assert not await keys.readable(person)


async def test_a_key_that_never_was_is_an_error(keys: KeyStore) -> None:
    with pytest.raises(KeyError):
        await keys.load([uuid4()])


async def test_who_asks_with_many_others_gets_the_key(key_pool: Pool) -> None:
    """Also when all together need more keys than are remembered, and when a part of them was remembered."""
    store, known = KeyStore(key_pool, Given(MASTER), bound=2), uuid4()
    first = (await store.ensure([known]))[known]
    subjects = [uuid4() for _ in range(50)]
    found = await asyncio.gather(*(store.ensure([known, subject]) for subject in subjects))
    assert [keys[subject].subject for keys, subject in zip(found, subjects, strict=True)] == subjects
    assert {keys[known] for keys in found} == {first}
    ids = [keys[subject].id for keys, subject in zip(found, subjects, strict=True)]
    loaded = await asyncio.gather(*(store.load([first.id, id]) for id in ids))
    assert [[*keys] for keys in loaded] == [[first.id, id] for id in ids]


def test_a_cache_forgets_what_was_not_asked_for_longest() -> None:
    cache, (one, two, three) = Cache[str](2), [uuid4() for _ in range(3)]
    cache.put(one, "one")
    cache.put(two, "two")
    assert cache.known([one, three]) == {one: "one"}
    cache.put(three, "three")
    assert cache.known([one, two, three]) == {one: "one", three: "three"}


def test_a_keyed_hash_is_stable_depends_on_its_secret_and_keeps_parts_apart() -> None:
    blind = Blind(b"s" * 32)
    assert str(blind.uuid("order", "bazaar", "O-77")) == "af2d85e2-4e76-87dc-8a5c-894ef7efaf42"
    assert blind.uuid("order", "bazaar", "O-77") != Blind(b"t" * 32).uuid("order", "bazaar", "O-77")
    assert blind.digest("ab", "c") != blind.digest("a", "bc")
    assert blind.digest("ab") == blind.digest(b"ab")
    assert len(blind.digest()) == 32


def test_two_spellings_of_a_text_give_one_id() -> None:
    """What earlier versions derived is among the spellings, the NFC form first. A text in ASCII has one."""
    blind, nfc, nfd = Blind(b"s" * 32), "Caf\u00e9", "Cafe\u0301"
    assert blind.uuid("order", nfc) == blind.uuid("order", nfd) == blind.exactly("order", nfc)
    assert blind.spellings("order", nfd) == (blind.exactly("order", nfc), blind.exactly("order", nfd))
    assert blind.spellings("order", nfc) == blind.spellings("order", nfd)
    mixed = nfc + nfd
    assert blind.exactly("order", mixed) in blind.spellings("order", mixed)
    assert len(blind.spellings("line", mixed, mixed)) == 9
    assert blind.spellings("order", "O-77") == (blind.uuid("order", "O-77"),)


def test_a_derived_id_is_a_uuid_of_version_8() -> None:
    derived = Blind(b"s" * 32).uuid("x")
    assert (derived.version, derived.variant) == (8, "specified in RFC 4122")


@pytest.mark.parametrize("secret", [b"", b"short"])
def test_short_secrets_are_refused(secret: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Blind(secret)
