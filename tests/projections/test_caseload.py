"""The state of every dispute, now and at any instant."""

import asyncio
from typing import Any
from uuid import uuid4

from domain.dispute.telling import Telling
from domain.filing.response_facts import Answer
from domain.kernel.base import Role
from domain.kernel.frozen import replace
from domain.kernel.people import Awaiting, Side, Stage
from domain.policy.reasons import ClaimReason
from domain.settlement.caucus import PostInCaucus
from projections import waiting
from projections.caseload import standings
from projections.dispute_list import Filters, disputes
from projections.lives import Asked
from tests.projections.conftest import Views
from tests.projections.plays import (
    STORIES,
    day,
    eur,
    left_to_supervisor,
    ruled_and_paid,
    says,
    settled_and_paid_late,
    silence_decides_nothing,
    told_in_confidence,
)


async def test_where_disputes_stand(views: Views) -> None:
    plays = [
        await story(views.play())
        for story in (ruled_and_paid, settled_and_paid_late, left_to_supervisor, silence_decides_nothing)
    ]
    await views.seen()
    listed = {row.dispute_id: row for row in (await disputes(views.pool, Filters(marketplace="alpha"))).rows}
    for play in plays:
        row, dispute = listed[play.dispute], play.case.dispute
        assert dispute is not None
        assert (row.stage, row.awaiting, row.outcome) == (dispute.stage, dispute.awaiting, dispute.outcome)
        assert row.in_dispute == dispute.in_dispute
        assert row.neutral == dispute.escalation.neutral


async def test_filters(views: Views) -> None:
    ruled = await ruled_and_paid(views.play())
    stuck = await left_to_supervisor(views.play())
    missing = await silence_decides_nothing(views.play())
    await views.seen()

    async def found(**filters: object) -> set[object]:
        return {row.dispute_id for row in (await disputes(views.pool, Filters(marketplace="alpha", **filters))).rows}  # type: ignore[arg-type]

    assert await found() == {ruled.dispute, stuck.dispute, missing.dispute}
    assert await found(stage=[Stage.CLOSED]) == {ruled.dispute}
    assert await found(awaiting=[Awaiting.SUPERVISOR]) == {stuck.dispute, missing.dispute}
    assert await found(awaiting=[Awaiting.SUPERVISOR], stage=[Stage.MEDIATION]) == {missing.dispute}
    assert await found(reason=[ClaimReason.ITEM_NOT_RECEIVED]) == {missing.dispute}
    assert await found(transaction_ids=[ruled.order]) == {ruled.dispute}
    assert await found(sellers=[ruled.seller]) == {ruled.dispute}
    assert await found(sellers=[ruled.buyer]) == set()
    assert await found(party=ruled.buyer) == {ruled.dispute}
    assert await found(neutral=[stuck.neutral]) == {stuck.dispute}
    assert await found(for_neutral=stuck.neutral) == {stuck.dispute, missing.dispute}, "and what waits for a neutral"
    assert await found(for_neutral=uuid4()) == {missing.dispute}
    (row,) = (await disputes(views.pool, Filters(marketplace="alpha", party=stuck.buyer))).rows
    assert await found(reference_keys=[uuid4(), row.reference_key]) == {stuck.dispute}
    assert await found(reference_keys=[uuid4()]) == set()


async def test_a_change_that_a_party_is_not_told_is_none_for_it(views: Views) -> None:
    """What the buyer writes in caucus. It has changed for the buyer and for the desk."""
    play = await told_in_confidence(views.play())
    await play.does(PostInCaucus, Role.BUYER, 3.6, message=says("then a third"))
    await views.seen()
    (row,) = (await disputes(views.pool, Filters(marketplace="alpha", party=play.buyer))).rows
    assert row.changed_for_seller < row.changed_for_buyer == row.changed_at

    async def found(to: Side | None) -> bool:
        rows = (await disputes(views.pool, Filters(marketplace="alpha", changed_after=row.changed_at, to=to))).rows
        return play.dispute in {found.dispute_id for found in rows}

    assert [await found(to) for to in (None, Side.BUYER, Side.SELLER)] == [True, True, False]


async def test_whoever_asks_again_from_the_last_change_misses_none(views: Views) -> None:
    """A message is a change. A lapse is new when it is recorded, however long ago it was due."""
    quiet, busy, lapsing = [await views.play().filed() for _ in range(3)]
    await views.seen()
    seen = max(row.changed_at for row in (await disputes(views.pool, Filters(marketplace="alpha"))).rows)
    await busy.writes(Role.BUYER, "hello?", 1)
    await lapsing.time_passes(8)
    await views.seen()
    news = (await disputes(views.pool, Filters(marketplace="alpha", changed_after=seen))).rows
    assert {busy.dispute, lapsing.dispute} <= {row.dispute_id for row in news}
    latest = max(row.changed_at for row in news)
    assert latest in {
        row.changed_at for row in (await disputes(views.pool, Filters(marketplace="alpha", changed_after=latest))).rows
    }
    assert quiet.dispute not in {
        row.dispute_id for row in (await disputes(views.pool, Filters(marketplace="alpha", changed_after=latest))).rows
    }


