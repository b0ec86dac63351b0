"""Nothing of a dispute is shown to the people of another marketplace."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
import pytest_asyncio
from httpx import Response

from api.console import app
from domain.kernel.base import Role
from mediation.store.desk.console_sessions import Person
from tests.api.house import PLAYGROUND, House, done, said
from tests.console.browsers import Browser, signed_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = "Serendib"
"""It is in every text of the dispute."""

STAFF = (Role.NEUTRAL, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class Theirs:
    id: str
    number: str
    order: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def theirs(at_home: House) -> AsyncIterator[Theirs]:
    """A dispute with an exhibit, and a message with a file."""
    order = f"O-{SECRET}-{uuid4().hex[:6]}"
    filed = await at_home.filed(order=order)
    at, buyer = f"/v1/disputes/{filed['id']}", at_home.speaking_for("buyer")
    note = (f"{SECRET}.txt", f"{SECRET} inside.".encode(), "text/plain")
    described = {"description": f"{SECRET} described.", "language": "en"}
    done(await buyer.post(f"{at}/exhibits", data=described, files={"file": note}), 201)
    written = {"message": f"{SECRET} written.", "language": "en"}
    done(await buyer.post(f"{at}/messages", data=written, files=[("files", note)]), 201)
    done(await at_home.sender(Role.SUPERVISOR).post(f"{at}/notes", {"note": said(f"{SECRET} noted.")}), 201)
    yield Theirs(filed["id"], filed["case_number"], order)


async def stranger(house: House, role: Role) -> Browser:
    """Somebody who works for another marketplace."""
    subject = uuid4()
    if role is Role.NEUTRAL:
        admin = house.sender(Role.ADMINISTRATOR, marketplace=PLAYGROUND)
        done(await admin.post("/v1/mandates", {"neutral": str(subject), "languages": ["en"], "authority": []}), 201)
    return await signed_in(house, Person(subject, role.value, PLAYGROUND))


def addresses(dispute_id: str) -> list[str]:
    """Everything of the console that names a dispute, to read or to send to."""
    paths = [
        path for path in {**app.SCREENS, **app.FILES, **app.STREAMS, **app.PARTS, **app.ACTS} if "{dispute_id" in path
    ]
    acts = [path.replace("{act}", act) for path in paths for act in ("post_message", "issue_ruling", "write_note")]
    inside = {re.sub(r"{\w+:int}", "1", path.replace("{dispute_id:uuid}", dispute_id)) for path in acts}
    return [f"/console{path}" for path in sorted(inside)]


async def answers(browser: Browser, dispute_id: str) -> list[tuple[int, str]]:
    """To everything, without what differs at each request."""
    form = {"csrf": await browser.csrf(), "for": "hour"}
    told: list[Response] = []
    for address in addresses(dispute_id):
        told += [await browser.get(address), await browser.sent(address, form)]
    return [(one.status_code, re.sub(r"\?after=[^\"]+", "", one.text).replace(dispute_id, "")) for one in told]


@pytest.mark.parametrize("role", STAFF)
async def test_a_foreign_dispute_is_as_one_that_does_not_exist(at_home: House, theirs: Theirs, role: Role) -> None:
    browser = await stranger(at_home, role)
    told = await answers(browser, theirs.id)
    assert {status for status, _ in told} <= {403, 404, 405}  # 403: nobody of this role may do it in any dispute
    assert told == await answers(browser, str(uuid4()))
    assert not [text for _, text in told if SECRET in text or theirs.number in text]
    for words in (theirs.order, theirs.number, theirs.id):
        found = await browser.get("/console/", params={"q": words})
        assert (found.status_code, "No case has this number" in found.text) == (200, True)


@pytest.mark.parametrize("path", ["/", "/?tab=open", "/?tab=all", "/?tab=new", "/promises"])
async def test_no_list_has_a_foreign_dispute(at_home: House, theirs: Theirs, path: str) -> None:
    for role in STAFF:
        browser = await stranger(at_home, role)
        shown = await browser.get(f"/console{path}")
        assert theirs.id not in shown.text
        assert SECRET not in shown.text


async def test_its_own_desk_sees_it(at_home: House, theirs: Theirs) -> None:
    """So what the others do not see is there to be seen."""
    browser = await signed_in(at_home)
    shown = (await browser.get(f"/console/disputes/{theirs.id}")).text
    for told in (f"{SECRET} described.", f"{SECRET} written.", f"{SECRET} noted.", f"{SECRET}.txt", theirs.number):
        assert told in shown
    found = await browser.get("/console/", params={"q": theirs.order})
    assert found.headers["location"] == f"/console/disputes/{theirs.id}"
