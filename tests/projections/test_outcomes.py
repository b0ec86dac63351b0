"""The outcome of a dispute is the same in its state, its case file, the caseload and the claim histories, after every fact."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID, uuid4

from domain.dispute.evolve import evolve, filed
from domain.dispute.outcome import DECIDING
from domain.dispute.state import Dispute
from domain.filing.filing_facts import DisputeFiled
from domain.filing.response_facts import Answer
from domain.kernel.base import Role
from domain.remedies.elsewhere import RecordRefundElsewhere
from domain.ruling.appeal import Appeal, WithdrawAppeal
from mediation.store.log.recorded import Recorded
from projections import case_file
from projections.caseload import CASELOAD
from projections.claim_history import CLAIM_HISTORY
from projections.view import kinds
from tests.projections.conftest import Views
from tests.projections.plays import STORIES, Play, day, eur, says


async def appeal_withdrawn_before_the_signature(play: Play) -> Play:
    """What was ruled on the appeal never took effect: the first ruling becomes final."""
    await play.filed()
    await play.answers(Answer.CONTEST, 0.5)
    await play.escalates(Role.BUYER, 3.1)
    await play.is_assigned(3.2)
    await play.sees_no_agreement(3.3)
    await play.rules("60.00", 3.4)
    await play.does(Appeal, Role.SELLER, 3.5, ground="stated_error", statement=says("wrong date"))
    play.another_neutral()
    await play.is_assigned(3.6, authority="1.00")
    await play.rules("129.90", 3.7)
    await play.does(WithdrawAppeal, Role.SELLER, 3.8)
    return await play.waives_appeal(Role.BUYER, 3.9)


async def paid_elsewhere_while_a_part_is_owed(play: Play) -> Play:
    """The dispute is resolved, but not closed before the part that was conceded is paid."""
    await play.filed()
    await play.answers(Answer.CONCEDE_PART, 0.5, "20.00")
    paid = {"payment_key": uuid4(), "amount": eur("109.90"), "how": "chargeback", "paid_at": day(0.6)}
    return await play.does(RecordRefundElsewhere, Role.MARKETPLACE, 1, **paid)


async def facts_of(views: Views, story: Callable[[Play], Awaitable[Play]]) -> Sequence[Recorded]:
    return await views.log.of_dispute((await story(views.play())).dispute)


def outcomes(facts: Sequence[Recorded]) -> dict[str, str | None]:
    """What each of the four makes of these facts."""
    (standing,) = (row for row in CASELOAD.of(facts) if row.ended_position is None)
    (claimed,) = CLAIM_HISTORY.of(facts)
    doc = case_file.of(facts)
    assert doc is not None
    return {
        "state": _state(facts).outcome,
        "case file": doc["outcome"],
        "caseload": standing.outcome,
        "claim history": claimed.outcome,
    }


def _state(facts: Sequence[Recorded]) -> Dispute:
    first = facts[0].event
    assert isinstance(first, DisputeFiled)
    dispute = filed(first, facts[0].occurred_at)
    for recorded in facts[1:]:
        if recorded.event.stream == "dispute":
            dispute = evolve(dispute, recorded.event)  # type: ignore[arg-type]  # what is on that stream is a DisputeEvent
    return dispute


def disagreeing(facts: Sequence[Recorded]) -> list[tuple[str, UUID, dict[str, str | None]]]:
    found = []
    for n, recorded in enumerate(facts, start=1):
        if recorded.kind in _DECIDING and len(set((told := outcomes(facts[:n])).values())) > 1:
            found.append((recorded.kind, recorded.stream_id, told))
    return found


_DECIDING = kinds(DECIDING)


async def test_all_agree_after_every_fact(views: Views) -> None:
    plays = await asyncio.gather(*(facts_of(views, story) for story in STORIES))
    assert {fact.kind for facts in plays for fact in facts} >= _DECIDING
    assert [found for facts in plays for found in disagreeing(facts)] == []


async def test_what_never_took_effect_is_no_outcome(views: Views) -> None:
    facts = await facts_of(views, appeal_withdrawn_before_the_signature)
    assert set(outcomes(facts).values()) == {"ruled_split"}


async def test_what_was_paid_elsewhere_is_resolved_before_it_is_closed(views: Views) -> None:
    facts = await facts_of(views, paid_elsewhere_while_a_part_is_owed)
    assert "DisputeClosed" not in {fact.kind for fact in facts}
    assert set(outcomes(facts).values()) == {"resolved_elsewhere"}
    assert disagreeing(facts) == []
