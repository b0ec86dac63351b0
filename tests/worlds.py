"""An engine on a real database, and the people and orders of the tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.filing.file_dispute import FileDispute
from domain.filing.filing_facts import Claim, Line, Order, ReliefSought
from domain.kernel.base import Actor, Role
from domain.kernel.money import Money
from domain.kernel.people import Party, Side, Text, Words
from domain.policy.reasons import ClaimReason
from mediation.engine import Engine
from mediation.processes import outages
from mediation.processes.outages import Heartbeat
from mediation.store.clocks import Clocks
from mediation.store.keys.keys import KeyStore
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog
from mediation.store.postgres.pool import open_pool
from tests import today
from tests.keystore import key_store

MARKETPLACE = "bazaar"
WORDS = Words(text="Guten Tag", language="de")


@dataclass(frozen=True, slots=True)
class World:
    pool: AsyncConnectionPool[AsyncConnection]
    log: EventLog
    codec: Codec
    keys: KeyStore
    heartbeat: Heartbeat
    engine: Engine

    def another_worker(self) -> Engine:
        """A second engine over the same log, with its own cache and its own knowledge of the heartbeat."""
        return Engine(self.log, heartbeat(self.pool))


def heartbeat(pool: AsyncConnectionPool[AsyncConnection]) -> Heartbeat:
    return Heartbeat(pool, Clocks(pool, real=today.now))


@asynccontextmanager
async def world(conninfo: str) -> AsyncIterator[World]:
    pool = await open_pool(conninfo)
    try:
        async with key_store(conninfo) as keys, EventLog(pool, codec := Codec(keys)) as log:
            async with pool.connection() as connection:
                await connection.execute(outages.TABLE)
            beats = heartbeat(pool)
            yield World(pool, log, codec, keys, beats, Engine(log, beats))
    finally:
        await pool.close()


def actor(role: Role, subject: UUID | None = None) -> Actor:
    return Actor(subject=subject or uuid4(), role=role)


def euros(amount: str) -> Money:
    return Money.of(amount, "EUR")


def party(country: str, language: str, zone: str) -> Party:
    return Party(
        subject=uuid4(), id="p-1", name="Ada", country=country, language=language, time_zone=zone, tier="standard"
    )


def order(*amounts: str, now: datetime, transaction_id: UUID | None = None) -> Order:
    buyer = uuid4()
    lines = tuple(
        Line(key=uuid4(), subject=buyer, id=str(n), title="Vase", quantity=1, amount=euros(a))
        for n, a in enumerate(amounts)
    )
    return Order(
        subject=buyer,
        transaction_id=transaction_id or uuid4(),
        order_id="O-77",
        paid=Money.total((line.amount for line in lines), "EUR"),
        paid_at=now - timedelta(days=20),
        delivered_at=now - timedelta(days=4),
        lines=lines,
    )


def filing(bought: Order, *, line: int = 0, amount: str | None = None, now: datetime | None = None) -> FileDispute:
    """A buyer in Turin claims one line of an order from a seller in Shenzhen."""
    buyer, seller = party("IT", "it", "Europe/Rome"), party("CN", "zh-Hans", "Asia/Shanghai")
    item = bought.lines[line]
    return FileDispute(
        marketplace=MARKETPLACE,
        actor=actor(Role.BUYER),
        now=now or today.now(),
        dispute_id=uuid4(),
        reference="MP-1",
        reference_key=uuid4(),
        order=bought,
        buyer=buyer,
        seller=seller,
        claimant=Side.BUYER,
        claim=Claim(
            reason=ClaimReason.NOT_AS_DESCRIBED,
            lines=(item.key,),
            amount=euros(amount) if amount else item.amount,
            relief_sought=ReliefSought.REFUND,
            statement=Text(text="Il vaso è rotto", language="it", author=buyer.subject),
        ),
    )
