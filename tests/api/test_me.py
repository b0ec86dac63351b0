"""Who the caller is, and what a neutral may do today."""

from datetime import timedelta

import pytest

from domain.kernel.base import Role
from tests import today
from tests.api.house import House, done, euros
from tests.api.test_hearing import hearing


async def test_a_neutral_reads_what_is_left_of_the_day(anew: House) -> None:
    """Before they rule, they know whether a supervisor has to sign. On the next day the count begins anew."""
    now = today.now()
    anew.clock.ahead = now.replace(hour=12, minute=0, second=0) + timedelta(days=1) - now  # no midnight in between
    here = await hearing(anew)
    before = done(await here.neutral.get("/v1/me"))
    assert (before["role"], before["subject"]) == ("neutral", str(here.neutral.subject))
    mandate = before["mandate"]
    assert (mandate["languages"], mandate["cases"], mandate["most_cases"], mandate["closed"]) == (
        ["en"],
        1,
        None,
        False,
    )
    (euro,) = [one for one in mandate["authority"] if one["currency"] == "EUR"]
    assert euro == {
        "currency": "EUR", "per_ruling": euros("1000.00"), "per_day": None, "used_today": euros("0.00"),
    }  # fmt: skip
    await here.rules("129.90", "0.00")
    (euro,) = [
        one for one in done(await here.neutral.get("/v1/me"))["mandate"]["authority"] if one["currency"] == "EUR"
    ]
    assert euro["used_today"] == euros("129.90")
    anew.clock.ahead += timedelta(days=1)
    tomorrow = done(await here.neutral.get("/v1/me"))["mandate"]
    assert tomorrow["today"] > mandate["today"]
    assert {one["used_today"]["amount"] for one in tomorrow["authority"] if one["currency"] == "EUR"} == {"0.00"}


@pytest.mark.asyncio(loop_scope="module")
async def test_nobody_else_has_a_mandate(at_home: House) -> None:
    assert done(await at_home.sender(Role.NEUTRAL).get("/v1/me"))["mandate"] is None
    assert done(await at_home.backend.get("/v1/me"))["mandate"] is None
    assert done(await at_home.speaking_for("buyer").get("/v1/me"))["speaks_for"] == "buyer"
