"""The stream that a page follows: it ends when its reader may no longer read, and looks at the present state each time."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from domain.kernel.base import Role
from tests.api.house import House, Sender, done, house, said
from tests.api.streams import Stream, stream
from tests.console.browsers import Browser, person, signed_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def at_home(shared_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with house(shared_database, tmp_path_factory.mktemp("house"), live=True) as running:
        await running.open_at_once()
        yield running
        await running.app.state.http.live.close()


def _page(house: House, browser: Browser, path: str) -> Any:
    """The stream of an open page."""
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    return stream(house, house.backend, f"/console{path}", {"Cookie": cookie})


async def _ends(read: Stream) -> bool:
    with pytest.raises(EOFError):
        await read.event()
    return True


async def test_a_page_hears_nothing_after_its_reader_signed_out(at_home: House) -> None:
    supervisor = person()
    browser, other = await signed_in(at_home, supervisor), await signed_in(at_home, supervisor)
    async with _page(at_home, browser, "/live") as read, _page(at_home, other, "/live") as goes_on:
        before = await at_home.filed()
        assert (await read.event()).data["dispute_id"] == before["id"]
        assert (await goes_on.event()).data["dispute_id"] == before["id"]
        assert (await browser.sent("/console/sign-out", {"csrf": await browser.csrf()})).status_code == 303
        after = await at_home.filed()
        assert await _ends(read)
        assert (await goes_on.event()).data["dispute_id"] == after["id"], "another browser is still signed in"


async def _mediated(house: House, neutral: Sender) -> str:
    filed = await house.filed()
    at = f"/v1/disputes/{filed['id']}"
    done(await house.speaking_for("buyer").post(f"{at}/escalation"))
    given = done(await neutral.post(f"{at}/assignment", {}))
    await house.seen(filed["id"], given["position"])
    return str(filed["id"])


async def test_a_case_that_becomes_another_s_is_heard_no_more(at_home: House) -> None:
    """Each event is told to whoever may read the case then, not when the page was opened."""
    neutral, next_one = await at_home.neutral(), await at_home.neutral()
    browser = await signed_in(at_home, person(Role.NEUTRAL, neutral.subject))
    case = await _mediated(at_home, neutral)
    async with _page(at_home, browser, f"/disputes/{case}/live") as read:
        supervisor = at_home.sender(Role.SUPERVISOR)
        body = {"neutral": str(next_one.subject), "reason": said("They are on leave.")}
        done(await supervisor.post(f"/v1/disputes/{case}/reassignment", body))
        done(
            await at_home.speaking_for("buyer").post(f"/v1/disputes/{case}/messages", {"message": said("Hello?")}), 201
        )
        assert await _ends(read)
