"""Mails of one party that arrive at the same moment are counted one after the other, whichever workers read them."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from domain.kernel.people import Side
from mediation.gateways.mail.reply_address import ReplyAddresses
from mediation.processes.mail.arriving import MOST_IN_A_DAY, MOST_IN_AN_HOUR
from mediation.store.keys.blind import Blind
from mediation.store.mail_in import Envelope, Mailbox
from tests import today
from tests.harness.mails import mail
from tests.processes.deaths import Dies
from tests.processes.test_mail_killed import working
from tests.worlds import MARKETPLACE, filing, order, world

SENDER = "bot@shop.example"
WORKERS = 3


async def test_a_crowd_of_mails_does_not_pass_the_cap(database: str, tmp_path: Path) -> None:
    """Three workers read them. What is too much lies on the pile. The other side is not counted with it."""
    async with world(database) as w:
        now, box = today.now(), Mailbox(w.pool, w.keys, Blind(bytes(range(32))))
        filed = filing(order("129.90", now=now), now=now)
        await w.engine.handle(filed)
        crowd, other = 2 * MOST_IN_AN_HOUR + 5, 2
        for side, number in ((Side.SELLER, crowd), (Side.BUYER, other)):
            to = ReplyAddresses(bytes(32)).make(filed.dispute_id, side, "bazaar.example")
            raws = [mail(SENDER, to, f"Ticket {n} was received.") for n in range(number)]
            envelope = Envelope(SENDER, (to,))
            await asyncio.gather(*(box.take(MARKETPLACE, SENDER, envelope, raw, now) for raw in raws))
        async with AsyncExitStack() as stack:
            for n in range(WORKERS):
                await stack.enter_async_context(working(w, tmp_path / str(n), Dies()))
            settled = await all_settled(box, crowd + other)
        assert [settled.count(f"posted {side}") for side in Side] == [other, MOST_IN_AN_HOUR]
        assert settled.count("pile seller") == crowd - MOST_IN_AN_HOUR


async def test_the_cap_counts_from_when_a_mail_arrived(database: str) -> None:
    """Also when nobody read mails for hours: in no hour, and in no day, more are admitted. A mail over which a worker died is
    counted once."""
    async with world(database) as w:
        now, box = today.now(), Mailbox(w.pool, w.keys, Blind(bytes(range(32))))
        dispute_id, most = uuid4(), (MOST_IN_AN_HOUR, MOST_IN_A_DAY)
        hours = [now - timedelta(hours=ago) for ago in (10, 8, 6, 4)]
        for n in range(MOST_IN_AN_HOUR + 2):
            for at in hours:
                await box.take(MARKETPLACE, SENDER, Envelope(SENDER, ()), f"{at} {n}".encode(), at)
        admitted = Counter[datetime]()
        for item in sorted(await box.claim(100), key=lambda item: item.received_at):
            once = await box.admit(item, dispute_id, Side.SELLER, *most)
            assert await box.admit(item, dispute_id, Side.SELLER, *most) == once
            admitted[item.received_at] += once
        assert [admitted[at] for at in hours] == [MOST_IN_AN_HOUR] * (MOST_IN_A_DAY // MOST_IN_AN_HOUR) + [0]


async def all_settled(box: Mailbox, number: int) -> list[str]:
    """What became of them, and whose they are, as soon as so many mails are settled."""
    async with asyncio.timeout(60):
        while True:
            pages = [await box.page(MARKETPLACE, status, SENDER, None, 100) for status in ("posted", "pile")]
            if len(found := [f"{item.status} {item.side}" for page in pages for item in page]) == number:
                return found
            await asyncio.sleep(0.05)
