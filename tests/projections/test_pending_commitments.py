"""A commitment is never lost: it is listed until a fact says how it ended, and it is overdue from its due instant."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from domain.clocks.stay import LiftStay, OrderStay
from domain.commitments.events import CommitmentClass, CommitmentKind, Participant
from domain.filing.response_facts import Answer
from domain.kernel.base import Role
from projections import lives
from projections.commitment_totals import Owed, totals
from projections.commitments_owed import Status, commitments
from projections.lives import Asked
from projections.paging import UnknownCursor
from projections.pending_commitments import PENDING_COMMITMENTS
from projections.punctuality import Punctuality, Whose, punctuality
from tests.postgres import each_version
from tests.projections.conftest import Views
from tests.projections.plays import (
    Play,
    day,
    eur,
    granted_by_silence,
    ruled_and_paid,
    says,
    settled_and_paid_late,
    withdrawn_with_promises,
)


async def test_an_unpaid_refund_is_listed_overdue_until_it_is_paid(views: Views) -> None:
    play = await views.play().filed()
    await play.offers(Role.SELLER, "20.00", 1)
    await play.accepts(Role.BUYER, 1, 1.2)
    await views.seen()
    (pending,) = (await commitments(views.pool, "alpha")).rows
    assert (pending.status, pending.kind, pending.owed_by, pending.owed_to) == ("pending", "refund", "seller", "buyer")
    assert pending.amount == eur("20.00")
    assert pending.subject == play.seller
    assert pending.proof is not None

    await play.time_passes(20)
    await views.seen()
    overdue, follows = (await commitments(views.pool, "alpha", status="overdue")).rows
    assert (follows.because_of, follows.owed_by, follows.kind) == (pending.commitment_id, "marketplace", "decide")
    assert (overdue.status, overdue.began_at) == ("overdue", pending.due_at)
    assert (await commitments(views.pool, "alpha", status="pending")).rows == []

    await play.is_paid_out(pending.commitment_id, 21)
    await play.fails(pending.commitment_id, 22)
    await views.seen()
    still, _ = (await commitments(views.pool, "alpha")).rows
    assert (still.status, still.refund_id is not None) == ("overdue", True), "a refund that failed ends nothing"

    await play.is_confirmed(pending.commitment_id, 23)
    await views.seen()
    assert (await commitments(views.pool, "alpha")).rows == []
    ended, follows = (await commitments(views.pool, "alpha", status="ended")).rows
    assert follows.status == "discharged", "it is over with the breach"
    assert (ended.status, ended.by, ended.began_at) == ("kept_late", "marketplace", day(23))


async def test_every_way_to_end_is_told(views: Views) -> None:
    plays = await asyncio.gather(
        granted_by_silence(views.play()), withdrawn_with_promises(views.play()), ruled_and_paid(views.play())
    )
    await views.seen()
    told = [
        {
            row.number: row.status
            for row in (await commitments(views.pool, "alpha", status="all", dispute_id=p.dispute)).rows
        }
        for p in plays
    ]
    assert told == [
        {1: "replaced", 2: "waived"},
        {1: "kept", 2: "waived", 3: "overdue"},
        {1: "kept_late", 2: "kept", 3: "kept", 4: "kept", 5: "discharged", 6: "kept"},
    ]
    (overdue,) = (await commitments(views.pool, "alpha")).rows
    assert overdue.number == 3, "a service promised outlives its dispute"
    replaced, successor = sorted(
        (await commitments(views.pool, "alpha", status="all", dispute_id=plays[0].dispute)).rows,
        key=lambda row: row.number,
    )
    assert (replaced.replaced_by, replaced.by) == (successor.commitment_id, "buyer")


async def test_what_was_owed_as_of_an_instant(views: Views) -> None:
    """By happening: the state at that instant, whenever the engine learned of it."""
    play = await settled_and_paid_late(views.play())
    await views.seen()
    due_at = (await commitments(views.pool, "alpha", status="all")).rows[0].due_at

    async def status(asked: Asked) -> str | None:
        rows = (await commitments(views.pool, "alpha", status="all", asked=asked)).rows
        return rows[0].status if rows else None

    moment = timedelta(microseconds=1)
    assert await status(Asked(as_of=day(1.2) - moment)) is None
    assert await status(Asked(as_of=day(1.2))) == "pending"
    assert await status(Asked(as_of=due_at - moment)) == "pending"
    assert await status(Asked(as_of=due_at)) == "overdue"
    assert await status(Asked(as_of=day(21) - moment)) == "overdue"
    assert await status(Asked(as_of=day(21))) == "kept_late"
    open_then = (await commitments(views.pool, "alpha", asked=Asked(as_of=day(5)))).rows
    assert [row.dispute_id for row in open_then] == [play.dispute]
    assert open_then[0].refund_id is not None
    assert (await commitments(views.pool, "alpha", asked=Asked(as_of=day(1.5)))).rows[0].refund_id is None


@each_version
async def test_what_was_known_to_be_owed_at_an_instant(views: Views) -> None:
    """By learning: an earlier breach was not known before it was recorded."""
    play = await views.play().filed()
    before = await views.clock()
    await play.offers(Role.SELLER, "20.00", 1)
    await play.accepts(Role.BUYER, 1, 1.2)
    made = await views.clock()
    await play.time_passes(20)
    await views.seen()

    async def status(asked: Asked) -> list[str]:
        return [row.status for row in (await commitments(views.pool, "alpha", status="all", asked=asked)).rows]

    assert await status(Asked(known_at=before)) == []
    assert await status(Asked(known_at=made)) == ["pending"]
    assert await status(Asked(known_at=made, as_of=day(15))) == ["pending"], "what day 15 looked like then"
    assert (await status(Asked(as_of=day(15))))[0] == "overdue"
    assert await status(Asked(as_of=day(1))) == []
    assert await status(Asked(known_at=await views.clock(), as_of=day(1.3))) == ["pending"]


async def test_the_place_in_the_log_of_an_instant(views: Views) -> None:
    assert await lives.known_by(views.pool, await views.clock()) == 0
    play = views.play()
    places = []
    for step in range(1, 8):
        await (play.filed() if step == 1 else play.writes(Role.BUYER, "hello", step))
        places.append((await views.clock(), play.position))
    for instant, position in places:
        assert await lives.known_by(views.pool, instant) == position
    assert await lives.known_by(views.pool, day(-10_000)) == 0


async def test_facts_a_little_out_of_order_leave_one_standing_at_every_instant(views: Views) -> None:
    """Workers' clocks differ: a later fact of the log may have happened a moment earlier."""
    play = await views.play().filed()
    await play.promises(Role.SELLER, 1, due=5)
    (owed,) = play.owed()
    await play.time_passes(6)
    await play.is_kept(owed.id, Role.BUYER, 4.9999)
    await views.seen()
    for instant in (1, 4.9998, 4.9999, 4.99995, 5, 5.1, 7):
        rows = (await commitments(views.pool, "alpha", status="all", asked=Asked(as_of=day(instant)))).rows
        assert len(rows) == 1, f"day {instant}"


