"""Script in every text, name and file name of a dispute is shown as text, on every screen that shows it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from domain.kernel.base import Role
from tests.api.house import done, euros, filing
from tests.console.browsers import link
from tests.console.browsers import person as staff
from tests.console.desk import Desk, empty_desk
from tests.harness.browser import settled, window

pytestmark = pytest.mark.asyncio(loop_scope="session")

SCRIPT = "</textarea>'\"><img src=x onerror=alert(1)><svg onload=alert(1)><script>alert(1)</script>{{7*7}}"
FOREIGN = "[onerror], [onload], img[src=x], main script:not([src])"
"""Elements that only such a text could have made."""


def hostile(name: str) -> str:
    """What makes mischief where it is not escaped. The name says of which field it is."""
    return f"{name}:{SCRIPT}"


def said(name: str) -> dict[str, str]:
    return {"text": hostile(name), "language": "it"}


class Hostile:
    """A dispute with such a text wherever a person can write one. `names` are those that the page of the case shows."""

    names = (
        "reference", "buyer", "seller", "claim", "response", "message", "file", "note", "described", "answered", "shown",
        "asked", "offer", "proposal", "refused",
    )  # fmt: skip

    def __init__(self, desk: Desk) -> None:
        self.desk, self.house = desk, desk.house
        self.neutral = desk.house.sender(Role.NEUTRAL)
        self.id = ""

    async def file(self) -> None:
        house, buyer, seller = self.house, self.house.speaking_for("buyer"), self.house.speaking_for("seller")
        self.neutral = neutral = await house.neutral()
        body: dict[str, Any] = filing(marketplace_reference=hostile("reference"))
        for side in ("buyer", "seller"):
            body[side]["name"] = hostile(side)
        body["claim"]["statement"] = said("claim")
        body["transaction"]["lines"][0]["title"] = hostile("title")
        body["transaction"]["tracking"][0]["carrier"] = hostile("carrier")[:100]
        self.id = done(await house.backend.post("/v1/disputes", body), 201)["id"]
        at, picture = f"/v1/disputes/{self.id}", (hostile("file").replace("/", ""), b"text", "text/plain")
        done(await seller.post(f"{at}/response", {"answer": "contest", "statement": said("response")}))
        written = {"message": hostile("message"), "language": "it"}
        done(await buyer.post(f"{at}/messages", data=written, files=[("files", picture)]), 201)
        shown = (hostile("shown").replace("/", ""), b"text", "text/plain")
        described = {"description": hostile("described"), "language": "it"}
        done(await buyer.post(f"{at}/exhibits", data=described, files={"file": shown}), 201)
        done(await seller.post(f"{at}/exhibits/1/answer", {"message": said("answered")}))
        done(await seller.post(f"{at}/offers", {"amount": euros("10.00"), "message": said("offer")}), 201)
        done(await buyer.post(f"{at}/escalation"))
        done(await neutral.post(f"{at}/assignment", {}))
        done(await neutral.post(f"{at}/notes", {"note": said("note")}), 201)
        done(await neutral.post(f"{at}/evidence-requests", {"of": "seller", "fact": said("asked")}), 201)
        award = {"buyer": euros("100.00"), "seller": euros("29.90")}
        done(await neutral.post(f"{at}/proposals", {"award": award, "reasons": said("proposal")}), 201)
        last = done(await buyer.post(f"{at}/proposals/1/refusal", {"message": said("refused")}))
        await house.seen(self.id, last["position"])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hostile_case(shared_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hostile]:
    async with empty_desk(shared_database, tmp_path_factory.mktemp("desk")) as running:
        await running.house.open_at_once()
        made = Hostile(running)
        await made.file()
        yield made


async def _clean(page: Page, *names: str) -> None:
    """Nothing of it became an element, and these are shown as they were written."""
    await settled(page)
    assert await page.locator(FOREIGN).count() == 0, page.url
    text = await page.locator("body").text_content() or ""
    assert not [name for name in names if f"{name}:" not in text], page.url
    assert "{{7*7}}" in text, page.url


async def test_script_in_every_text_is_shown_as_text(browser: Browser, hostile_case: Hostile) -> None:
    desk, case = hostile_case.desk, f"/console/disputes/{hostile_case.id}"
    screens: dict[Role, dict[str, tuple[str, ...]]] = {
        Role.NEUTRAL: {
            "/console/": ("claim",),
            case: Hostile.names,
            f"{case}/ruling": ("claim", "described"),
            f"{case}/exhibits/1": ("described", "shown"),
            f"{case}/acts/post_message": (),
            "/console/promises": (),
        },
        Role.SUPERVISOR: {"/console/?tab=all": ("claim",), case: Hostile.names, "/console/promises": ()},
        Role.AUDITOR: {case: ("claim", "described")},
    }
    dialogs: list[str] = []
    for role, pages in screens.items():
        async with window(browser, desk.home) as visit:
            visit.context.on("dialog", lambda dialog: dialogs.append(dialog.message))
            who = staff(role, hostile_case.neutral.subject if role is Role.NEUTRAL else None, hostile("me"))
            await desk.sign_in(visit, await link(desk.house, who))
            page = await visit.open("/console/")
            for path, names in pages.items():
                await page.goto(desk.home + path)
                await _clean(page, "me", *names)
            visit.check()
    assert not dialogs
