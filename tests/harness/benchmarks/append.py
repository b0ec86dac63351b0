"""Appends single facts. The engine seals one per request, with an idempotency row; the library uses its event store."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from domain.kernel.base import Role
from domain.kernel.people import Text
from domain.settlement.conversation_facts import MessagePosted
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog
from mediation.store.log.requests import Append, Pending, Stored
from mediation.store.postgres.pool import open_pool
from tests import today
from tests.harness.benchmarks.bench import Bench
from tests.harness.benchmarks.findings import Findings, Row, Verdict, milliseconds, rate, times
from tests.harness.benchmarks.plain import Dispute, Disputes, environment
from tests.harness.benchmarks.rounds import Timed, alternate, drive, drive_threads, middle_percentile, middle_rate
from tests.keystore import key_store

WRITERS = 32
TEXT = (
    "The parcel came three days after the last estimate, the box was open at one side and the vase in it is in four "
    "pieces. I have photographs of the box as it was handed to me, and the courier saw it too."
)


class Writers:
    """Each writer appends to a stream of its own, as fast as it gets answers."""

    def __init__(self, log: EventLog, writers: int) -> None:
        self._log = log
        self._streams = [uuid4() for _ in range(writers)]
        self._authors = [uuid4() for _ in range(writers)]
        self._versions = [0] * writers

    async def write(self, number: int) -> None:
        version = self._versions[number] + 1
        stream, author = self._streams[number], self._authors[number]
        message = Text(text=TEXT, language="en", author=author)
        event = MessagePosted(number=version, by=Role.BUYER, message=message, channel="web")
        request = Append(
            marketplace="bazaar",
            actor=author,
            correlation_id=uuid4(),
            causation_id=None,
            facts=(Pending(stream, version, stream, today.now(), event),),
            key=secrets.token_bytes(32),
            request=secrets.token_bytes(32),
        )
        verdict = await self._log.append(request)
        assert isinstance(verdict, Stored), verdict
        self._versions[number] = version


@asynccontextmanager
async def opened(conninfo: str) -> AsyncIterator[EventLog]:
    pool = await open_pool(conninfo)
    try:
        async with key_store(conninfo) as keys, EventLog(pool, Codec(keys)) as log:
            yield log
    finally:
        await pool.close()


async def ours(log: EventLog, writers: int, seconds: float) -> Timed:
    writing = Writers(log, writers)
    await asyncio.gather(*(writing.write(number) for number in range(writers)))
    return await drive(writers, seconds, writing.write)


def theirs(disputes: Disputes, writers: int, seconds: float) -> Timed:
    """Without the work of an aggregate: the events go to the event store, which maps, seals and records them."""
    streams = [uuid4() for _ in range(writers)]
    authors = [uuid4() for _ in range(writers)]
    versions = [0] * writers

    def write(number: int) -> None:
        versions[number] += 1
        message = Dispute.MessagePosted(
            originator_id=streams[number],
            originator_version=versions[number],
            timestamp=Dispute.MessagePosted.create_timestamp(),
            by="buyer",
            author=authors[number],
            text=TEXT,
            language="en",
            channel="web",
        )
        disputes.events.put([message])

    return drive_threads(writers, seconds, write)


async def append(bench: Bench) -> Findings:
    seconds = bench.effort.seconds
    with bench.database() as conninfo, bench.database() as other, Disputes(environment(other)) as disputes:
        async with opened(conninfo) as log:
            engine, library = await alternate(
                bench.effort.rounds,
                lambda: ours(log, WRITERS, seconds),
                lambda: asyncio.to_thread(theirs, disputes, WRITERS, seconds),
            )
    factor = middle_rate(engine) / middle_rate(library)
    p99 = middle_percentile(engine, 99)
    return Findings(
        "Append",
        f"{WRITERS} writers in one process, each to its own stream, one event a request: a message of {len(TEXT)} "
        "characters, sealed. The engine with an idempotency row each; the library's event store with its default mapper, AES "
        f"cipher and recorder, from {WRITERS} threads.",
        [
            Row(
                f"append, {WRITERS} writers",
                rate(middle_rate(engine), "events"),
                f"{rate(middle_rate(library), 'events')}, p99 {milliseconds(middle_percentile(library, 99))}",
                times(factor),
                "10×",
                Verdict.of(factor >= 10),
            ),
            Row("append, p99", milliseconds(p99), target="25 ms", verdict=Verdict.of(p99 <= 0.025)),
        ],
    )