async def _many(play: Play, number: int) -> None:
    await play.filed()
    await play.answers(Answer.CONTEST, 0.1)
    for n in range(number):
        await play.promises(Role.SELLER, 0.2 + n / 1000, due=5 + n % 3)


async def test_pages_are_complete_and_stable_while_promises_are_made_and_kept(views: Views) -> None:
    plays = [views.play() for _ in range(5)]
    await asyncio.gather(*(_many(play, 7) for play in plays))
    await views.seen()
    promised = {owed.id for play in plays for owed in play.owed()}
    listed = []
    cursor, kept = None, plays[0].owed()[6]
    while True:
        page = await commitments(views.pool, "alpha", limit=4, cursor=cursor)
        listed += page.rows
        cursor = page.next
        if cursor is None:
            break
        if len(listed) == 8:  # a write between two reads
            await plays[1].promises(Role.SELLER, 0.9, due=4)
            await plays[0].is_kept(kept.id, Role.BUYER, 1)
            await views.seen()
    found = [row.commitment_id for row in listed]
    assert len(found) == len(set(found))
    assert promised - {kept.id} <= set(found)
    assert [(row.due_at, row.commitment_id) for row in listed] == sorted(
        (row.due_at, row.commitment_id) for row in listed
    )


async def test_a_made_up_cursor_is_refused(views: Views) -> None:
    await views.seen()
    for cursor in (
        "",
        "x",
        "bm8",
        "W10",
        "WyJhIiwiYiJd",
        "ü",
        "WzEsMl0",
        "bnVsbA",
        "eyJhIjoxfQ",
        "W" * 9000,
        "W1tdLFtdXQ",
    ):
        with pytest.raises(UnknownCursor):
            await commitments(views.pool, "alpha", cursor=cursor)


