"""Conversations, the audit trail, and one rule for every query of every view: no marketplace sees another's rows."""

from typing import Any
from uuid import UUID

from domain.kernel.base import OF_DISPUTE, Actor, Role
from domain.policy.book import FIRST_POLICY, PublishPolicy
from projections.audit_trail import entries
from projections.case_file import get
from projections.caseload import Standing
from projections.commitments_owed import commitments
from projections.conversations import CONVERSATIONS, messages
from projections.dispute_list import Filters, disputes
from projections.lives import Asked
from projections.paging import Page
from projections.refund_ledger import refund, refunds, totals
from projections.table import Pool
from tests.postgres import each_version
from tests.projections.conftest import Views
from tests.projections.plays import day, ruled_and_paid


async def _all(read: Any, *arguments: Any, **filters: Any) -> list[Any]:
    rows, cursor = [], None
    while True:
        page: Page[Any] = await read(*arguments, limit=7, cursor=cursor, **filters)
        rows += page.rows
        cursor = page.next
        if cursor is None:
            return rows


async def test_messages_come_in_their_order_in_the_writers_words(views: Views) -> None:
    play = await views.play().filed()
    for n in range(1, 20):
        await play.writes(Role.BUYER if n % 2 else Role.SELLER, f"number {n}", n / 10)
    await views.seen()
    rows = await _all(messages, views.pool, "alpha", play.dispute)
    assert [row.number for row in rows] == list(range(1, 20))
    assert [row.by for row in rows[:2]] == ["buyer", "seller"]
    opened = await views.codec.open(rows[6].text, "alpha")
    assert (opened["text"].endswith("number 7"), opened["language"]) == (True, "en")
    assert CONVERSATIONS.of(await views.log.of_dispute(play.dispute, as_of=day(0.5))) == rows[:5]


async def test_the_trail_holds_every_fact_once_and_in_order(views: Views) -> None:
    play = await ruled_and_paid(views.play())
    publish = PublishPolicy(
        marketplace="alpha",
        actor=Actor(subject=play.neutral, role=Role.ADMINISTRATOR),
        now=day(20),
        policy=FIRST_POLICY.model_copy(update={"version": "second"}),
    )
    await play.do(publish)
    await views.seen()
    rows = await _all(entries, views.log, "alpha")
    assert [row.position for row in rows] == list(range(1, play.position + 1))
    assert [row.kind for row in rows] == [fact.event.kind for fact in play.played]
    assert rows[-1].dispute_id is None
    of_dispute = await _all(entries, views.log, "alpha", dispute_id=play.dispute)
    assert [row.kind for row in of_dispute] == [
        fact.event.kind for fact in play.played if fact.event.stream in OF_DISPUTE
    ]


async def test_the_trail_across_disputes(views: Views) -> None:
    plays = [await ruled_and_paid(views.play()) for _ in range(2)]
    await views.seen()
    whole = await _all(entries, views.log, "alpha")
    rulings = await _all(entries, views.log, "alpha", kinds=["RulingIssued"])
    assert [row.dispute_id for row in rulings] == [play.dispute for play in plays]
    acts = await _all(entries, views.log, "alpha", actor=plays[0].neutral)
    assert acts
    assert acts == [row for row in whole if row.actor == plays[0].neutral]
    chain = await _all(entries, views.log, "alpha", correlation_id=rulings[0].correlation_id)
    assert [row.kind for row in chain] == [row.kind for row in whole if row.correlation_id == rulings[0].correlation_id]
    window = await _all(entries, views.log, "alpha", happened_from=day(3), happened_before=day(3.8))
    assert window == [row for row in whole if day(3) <= row.occurred_at < day(3.8)]
    assert await _all(entries, views.log, "alpha", asked=Asked(as_of=day(1))) == [
        row for row in whole if row.occurred_at <= day(1)
    ]
    learned = whole[20].recorded_at
    assert await _all(entries, views.log, "alpha", asked=Asked(known_at=learned)) == [
        row for row in whole if row.recorded_at <= learned
    ]


@each_version
async def test_a_marketplace_sees_nothing_of_another(views: Views) -> None:
    ours, theirs = await ruled_and_paid(views.play("alpha")), await ruled_and_paid(views.play("beta"))
    await views.seen()
    pool = views.pool
    for read in (_listed, commitments, entries, refunds):
        filters = {"status": "all"} if read is commitments else {}
        source = views.log if read is entries else pool
        mine = await _all(read, source, "alpha", **filters)
        assert mine
        assert {row.marketplace for row in mine} == {"alpha"}
        if read is not _listed:
            cell = await _all(read, source, None, **filters)
            assert {row.marketplace for row in cell} == {"alpha", "beta"}, "an auditor of the whole cell sees both"
    for read in (commitments, entries, refunds):
        source = views.log if read is entries else pool
        assert await _all(read, source, "alpha", dispute_id=theirs.dispute) == []
    assert await _all(_listed, pool, "alpha", party=theirs.buyer) == []
    assert await get(pool, views.log, "alpha", theirs.dispute) is None
    assert await get(pool, views.log, None, theirs.dispute) is not None
    assert await _all(messages, pool, "alpha", theirs.dispute) == []
    assert await _all(messages, pool, "beta", theirs.dispute) != []
    (foreign, *_) = (await refunds(pool, "beta")).rows
    assert await refund(pool, "alpha", foreign.refund_id) == []
    assert [total.refunds for total in await totals(pool, "alpha")] == [2]
    assert ours.dispute != theirs.dispute


async def _listed(pool: Pool, marketplace: str, *, party: UUID | None = None, **more: Any) -> Page[Standing]:
    return await disputes(pool, Filters(marketplace=marketplace, party=party), **more)
