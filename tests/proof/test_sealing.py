"""From the log to an auditor's files: sealed, exported, verified without a database; and how tampering is detected."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from io import BytesIO
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from mediation.proof import export
from mediation.proof.sealer import Sealer
from mediation.proof.signing import Signer
from mediation.proof.verify import MAGIC, Checkpoint, Key, Unproven, verify_bundle, verify_log
from mediation.store.log.log import EventLog
from tests.store.facts import MARKETPLACE, Moved, asks

Pool = AsyncConnectionPool[AsyncConnection]

SIGNER = Signer.of("log.example", bytes(range(32)))
KEYS = [Key.of(SIGNER.vkey)]


@asynccontextmanager
async def sealing(pool: Pool, batch: int = 7, signers: Sequence[Signer] = (SIGNER,)) -> AsyncIterator[None]:
    task = asyncio.create_task(Sealer(pool, signers, batch=batch).run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def sealed(pool: Pool, size: int) -> str:
    """The checkpoint over so many facts, as soon as it exists."""
    async with asyncio.timeout(60):
        while True:
            async with pool.connection() as connection:
                with suppress(export.NothingSealed):
                    found, note = await export.latest(connection)
                    if found == size:
                        return note


async def written(log: EventLog, facts: int, dispute: UUID | None = None) -> None:
    for n in range(facts):
        await log.append(asks(Moved(to=str(n)), dispute=dispute))


async def exported(pool: Pool) -> BytesIO:
    file = BytesIO()
    async with pool.connection() as connection:
        await export.whole(connection, file)
    file.seek(0)
    return file


async def test_what_is_sealed_can_be_verified(log: EventLog, pool: Pool) -> None:
    dispute = stream = uuid4()
    await written(log, 20)
    for version in range(3):
        await log.append(asks(Moved(to="here"), stream=stream, after=version, dispute=dispute))
    async with sealing(pool):
        early = Checkpoint.of(await sealed(pool, 23), KEYS)
        await written(log, 300)
        await log.append(asks(Moved(to="there"), stream=stream, after=3, dispute=dispute))
        await sealed(pool, 324)
    checkpoint = verify_log(await exported(pool), KEYS, [early])
    assert checkpoint.size == 324
    async with pool.connection() as connection:
        taken = await export.bundle(connection, MARKETPLACE, dispute, against=[23])
    facts = verify_bundle(taken, KEYS, early)
    assert [(fact.position, fact.version, fact.kind) for fact in facts] == [
        (21, 1, "TestMoved"),
        (22, 2, "TestMoved"),
        (23, 3, "TestMoved"),
        (324, 4, "TestMoved"),
    ]
    assert b"there" in facts[-1].body
    assert facts[-1].marketplace == MARKETPLACE


TAMPERINGS = {
    "edit": ('UPDATE event SET body = \'{"to": "x"}\' WHERE position = 5', "the fact at position 5 was changed"),
    "deletion": ("DELETE FROM event WHERE position = 6", "the fact at position 6 is gone"),
    "actor": ("UPDATE event SET actor = NULL WHERE position = 7", "the fact at position 7 was changed"),
    "swap": (
        "UPDATE event SET position = CASE position WHEN 3 THEN -8 ELSE -3 END WHERE position IN (3, 8);"
        "UPDATE event SET position = -position WHERE position < 0",
        "the fact at position 3 was changed",
    ),
    "reordering": (
        "UPDATE event SET position = -(CASE position WHEN 2 THEN 3 WHEN 3 THEN 4 ELSE 2 END) WHERE position IN (2, 3, 4);"
        "UPDATE event SET position = -position WHERE position < 0",
        "the fact at position 2 was changed, .*; the fact at position 3 was changed, .*; the fact at position 4 was changed",
    ),
    "insertion": (
        "UPDATE event SET position = -position - 1 WHERE position >= 5;"
        "UPDATE event SET position = -position WHERE position < 0;"
        "INSERT INTO event SELECT 5, recorded_at, occurred_at, gen_random_uuid(), dispute_id, correlation_id, causation_id,"
        "actor, 1, schema_version, marketplace, kind, body FROM event WHERE position = 4",
        "the fact at position 5 was changed, or put there, after it was sealed",
    ),
    "each column": (
        "UPDATE event SET recorded_at = recorded_at + interval '1 microsecond' WHERE position = 1;"
        "UPDATE event SET occurred_at = occurred_at - interval '1 microsecond' WHERE position = 2;"
        "UPDATE event SET kind = 'TestMove' WHERE position = 3;"
        "UPDATE event SET schema_version = 2 WHERE position = 4;"
        "UPDATE event SET correlation_id = NULL WHERE position = 5;"
        "UPDATE event SET causation_id = gen_random_uuid() WHERE position = 6;"
        "UPDATE event SET dispute_id = gen_random_uuid() WHERE position = 7;"
        "UPDATE event SET marketplace = marketplace || '2' WHERE position = 8;"
        "UPDATE event SET version = version + 1 WHERE position = 9",
        "; ".join(f"the fact at position {n} was changed, or put there, after it was sealed" for n in range(1, 10)),
    ),
    "truncation": ("DELETE FROM event WHERE position > 9", "the fact at position 10 is gone"),
    "truncation of all": (
        "DELETE FROM event WHERE position > 9; DELETE FROM proof.checkpoint WHERE size > 9",
        "the log ends after 9 facts, but 12 were signed",
    ),
    "another tree": (
        'UPDATE event SET body = \'{"to": "x"}\' WHERE position = 5;'
        "UPDATE proof.tile SET hashes = overlay(hashes PLACING sha256('\\x00' || leaf(e)) FROM 129 FOR 32)"
        "FROM event e WHERE e.position = 5 AND level = 0",
        r"what was sealed between positions \d and \d is not what was signed",
    ),
}


@pytest.mark.parametrize("how", TAMPERINGS)
async def test_whatever_is_done_to_a_sealed_log_is_found(log: EventLog, pool: Pool, database: str, how: str) -> None:
    async with sealing(pool):
        await written(log, 9)
        await sealed(pool, 9)
        await written(log, 3)
        outside = Checkpoint.of(await sealed(pool, 12), KEYS)
    statement, told = TAMPERINGS[how]
    with psycopg.connect(database) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(statement.encode())
    with pytest.raises(Unproven, match=told):
        verify_log(await exported(pool), KEYS, [outside])


async def test_a_key_is_changed_for_another(log: EventLog, pool: Pool) -> None:
    """While both keys sign, an auditor with only the old key can verify. Later the complete log needs both keys."""
    after = Signer.of("log.example", bytes(range(1, 33)))
    old, new = KEYS[0], Key.of(after.vkey)
    for size, signers in ((2, [SIGNER]), (4, [after, SIGNER]), (6, [after])):
        async with sealing(pool, signers=signers):
            await written(log, 2)
            await sealed(pool, size)
    async with pool.connection() as connection:
        notes = {size: note for size, note, _ in await export.checkpoints(connection, limit=10)}
        assert [vkey for vkey, _ in await export.keys(connection)] == [SIGNER.vkey, after.vkey]
    for size, key, signed in (
        (2, old, True),
        (2, new, False),
        (4, old, True),
        (4, new, True),
        (6, old, False),
        (6, new, True),
    ):
        if signed:
            assert Checkpoint.of(notes[size], [key]).size == size
        else:
            with pytest.raises(Unproven, match="none of these keys"):
                Checkpoint.of(notes[size], [key])
    assert verify_log(await exported(pool), [old, new], [Checkpoint.of(notes[2], [old])]).size == 6
    with pytest.raises(Unproven, match="none of these keys"):
        verify_log(await exported(pool), [old])


async def test_a_long_log_goes_out_with_a_checkpoint_for_each_part_of_it(
    log: EventLog, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signatures take longer to verify than facts. The last checkpoint is always included."""
    monkeypatch.setattr(export, "_AT_MOST", 2)
    async with sealing(pool):
        for size in range(1, 6):
            await written(log, 1)
            await sealed(pool, size)
    file = await exported(pool)
    file.seek(len(MAGIC))
    head = json.loads(file.read(int.from_bytes(file.read(4), "big")))
    assert [Checkpoint.of(note, KEYS).size for note in head["checkpoints"]] == [3, 5]
    file.seek(0)
    assert verify_log(file, []).size == 5


