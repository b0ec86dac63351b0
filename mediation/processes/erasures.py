"""Erasures: each is carried out as soon as nothing stands against it, and is then recorded.

Each requested erasure is a row here until the person is erased. The process looks at it when a dispute of the person
closes, when a legal hold on the person is lifted, or when the instant comes to which it was put off. The order is:

1. The person's key is retired. The process waits until no worker can have sealed anything more under it.
2. The process looks again, with all of that in view.
3. `ErasureGranted` is recorded.
4. Mails from their addresses that nobody matched are destroyed, and then the key.
5. `PersonErased` is recorded.

So what was written before is unreadable, what is written afterwards stays readable, and a dispute filed during these
steps puts the erasure off. If the worker is killed at any point, the process continues from there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.contacts.contact_facts import ContactsDestroyed
from domain.kernel.people import Side
from domain.neutral.escalation_facts import NeutralReleased
from domain.privacy.erasure import PursueErasure, ReapplyErasure, RecordErased, RequestErasure, TookPart
from domain.privacy.erasure_facts import ErasureGranted, ErasureRequested, Person, PersonErased
from domain.privacy.legal_hold_facts import LegalHoldLifted
from domain.remedies.closure_facts import DisputeClosed
from domain.ruling.ruling_facts import RulingIssued
from mediation.engine import Engine, Request
from mediation.processes import ENGINE, part_taken
from mediation.processes.tasks import TaskProcess
from mediation.store import mail_in, notice_in
from mediation.store.clocks import Clocks
from mediation.store.desk import console_sessions, own_desks, presences, read_marks, ruling_drafts, snoozes
from mediation.store.follow.consumer import PASSING, describe
from mediation.store.keys.keys import Erasure, KeyStore
from mediation.store.log.log import EventLog
from mediation.store.log.recorded import Recorded

TABLE = (
    part_taken.TABLE
    + """;
CREATE TABLE IF NOT EXISTS erasure_task (
  marketplace text NOT NULL, subject uuid NOT NULL, correlation_id uuid, not_before timestamptz NOT NULL DEFAULT 'epoch',
  PRIMARY KEY (subject, marketplace));
