"""The case file: everything about one dispute, as of any instant."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from domain.filing.response_facts import Answer
from domain.kernel.base import Role
from domain.kernel.people import Side
from domain.settlement.caucus import PostInCaucus
from mediation.store.log.log import EventLog
from mediation.store.log.recorded import Recorded
from projections import case_file
from projections.case_file import CASE_FILE
from projections.table import Doc
from tests.projections.conftest import Views
from tests.projections.plays import (
    STORIES,
    Play,
    day,
    granted_by_silence,
    left_to_supervisor,
    proposal_lapses,
    ruled_and_paid,
    says,
    settled_and_paid_late,
    settled_by_proposal,
    silence_decides_nothing,
    told_in_confidence,
    withdrawn_with_promises,
)


async def test_a_ruled_dispute_from_filing_to_the_last_cent(views: Views) -> None:
    play = await ruled_and_paid(views.play())
    await views.seen()
    file = await case_file.get(views.pool, views.log, "alpha", play.dispute)
    assert file is not None
    assert (file["stage"], file["awaiting"], file["outcome"]) == ("closed", "none", "ruled_split")
    assert file["version"] == sum(fact.event.stream == "dispute" for fact in play.played)
    assert (file["claimed"]["amount"], file["in_dispute"]["amount"]) == ("120.00", "120.00"), "a part was conceded"
    assert file["claim"]["amount"]["amount"] == "129.90", "what was claimed at filing stays on record"
    assert file["response"]["answer"] == "concede_part"
    assert [(e["number"], e["by"], e["withdrawn"]) for e in file["exhibits"]] == [
        (1, "buyer", False),
        (2, "buyer", True),
        (3, "buyer", False),
    ]
    assert [e["filed_from"] for e in file["exhibits"]] == [None, None, {"message": 1, "file": 2, "by": "buyer"}]
    first, second = file["offers"]
    assert (first["status"], first["why"], first["reply_by"] is not None) == ("expired", "superseded", True)
    assert (second["status"], second["why"]) == ("expired", "moot")
    assert second["reply_by"] is None, "it stood until the ruling, whatever its term was"
    assert file["escalation"]["by"] == "buyer"
    assert file["neutral"] == str(play.neutral)
    (proposal,) = file["proposals"]
    assert (proposal["status"], proposal["refused_by"], proposal["accepted_by"]) == ("refused", "seller", [])
    (ruling,) = file["rulings"]
    assert (ruling["final"], ruling["appealable_by"], ruling["award"]["buyer"]["amount"]) == (True, [], "60.00")
    owed = {c["number"]: (c["class"], c["kind"], c["status"]) for c in file["commitments"]}
    assert owed == {
        1: ("remedy", "refund", "kept_late"),
        2: ("service", "assign", "kept"),
        3: ("service", "review", "kept"),
        4: ("service", "decide", "kept"),
        5: ("service", "decide", "discharged"),
        6: ("remedy", "refund", "kept"),
    }
    assert sorted(r["amount"]["amount"] for r in file["refunds"]) == ["60.00", "9.90"]
    assert {r["status"] for r in file["refunds"]} == {"confirmed"}
    assert {d["name"]: d["status"] for d in file["deadlines"]}["appeal-1-buyer"] == "lapsed"
    assert all(d["proof"]["rule"] for d in file["deadlines"])
    assert all(d["status"] != "running" for d in file["deadlines"] if not d.get("quiet"))


async def test_how_each_dispute_ends_is_told(views: Views) -> None:
    stories = (
        settled_and_paid_late, granted_by_silence, withdrawn_with_promises, settled_by_proposal,
        left_to_supervisor, proposal_lapses, silence_decides_nothing,
    )  # fmt: skip
    plays = [await story(views.play()) for story in stories]
    await views.seen()
    late, silent, withdrawn, agreed, overdue, lapsed, declined = [
        await case_file.get(views.pool, views.log, "alpha", play.dispute) or {} for play in plays
    ]
    assert (late["outcome"], late["settlement"]["number"]) == ("settled", 2)
    assert [offer["status"] for offer in late["offers"]] == ["rejected", "accepted"]
    assert late["refunds"][0]["status"] == "confirmed"
    assert (silent["outcome"], silent["default"]["granted"]) == ("granted_by_default", True)
    replaced, waived = silent["commitments"]
    assert (replaced["status"], replaced["replaced_by"]) == ("replaced", waived["id"])
    assert (waived["status"], silent["refunds"][0]["status"]) == ("waived", "cancelled")
    assert (withdrawn["outcome"], withdrawn["offers"][0]["status"]) == ("withdrawn", "rejected")
    assert withdrawn["withdrawal"]["reason"]["author"] == str(plays[2].buyer)
    assert [c["status"] for c in withdrawn["commitments"]] == ["kept", "waived", "overdue"]
    assert (agreed["stage"], agreed["proposals"][0]["accepted_by"]) == ("execution", ["buyer", "seller"])
    assert (agreed["escalation"]["by"], agreed["offers"][0]["why"]) == ("silence", "lapsed")
    assert (overdue["referral"]["reason"], overdue["awaiting"]) == ("ruling_overdue", "supervisor")
    assert overdue["impasse"]["reasons"]["author"] == str(plays[4].neutral)
    assert (lapsed["proposals"][0]["status"], lapsed["proposals"][0]["why"]) == ("lapsed", "lapsed")
    assert declined["default"]["reason"] == "tracked_as_delivered"
    assert declined["stage"] == "mediation"


async def test_as_of_an_instant_it_reads_as_it_would_have_then(views: Views) -> None:
    play = await views.play().filed()
    known = [(play.position, await views.clock())]
    files = []
    for step in (
        play.answers(Answer.CONTEST, 1),
        play.offers(Role.SELLER, "20.00", 2),
        play.accepts(Role.BUYER, 1, 2.5),
        play.time_passes(20),
    ):
        await views.seen()
        files.append(await case_file.get(views.pool, views.log, "alpha", play.dispute))
        await step
        known.append((play.position, await views.clock()))
    for file, (position, learned) in zip(files, known, strict=False):
        assert case_file.of(await views.log.of_dispute(play.dispute, until_position=position)) == file
        assert case_file.of(await views.log.of_dispute(play.dispute, known_at=learned)) == file
    for file, instant in zip(files, (0.5, 1.5, 2.2, 2.6), strict=True):
        assert case_file.of(await views.log.of_dispute(play.dispute, as_of=day(instant))) == file
    assert case_file.of(await views.log.of_dispute(play.dispute, as_of=day(-1))) is None


async def test_a_history_with_holes_can_still_be_told(views: Views) -> None:
    """By happening, a fact may be missing that a later one needs: workers' clocks differ by milliseconds."""
    plays = await asyncio.gather(*(story(views.play()) for story in STORIES))
    for play in plays:
        facts = await views.log.of_dispute(play.dispute)
        whole = case_file.of(facts)
        for missing in range(1, len(facts)):
            told = case_file.of(facts[:missing] + facts[missing + 1 :])
            assert told is not None
            assert whole is not None
            assert told.keys() == whole.keys()
            for side in Side:
                of_party = case_file.of(facts[:missing] + facts[missing + 1 :], side)
                assert of_party is not None
                assert of_party.keys() == whole.keys()
        unfiled: list[Recorded] = facts[1:]
        assert case_file.of(unfiled) is None