async def test_filters(views: Views) -> None:
    play = await views.play().filed()
    await play.promises(Role.SELLER, 0.5, due=2)
    await play.promises(Role.BUYER, 0.6, due=3)
    await play.offers(Role.SELLER, "10.00", 1)
    await play.accepts(Role.BUYER, 1, 1.2)
    await views.seen()

    async def numbers(**filters: object) -> set[int]:
        page = await commitments(views.pool, "alpha", **filters)  # type: ignore[arg-type]
        return {row.number for row in page.rows}

    assert await numbers() == {1, 2, 3}
    assert await numbers(owed_by=Participant.BUYER) == {2}
    assert await numbers(owed_to=Participant.BUYER) == {1, 3}
    assert await numbers(subject=play.seller) == {1, 3}
    assert await numbers(commitment_class=CommitmentClass.REMEDY) == {3}
    assert await numbers(kind=CommitmentKind.REPLY) == {1, 2}
    assert await numbers(due_before=day(3)) == {1}
    assert await numbers(due_after=day(3)) == {2, 3}
    assert await numbers(dispute_id=uuid4()) == set()


async def test_one_commitment_by_its_id(views: Views) -> None:
    play = await views.play().filed()
    await play.promises(Role.SELLER, 0.5, due=2)
    (owed,) = play.owed()
    await views.seen()
    (found,) = (await commitments(views.pool, "alpha")).rows
    assert found.commitment_id == owed.id
    assert found.note is not None
    assert (await views.codec.open(found.note, "alpha"))["text"].endswith("I shall write")
    assert (await commitments(views.pool, "beta")).rows == []
    assert (await commitments(views.pool, "alpha", asked=Asked(as_of=day(0.1)))).rows == []


async def test_totals_are_those_of_the_rows_whatever_happens(views: Views) -> None:
    """The totals as they are kept, and as a rebuild makes them."""
    plays = await asyncio.gather(
        granted_by_silence(views.play()),
        withdrawn_with_promises(views.play()),
        ruled_and_paid(views.play()),
        settled_and_paid_late(views.play()),
    )
    await _many(views.play(), 3)
    await views.seen()
    assert len(plays) == 4

    async def counted() -> dict[tuple[str, str | None], tuple[int, int | None]]:
        found: dict[tuple[str, str | None], tuple[int, int | None]] = {}
        for row in (await commitments(views.pool, "alpha", status="all", limit=100)).rows:
            n, minor = found.get((row.status, row.currency), (0, None))
            found[row.status, row.currency] = (n + 1, (minor or 0) + row.minor if row.minor is not None else minor)
        return found

    def told(owed: list[Owed]) -> dict[tuple[str, str | None], tuple[int, int | None]]:
        return {(one.status, one.currency): (one.count, one.minor) for one in owed}

    whole = await counted()
    assert {status for status, _ in whole} >= {"pending", "kept", "kept_late"}
    assert told(await totals(views.pool, "alpha")) == whole
    assert await totals(views.pool, "beta") == []
    await PENDING_COMMITMENTS.rebuild(views.log, views.pool)
    assert told(await totals(views.pool, "alpha")) == whole
    refunds = told(await totals(views.pool, "alpha", kind=CommitmentKind.REFUND))
    assert sum(n for n, _ in refunds.values()) < sum(n for n, _ in whole.values())