async def test_where_a_dispute_stood_as_of_an_instant(views: Views) -> None:
    play = await ruled_and_paid(views.play())
    await views.seen()

    async def stood(at: float) -> tuple[str, str, str | None] | None:
        rows = (await disputes(views.pool, Filters(marketplace="alpha"), asked=Asked(as_of=day(at)))).rows
        assert len(rows) <= 1
        return (rows[0].stage, rows[0].awaiting, rows[0].outcome) if rows else None

    assert await stood(-0.1) is None
    assert await stood(0) == ("negotiation", "respondent", None)
    assert await stood(0.5) == ("negotiation", "both", None)
    assert await stood(3.2) == ("mediation", "supervisor", None)
    assert await stood(3.6) == ("mediation", "neutral", None)
    assert await stood(3.75) == ("mediation", "both", None)
    assert await stood(3.8) == ("adjudication", "neutral", None)
    assert await stood(3.95) == ("appeal", "both", None)
    assert await stood(4.1) == ("appeal", "claimant", None)
    assert await stood(16.1) == ("execution", "marketplace", "ruled_split")
    assert await stood(17) == ("closed", "none", "ruled_split")
    before = (await disputes(views.pool, Filters(marketplace="alpha"), asked=Asked(as_of=day(0.4)))).rows[0]
    after = (await disputes(views.pool, Filters(marketplace="alpha"), asked=Asked(as_of=day(0.5)))).rows[0]
    assert (before.in_dispute, after.in_dispute) == (eur("129.90"), eur("120.00"))
    assert play.case.dispute is not None


async def test_pages_show_each_dispute_once_while_disputes_move(views: Views) -> None:
    plays = [views.play() for _ in range(11)]
    await asyncio.gather(*(play.filed(n / 10) for n, play in enumerate(plays)))
    await views.seen()
    listed, cursor = [], None
    while True:
        page = await disputes(views.pool, Filters(marketplace="alpha"), limit=3, cursor=cursor)
        listed += [row.dispute_id for row in page.rows]
        cursor = page.next
        if cursor is None:
            break
        await plays[0].writes(Role.BUYER, "still here", 2)
        await plays[len(listed)].answers(Answer.CONTEST, 2)
        await views.play().filed(3)
        await views.seen()
    assert listed == [play.dispute for play in reversed(plays)], "the latest filed first"


async def test_every_instant_has_one_standing(views: Views) -> None:
    plays = await asyncio.gather(*(story(views.play()) for story in STORIES))
    await views.seen()
    instants = {fact.occurred_at for play in plays for fact in play.played}
    filed = [fact.occurred_at for play in plays for fact in play.played if fact.event.kind == "DisputeFiled"]
    for instant in sorted(instants):
        rows = (await disputes(views.pool, Filters(marketplace="alpha"), asked=Asked(as_of=instant))).rows
        assert len(rows) == len({row.dispute_id for row in rows}) == sum(at <= instant for at in filed)
    standing = await standings(views.pool, [play.dispute for play in plays])
    for play in plays:
        assert play.case.dispute is not None
        told = play.case.dispute.telling
        assert Telling.of_json(standing[play.dispute].telling) == replace(told, buyer=0, seller=0)


async def test_up_to_whom_it_is_while_the_neutral_waits_for_a_reply() -> None:
    """Whoever was asked has the time that they were given. What the neutral owes before it stays up to the neutral."""
    morning, noon, later = (f"2026-10-0{day}T09:00:00+00:00" for day in (1, 2, 3))

    def item(why: str, by: str, until: str, **more: object) -> dict[str, object]:
        return {"why": why, "by": by, "since": morning, "until": until, "number": None, "kind": None, **more}

    reply = item("reply", "seller", noon, to="neutral", late=False)
    waits = {"a": reply, "b": item("ruling", "neutral", later)}
    cases: list[tuple[dict[str, Any], str | None]] = [
        (waits, "respondent"),
        (waits | {"c": {**reply, "by": "buyer"}}, "both"),
        (waits | {"a": {**reply, "by": "buyer"}}, "claimant"),
        (waits | {"a": {**reply, "late": True}}, None),
        (waits | {"a": {**reply, "to": "buyer"}}, None),
        (waits | {"b": item("first_act", "neutral", morning)}, None),
        (waits | {"c": item("reply", "neutral", later, to="buyer", late=False)}, None),
        (waits | {"stayed": morning}, None),
        ({}, None),
    ]
    assert [waiting.asked(awaited, "neutral", "buyer") for awaited, _ in cases] == [whom for _, whom in cases]
    assert waiting.asked(waits, "supervisor", "buyer") is None