async def test_a_log_of_which_only_its_beginning_is_sealed_can_be_verified(log: EventLog, pool: Pool) -> None:
    """A backup that is taken in the first seconds has facts, and a checkpoint over none. It must come back."""
    async with sealing(pool):
        await sealed(pool, 0)
    await written(log, 2)
    assert verify_log(await exported(pool), KEYS).size == 0
    with pytest.raises(Unproven, match="what was signed before the first fact"):
        verify_log(await exported(pool), KEYS, [Checkpoint(SIGNER.name, 0, bytes(32))])


async def test_a_checkpoint_of_another_log_or_key_proves_nothing(log: EventLog, pool: Pool) -> None:
    async with sealing(pool):
        await written(log, 1)
        note = await sealed(pool, 1)
    other = Signer.of("log.example", bytes(32))
    with pytest.raises(Unproven, match=r"none of these keys has signed the checkpoint of log\.example over 1 facts"):
        Checkpoint.of(note, [Key.of(other.vkey)])
    with pytest.raises(Unproven, match="your checkpoint is of the log elsewhere"):
        verify_log(await exported(pool), KEYS, [Checkpoint("elsewhere", 1, b"")])
    with pytest.raises(Unproven, match="this is no public key"):
        Key.of(SIGNER.vkey[:-4])
    with pytest.raises(Unproven):
        Checkpoint.of(note.replace("\n1\n", "\n2\n"), KEYS)


