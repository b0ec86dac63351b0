"""Law reports on reconciliation: each difference from a provider's own list is reported once, until it is gone or
explained."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.kernel.base import Actor, Role
from domain.kernel.people import Words
from domain.payments.reconciliation import (
    ExplainDifference,
    MayNotReconcile,
    Odd,
    Ours,
    RecordComparison,
    Theirs,
    UnknownDifference,
    compare,
)
from domain.payments.reconciliation_facts import Difference, DifferenceEnded, DifferenceFound, LedgerCompared
from domain.stream_ids import reconciliation_id
from tests.domain.law.acts import FILED_AT, MARKETPLACE, money
from tests.domain.law.world import World

REFUND, OTHER, SUBJECT, NOBODY = (UUID(int=n) for n in (1, 2, 3, 4))
EARLIER = FILED_AT - timedelta(hours=1)


def ours(status: str = "confirmed", amount: str = "29.90 EUR", **changes: Any) -> Ours:
    return Ours(**{
        "refund_id": REFUND, "subject": SUBJECT, "amount": money(amount), "status": status, "changed_at": EARLIER, **changes,
    })  # fmt: skip


def theirs(status: str = "paid", amount: str = "29.90 EUR", number: int = 1, **changes: Any) -> Theirs:
    return Theirs(**{
        "refund_id": REFUND, "payment_key": UUID(int=100 + number), "reference": f"re_{number}", "amount": money(amount),
        "status": status, "made_at": EARLIER, **changes,
    })  # fmt: skip


def found(here: list[Ours], there: list[Theirs]) -> list[str]:
    return [one.what for one in compare(here, there, settled_by=FILED_AT, nobody=NOBODY)]


@pytest.mark.parametrize(
    ("here", "there", "differences"),
    [
        ([ours()], [theirs()], []),
        ([ours("submitted")], [theirs("pending")], []),
        ([ours("failed")], [theirs("failed")], []),
        ([ours("failed")], [], []),
        ([ours("settled_otherwise")], [], []),
        ([ours("submitted")], [], []),
        ([ours()], [theirs("failed"), theirs(number=2)], []),
        ([ours()], [], ["missing_there"]),
        ([], [theirs()], ["missing_here"]),
        ([], [theirs(refund_id=None)], ["missing_here"]),
        ([], [theirs("failed")], []),
        ([ours()], [theirs(amount="29.00 EUR")], ["amount"]),
        ([ours()], [theirs(amount="29.90 USD")], ["currency"]),
        ([ours()], [theirs(), theirs(number=2)], ["twice"]),
        ([ours()], [theirs(), theirs(number=2), theirs(number=3)], ["twice", "twice"]),
        ([ours("submitted")], [theirs()], ["status"]),
        ([ours("failed")], [theirs()], ["status"]),
        ([ours("cancelled")], [theirs()], ["status"]),
        ([ours("settled_otherwise")], [theirs()], ["status"]),
        ([ours("cancelled")], [theirs("pending")], ["status"]),
        ([ours()], [theirs("failed")], ["status"]),
        ([ours()], [theirs("pending")], ["status"]),
    ],
)
def test_what_differs(here: list[Ours], there: list[Theirs], differences: list[str]) -> None:
    """Each kind of difference, and what does not count as one."""
    assert found(here, there) == differences


def difference(
    what: str, theirs: tuple[Any, ...] = (None,) * 4, ours: tuple[Any, ...] = (None,) * 2, **changes: Any
) -> Any:
    names = ("payment_key", "reference", "theirs", "their_status", "ours", "our_status")
    told = dict(zip(names, (*theirs, *ours), strict=True))
    return Difference(**{"what": what, "refund_id": REFUND, "subject": SUBJECT, **told, **changes})


def test_what_a_difference_tells() -> None:
    """It holds both sides' values, the refund, and the provider's reference, so that a person can look it up."""
    here, there = (money("29.90 EUR"), "confirmed"), (UUID(int=101), "re_1", money("29.90 EUR"), "paid")
    less = (UUID(int=101), "re_1", money("29.00 EUR"), "paid")
    dollars = (UUID(int=101), "re_1", money("29.90 USD"), "paid")
    second = (UUID(int=102), "re_2", money("29.90 EUR"), "paid")
    pending = (UUID(int=101), "re_1", money("29.90 EUR"), "pending")
    for ledger, listed, expected in (
        ([ours()], [theirs(amount="29.00 EUR")], difference("amount", less, here)),
        ([ours()], [theirs(amount="29.90 USD")], difference("currency", dollars, here)),
        ([ours()], [theirs(), theirs(number=2)], difference("twice", second, here)),
        ([ours()], [], difference("missing_there", ours=here)),
        ([ours()], [theirs("pending")], difference("status", pending, here)),
        ([ours("failed")], [theirs()], difference("status", there, (money("29.90 EUR"), "failed"))),
        ([ours("cancelled")], [theirs("pending")], difference("status", pending, (money("29.90 EUR"), "cancelled"))),
        ([], [theirs(refund_id=OTHER)], difference("missing_here", there, refund_id=OTHER, subject=NOBODY)),
        ([], [theirs(refund_id=None)], difference("missing_here", there, refund_id=None, subject=NOBODY)),
    ):
        assert compare(ledger, listed, settled_by=FILED_AT, nobody=NOBODY) == (expected,)


def test_what_is_still_on_its_way_is_no_difference() -> None:
    """What was confirmed or paid a moment ago is left for the next comparison."""
    moment_ago = FILED_AT + timedelta(seconds=1)
    assert found([ours(changed_at=moment_ago)], []) == []
    assert found([], [theirs(made_at=moment_ago)]) == []


def test_refunds_of_equal_amount_are_no_duplicates() -> None:
    """Two refunds, each with its own payment."""
    assert found([ours(), ours(refund_id=OTHER)], [theirs(), theirs(number=2, refund_id=OTHER)]) == []


def does(world: World, kind: Any, role: Role = Role.ENGINE, **about: Any) -> list[Any]:
    actor = Actor(subject=UUID(int=9), role=role)
    facts = world.do(kind(marketplace=MARKETPLACE, actor=actor, now=FILED_AT, **about))
    return [fact.event for fact in facts]


def comparison(world: World, *differences: Difference) -> list[Any]:
    return does(world, RecordComparison, gateway="sandbox", since=EARLIER, refunds=1, payments=1, found=differences)


def test_a_difference_is_told_once() -> None:
    """While it persists it is not reported again. When it is gone it ends by itself. If it comes back, it is
    reported."""
    world = World()
    (paid_twice,) = compare([ours()], [theirs(), theirs(number=2)], settled_by=FILED_AT, nobody=NOBODY)
    first, compared = comparison(world, paid_twice)
    assert first == DifferenceFound(number=1, difference=paid_twice)
    assert isinstance(compared, LedgerCompared)
    assert (compared.number, compared.open) == (1, 1)
    (compared,) = comparison(world, paid_twice)
    assert (compared.number, compared.open) == (2, 1)
    ended, compared = comparison(world)
    assert ended == DifferenceEnded(number=1, how="gone", by=Role.ENGINE)
    assert compared.open == 0
    assert comparison(world, paid_twice)[0] == DifferenceFound(number=2, difference=paid_twice)


def test_a_difference_is_explained() -> None:
    """By a supervisor or the marketplace. From then on it is not reported, and a second explanation changes nothing."""
    world, note = World(), Words(text="Paid by hand.", language="en")
    (missing,) = compare([], [theirs()], settled_by=FILED_AT, nobody=NOBODY)
    comparison(world, missing)
    for role in (Role.BUYER, Role.SELLER, Role.NEUTRAL, Role.ADMINISTRATOR):
        with pytest.raises(MayNotReconcile):
            does(world, ExplainDifference, role, number=1, note=note)
    with pytest.raises(UnknownDifference):
        does(world, ExplainDifference, Role.SUPERVISOR, number=2, note=note)
    (ended,) = does(world, ExplainDifference, Role.SUPERVISOR, number=1, note=note)
    assert (ended.how, ended.by) == ("explained", Role.SUPERVISOR)
    assert does(world, ExplainDifference, Role.MARKETPLACE, number=1, note=note) == []
    (compared,) = comparison(world, missing)
    assert compared.open == 0
    stream = reconciliation_id(MARKETPLACE)
    assert world.replayed().states[stream] == world.states[stream]


def test_a_row_that_nobody_understands_is_a_difference_of_its_own() -> None:
    """Its refund may well have been paid, so it is not also called missing there. All else is compared."""
    odd = Odd(REFUND, UUID(int=200), "re_std"), Odd(None, UUID(int=201), "re_x")
    (named, unnamed, other) = compare([ours()], [theirs(refund_id=OTHER)], odd, settled_by=FILED_AT, nobody=NOBODY)
    assert (named.what, named.refund_id, named.subject, named.ours) == (
        "not_understood", REFUND, SUBJECT, money("29.90 EUR"),
    )  # fmt: skip
    assert (unnamed.what, unnamed.refund_id, unnamed.subject, unnamed.theirs) == ("not_understood", None, NOBODY, None)
    assert other.what == "missing_here"
