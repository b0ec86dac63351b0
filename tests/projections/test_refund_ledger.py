"""Every step of every refund, and the present state of each."""

import asyncio

from domain.commitments.events import refund_id_of
from projections.lives import Asked
from projections.refund_ledger import Total, refund, refunds, totals
from tests.projections.conftest import Views
from tests.projections.plays import Play, day, eur, granted_by_silence, ruled_and_paid, settled_and_paid_late


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
