"""Acts in the console: filled in, looked at and sent, without a script."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from domain.kernel.base import Role
from tests.api.house import House, Sender, done, euros
from tests.console.desk import Browser, person, signed_in
from tests.console.plain import Element, opened, page, send

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(at_home: House) -> AsyncIterator[House]:
    await at_home.open_at_once()
    yield at_home


async def mediated(house: House, **changes: Any) -> tuple[str, Sender, Browser]:
    """A dispute, its mediator over the API, and the mediator's browser."""
    neutral = await house.neutral()
    dispute = (await house.filed(**changes))["id"]
    at = f"/v1/disputes/{dispute}"
    done(await house.speaking_for("seller").post(f"{at}/response", {"answer": "contest"}))
    done(await house.speaking_for("buyer").post(f"{at}/escalation"))
    done(await neutral.post(f"{at}/assignment", {}))
    return dispute, neutral, await signed_in(house, person(Role.NEUTRAL, neutral.subject))


def form_of(page: Element) -> Element:
    return page.one("form", id="act-form")


async def form(browser: Browser, dispute: str, act: str) -> Element:
    return form_of(await opened(browser, f"/console/disputes/{dispute}/acts/{act}"))


PROPOSAL = {"/award/buyer/amount": "100.00", "/award/seller/amount": "29.90", "/reasons/text": "Both bear a part."}


async def test_an_act_is_looked_at_and_then_sent(desk: House) -> None:
    dispute, neutral, browser = await mediated(desk)
    listed = await opened(browser, f"/console/disputes/{dispute}/acts")
    link = listed.one("a", id="open-make_proposal")
    assert link.attributes["data-act-key"] == "p"
    seen = page(await send(browser, form_of(await opened(browser, link.attributes["href"])), PROPOSAL))
    assert "Proposal made" in seen.one(class_="foreseen").text
    assert done(await neutral.get(f"/v1/disputes/{dispute}"))["proposals"] == []
    answer = await send(browser, form_of(seen), step="send")
    assert answer.status_code == 303, answer.text
    (proposal,) = done(await neutral.get(f"/v1/disputes/{dispute}"))["proposals"]
    assert proposal["award"]["buyer"] == euros("100.00")
    after = await opened(browser, answer.headers["location"].replace("?", "/acts?"))
    assert "Proposal made" in after.one(class_="recorded").text
