"""Contacts are destroyed when policy no longer keeps them, and neither an open dispute nor a legal hold needs them.

Each person with contacts about an order is a row here. The process looks at it when something may have changed: a contact is
recorded, a dispute about the order ends, a hold is lifted, a policy is published, or the instant comes to which it was put off.
The order is:

1. The key of this person for this order is retired. The process waits until no worker can have sealed anything more under it.
2. `ContactsDestroyed` is recorded, if the contacts are still over.
3. The key is destroyed, by whichever worker reads that fact.

If the worker is killed at any point, the process continues from there. A contact that is recorded meanwhile has a new key.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.contacts.contact_facts import ContactRecorded, ContactsDestroyed
from domain.contacts.contacts import DestroyContacts, kept_until
from domain.kernel.base import Instant
from domain.payments.transaction_facts import ClaimEnded
from domain.policy.book import PolicyPublished
from domain.privacy.legal_hold_facts import LegalHoldLifted
from mediation.engine import Engine
from mediation.processes import ENGINE
from mediation.processes.tasks import TaskProcess
from mediation.store.clocks import Clocks
from mediation.store.follow.consumer import PASSING, describe
from mediation.store.keys.keys import KeyStore
from mediation.store.log.recorded import Recorded

TABLE = """CREATE TABLE IF NOT EXISTS contacts_kept (
  marketplace text NOT NULL, transaction_id uuid NOT NULL, subject uuid NOT NULL, kept_under uuid NOT NULL,
  not_before timestamptz NOT NULL DEFAULT 'epoch', PRIMARY KEY (transaction_id, subject));
CREATE INDEX IF NOT EXISTS contacts_kept_next ON contacts_kept (not_before);
CREATE INDEX IF NOT EXISTS contacts_kept_subject ON contacts_kept (subject)"""

_SET = """INSERT INTO contacts_kept (marketplace, transaction_id, subject, kept_under) VALUES (%s, %s, %s, %s)
ON CONFLICT (transaction_id, subject) DO UPDATE SET not_before = 'epoch'"""
_WAKE_ORDER = "UPDATE contacts_kept SET not_before = 'epoch' WHERE transaction_id = %s"
_WAKE_PERSON = "UPDATE contacts_kept SET not_before = 'epoch' WHERE subject = %s"
_WAKE_ALL = "UPDATE contacts_kept SET not_before = 'epoch' WHERE marketplace = %s"
_DUE = """SELECT marketplace, transaction_id, subject, kept_under, not_before FROM contacts_kept
WHERE not_before <= %s OR marketplace = ANY(%s) ORDER BY not_before LIMIT 500"""
_DEFER = "UPDATE contacts_kept SET not_before = %s WHERE (transaction_id, subject, not_before) = (%s, %s, %s)"
_DONE = "DELETE FROM contacts_kept WHERE kept_under = %s"

_LOOKED_AT_AGAIN = timedelta(days=30)
"""While something stands against it of which nobody knows the end. What ends it wakes the row before."""
_MINUTE = timedelta(minutes=1)

_log = structlog.get_logger(__name__)


class ContactsKept(TaskProcess):
    name = "contacts_kept@1"
    tables = ("contacts_kept",)
    concerns = frozenset(
        event.kind for event in (ContactRecorded, ContactsDestroyed, ClaimEnded, LegalHoldLifted, PolicyPublished)
    )

    def __init__(
        self, pool: AsyncConnectionPool[AsyncConnection], engine: Engine, keys: KeyStore, clocks: Clocks
    ) -> None:
        super().__init__(pool)
        self._engine = engine
        self._keys = keys
        self._clocks = clocks

    async def apply(self, conn: AsyncConnection, batch: Sequence[Recorded]) -> None:
        for recorded in batch:
            match recorded.event:
                case ContactRecorded(transaction_id=order, subject=subject, kept_under=key):
                    await conn.execute(_SET, (recorded.marketplace, order, subject, key))
                case ContactsDestroyed(kept_under=key):
                    await self._keys.destroy(key, recorded.recorded_at)
                    await conn.execute(_DONE, (key,))
                case ClaimEnded():
                    await conn.execute(_WAKE_ORDER, (recorded.stream_id,))
                case LegalHoldLifted(subject=subject):
                    await conn.execute(_WAKE_PERSON, (subject,))
                case PolicyPublished():
                    await conn.execute(_WAKE_ALL, (recorded.marketplace,))
                case _:
                    continue
            self._wake.set()

    async def work(self) -> int:
        """Looks at the due rows; returns how many. One that fails is tried again later."""
        turned, now = await self._clocks.turned(), self._clocks.real()
        async with self._pool.connection() as conn:
            tasks = await (await conn.execute(_DUE, (now, list(turned)))).fetchall()
        looked = 0
        for marketplace, order, subject, key, not_before in tasks:
            if marketplace in turned and not_before > turned[marketplace]:
                continue
            looked += 1
            try:
                again_at = await self._look_at(marketplace, order, subject, key)
            except PASSING:
                raise
            except Exception as error:
                _log.error("contacts_not_destroyed", subject=str(subject), error=describe(error))
                again_at = now + _MINUTE
            if again_at is not None:
                await self._execute(_DEFER, (again_at, order, subject, not_before))
        return looked

    async def _look_at(self, marketplace: str, order: UUID, subject: UUID, key: UUID) -> datetime | None:
        """When to look again; None if the contacts are over now."""
        command = DestroyContacts(
            marketplace=marketplace,
            actor=ENGINE,
            now=await self._clocks.now(marketplace),
            subject=subject,
            transaction_id=order,
        )
        if await self._engine.foresee(command) and (seconds := await self._keys.retire(key)):
            return self._clocks.real() + timedelta(seconds=seconds)
        handled = await self._engine.handle(command)
        if handled.events:
            return None
        case, now = handled.case, command.now
        policy = case.policies.in_force(now)
        until = [
            kept_until(case.contacts, case.transaction, subject, policy),
            *case.person.holds.in_force(now).values(),
        ]
        return _later(until, now)


def _later(until: Sequence[Instant | None], now: Instant) -> Instant:
    """The last of these instants. If one is not known, or all have passed, some time later."""
    known = [instant for instant in until if instant is not None]
    last = max(known, default=now)
    return last if len(known) == len(until) and last > now else now + _LOOKED_AT_AGAIN
