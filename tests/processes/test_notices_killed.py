"""Workers are killed between any two steps of a notice, and several work at once: each party gets one notice of each fact."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from api.notices.writer import NoticeWriter
from domain.commands import AnyCommand
from domain.filing.response import Respond
from domain.filing.response_facts import Answer
from domain.kernel.base import Role
from domain.notices.notices import MakeNotice, RecordNoticeSent
from domain.notices.notices_facts import NoticeMade
from domain.policy.book import PublishPolicy
from domain.policy.notice_rules import NoticeRules
from domain.policy.policy import Policy
from domain.privacy.reach import GiveMailAddress
from domain.stream_ids import notices_id
from mediation.case_numbers import CaseNumbers
from mediation.engine import ALONE, Engine, Handled, Request
from mediation.gateways.mail.chosen import ByMail, Post
from mediation.gateways.mail.counts import MailCounts
from mediation.gateways.mail.reply_address import ReplyAddresses
from mediation.processes.notices import tables
from mediation.processes.notices.making import NoticeMaking
from mediation.processes.notices.readable import Readable
from mediation.processes.notices.sending import NoticeSending
from mediation.store.clocks import Clocks
from mediation.store.follow.follow import Follow
from mediation.store.keys.blind import Blind
from mediation.store.tasks import end
from tests import today
from tests.processes.deaths import Dies
from tests.worlds import MARKETPLACE, World, actor, filing, order, world

POINTS = ("before making", "after making", "before sending", "after sending", "after recording")

ACCOUNT = ByMail(host="127.0.0.1", sent_from="disputes@bazaar.example", sender_name="Bazaar")


@dataclass
class Worker(Dies):
    """The mail server takes everything."""

    taken: list[EmailMessage] = field(default_factory=list)

    async def send(self, message: EmailMessage, recipient: str) -> None:
        await self.at("before sending")
        self.taken.append(message)
        await self.at("after sending")


class Dying(Engine):
    def __init__(self, w: World, worker: Worker) -> None:
        super().__init__(w.log, w.heartbeat)
        self._worker = worker

    async def handle(self, command: AnyCommand, request: Request = ALONE) -> Handled:
        if isinstance(command, MakeNotice):
            await self._worker.at("before making")
        outcome = await super().handle(command, request)
        if isinstance(command, MakeNotice):
            await self._worker.at("after making")
        if isinstance(command, RecordNoticeSent):
            await self._worker.at("after recording")
        return outcome


@asynccontextmanager
async def working(w: World, worker: Worker, *, follows: bool = True) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Both processes of one worker, each in a task."""
    engine, blind = Dying(w, worker), Blind(bytes(range(32)))
    times = Clocks(w.pool, real=today.now)
    numbers, posts = CaseNumbers(blind, w.log), {MARKETPLACE: Post(ACCOUNT, MailCounts(), worker)}
    reads, writer = Readable(engine, w.log, w.codec, blind), NoticeWriter()
    making = NoticeMaking(w.pool, engine, w.log, w.codec, times, numbers, reads, posts, writer)
    replies = ReplyAddresses(bytes(32))
    sending = NoticeSending(w.pool, engine, w.log, w.codec, times, numbers, posts, replies, writer)
    processes = (making, sending)
    runs = [process.run() for process in processes]
    tasks = [asyncio.create_task(run) for run in runs]
    if follows:
        tasks.append(asyncio.create_task(Follow(w.log, w.pool, processes).run()))
    try:
        yield tasks
    finally:
        await end(tasks)


async def told(w: World, dispute_id: Any) -> list[NoticeMade]:
    facts = (await w.log.read([(notices_id(dispute_id), 0)])).streams[notices_id(dispute_id)]
    return [fact.event for fact in facts if isinstance(fact.event, NoticeMade)]


async def delivered(w: World, dispute_id: Any, number: int) -> None:
    async with asyncio.timeout(30):
        while True:
            known = (await w.engine.notices(dispute_id, MARKETPLACE)).by.values()
            if sum(notice.status == "delivered" for notice in known) >= number:
                return
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("point", POINTS)
async def test_a_party_gets_one_notice_of_each_fact(database: str, point: str) -> None:
    """One worker dies at the point, and two go on. A mail is doubled only if its worker died between the server's answer and
    the record of it, and then it has the same Message-ID and the same words."""
    async with world(database) as w:
        async with w.pool.connection() as connection:
            await connection.execute(tables.TABLES)
        now = today.now()
        rules = NoticeRules(way="mail", grouping_minutes=0, quiet_from=0, quiet_until=0, bounce_minutes=0)
        by: dict[str, Any] = {"marketplace": MARKETPLACE, "now": now}
        policy = Policy(version="told", notices=rules)
        await w.engine.handle(PublishPolicy(**by, actor=actor(Role.ADMINISTRATOR), policy=policy))
        filed = filing(order("129.90", now=now), now=now + timedelta(milliseconds=1))
        for party in (filed.buyer, filed.seller):
            address = f"{party.subject.hex[:8]}@example.com"
            gives = GiveMailAddress(**by, actor=actor(Role.MARKETPLACE), subject=party.subject, address=address)
            await w.engine.handle(gives)
        first = Worker(point)
        async with working(w, first) as tasks:
            await w.engine.handle(filed)
            async with asyncio.timeout(30):
                await first.reached.wait()
            await end(tasks)
        async with w.pool.connection() as connection:  # nobody waits until the dead worker's claims are over
            for table in ("notice_task", "notice_mail"):
                await connection.execute(f"UPDATE {table} SET claimed_until = now()".encode())
        others = [Worker(), Worker()]
        async with working(w, others[0]), working(w, others[1], follows=False):
            contests = Respond(
                marketplace=MARKETPLACE,
                actor=actor(Role.SELLER),
                now=now + timedelta(seconds=1),
                dispute_id=filed.dispute_id,
                answer=Answer.CONTEST,
            )
            await w.engine.handle(contests)
            await delivered(w, filed.dispute_id, 2)
        made = await told(w, filed.dispute_id)
        assert sorted(cause.fact for one in made for cause in one.causes) == ["DisputeFiled", "ResponseGiven"]
        mails = [mail for worker in (first, *others) for mail in worker.taken]
        assert {mail["Message-ID"] for mail in mails} == {one.message_id for one in made}
        assert len(mails) == 3 if point == "after sending" else len(mails) == 2
        assert len({mail.as_bytes().partition(b"boundary")[0] for mail in mails}) == 2
