"""Makes notices: looks at each fact of the table of causes, for each party, and writes what that party needs to know.

What waits for one party of one dispute is claimed together. It waits for what happens soon after and for the morning, and is
then made in one command. `domain.notices.notices` lets only one notice of each fact be made, so two workers, or one that begins
again, make no second one.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.clocks import names, notice
from domain.dispute.state import Dispute
from domain.kernel.people import Side
from domain.notices.notices import CancelNotice, MakeNotice, NoticeCommand
from domain.notices.notices_facts import (
    NOTICED_AT_ONCE,
    Cause,
    Notices,
    ToldDeadline,
    ToldPromise,
    cause_id_of,
    notice_id_of,
)
from domain.policy.notice_rules import NoticeRules
from domain.policy.policy import Policy
from domain.settlement.translation import is_forgotten
from mediation.case_numbers import CaseNumbers
from mediation.engine import Contended, Engine, Request
from mediation.gateways.mail.chosen import Posts
from mediation.gateways.mail.message_ids import message_id_of
from mediation.processes import ENGINE
from mediation.processes.notices import causes
from mediation.processes.notices.addresses import Addresses
from mediation.processes.notices.leaving import leaves_at
from mediation.processes.notices.readable import Readable
from mediation.processes.notices.tables import GIVEN_UP_AFTER, NoticeTasks, Waiting
from mediation.processes.notices.writing import ToWrite, Writer
from mediation.processes.policies import Asking
from mediation.processes.tasks import TaskProcess
from mediation.store.clocks import Clocks
from mediation.store.follow.consumer import PASSING, describe
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog
from mediation.store.log.recorded import Recorded

AT_ONCE = 16
"""Parties for whom one worker makes notices at the same time."""

_NO_SERVER, _FAILED = 60.0, 60.0
"""Seconds until it is looked at again, where no mail server is known, or after a fault."""

_log = structlog.get_logger(__name__)


class NoticeMaking(TaskProcess):
    name = "telling@1"
    tables = ("notice_task",)
    concerns = frozenset(event.kind for event in causes.CAUSES)

    def __init__(
        self,
        pool: AsyncConnectionPool[AsyncConnection],
        engine: Engine,
        log: EventLog,
        codec: Codec,
        clocks: Clocks,
        case_numbers: CaseNumbers,
        readable: Readable,
        posts: Posts,
        writer: Writer,
    ) -> None:
        super().__init__(pool)
        self._tasks = NoticeTasks(pool)
        self._engine = engine
        self._log = log
        self._addresses = Addresses(engine, log, codec)
        self._clocks = clocks
        self._case_numbers = case_numbers
        self._readable = readable
        self._posts = posts
        self._writer = writer
        self._telling = Asking(lambda policy: policy.notices is not None)

    async def apply(self, conn: AsyncConnection, batch: Sequence[Recorded]) -> None:
        """A marketplace has rows if one of its policies tells parties."""
        telling = await self._telling.among(conn, {one.marketplace for one in batch})
        rows = (
            (fact.position, side.value, fact.dispute_id, fact.marketplace, fact.correlation_id)
            for fact in batch
            for side in Side
            if fact.marketplace in telling and fact.dispute_id is not None
        )
        if await self._tasks.put(conn, rows):
            self._wake.set()

    async def work(self) -> int:
        """Makes what is due, and returns at how many parties it looked. What fails is tried again later."""
        turned = await self._clocks.turned()
        found = await self._tasks.claim(self._clocks.real(), turned, AT_ONCE)
        for waiting in [one for one in found if one.marketplace in turned and one.due_at > turned[one.marketplace]]:
            await self._tasks.later(waiting, None)
            found.remove(waiting)
        await asyncio.gather(*map(self._carry_out, found))
        return len(found)

    async def _carry_out(self, waiting: Waiting) -> None:
        try:
            await self._look_at(waiting)
        except (*PASSING, Contended):
            await self._tasks.later(waiting, None, 1.0)
        except Exception as error:
            _log.error("notice_not_made", dispute_id=str(waiting.dispute_id), error=describe(error))
            await self._tasks.later(waiting, None, _FAILED)

    async def _look_at(self, waiting: Waiting) -> None:
        dispute, _, policy = await self._engine.dispute(waiting.dispute_id, waiting.marketplace)
        if policy.notices is None or dispute.imported:
            await self._tasks.done(waiting)
            return
        side, now = Side(waiting.side), await self._clocks.now(waiting.marketplace)
        notices = await self._engine.notices(waiting.dispute_id, waiting.marketplace)
        facts = await self._log.at(waiting.positions)
        told = _to_tell(dispute, notices, side, facts)
        moot = [
            cause for _, cause in told if not causes.still_matters(cause.template, cause.number, side, dispute, now)
        ]
        if moot:
            gone = tuple(cause.id for cause in moot)
            await self._do(waiting, CancelNotice, to=side, causes=gone, why="moved_on")
        told = [one for one in told if one[1] not in moot][:NOTICED_AT_ONCE]
        if not told:
            await self._tasks.done(waiting)
            return
        at = await self._leaves_at(policy.notices, waiting, dispute, [fact for fact, _ in told], now)
        if at > now:
            await self._tasks.later(waiting, at)
            return
        await self._make(waiting, dispute, policy, told, now)

    async def _leaves_at(
        self, rules: NoticeRules, waiting: Waiting, dispute: Dispute, facts: Sequence[Recorded], now: datetime
    ) -> datetime:
        side, clock = Side(waiting.side), await self._clocks.of(waiting.marketplace)
        first = min(clock.showed(fact.recorded_at) for fact in facts)
        known = causes.running(dispute, side, now)
        due = [one.due_at for one in known if one.name not in dispute.deadlines.awaiting_notice]
        due += [owed.due_at for owed in causes.owed_by(dispute, side) if owed.due_at > now]
        return leaves_at(rules, dispute.party(side).time_zone, first, now, due)

    async def _make(
        self,
        waiting: Waiting,
        dispute: Dispute,
        policy: Policy,
        told: Sequence[tuple[Recorded, Cause]],
        now: datetime,
    ) -> None:
        assert policy.notices is not None, "only then is somebody told"
        way, side = policy.notices.way, Side(waiting.side)
        post = self._posts.get(waiting.marketplace)
        if way == "mail" and post is None and waiting.since <= GIVEN_UP_AFTER:
            _log.warning("no_mail_server", marketplace=waiting.marketplace)
            await self._tasks.later(waiting, None, _NO_SERVER)
            return
        member, filed = dispute.party(side), await self._addresses.filed(waiting.dispute_id)
        ranked = sorted(told, key=lambda one: causes.rank(one[1].fact))
        named = tuple(cause for _, cause in ranked)
        running = causes.running(dispute, side, now)
        deadlines = tuple(_told(notice.if_told(dispute, policy, one, now)) for one in running)
        promises = tuple(
            ToldPromise(commitment_id=owed.id, kind=owed.kind.value, due_at=owed.due_at)
            for owed in causes.owed_by(dispute, side)
        )
        notice_id = notice_id_of(waiting.dispute_id, side, named[0].id)
        address = await self._addresses.of(filed, side) if way == "mail" else None
        told_in = {"language": self._writer.language(member.language), "time_zone": member.time_zone}
        written = self._writer.write(
            ToWrite(
                to=side,
                **told_in,
                templates=[cause.template for cause in named],
                deadlines=[(one.about, one.due_at) for one in deadlines],
                promises=[(one.kind, one.due_at) for one in promises],
                case_number=self._case_numbers.of(filed.position),
            )
        )
        domain = post.account.domain if post is not None else None
        handled = await self._do(
            waiting,
            MakeNotice,
            to=side,
            subject=member.subject,
            causes=named,
            way=way,
            **told_in,
            deadlines=deadlines,
            promises=promises,
            translations=await self._readable.translations(dispute, policy, side, [fact for fact, _ in told]),
            address=address,
            message_id=message_id_of(waiting.dispute_id, notice_id, domain) if way == "mail" and domain else None,
            heading=written.heading,
            text=written.text,
            written_at=max(fact.recorded_at for fact, _ in told),
        )
        await self._made(waiting, member.subject, told, made=bool(handled))

    async def _made(
        self, waiting: Waiting, subject: UUID, told: Sequence[tuple[Recorded, Cause]], *, made: bool
    ) -> None:
        """If nothing was made, another worker was quicker, or the party was erased meanwhile."""
        person = await self._engine.person(subject, waiting.marketplace) if not made else None
        forgotten = person is not None and is_forgotten(person, max(fact.recorded_at for fact, _ in told))
        if len(told) == NOTICED_AT_ONCE or not (made or forgotten):
            await self._tasks.later(waiting, None)  # there may be more
        else:
            await self._tasks.done(waiting)

    async def _do(self, waiting: Waiting, command: type[NoticeCommand], **about: Any) -> Sequence[object]:
        """The facts that it made."""
        given = {
            "marketplace": waiting.marketplace,
            "actor": ENGINE,
            "now": await self._clocks.now(waiting.marketplace),
            "dispute_id": waiting.dispute_id,
            **about,
        }
        request = Request(correlation_id=waiting.correlation_id)
        return (await self._engine.handle(command.model_validate(given), request)).events


def _to_tell(dispute: Dispute, notices: Notices, side: Side, facts: Sequence[Recorded]) -> list[tuple[Recorded, Cause]]:
    """The facts of which this party is told and was not told yet."""
    found: list[tuple[Recorded, Cause]] = []
    for fact in facts:
        template = causes.told_of(fact.event, dispute).get(side)
        cause_id = cause_id_of(dispute.transaction_id, fact.stream_id, fact.version)
        if template is not None and (cause_id, side) not in notices.told:
            number = causes.number_of(fact.event)
            found.append((fact, Cause(id=cause_id, fact=fact.kind, number=number, template=template)))
    return found


def _told(deadline: Any) -> ToldDeadline:
    return ToldDeadline(name=deadline.name, about=names.named(deadline.name).about, due_at=deadline.due_at)
