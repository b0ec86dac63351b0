"""A case that a mediator puts aside: it leaves the list, and comes back by itself."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from domain.kernel.base import Role
from mediation.store.desk import snoozes
from mediation.store.desk.snoozes import Snooze
from tests import today
from tests.api.house import MARKETPLACE, House, done, euros, refused, said
from tests.console.browsers import person, signed_in
from tests.console.plain import opened, page, send
from tests.console.test_acts import caught_up, desk, mediated

__all__ = ["desk"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_put_aside_and_brought_back(desk: House) -> None:
    dispute, neutral, browser = await mediated(desk)
    await caught_up(desk)
    at = f"/console/disputes/{dispute}"
    forms = (await opened(browser, f"{at}?list=move")).one("section", id="snooze").all("form")
    answer = await send(browser, forms[0], {"for": "hour"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/console/?tab=move&aside={dispute}")
    told = (await opened(browser, answer.headers["location"])).one("div", id="put-aside")
    assert "Comes back" in told.text
    assert not (await opened(browser, "/console/")).all("li", id=f"row-{dispute}")
    put_aside = await opened(browser, "/console/?tab=snoozed")
    assert "Comes back" in put_aside.one("li", id=f"row-{dispute}").one(class_="when").text
    assert put_aside.one("a", href="?tab=snoozed").one(class_="count").text == "1"
    end = (await opened(browser, at)).one("section", id="snooze").one("form")
    assert (await send(browser, end)).status_code == 303
    assert (await opened(browser, "/console/")).all("li", id=f"row-{dispute}")
    assert done(await neutral.get(f"/v1/disputes/{dispute}/snooze"))["until"] is None
    assert not (await opened(browser, answer.headers["location"])).one("div", id="put-aside").all("form")
    again = await send(browser, forms[0], {"for": "hour"})
    undo = (await opened(browser, again.headers["location"])).one("div", id="put-aside").one("form")
    assert (await send(browser, undo)).headers["location"] == "/console/?tab=move"
    assert done(await neutral.get(f"/v1/disputes/{dispute}/snooze"))["until"] is None


async def test_it_comes_back_when_something_new_waits(desk: House) -> None:
    """Something else is due now. And at the instant itself."""
    dispute, neutral, _ = await mediated(desk)
    await caught_up(desk)
    at, mine = f"/v1/disputes/{dispute}", {"snoozed": "true"}
    soon = (today.now() + timedelta(minutes=30)).isoformat()
    done(await neutral.send("PUT", f"{at}/snooze", json={"until": soon}))
    assert [one["id"] for one in done(await neutral.get("/v1/disputes", params=mine))["items"]] == [dispute]
    award = {"buyer": euros("100.00"), "seller": euros("29.90")}
    made = done(await neutral.post(f"{at}/proposals", {"award": award, "reasons": said("Half each.")}), 201)
    fresh = {"At-Least": made["position"]}
    assert done(await neutral.get("/v1/disputes", params=mine, headers=fresh))["items"] == []
    others = done(await neutral.get("/v1/disputes", params={"snoozed": "false"}, headers=fresh))["items"]
    assert [one["id"] for one in others] == [dispute]
    now = today.now()
    over = Snooze(now - timedelta(seconds=1), now + timedelta(hours=1))
    await snoozes.put(
        desk.services.pool, subject=neutral.subject, marketplace=MARKETPLACE, dispute_id=UUID(dispute), snooze=over
    )
    assert done(await neutral.get(f"{at}/snooze"))["until"] is None


async def test_not_beyond_what_the_reader_must_do(desk: House) -> None:
    dispute, neutral, browser = await mediated(desk)
    await caught_up(desk)
    at = f"/v1/disputes/{dispute}"
    (row,) = done(await neutral.get("/v1/disputes"))["items"]
    assert row["due"]["by"] == "neutral"
    due = datetime.fromisoformat(row["due"]["at"])
    beyond = {"until": (due + timedelta(seconds=1)).isoformat()}
    problem = refused(await neutral.send("PUT", f"{at}/snooze", json=beyond), 409, "SnoozeBeyondDue")
    assert datetime.fromisoformat(problem["facts"]["due_at"]) == due
    done(await neutral.send("PUT", f"{at}/snooze", json={"until": due.isoformat()}))
    refused(await neutral.send("PUT", f"{at}/snooze", json={"until": "2026-01-01T00:00:00Z"}), 422, "SnoozeIsOver")
    form = (await opened(browser, f"/console/disputes/{dispute}")).one("section", id="snooze").one("form")
    assert form.attributes["action"].endswith("/snooze/end")
    foreign = await signed_in(desk, person(Role.AUDITOR))
    assert not (await opened(foreign, f"/console/disputes/{dispute}")).all("section", id="snooze")


async def test_a_refusal_is_told_in_its_place(desk: House) -> None:
    """What was typed stays, and so does the page around it. With a script only the part that refuses is made anew."""
    dispute, _, browser = await mediated(desk)
    await caught_up(desk)
    at = f"/console/disputes/{dispute}"
    typed = (await opened(browser, f"{at}?list=move")).one("section", id="snooze").all("form")[1]
    late = {"for": "instant", "until": "2026-01-01T08:00"}
    whole = page(await send(browser, typed, late), 422)
    assert len(whole.all("section", id="acts")) == 1
    for shown in (whole, page(await send(browser, typed, late, headers={"HX-Request": "true"}), 422)):
        assert shown.one(class_="refused", role="alert").one("p").text == "“Until” has passed already."
        assert shown.one("input", id="snooze-until").attributes["value"] == late["until"]
    nothing = page(await send(browser, typed, {"for": "instant", "until": ""}), 422)
    assert len(nothing.all(class_="refused", role="alert")) == 1
    done_so = await send(browser, typed, {"for": "hour"}, headers={"HX-Request": "true"})
    assert done_so.headers["HX-Redirect"] == f"/console/?tab=move&aside={dispute}"
