"""A year in fifteen countries. `make soak DISPUTES=10000` is the long form; see
docs/explanation/fault-harnesses.md."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.harness.year.oracle import Place
from tests.harness.year.run import year
from tests.harness.year.world import WINDOWS


@pytest.mark.timeout(180)
async def test_a_year_of_disputes_is_reckoned_twice_and_everything_promised_comes_to_its_end(database: str) -> None:
    """Checks every window, lapse, breach, reminder and due instant to the microsecond, over clock changes, holidays,
    closed periods, stays and outages."""
    report = await year(database, 104, seed=3, tick=timedelta(days=3))
    assert report.reckoned.wrong == []
    assert report.money == []
    assert report.unfinished == []
    assert report.in_view == 0
    compared = report.reckoned.compared
    assert compared["lapse"] > 104
    assert compared["breach"] > 20
    assert {
        f"window {clause}" for clause in ("response", "negotiation", "offer_reply", "ruling", "appeal")
    } <= compared.keys()
    assert {
        f"due {clause}" for clause in ("remedy", "first_act", "assignment", "breach", "challenge")
    } <= compared.keys()
    assert {f"due goods_{step}" for step in ("dispatch", "carriage", "receipt")} <= compared.keys()
    assert {"stay moves a window", "stay defers a promise", "outage moves", "reminder"} <= compared.keys()
    assert {"AppealLodged", "GoodsContested", "GoodsDecided", "StayLifted"} <= report.reckoned.kinds.keys()
    assert report.reckoned.over_a_change_of_clocks > 10
    assert report.reckoned.over_a_closed_period > 2
    windows = report.reckoned.windows
    assert windows["waited"] > 100
    assert {"notice", "call", "deemed", "stopped", "lapsed", "ended before"} <= windows.keys()
    assert {"default of who was told", "appeal of who was told", "due reach"} <= compared.keys()
    assert report.unheard > 0, "nothing may lapse if nobody was told"
    assert report.misplaced > 0, "a seller who lives elsewhere has other deadlines"
    assert report.paid > 50


@pytest.mark.parametrize(
    ("place", "clause", "start", "end"),
    [
        (Place("IT", "Europe/Rome"), "response", "2025-03-25T01:30", "2025-03-31T00:30"),
        (Place("US", "America/New_York"), "remedy", "2025-11-24T15:00", "2025-12-02T15:00"),
        (Place("SA", "Asia/Riyadh"), "remedy", "2025-05-04T09:00", "2025-05-11T09:00"),
        (Place("AU", "Australia/Lord_Howe"), "response", "2025-03-31T15:40", "2025-04-06T16:10"),
        (Place("GB", "Europe/London"), "response", "2025-04-16T10:00", "2025-04-21T10:00"),
        (Place("GB", "Europe/London", most=True), "response", "2025-04-16T10:00", "2025-04-22T10:00"),
        (Place("GB", "Europe/London", part="ENG"), "response", "2025-04-16T10:00", "2025-04-22T10:00"),
        (Place("CA", "America/Toronto", most=True), "response", "2025-05-14T12:00", "2025-05-20T12:00"),
        (Place("CH", "Europe/Zurich", most=True), "remedy", "2025-04-14T12:00", "2025-04-23T12:00"),
        (Place("CH", "Europe/Zurich", part="TI"), "remedy", "2025-04-14T12:00", "2025-04-22T12:00"),
        (Place("DE", "Europe/Berlin"), "first_act", "2025-03-29T12:00", "2025-03-30T12:00"),
    ],
)
def test_the_oracle(place: Place, clause: str, start: str, end: str) -> None:
    """Results by hand: a weekend and a clock change, Thanksgiving, a weekend on Friday and Saturday, half an hour,
    exact hours; Easter, and Victoria Day."""
    begins, ends = (datetime.fromisoformat(at).replace(tzinfo=UTC) for at in (start, end))
    assert place.ends(*WINDOWS[clause], begins) == ends