async def test_who_keeps_promises_by_their_time(views: Views) -> None:
    """An open commitment counts as not kept from its due instant. A waived one counts neither way."""
    play = await views.play().filed()
    for n in range(4):
        await play.promises(Role.SELLER, 1 + n / 100, due=5 + n)
    on_time, late, waived, _ = play.owed()
    await play.is_kept(on_time.id, Role.BUYER, 3)
    await play.is_waived(waived.id, Role.BUYER, 3.1)
    await play.time_passes(6.5)
    await play.is_kept(late.id, Role.BUYER, 7)
    await play.time_passes(8.5)
    await views.seen()
    (found,) = await punctuality(views.pool, "alpha", "seller", due_after=day(0), due_before=day(30))
    assert (found.who, found.on_time, found.late, found.overdue) == (str(play.seller), 1, 1, 1)
    assert found.share == 1 / 3
    (early,) = await punctuality(views.pool, "alpha", "marketplace", due_after=day(5), due_before=day(6))
    assert (early.who, early.on_time, early.late, early.overdue) == ("alpha", 1, 0, 0)
    assert await punctuality(views.pool, "alpha", "desk", due_after=day(0), due_before=day(30)) == []


async def test_whoever_broke_it_has_broken_it(views: Views) -> None:
    """A first act that was missed passes on: it counts as broken for its neutral, and for nobody else until it is theirs.
    A promise that was waived after its due instant was broken too."""
    play = await views.play().filed()
    await play.answers(Answer.CONTEST, 1)
    await play.escalates(Role.BUYER, 4)
    await play.is_assigned(4.1)
    await play.promises(Role.SELLER, 4.2, due=5)
    await play.time_passes(6)
    (shipped,) = [c for c in play.owed() if c.owed_by == "seller"]
    await play.is_waived(shipped.id, Role.BUYER, 7)
    await views.seen()

    async def counted(by: Whose) -> list[Punctuality]:
        return await punctuality(views.pool, "alpha", by, due_after=day(0), due_before=day(30))

    (seller,) = await counted("seller")
    assert (seller.on_time, seller.late, seller.overdue, seller.broken, seller.share) == (0, 0, 0, 1, 0.0)
    (neutral,) = await counted("neutral")
    assert (neutral.who, neutral.overdue, neutral.broken) == (str(play.neutral), 0, 1)
    reviews = (await commitments(views.pool, "alpha", kind=CommitmentKind.REVIEW)).rows
    (review,) = [row for row in reviews if row.arises_from == "policy"]
    assert (review.owed_by, review.status, review.broken) == ("supervisor", "overdue", False)
    assert review.falls_due_at == review.began_at, "it fell due for the supervisor when it passed on"


async def test_what_is_past_due_in_a_past_case_is_overdue(views: Views) -> None:
    """At every instant asked for, though no event says so: nothing lapses in an imported case."""
    play = await views.play().filed(imported=True)
    await play.promises(Role.SELLER, 1, due=5)
    await play.time_passes(9)
    await views.seen()

    async def listed(status: Status, at: float) -> list[str]:
        asked = Asked(as_of=day(at))
        return [row.status for row in (await commitments(views.pool, "alpha", status=status, asked=asked)).rows]

    assert (await listed("pending", 4), await listed("overdue", 4)) == (["pending"], [])
    assert (await listed("pending", 5), await listed("overdue", 5)) == ([], ["overdue"])
    assert await listed("open", 6) == ["overdue"]
    (row,) = (await commitments(views.pool, "alpha", status="overdue", at=day(6))).rows
    assert (row.status, (await commitments(views.pool, "alpha", status="overdue", at=day(4))).rows) == ("overdue", [])
    (seller,) = await punctuality(views.pool, "alpha", "seller", at=day(6))
    assert (seller.on_time, seller.overdue) == (0, 1)
    assert await punctuality(views.pool, "alpha", "seller", at=day(4)) == []
    for at, counted in ((4, "pending"), (6, "overdue")):
        assert await totals(views.pool, "alpha", at=day(at)) == [Owed(counted, None, 1, None)]


