"""Acts in the console: filled in, looked at and sent, without a browser."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from starlette.requests import Request
from starlette.routing import Mount

from api.console.app import console
from api.console.session import Session
from api.http.auth import Principal
from domain.kernel.base import Role
from tests import today
from tests.api.house import MARKETPLACE, House, Sender, done, euros, filing, house, said
from tests.console.plain import Element, Reader, page

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOOK = "See what follows"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def at_home(shared_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with house(shared_database, tmp_path_factory.mktemp("house")) as running:
        await running.open_at_once()
        mount = next(one for one in running.app.router.routes if isinstance(one, Mount))
        mount.app = console(running.app.state.http, running.app, _session)
        yield running


async def _session(request: Request) -> Session | None:
    role, _, subject = request.headers["test-person"].partition(" ")
    principal = Principal(UUID(subject), Role(role), MARKETPLACE, None, today.now() + timedelta(hours=1))
    return Session(principal, "csrf")


def reader(house: House, role: Role, who: Sender, **headers: str) -> Reader:
    return Reader(house.http, {"test-person": f"{role.value} {who.subject}", **headers})


async def mediated(house: House, **changes: Any) -> tuple[str, Sender]:
    """A dispute with a mediator."""
    neutral = await house.neutral()
    dispute = (await house.filed(**changes))["id"]
    at = f"/v1/disputes/{dispute}"
    done(await house.speaking_for("seller").post(f"{at}/response", {"answer": "contest"}))
    done(await house.speaking_for("buyer").post(f"{at}/escalation"))
    done(await neutral.post(f"{at}/assignment", {}))
    return dispute, neutral


async def test_a_proposal_is_looked_at_and_sent(at_home: House) -> None:
    dispute, neutral = await mediated(at_home)
    desk = reader(at_home, Role.NEUTRAL, neutral)
    listed = await desk.open(f"/console/disputes/{dispute}/acts")
    link = listed.one("a", id="open-make_proposal")
    assert link.attributes["data-act-key"] == "p"
    form = (await desk.open(link.attributes["href"])).one("form", id="act-form")
    typed = {"/award/buyer/amount": "100.00", "/award/seller/amount": "29.90", "/reasons/text": "Both bear a part."}
    seen = page(await desk.send(form, typed))
    assert "Proposal made" in seen.one(class_="foreseen").text
    answer = await desk.send(seen.one("form", id="act-form"), step="send")
    assert answer.status_code == 303, answer.text
    case = done(await neutral.get(f"/v1/disputes/{dispute}"))
    assert case["proposals"][0]["award"]["buyer"] == euros("100.00")
    after = await desk.open(answer.headers["location"].replace("?", "/acts?"))
    assert "Proposal made" in after.one(role="status", class_="recorded").text
