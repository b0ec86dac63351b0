"""Every step of every refund, and the present state of each."""

import asyncio

from domain.commitments.events import refund_id_of
from domain.filing.response_facts import Answer
from domain.kernel.base import Role
from domain.payments.execution import ConfirmRefund
from domain.payments.failure import FailRefund
from projections import case_file
from projections.lives import Asked
from projections.refund_ledger import REFUND_LEDGER, RefundEntry, Total, refund, refunds, totals
from tests.projections.conftest import Views
from tests.projections.plays import (
    STORIES,
    Play,
    day,
    eur,
    granted_by_silence,
    ruled_and_paid,
    settled_and_paid_late,
)

SHARED = ("status", "reason", "provider_reference", "payout")
"""What the case file and the ledger both say of a refund."""


async def _played(views: Views) -> list[Play]:
    stories = (settled_and_paid_late, granted_by_silence, ruled_and_paid)
    plays = list(await asyncio.gather(*(story(views.play()) for story in stories)))
    await views.seen()
    return plays


async def test_each_step_is_an_entry_of_its_own(views: Views) -> None:
    late, *_ = await _played(views)
    (current,) = (await refunds(views.pool, "alpha", dispute_id=late.dispute)).rows
    assert (current.status, current.amount, current.funded_by, current.recipient) == (
        "confirmed", eur("60.00"), "seller", "buyer",
    )  # fmt: skip
    steps = await refund(views.pool, "alpha", current.refund_id)
    assert [step.status for step in steps] == ["instructed", "submitted", "failed", "confirmed"]
    assert [step.reason for step in steps] == [None, None, "declined", None]
    assert current.refund_id == refund_id_of(current.commitment_id)
    assert {step.amount for step in steps} == {eur("60.00")}
    reference = await views.codec.open(steps[-1].provider_reference, "alpha")
    assert reference.endswith("re_1")


async def test_where_refunds_stand_by_status_and_instant(views: Views) -> None:
    late, silent, ruled = await _played(views)

    async def standing(**more: object) -> dict[object, int]:
        rows = (await refunds(views.pool, "alpha", **more)).rows  # type: ignore[arg-type]
        return {play.dispute: sum(r.dispute_id == play.dispute for r in rows) for play in (late, silent, ruled)}

    assert await standing(status="confirmed") == {late.dispute: 1, silent.dispute: 0, ruled.dispute: 2}
    assert await standing(status="cancelled") == {late.dispute: 0, silent.dispute: 1, ruled.dispute: 0}
    assert await standing(status="failed") == dict.fromkeys((late.dispute, silent.dispute, ruled.dispute), 0)
    failed = await standing(status="failed", asked=Asked(as_of=day(9.55)))
    assert failed == {late.dispute: 1, silent.dispute: 1, ruled.dispute: 0}
    assert sum((await standing(asked=Asked(as_of=day(1)))).values()) == 0
    assert sum((await standing(asked=Asked(known_at=await views.clock()))).values()) == 4


async def test_totals_are_those_of_where_refunds_stand(views: Views) -> None:
    await _played(views)
    assert await totals(views.pool, "alpha") == [
        Total("cancelled", "EUR", 1, 10_000),
        Total("confirmed", "EUR", 3, 6_000 + 990 + 6_000),
    ]
    assert await totals(views.pool, "alpha", asked=Asked(as_of=day(2.5))) == [Total("submitted", "EUR", 1, 6_000)]
    assert await totals(views.pool, "beta") == []


async def test_pages_are_complete(views: Views) -> None:
    await _played(views)
    whole = (await refunds(views.pool, "alpha")).rows
    paged, cursor = [], None
    while True:
        page = await refunds(views.pool, "alpha", limit=1, cursor=cursor)
        paged += page.rows
        cursor = page.next
        if cursor is None:
            break
    assert paged == whole
    assert len(whole) == 4


async def _agreed(views: Views, play: Play) -> list[RefundEntry]:
    """The entries of a dispute, once the case file has said the same after every fact."""
    facts = await views.log.of_dispute(play.dispute)
    for n in range(1, len(facts) + 1):
        doc, entries = case_file.of(facts[:n]), REFUND_LEDGER.of(facts[:n])
        now = {str(entry.refund_id): tuple(getattr(entry, name) for name in SHARED) for entry in entries}
        shown = {one["id"]: tuple(one[name] for name in SHARED) for one in (doc or {"refunds": []})["refunds"]}
        assert shown == now, facts[n - 1].kind
    return REFUND_LEDGER.of(facts)


async def test_the_case_file_says_the_same_of_a_refund(views: Views) -> None:
    for play in await asyncio.gather(*(story(views.play()) for story in STORIES)):
        await _agreed(views, play)


async def test_a_wrong_sum_is_one_step_and_what_comes_back_later_is_one_too(views: Views) -> None:
    """Two reports of other sums, a failure, the confirmation, and after the closure the payment comes back."""
    play = await (await views.play().filed()).answers(Answer.CONCEDE, 0.5)
    (owed,) = play.owed()
    await play.is_paid_out(owed.id, 1)
    refund_id = refund_id_of(owed.id)
    for at, sum_ in ((1.1, "12.00"), (1.2, "13.00")):
        await play.does(ConfirmRefund, Role.MARKETPLACE, at, refund_id=refund_id, paid=eur(sum_))
    await play.does(FailRefund, Role.MARKETPLACE, 1.3, refund_id=refund_id, reason="insufficient_funds")
    await play.is_confirmed(owed.id, 1.4)
    await play.does(FailRefund, Role.MARKETPLACE, 1.5, refund_id=refund_id, reason="bounced")
    assert [(entry.status, entry.reason) for entry in await _agreed(views, play)] == [
        ("instructed", None),
        ("submitted", None),
        ("referred", "paid_differently"),
        ("referred", "paid_differently"),
        ("failed", "insufficient_funds"),
        ("confirmed", None),
        ("referred", "bounced"),
    ]