CREATE INDEX IF NOT EXISTS erasure_task_next ON erasure_task (not_before)"""
)

_SET = """INSERT INTO erasure_task (marketplace, subject, correlation_id) VALUES (%s, %s, %s)
ON CONFLICT (subject, marketplace) DO UPDATE SET not_before = 'epoch'"""
_WAKE = "UPDATE erasure_task SET not_before = 'epoch' WHERE subject = ANY(%s)"
_DEFER = "UPDATE erasure_task SET not_before = %s WHERE subject = %s AND marketplace = %s"
_DUE = """SELECT marketplace, subject, correlation_id, not_before FROM erasure_task
WHERE not_before <= %s OR marketplace = ANY(%s) ORDER BY not_before LIMIT 500"""
_REACHED = "SELECT (SELECT max(position) FROM fact), coalesce((SELECT position FROM progress WHERE name = %s), 0)"
_WHOSE = """SELECT marketplace FROM part_taken WHERE subject = %s
UNION ALL SELECT marketplace FROM had_contact WHERE subject = %s LIMIT 1"""
_DONE = "DELETE FROM erasure_task WHERE subject = %s AND marketplace = %s"
_LATER = "UPDATE erasure_task SET not_before = %s WHERE subject = %s AND marketplace = %s AND not_before = %s"

_LOOKS, _PAUSE = 20, 0.05  # seconds
_MINUTE = timedelta(minutes=1)

ForgetMail = Callable[[str, UUID, Sequence[tuple[UUID, Side]]], Awaitable[None]]
"""Destroys the mails of a person that are no messages: of a marketplace, the person, and in which disputes they took part."""

_log = structlog.get_logger(__name__)


class Erasures(TaskProcess):
    name = "forgetting@1"
    tables = ("erasure_task", "part_taken", "had_contact")

    def __init__(
        self,
        pool: AsyncConnectionPool[AsyncConnection],
        engine: Engine,
        keys: KeyStore,
        clocks: Clocks,
        forget_mail: ForgetMail | None = None,
    ) -> None:
        super().__init__(pool)
        self._engine = engine
        self._keys = keys
        self._clocks = clocks
        self._forget_mail = forget_mail

    async def apply(self, conn: AsyncConnection, batch: Sequence[Recorded]) -> None:
        for subject in await part_taken.keep(conn, batch):
            await conn.execute(_WAKE, ([subject],))
            self._wake.set()
        for recorded in batch:
            match recorded.event:
                case ErasureRequested(subject=subject) | ErasureGranted(subject=subject):
                    await conn.execute(_SET, (recorded.marketplace, subject, recorded.correlation_id))
                    self._wake.set()
                case LegalHoldLifted(subject=subject):
                    await conn.execute(_WAKE, ([subject],))
                    self._wake.set()
                case PersonErased(subject=subject):
                    await conn.execute(_DONE, (subject, recorded.marketplace))
                    await read_marks.forget(conn, subject, recorded.marketplace)
                    await ruling_drafts.forget(conn, subject, recorded.marketplace)
                    await snoozes.forget(conn, subject, recorded.marketplace)
                    await presences.forget(conn, subject, recorded.marketplace)
                    await own_desks.forget(conn, subject, recorded.marketplace)
                    await mail_in.forget(conn, subject, recorded.marketplace)
                    await notice_in.forget(conn, subject, recorded.marketplace)
                    await console_sessions.forget(conn, subject)
                case DisputeClosed() | NeutralReleased() | RulingIssued() if recorded.dispute_id is not None:
                    await ruling_drafts.end(conn, recorded.dispute_id, recorded.recorded_at)
                case _:
                    pass

    async def work(self) -> int:
        """Looks at the due erasures; returns how many. One that fails is tried again later."""
        turned, now = await self._clocks.turned(), self._clocks.real()
        async with self._pool.connection() as conn:
            tasks = await (await conn.execute(_DUE, (now, list(turned)))).fetchall()
        looked = 0
        for marketplace, subject, correlation_id, not_before in tasks:
            if marketplace in turned and not_before > turned[marketplace]:
                continue
            looked += 1
            try:
                await self._look_at(marketplace, subject, Request(correlation_id=correlation_id))
            except PASSING:
                raise
            except Exception as error:
                _log.error("erasure_failed", subject=str(subject), error=describe(error))
                await self._execute(_LATER, (now + _MINUTE, subject, marketplace, not_before))
        return looked

    async def _look_at(self, marketplace: str, subject: UUID, request: Request) -> None:
        person = await self._engine.person(subject, marketplace)
        if person.pending is not None and not person.pending.granted:
            if not await self._is_caught_up():
                await self._soon(_PAUSE, subject, marketplace)
                return
            found = await self.took_part(marketplace, subject)
            last, part = found or (None, TookPart(side=Side.BUYER))  # policy has ended their last contacts meanwhile
            command = PursueErasure(
                marketplace=marketplace,
                actor=ENGINE,
                now=await self._clocks.now(marketplace),
                dispute_id=person.pending.dispute_id or last,
                subject=subject,
                took_part=part,
            )
            if seconds := await self.settles_in(command):
                await self._soon(seconds, subject, marketplace)
                return
            person = (await self._engine.handle(command, request)).case.person
        person = await self.carry_out(marketplace, subject, person, request)
        if person.pending is None:
            await self._execute(_DONE, (subject, marketplace))
        elif (again_at := person.pending.again_at) is not None:
            await self._execute(_DEFER, (again_at, subject, marketplace))

    async def _soon(self, seconds: float, subject: UUID, marketplace: str) -> None:
        await self._execute(_DEFER, (self._clocks.real() + timedelta(seconds=seconds), subject, marketplace))

    async def settles_in(self, command: RequestErasure | PursueErasure) -> float:
        """Seconds after which to look again at what this command would grant now. 0 if no wait is needed: the erasure
        would be put off, or everything ever sealed under the person's key was in view."""
        facts = await self._engine.foresee(command)
        if not any(isinstance(fact.event, ErasureGranted) for fact in facts):
            return 0.0
        return await self._keys.retire(command.subject)

    async def carry_out(
        self, marketplace: str, subject: UUID, person: Person, request: Request | None = None
    ) -> Person:
        """Destroys the key of a person whose erasure was granted, and records that it is done."""
        pending = person.pending
        if pending is None or not pending.granted:
            return person
        if self._forget_mail is not None:  # only now can their addresses still be read
            await self._forget_mail(marketplace, subject, await self.disputes_of(marketplace, subject))
        erased_at = await self._keys.erase(Erasure(subject, pending.number, marketplace, pending.ground))
        command = RecordErased(
            marketplace=marketplace,
            actor=ENGINE,
            now=await self._clocks.now(marketplace),
            dispute_id=pending.dispute_id,
            subject=subject,
            number=pending.number,
            erased_at=erased_at,
        )
        return (await self._engine.handle(command, request or Request())).case.person

    async def took_part(self, marketplace: str, subject: UUID) -> tuple[UUID | None, TookPart] | None:
        """The person's last dispute and what they took part in, as far as this process has read the log."""
        erased = max((await self._engine.person(subject, marketplace)).erased, default=0)
        readable = await self._keys.readable(subject)
        async with self._pool.connection() as conn:
            return await part_taken.took_part(conn, marketplace, subject, readable=readable, erased=erased)

    async def disputes_of(self, marketplace: str, subject: UUID) -> list[tuple[UUID, Side]]:
        """The disputes in which the person took part, and for which side; an open one and the last one first."""
        async with self._pool.connection() as conn:
            return await part_taken.disputes_of(conn, marketplace, subject)

    async def contacts_of(self, marketplace: str, subject: UUID) -> list[tuple[UUID, Side]]:
        """The streams of the orders about which a contact of the person is kept, and the side that they were on."""
        async with self._pool.connection() as conn:
            return await part_taken.contacts_of(conn, marketplace, subject)

    async def _is_caught_up(self) -> bool:
        """Whether this process has read everything that the log holds now. Waits at most a second for it."""
        last = 0
        for _ in range(_LOOKS):
            async with self._pool.connection() as conn:
                row = await (await conn.execute(_REACHED, (self.name,))).fetchone()
            assert row is not None
            last = last or row[0]
            if row[1] >= last:
                return True
            await asyncio.sleep(_PAUSE)
        return False

    async def marketplace_of(self, subject: UUID) -> str | None:
        """The marketplace of which this person is a buyer or seller, or had a contact."""
        async with self._pool.connection() as conn:
            row = await (await conn.execute(_WHOSE, (subject, subject))).fetchone()
        return row[0] if row else None

    async def reapply(self, log: EventLog) -> int:
        """Erases again every person who was ever erased; returns how many. Call it after a restore, before serving. Contacts
        that policy no longer keeps are destroyed again too.

        The log and the key store may be restored to different instants. If the log says that a person is erased, this
        destroys their key. If only the key store says so, this records the erasure in the log. Repeating it is
        harmless.
        """
        noted = {(one.subject, one.number): one for one in await self._keys.erasures()}
        for recorded in await log.of_kind(PersonErased.kind):
            told = recorded.event
            assert isinstance(told, PersonErased)
            about = Erasure(told.subject, told.number, recorded.marketplace, told.ground, told.erased_at)
            noted.setdefault((told.subject, told.number), about)
        for one in sorted(noted.values(), key=lambda one: one.number):
            await self._keys.erase(one)
            command = ReapplyErasure.model_validate(
                {
                    "marketplace": one.marketplace,
                    "actor": ENGINE,
                    "now": await self._clocks.now(one.marketplace),
                    "subject": one.subject,
                    "number": one.number,
                    "ground": one.ground,
                }
            )
            person = (await self._engine.handle(command)).case.person
            await self.carry_out(one.marketplace, one.subject, person)
        for recorded in await log.of_kind(ContactsDestroyed.kind):
            gone = recorded.event
            assert isinstance(gone, ContactsDestroyed)
            await self._keys.destroy(gone.kept_under, recorded.recorded_at, living=True)
        return len(noted)