async def test_a_reader_folds_on_and_keeps_what_it_made(views: Views) -> None:
    """What was recorded since the last reader is seen at once. What a reader made is there for the next one."""
    play = await views.play().filed()
    assert await _stored(views, play) is None
    first = await case_file.get(views.pool, views.log, "alpha", play.dispute)
    assert await _stored(views, play) == first
    await ruled_and_paid(play)
    last = await case_file.get(views.pool, views.log, "alpha", play.dispute)
    assert last != first
    assert last == case_file.of(await views.log.of_dispute(play.dispute))
    assert await _stored(views, play) == last


async def test_a_slow_reader_does_not_replace_a_later_document(views: Views, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it folded what it had read, something was recorded, and another reader was faster."""
    play = await views.play().filed()
    read = type(views.log).of_dispute

    async def slow(log: EventLog, dispute_id: UUID, **bounds: Any) -> list[Recorded]:
        facts = await read(log, dispute_id, **bounds)
        monkeypatch.setattr(type(views.log), "of_dispute", read)
        await ruled_and_paid(play)
        await case_file.get(views.pool, log, "alpha", dispute_id)
        return facts

    monkeypatch.setattr(type(views.log), "of_dispute", slow)
    early = await case_file.get(views.pool, views.log, "alpha", play.dispute)
    assert early is not None
    assert early["stage"] == "negotiation"
    whole = case_file.of(await views.log.of_dispute(play.dispute))
    assert await _stored(views, play) == whole


async def test_a_field_may_be_younger_than_the_stored_document(views: Views) -> None:
    play = await views.play().filed()
    whole = await case_file.get(views.pool, views.log, "alpha", play.dispute)
    async with views.pool.connection() as connection:
        await connection.execute(f"UPDATE {CASE_FILE.table} SET doc = doc - 'goods' - 'offers'".encode())
    assert await case_file.get(views.pool, views.log, "alpha", play.dispute) == whole
    await ruled_and_paid(play)
    later = await case_file.get(views.pool, views.log, "alpha", play.dispute)
    assert later == case_file.of(await views.log.of_dispute(play.dispute))


async def test_each_party_has_a_file_of_its_own(views: Views) -> None:
    """What was stored for one reader is not another's, and news are in each at the next reading."""
    play = await told_in_confidence(views.play())
    for _ in range(2):
        facts = await views.log.of_dispute(play.dispute)
        for side in (Side.BUYER, None, Side.SELLER, Side.BUYER):
            file = await case_file.get(views.pool, views.log, "alpha", play.dispute, side)
            assert file == case_file.of(facts, side)
            assert file is not None
            assert bool(file["caucus"]) is (side is not Side.SELLER)
        await play.does(PostInCaucus, Role.BUYER, 3.5, message=says("a third"))


async def _stored(views: Views, play: Play) -> Doc | None:
    query = f"SELECT doc FROM {CASE_FILE.table} WHERE dispute_id = %s"
    async with views.pool.connection() as connection:
        row = await (await connection.execute(query.encode(), (play.dispute,))).fetchone()
    return row[0] if row else None