async def test_whoever_broke_it_in_a_past_case_has_broken_it(views: Views) -> None:
    """Waived or replaced after its due instant, it was broken. Before that, it counts for nobody; so during a stay."""
    play = await views.play().filed(imported=True)
    for n, due in enumerate((3, 3, 9)):
        await play.promises(Role.SELLER, 1 + n / 100, due=due)
    waived, _, early = play.owed()
    await play.is_waived(waived.id, Role.BUYER, 4)
    await play.is_waived(early.id, Role.BUYER, 5)
    stayed = await views.play().filed(imported=True)
    await stayed.promises(Role.SELLER, 1, due=6)
    await stayed.does(OrderStay, Role.SUPERVISOR, 4, until=day(14), reasons=says("another court"))
    await stayed.is_waived(stayed.owed()[0].id, Role.BUYER, 8)
    await views.seen()
    (seller,) = await punctuality(views.pool, "alpha", "seller", at=day(20))
    assert (seller.on_time, seller.late, seller.overdue, seller.broken) == (0, 0, 1, 1)
    assert await punctuality(views.pool, "alpha", "seller", at=day(20), due_after=day(4)) == []


async def test_nothing_falls_due_while_a_past_case_is_stayed(views: Views) -> None:
    """As in a live case: what was overdue before the stay stays so and does not move; everything else moves on by the
    rest of the stay."""
    play = await views.play().filed(imported=True)
    await play.promises(Role.SELLER, 1, due=3)
    await play.promises(Role.SELLER, 1.1, due=6)
    await play.does(OrderStay, Role.SUPERVISOR, 4, until=day(14), reasons=says("another court"))
    await play.does(LiftStay, Role.SUPERVISOR, 10)
    await play.time_passes(20)
    await views.seen()

    async def listed(status: Status, at: float) -> list[int]:
        asked = Asked(as_of=day(at))
        rows = (await commitments(views.pool, "alpha", status=status, asked=asked)).rows
        assert {row.status for row in rows} <= {status}
        return [row.number for row in rows]

    for at, overdue, pending in (
        (2.9, [], [1, 2]), (3, [1], [2]), (5, [1], [2]), (9.9, [1], [2]), (11.9, [1], [2]), (12, [1, 2], []),
    ):  # fmt: skip
        assert (await listed("overdue", at), await listed("pending", at)) == (overdue, pending), f"day {at}"
    live = await views.play("beta").filed()
    await live.promises(Role.SELLER, 1, due=3)
    await live.promises(Role.SELLER, 1.1, due=6)
    await live.does(OrderStay, Role.SUPERVISOR, 4, until=day(14), reasons=says("another court"))
    await live.does(LiftStay, Role.SUPERVISOR, 10)
    due = [[owed.due_at for owed in sorted(one.owed(), key=lambda c: c.number)][:2] for one in (play, live)]
    assert due[0] == due[1] == [day(3), day(12)]


async def test_a_past_case_that_is_stayed_still(views: Views) -> None:
    """Neither lists nor totals nor punctuality show as overdue what would have fallen due since."""
    play = await views.play().filed(imported=True)
    await play.promises(Role.SELLER, 1, due=3)
    await play.promises(Role.SELLER, 1.1, due=6)
    await play.does(OrderStay, Role.SUPERVISOR, 4, until=day(14), reasons=says("another court"))
    await views.seen()
    at = day(9)
    assert [row.number for row in (await commitments(views.pool, "alpha", status="overdue", at=at)).rows] == [1]
    assert await totals(views.pool, "alpha", at=at) == [Owed("overdue", None, 1, None), Owed("pending", None, 1, None)]
    (seller,) = await punctuality(views.pool, "alpha", "seller", at=at)
    assert (seller.on_time, seller.overdue) == (0, 1)


async def test_who_is_not_told_of_some_still_reads_whole_pages(views: Views) -> None:
    """What a reader may not see is left out before the page is cut, and not after."""
    await withdrawn_with_promises(views.play())
    await settled_and_paid_late(views.play())
    await views.seen()
    first = await commitments(views.pool, "alpha", status="all", without=[{"arises_from": {"promise"}}], limit=1)
    assert [row.arises_from for row in first.rows] == ["settlement"]
    kinds = {row.kind for row in (await commitments(views.pool, "alpha", status="all")).rows}
    assert (await commitments(views.pool, "alpha", status="all", without=[{"kind": kinds}])).rows == []
