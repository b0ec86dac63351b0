"""Incidents as a whole: their members, the state of each, and the results of proposals and offers to all."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from domain.dispute.case import Case
from domain.incidents.incident import OfferToAll, OpenIncident
from domain.incidents.incident_facts import IncidentKind, SameSum
from domain.incidents.membership import JoinIncident, LeaveIncident
from domain.kernel.base import Role
from domain.kernel.people import Stage
from projections import case_file, incident_members, incidents
from projections.incident_members import Answers, Sum
from tests.projections.conftest import Views
from tests.projections.plays import Play, day, eur, grouped_and_ruled, says


async def _member(play: Play, of: Play | None = None) -> Play:
    """A dispute in an incident that it opens, or in the incident of another play."""
    await play.filed()
    told: dict[str, Any] = {"what": IncidentKind.OTHER, "title": says("one"), "reason": says("two")}
    if of is None:
        await play.groups(OpenIncident, Role.SUPERVISOR, 1, **told)
    else:
        play.incident, play.case = of.incident, _with_incident_of(play, of)
    return await play.moves(JoinIncident, 1.1)


def _with_incident_of(play: Play, of: Play) -> Case:
    return replace(play.case, incident=of.case.incident)


async def test_what_is_shared_and_said_is_told(views: Views) -> None:
    """In one row, with its author, and what it rests on."""
    play = await grouped_and_ruled(views.play())
    await views.seen()
    (row,) = (await incidents.incidents(views.pool, "alpha")).rows
    assert (row.stream_id, row.what, row.closed_at) == (play.incident, "customs_seizure", day(4))
    told = [(item["number"], item["form"], item["by"], item["rests_on"]) for item in row.doc["shared"]]
    assert told == [(1, "exhibit", "marketplace", []), (2, "finding", "neutral", [1])]
    acts = [(act["number"], act["act"], act["by"], act["neutral"], act["party"]) for act in row.doc["acts"]]
    by_neutral = ("proposal", "neutral", str(play.neutral), None)
    assert acts == [(1, "offer", "seller", None, str(play.seller)), (2, *by_neutral), (3, *by_neutral)]
    assert (await incidents.incidents(views.pool, "beta")).rows == []
    assert (await incidents.incidents(views.pool, "alpha", closed=False)).rows == []


async def test_the_whole_at_a_glance(views: Views) -> None:
    """By stage, whose move it is, outcome and currency; and how far the proposals and offers to all have come."""
    play = await grouped_and_ruled(views.play())
    await views.seen()
    (row,) = (await incidents.incidents(views.pool, "alpha")).rows
    whole = await incident_members.progress(views.pool, "alpha", play.incident, row.doc["acts"])
    assert (whole.members, whole.left, whole.by_stage, whole.by_outcome) == (1, 0, {"appeal": 1}, {})
    assert whole.amounts == [Sum(1, eur("129.90"), eur("129.90"))]
    assert whole.answers == {
        1: Answers(by_status={"refused": 1}),
        2: Answers(by_status={"refused": 1}),
        3: Answers(not_reached={"NotYourMove": 1}),
    }
    nothing = await incident_members.progress(views.pool, "beta", play.incident, [])
    assert (nothing.members, nothing.amounts) == (0, [])


async def test_how_an_offer_to_all_ended(views: Views) -> None:
    """Superseded by another offer of the same party, or moot when the dispute was decided otherwise; not lapsed."""
    play = await _member(views.play())
    for number, amount in ((1, "5.00"), (2, "6.00")):
        terms = SameSum(amount=eur(amount))
        await play.groups(OfferToAll, Role.SELLER, 1.1 + number / 10, party=play.seller, terms=terms)
        await play.is_reached(Role.SELLER, number, 1.5 + number / 10)
    await play.withdraws(1.8)
    await views.seen()
    (row,) = (await incidents.incidents(views.pool, "alpha")).rows
    whole = await incident_members.progress(views.pool, "alpha", play.incident, row.doc["acts"])
    assert whole.answers == {1: Answers(by_status={"superseded": 1}), 2: Answers(by_status={"moot": 1})}


async def test_the_case_file_of_a_member(views: Views) -> None:
    """Shows the incident, the parties' answers in it, and what a ruling cites of it."""
    play = await grouped_and_ruled(views.play())
    await views.seen()
    doc = await case_file.get(views.pool, views.log, "alpha", play.dispute)
    assert doc is not None
    assert doc["incident"] == {"id": str(play.incident), "joined_at": "2026-11-03T17:12:00Z"}
    assert [(a["number"], a["by"]) for a in doc["shared_answers"]] == [(1, "buyer")]
    assert [ruling["cites_shared"] for ruling in doc["rulings"]] == [[1, 2]]


async def test_who_is_in_it_and_whom_it_is_still_to_reach(views: Views) -> None:
    """Pages by id. A dispute that left, or that joined after the proposal or offer, is not waited for."""
    first = await _member(views.play())
    second, third = await _member(views.play(), first), await _member(views.play(), first)
    await third.moves(LeaveIncident, 1.2)
    first.case = _with_incident_of(first, third)
    await first.groups(OfferToAll, Role.SELLER, 1.5, party=first.seller, terms=SameSum(amount=eur("5.00")))
    late = await _member(views.play(), first)
    await first.is_reached(Role.SELLER, 1, 1.6)
    await second.withdraws(1.7)
    await views.seen()
    about = (views.pool, "alpha", first.incident)
    (row,) = (await incidents.incidents(views.pool, "alpha")).rows
    whole = await incident_members.progress(*about, row.doc["acts"])
    assert (whole.members, whole.left) == (3, 1)
    assert whole.answers == {1: Answers(pending=1, by_status={"open": 1})}
    assert whole.by_stage == {"negotiation": 2, "closed": 1}
    assert whole.amounts == [Sum(3, eur("389.70"), eur("259.80"))]
    assert await incident_members.sizes(views.pool, [first.incident]) == {first.incident: 3}

    found: list[UUID] = []
    cursor = None
    while True:
        page = await incident_members.members(*about, limit=1, cursor=cursor)
        found += [member.dispute_id for member in page.rows]
        if (cursor := page.next) is None:
            break
    assert found == sorted((first.dispute, second.dispute, late.dispute))
    closed = await incident_members.members(*about, stage=Stage.CLOSED)
    assert [member.dispute_id for member in closed.rows] == [second.dispute]
    for status in (None, "open"):
        reached = await incident_members.members(*about, act=1, status=status)
        assert [member.dispute_id for member in reached.rows] == [first.dispute]
    assert (await incident_members.members(*about, act=1, status="refused")).rows == []