def put_back(database: str, end: int) -> None:
    """The log, its tree and its checkpoints as they were when the log ended at `end`, which is below 256."""
    with psycopg.connect(database) as owner:
        owner.execute("SET session_replication_role = replica")
        for statement in (
            "DELETE FROM event WHERE position > %s",
            "DELETE FROM proof.checkpoint WHERE size > %s",
            "UPDATE progress SET position = %s",
            "UPDATE proof.tile SET hashes = substr(hashes, 1, 32 * %s)",
        ):
            owner.execute(statement.encode(), (end,))


async def lost(pool: Pool) -> list[tuple[int, str, int]]:
    async with pool.connection() as connection:
        return [row[:3] for row in await export.lost(connection, limit=10)]


@pytest.mark.parametrize("others", [0, 5])
async def test_a_checkpoint_over_lost_facts_is_kept_as_lost(
    log: EventLog, pool: Pool, database: str, others: int
) -> None:
    """Also if other facts have the positions of the lost ones by the time a worker looks. The log is sealed on."""
    witness = Sealer(pool, [SIGNER])
    async with sealing(pool):
        await written(log, 9)
        fits = await sealed(pool, 9)
        await written(log, 3)
        gone = await sealed(pool, 12)
    async with pool.connection() as connection:
        await witness._compare(connection)
    put_back(database, 9)
    await written(log, others)
    if others:
        async with sealing(pool):
            await sealed(pool, 9 + others)
    async with pool.connection() as connection:
        await witness._compare(connection)
        await witness._compare(connection)
    assert await lost(pool) == [(12, gone, 9 + others)]
    await written(log, 1)
    async with sealing(pool):
        await sealed(pool, 10 + others)
    verify_log(await exported(pool), KEYS, [Checkpoint.of(fits, KEYS)])
    with pytest.raises(Unproven):
        verify_log(await exported(pool), KEYS, [Checkpoint.of(gone, KEYS)])


async def test_a_checkpoint_that_only_a_crash_forgot_is_put_back(log: EventLog, pool: Pool, database: str) -> None:
    """The sealer does not wait for the disk. Every fact is still there."""
    witness = Sealer(pool, [SIGNER])
    async with sealing(pool):
        await written(log, 9)
        known = await sealed(pool, 9)
        async with pool.connection() as connection:
            await witness._compare(connection)
        await written(log, 3)
        await sealed(pool, 12)
    with psycopg.connect(database) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("DELETE FROM proof.checkpoint WHERE size = 9")
    async with pool.connection() as connection:
        await witness._compare(connection)
        assert (9, known) in [row[:2] for row in await export.checkpoints(connection, limit=10)]
    assert await lost(pool) == []
