"""A worker is killed between two steps of a mail: the next one posts it once, and leaves no key of the item."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from domain.commands import AnyCommand
from domain.kernel.base import Role
from domain.kernel.people import Side
from domain.privacy.reach import GiveMailAddress
from domain.settlement.conversation import PostMail
from domain.settlement.conversation_facts import MessagePosted
from domain.stream_ids import conversation_id
from mediation.case_numbers import CaseNumbers
from mediation.engine import ALONE, Engine, Handled, Request
from mediation.gateways.mail.arrived import ArrivedCounts
from mediation.gateways.mail.reply_address import ReplyAddresses
from mediation.processes.mail.arriving import MailArriving
from mediation.processes.mail.matching import Matching
from mediation.processes.mail.posting import Posting
from mediation.processes.notices.addresses import Addresses
from mediation.store.clocks import Clocks
from mediation.store.files.blobs import Blobs
from mediation.store.files.evidence import Evidence
from mediation.store.files.place import Place
from mediation.store.keys.blind import Blind
from mediation.store.mail_in import Envelope, Item, Mailbox, Opened
from mediation.store.tasks import end
from tests import today
from tests.harness.mails import PNG, mail
from tests.processes.deaths import Dies
from tests.worlds import MARKETPLACE, World, actor, filing, order, world

POINTS = ("before posting", "after posting", "before sealing", "after sealing", "after the key")


class Dying(Engine):
    def __init__(self, w: World, dies: Dies) -> None:
        super().__init__(w.log, w.heartbeat)
        self._dies = dies

    async def handle(self, command: AnyCommand, request: Request = ALONE) -> Handled:
        if not isinstance(command, PostMail):
            return await super().handle(command, request)
        await self._dies.at("before posting")
        outcome = await super().handle(command, request)
        await self._dies.at("after posting")
        return outcome


class DyingBox(Mailbox):
    def __init__(self, w: World, blind: Blind, dies: Dies) -> None:
        super().__init__(w.pool, w.keys, blind)
        self._dies = dies

    async def posted(self, opened: Opened, *about: Any) -> None:
        await self._dies.at("before sealing")
        await super().posted(opened, *about)
        await self._dies.at("after the key")

    async def _destroy_key(self, mail_id: UUID) -> None:
        await self._dies.at("after sealing")
        await super()._destroy_key(mail_id)


@asynccontextmanager
async def working(w: World, folder: Path, dies: Dies) -> AsyncIterator[tuple[MailArriving, asyncio.Task[None]]]:
    blind, times, engine = Blind(bytes(range(32))), Clocks(w.pool, real=today.now), Dying(w, dies)
    blobs = Blobs(Evidence(w.pool, w.log, Place(str(folder))), w.keys)
    matching = Matching(engine, Addresses(engine, w.log, w.codec), CaseNumbers(blind, w.log), ReplyAddresses(bytes(32)))
    box = DyingBox(w, blind, dies)
    arriving = MailArriving(engine, times, box, matching, Posting(engine, blobs, blind, times), {}, ArrivedCounts())
    task = asyncio.create_task(arriving.run())
    try:
        yield arriving, task
    finally:
        await end([task])


@pytest.mark.parametrize("point", POINTS)
async def test_a_mail_is_posted_once(database: str, tmp_path: Path, point: str) -> None:
    async with world(database) as w:
        now = today.now()
        filed = filing(order("129.90", now=now), now=now)
        await w.engine.handle(filed)
        about: dict[str, Any] = {"marketplace": MARKETPLACE, "now": now + timedelta(milliseconds=1)}
        gives = GiveMailAddress(
            **about, actor=actor(Role.MARKETPLACE), subject=filed.seller.subject, address="li@shop.example"
        )
        await w.engine.handle(gives)
        to = ReplyAddresses(bytes(32)).make(filed.dispute_id, Side.SELLER, "bazaar.example")
        raw = mail("li@shop.example", to, "It is on its way.", files=[("waybill.png", PNG)])
        dies = Dies(point)
        async with working(w, tmp_path, dies) as (arriving, task):
            mail_id = await arriving.mailbox.take(
                MARKETPLACE, "li@shop.example", Envelope("li@shop.example", (to,)), raw, now
            )
            async with asyncio.timeout(30):
                await dies.reached.wait()
            await end([task])
        async with w.pool.connection() as connection:  # nobody waits until the dead worker's claims are over
            await connection.execute("UPDATE mail_in SET claimed_until = now()")
        async with working(w, tmp_path, Dies()) as (arriving, _):
            found = await posted(arriving.mailbox, mail_id)
            while await arriving.mailbox.sweep(now):
                pass
            opened = await arriving.mailbox.open(mail_id, MARKETPLACE)
        facts = (await w.log.read([(conversation_id(filed.dispute_id), 0)])).streams[conversation_id(filed.dispute_id)]
        messages = [fact.event for fact in facts if isinstance(fact.event, MessagePosted)]
        assert [(one.by, len(one.files)) for one in messages] == [(Role.SELLER, 1)]
        assert found.message == 1
        assert opened is not None
        assert opened.raw == raw
        assert not await w.keys.readable(mail_id)


async def posted(box: Mailbox, mail_id: UUID) -> Item:
    async with asyncio.timeout(30):
        while True:
            opened = await box.open(mail_id, MARKETPLACE)
            if opened is not None and opened.item.status == "posted":
                return opened.item
            await asyncio.sleep(0.05)


async def test_what_nobody_matched_is_destroyed_after_thirty_days(database: str) -> None:
    """Its key first. What was posted stays."""
    async with world(database) as w:
        box, now = Mailbox(w.pool, w.keys, Blind(bytes(32))), today.now()
        raw, envelope = mail("x@example.com", "y@example.com", "Hello"), Envelope("", ())
        old, new = [
            await box.take(MARKETPLACE, "x@example.com", envelope, raw + bytes([n]), now - timedelta(days=n))
            for n in (31, 29)
        ]
        assert await box.sweep(now) == 1
        assert await box.open(old, MARKETPLACE) is None
        assert not await w.keys.readable(old)
        kept = await box.open(new, MARKETPLACE)
        assert kept is not None
        assert kept.raw == raw + bytes([29])
