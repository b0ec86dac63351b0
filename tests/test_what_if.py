"""Stored disputes decided again under another policy: the same rules change nothing, other rules do what they say."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid5

import pytest
from pydantic import ValidationError

from api.cli.what_if import NAMELESS, changed, stored_of
from domain.commitments import making
from domain.filing.response_facts import Answer
from domain.kernel.base import Event, Instant, Role
from domain.kernel.windows import Window
from domain.policy.book import FIRST_POLICY
from domain.policy.policy import Policy, Windows
from domain.simulation.what_if import Comparison, Course, Stored, compare
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog
from tests.projections.plays import (
    START,
    STORIES,
    Play,
    asked_and_answered,
    granted_at_once,
    granted_at_once_and_contested,
    is_overdue,
    refused_and_settled_otherwise,
    settled_and_paid_late,
    withdrawn_with_promises,
)
from tests.store.conftest import codec, key_pool, keys, log, pool

__all__ = ["codec", "key_pool", "keys", "log", "pool"]

LONG_AFTER = START + timedelta(days=400)


async def _stored(log: EventLog, play: Play) -> Stored:
    return await stored_of(log, play.dispute, await log.last_position())


async def _read(codec: Codec, events: Sequence[tuple[Instant, Event]], play: Play) -> list[Any]:
    opened = await codec.open([event.model_dump(mode="json") for _, event in events], play.marketplace)
    return [(at, event.kind, body) for (at, event), body in zip(events, opened, strict=True)]


def _own(play: Play) -> Policy:
    assert play.case.dispute is not None
    return play.case.policies.version(play.case.dispute.policy_version)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_under_its_own_policy_a_dispute_takes_the_same_course(log: EventLog, codec: Codec, story: Any) -> None:
    """Fact by fact, at the same instants. So every difference under another policy comes from that policy."""
    play = await story(Play(log))
    stored, own = await _stored(log, play), _own(play)
    course = Course(stored, own)
    course.replay()
    course.pass_time(stored.acts[-1][0].at)
    assert course.impossible == []
    found, known = course.events, [(one.at, one.event) for act in stored.acts for one in act]
    if found != known:  # one act may record one text twice, each time sealed anew
        assert await _read(codec, found, play) == await _read(codec, known, play)
    same = compare(stored, own, own, LONG_AFTER)
    assert (same.differs, same.clause, same.impossible) == (False, None, [])


@pytest.mark.parametrize("story", [settled_and_paid_late, withdrawn_with_promises, refused_and_settled_otherwise])
async def test_what_an_earlier_version_stored_takes_the_same_course(
    log: EventLog, monkeypatch: pytest.MonkeyPatch, story: Any
) -> None:
    """It derived the ids of commitments in another way. Acts on them find the commitments of the same numbers."""
    with monkeypatch.context() as earlier:
        earlier.setattr(making, "commitment_id_of", lambda _, dispute, number: uuid5(dispute, f"commitment/{number}"))
        play = await story(Play(log))
    same = compare(await _stored(log, play), _own(play), _own(play), LONG_AFTER)
    assert (same.differs, same.clause, same.impossible) == (False, None, [])


async def _would(log: EventLog, play: Play, windows: Windows) -> Comparison:
    return compare(
        await _stored(log, play), Policy(version="other", windows=windows), _own(play), START + timedelta(days=60)
    )


def _days(amount: int) -> Window:
    return Window(amount=amount, unit="calendar_days")


async def test_who_answered_in_time_would_have_lapsed_under_a_shorter_window(log: EventLog) -> None:
    """The response would have been impossible, and so would the offer after it."""
    play = await Play(log).filed()
    await play.answers(Answer.CONTEST, 4)
    await play.offers(Role.SELLER, "10.00", 4.5)
    await play.accepts(Role.BUYER, 1, 4.6)
    found = await _would(log, play, Windows(response=_days(2)))
    assert (found.before.outcome, str(found.before.to_claimant)) == ("settled", "10.00 EUR")
    assert (found.after.outcome, str(found.after.to_claimant)) == ("granted_by_default", "129.90 EUR")
    assert (found.differs, found.clause) == (True, "response")
    assert [(one.kind, one.role) for one in found.impossible] == [
        ("Respond", "seller"),
        ("MakeOffer", "seller"),
        ("AcceptOffer", "buyer"),
    ]
    assert {one.why for one in found.impossible} <= {
        "DeadlineHasLapsed",
        "NotYourMove",
        "DisputeIsClosed",
        "UnknownOffer",
    }


async def test_who_lapsed_would_have_had_time_under_a_longer_one(log: EventLog) -> None:
    play = await Play(log).filed()
    found = await _would(log, play, Windows(response=_days(90), negotiation=_days(90)))
    assert (found.before.outcome, found.after.outcome) == ("granted_by_default", "open")
    assert (str(found.after.to_claimant), found.clause, found.impossible) == ("0.00 EUR", "response", [])


async def test_under_a_policy_without_the_window_nobody_owed_an_answer(log: EventLog) -> None:
    """So nothing was said to be needless either. Notes and what was read decide nothing."""
    play = await asked_and_answered(Play(log))
    found = await _would(log, play, Windows())
    assert found.impossible == []


async def test_a_claim_may_not_have_been_filed_at_all(log: EventLog) -> None:
    """It was filed five days after delivery."""
    play = await Play(log).filed()
    found = await _would(log, play, Windows(filing=_days(2)))
    assert (found.after.outcome, str(found.after.to_claimant)) == ("not_filed", "0.00 EUR")
    assert [(one.kind, one.why) for one in found.impossible] == [("FileDispute", "FilingWindowClosed")]
    assert found.clause == "filing"


async def test_windows_that_nobody_ran_into_change_nothing(log: EventLog) -> None:
    play = await Play(log).filed()
    await play.answers(Answer.CONCEDE, 1)
    found = await _would(log, play, Windows(appeal=_days(3), ruling=_days(5)))
    assert (found.differs, found.impossible) == (False, [])


async def test_without_a_fast_lane_it_would_have_waited_for_the_seller(log: EventLog) -> None:
    """A claim that was granted at filing and then overturned: nothing of it is left, and nobody would have been paid
    before.
    """
    play = await granted_at_once_and_contested(Play(log))
    found = await _would(log, play, Windows())
    assert (found.before.outcome, str(found.before.to_claimant)) == ("ruled_for_respondent", "0.00 EUR")
    assert (found.after.outcome, found.clause) == ("open", "evidence")


async def test_with_a_fast_lane_it_would_not_have_waited(log: EventLog) -> None:
    """A seller who contested would contest the payment. A silent seller stays silent in the fast lane too."""
    for contested, after in ((True, "open"), (False, "granted_by_default")):
        lane, play = await granted_at_once(Play(log)), Play(log)
        await is_overdue(play, FIRST_POLICY)
        if contested:
            await play.answers(Answer.CONTEST, 1)
        found = compare(await _stored(log, play), _own(lane), _own(play), START + timedelta(days=8))
        assert (found.after.outcome, found.clause, found.impossible) == (after, "evidence", [])


def test_a_file_is_a_change_to_the_current_policy() -> None:
    """What it leaves out stays as the marketplace has it, and does not go back to the product's defaults."""
    current = Policy(version="bazaar-3", windows=Windows(response=_days(9), appeal=_days(4)), tiers=("plain", "gold"))
    other = changed(current, {"windows": {"response": {"amount": 3}}})
    assert other == current.model_copy(
        update={"version": NAMELESS, "windows": current.windows.model_copy(update={"response": _days(3)})}
    )
    assert changed(current, {"version": "other"}) == current.model_copy(update={"version": "other"})


def test_null_takes_away_and_a_list_is_replaced() -> None:
    """RFC 7396."""
    current = Policy(version="bazaar-3", early_execution="seller", tiers=("plain", "gold"))
    other = changed(current, {"early_execution": None, "tiers": ["only"], "clauses": {"goods": None}})
    assert (other.early_execution, other.tiers) == (None, ("only",))
    assert other.clauses.keys() == current.clauses.keys() - {"goods"}


def test_a_change_that_makes_no_policy_is_refused() -> None:
    wrongs: tuple[dict[str, Any], ...] = ({"windows": {"respons": {"amount": 3}}}, {"windows": 3}, {"tiers": []})
    for wrong in wrongs:
        with pytest.raises(ValidationError):
            changed(FIRST_POLICY, wrong)
