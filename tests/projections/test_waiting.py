"""Why a dispute waits, since when and until when: in the list, without looking into the dispute."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import groupby

import pytest

from domain.clocks.stay import LiftStay, OrderStay
from domain.commitments.events import refund_id_of
from domain.dispute.events import DisputeEvent
from domain.dispute.evolve import evolve, filed
from domain.dispute.state import Dispute
from domain.filing.filing_facts import DisputeFiled
from domain.filing.response_facts import Answer
from domain.filing.set_aside import RequestSetAside
from domain.kernel.base import Role
from domain.kernel.people import Awaiting
from domain.neutral.independence import ChallengeNeutral
from domain.payments.failure import FailRefund
from mediation.store.log.recorded import Recorded
from projections.caseload import CASELOAD, Standing
from projections.waiting import Waiting
from tests.projections.conftest import Views
from tests.projections.plays import STORIES, Play, day, says


async def _facts(views: Views, play: Play) -> list[Recorded]:
    return await views.log.of_dispute(play.dispute)


def _present(facts: list[Recorded]) -> Standing:
    (row,) = [row for row in CASELOAD.of(facts) if row.ended_position is None]
    return row


async def test_the_list_says_what_the_dispute_s_own_state_says(views: Views) -> None:
    """After every act of every story: as long as the dispute is open, it says why; and a due instant is that of a running
    deadline or of an open commitment."""
    plays = await asyncio.gather(*(story(views.play()) for story in STORIES))
    whys = set[str]()
    for play in plays:
        facts = await _facts(views, play)
        dispute: Dispute | None = None
        for _, act in groupby(facts, lambda fact: (fact.causation_id, fact.occurred_at)):
            for fact in (acted := list(act)):
                if isinstance(fact.event, DisputeFiled):
                    dispute = filed(fact.event, fact.occurred_at)
                elif isinstance(fact.event, DisputeEvent):
                    assert dispute is not None
                    dispute = evolve(dispute, fact.event)
            assert dispute is not None
            told = _present([fact for fact in facts if fact.position <= acted[-1].position]).waiting
            assert (told is None) is (dispute.awaiting is Awaiting.NONE)
            if told is None:
                continue
            whys.add(told.why)
            assert told.since <= acted[-1].occurred_at
            due = {deadline.due_at for deadline in dispute.deadlines.running.values()}
            due |= {owed.due_at for owed in dispute.commitments.open.values()}
            assert told.until is None or told.until in due, (told, acted[-1].event)
            if told.commitment_id is not None:
                assert told.commitment_id in dispute.commitments.open
    assert whys >= {
        "response", "negotiation", "offer_reply", "proposal_reply", "appeal", "first_act", "proposal", "ruling", "assignment",
        "co_signature", "set_aside", "remedy", "stay",
    }  # fmt: skip


async def _no_neutral(play: Play) -> None:
    await play.filed()
    await play.answers(Answer.CONTEST, 1)
    await play.escalates(Role.BUYER, 3.1)


async def _adjudicated(play: Play, authority: str = "500.00") -> None:
    await _no_neutral(play)
    await play.is_assigned(3.2, authority)
    await play.sees_no_agreement(3.3)


async def _challenged(play: Play) -> None:
    await _adjudicated(play)
    await play.does(ChallengeNeutral, Role.SELLER, 3.4, ground="bias", reason=says("a cousin"))


async def _unsigned(play: Play) -> None:
    await _adjudicated(play, authority="1.00")
    await play.rules("60.00", 3.5)


async def _overdue(play: Play) -> None:
    await _adjudicated(play)
    await play.time_passes(60)


async def _asked_to_set_aside(play: Play) -> None:
    await play.filed()
    await play.time_passes(8)
    await play.does(RequestSetAside, Role.SELLER, 8.1, cause=says("a flood"))


async def _unpayable(play: Play) -> None:
    await play.filed()
    await play.answers(Answer.CONCEDE, 1)
    (owed,) = play.owed()
    await play.is_paid_out(owed.id, 1.1)
    await play.does(FailRefund, Role.MARKETPLACE, 1.2, refund_id=refund_id_of(owed.id), reason="account_closed")


OF_THE_SUPERVISOR: dict[Callable[[Play], Awaitable[None]], tuple[str, str, int | None]] = {
    _no_neutral: ("assignment", "assign", None),
    _challenged: ("challenge", "decide", None),
    _unsigned: ("co_signature", "co_sign", 1),
    _overdue: ("ruling_overdue", "decide", None),
    _asked_to_set_aside: ("set_aside", "reply", None),
    _unpayable: ("refund", "decide", None),
}


@pytest.mark.parametrize("story", OF_THE_SUPERVISOR, ids=lambda story: story.__name__.strip("_"))
async def test_each_sort_of_what_waits_for_the_supervisor(
    views: Views, story: Callable[[Play], Awaitable[None]]
) -> None:
    play = views.play()
    await story(play)
    present = _present(await _facts(views, play))
    assert (present.awaiting, present.waiting is None) == ("supervisor", False)
    assert present.waiting is not None
    why, kind, number = OF_THE_SUPERVISOR[story]
    assert (present.waiting.why, present.waiting.whose, present.waiting.number) == (why, ("supervisor",), number)
    (owed,) = [owed for owed in play.owed() if owed.id == present.waiting.commitment_id]
    assert owed.kind == kind
    if why == "ruling_overdue":
        assert (present.waiting.since, present.waiting.until) == (owed.due_at, None)
    else:
        assert present.waiting.until == owed.due_at


async def test_it_waits_for_the_end_of_a_stay(views: Views) -> None:
    play = await views.play().filed()
    before = _present(await _facts(views, play)).waiting
    assert before is not None
    assert (before.why, before.whose, before.since) == ("response", ("seller",), day(0))
    await play.does(OrderStay, Role.SUPERVISOR, 1, until=day(4), reasons=says("a laboratory"))
    told = _present(await _facts(views, play)).waiting
    assert told == Waiting("stay", ("seller",), day(1), day(4))
    await play.does(LiftStay, Role.SUPERVISOR, 2)
    after = _present(await _facts(views, play)).waiting
    assert after is not None
    assert before.until is not None
    assert after.until == before.until + timedelta(days=1), "the window has moved by the length of the stay"


async def test_a_filing_is_one_life_in_the_list(views: Views) -> None:
    """The windows that it opens belong to the same act: nobody can ask for an instant between them."""
    play = await views.play().filed()
    (row,) = CASELOAD.of(await _facts(views, play))
    assert row.waiting is not None
    assert row.waiting.until == play.case.dispute.deadlines.running["response"].due_at  # type: ignore[union-attr] # filed
