"""Two auto-responders that say nothing of what they are talk to each other through the engine, until the cap ends it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from email.message import EmailMessage

import pytest

from domain.kernel.base import Role
from mediation.processes.mail.arriving import MOST_IN_AN_HOUR
from mediation.store.tasks import end
from tests.api.house import House, done
from tests.api.test_mail_in import TOLD, Post, filed, home, kept, messages, out, post
from tests.api.test_notices import notices
from tests.harness.mails import mail

pytestmark = pytest.mark.asyncio(loop_scope="module")

__all__ = ["home", "out", "post"]


@asynccontextmanager
async def auto_responder(post: Post, address: str) -> AsyncIterator[None]:
    """Answers each mail to this address, once, as a person's mail program would write it."""

    async def answers() -> None:
        number = 0
        while True:
            number += 1
            asked: EmailMessage = (await post.out.until(number, address))[-1]
            raw = mail(address, asked["Reply-To"], f"Request {number} was received.", In_Reply_To=asked["Message-ID"])
            assert (await post.into.hand_in(raw, asked["Reply-To"], return_path=address)).data[0] == 250

    task = asyncio.create_task(answers())
    try:
        yield
    finally:
        await end([task])


async def test_two_auto_responders_end_at_the_cap(home: House, post: Post) -> None:
    """Every answer makes a notice to the other side. The seller's last answer lies on the pile, where the neutral of the case
    sees why."""
    windows = {**TOLD["windows"], "escalation_opens_after_hours": 0}
    done(await home.sender(Role.ADMINISTRATOR).post("/v1/policies", {**TOLD, "version": "b", "windows": windows}), 201)
    case = await filed(home, post, "bots")
    buyer, seller = "bots-b@example.com", "bots-s@example.com"
    async with AsyncExitStack() as stack:
        for address in (buyer, seller):
            await stack.enter_async_context(auto_responder(post, address))
        await kept(home, "pile", seller)
        to = [one["to"] for one in await notices(home.backend, case.at, 2 * MOST_IN_AN_HOUR + 1, "delivered")]
    came = [len(await post.out.until(1, address)) for address in (buyer, seller)]
    assert [to.count("buyer"), to.count("seller")] == came == [MOST_IN_AN_HOUR, MOST_IN_AN_HOUR + 1]
    for address, piled in ((buyer, 0), (seller, 1)):
        assert len(await kept(home, "posted", address, MOST_IN_AN_HOUR)) == MOST_IN_AN_HOUR
        assert len(await kept(home, "pile", address, piled)) == piled
    assert len(await messages(home.backend, case, 2 * MOST_IN_AN_HOUR)) == 2 * MOST_IN_AN_HOUR
    done(await home.speaking_for("seller").post(f"{case.at}/response", {"answer": "contest"}))
    done(await home.speaking_for("buyer").post(f"{case.at}/escalation"))
    neutral = await home.neutral()
    done(await neutral.post(f"{case.at}/assignment", {}))
    (seen,) = done(await neutral.get("/v1/mail", params={"status": "pile", "sender": seller}))["items"]
    assert (seen["why"], seen["dispute_id"], seen["side"]) == ("capped", case.id, "seller")
