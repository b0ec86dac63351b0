"""Facts about one order: what was paid, which lines are in dispute, and every movement of money back."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import TypeVar, assert_never
from uuid import UUID

from domain.kernel.base import Event, Instant, Value
from domain.kernel.frozen import frozen, replace
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.kernel.quantities import Quantity

V = TypeVar("V")


# --- types ---


class Held(Value):
    """A sum in escrow, and which side paid it in."""

    by: Side
    amount: Money


class OrderLine(Value):
    """`key` is derived from the marketplace's own line id by a keyed hash. `quantity` is all of it, in the line's unit.

    Orders that were recorded before quantities were have none. The next filing on such an order records it.
    """

    key: UUID
    amount: Money
    quantity: Quantity | None = None


class LinePart(Value):
    """So much of an order line, in the line's unit or in pieces. `line` is its key."""

    line: UUID
    quantity: Quantity


class TransactionRecorded(Event, kind="TransactionRecorded", stream="transaction"):
    schema_version = 2

    buyer: UUID
    seller: UUID
    paid: Money
    held: tuple[Held, ...]
    lines: tuple[OrderLine, ...]


class ClaimOpened(Event, kind="ClaimOpened", stream="transaction"):
    """A dispute claims these lines; of those in `parts`, only so much. `follows` is the closed dispute on this order that
    it takes up.
    """

    schema_version = 3

    dispute_id: UUID
    lines: tuple[UUID, ...]
    amount: Money
    pays_in: bool = False
    follows: UUID | None = None
    parts: tuple[LinePart, ...] = ()


class ClaimEnded(Event, kind="ClaimEnded", stream="transaction"):
    schema_version = 2

    dispute_id: UUID
    ended_at: Instant | None = None


class ClaimBarred(Event, kind="ClaimBarred", stream="transaction"):
    """This side cannot claim these lines again: for this reason, or for any if `reason` is None. Of the lines in `parts` so
    much is barred.
    """

    schema_version = 2

    dispute_id: UUID
    claimant: Side
    lines: tuple[UUID, ...]
    reason: str | None = None
    parts: tuple[LinePart, ...] = ()


class ClaimMayReturn(Event, kind="ClaimMayReturn", stream="transaction"):
    """The claim was not heard, on a ground that can be cured. This side may file it again, and is then not late."""

    dispute_id: UUID
    claimant: Side


class RefundReserved(Event, kind="RefundReserved", stream="transaction"):
    """The money is set aside before any provider is called. It counts against what was paid until it is released."""

    refund_id: UUID
    dispute_id: UUID
    amount: Money
    beyond_claim: bool = False


class RefundSettled(Event, kind="RefundSettled", stream="transaction"):
    refund_id: UUID


class RefundReleased(Event, kind="RefundReleased", stream="transaction"):
    refund_id: UUID


class RefundRecovered(Event, kind="RefundRecovered", stream="transaction"):
    """The buyer paid back what was too much. It can leave the order again."""

    dispute_id: UUID
    amount: Money


TransactionEvent = (
    TransactionRecorded
    | ClaimOpened
    | ClaimEnded
    | ClaimBarred
    | ClaimMayReturn
    | RefundReserved
    | RefundSettled
    | RefundReleased
    | RefundRecovered
)


# --- state ---


@frozen
class OpenClaim:
    lines: frozenset[UUID]
    amount: Money
    pays_in: bool
    ended_at: Instant | None = None
    parts: tuple[LinePart, ...] = ()

    def part(self, line: UUID) -> Quantity | None:
        """How much of the line is claimed; None: all of it."""
        return part_of(self.parts, line)


@frozen
class Movement:
    """Money that is set aside for a refund, or already paid."""

    dispute_id: UUID
    amount: Money
    beyond_claim: bool
    settled: bool = False


@frozen
class Transaction:
    """One order.

    `claims` are the open claims and `ended` the others, both by dispute. `movements` are those of money, by refund.
    Together they stay within `limit` plus what was `recovered`. `bars` are on claims that were inadmissible for good.
    `returns` are the claimants of claims that may be filed again.
    """

    paid: Money | None = None
    parties: tuple[UUID, UUID] | None = None
    held: tuple[Held, ...] = ()
    lines: Mapping[UUID, OrderLine] = field(default_factory=dict)
    claims: Mapping[UUID, OpenClaim] = field(default_factory=dict)
    movements: Mapping[UUID, Movement] = field(default_factory=dict)
    ended: Mapping[UUID, OpenClaim] = field(default_factory=dict)
    followed: frozenset[UUID] = frozenset()
    recovered: tuple[Money, ...] = ()
    bars: tuple[ClaimBarred, ...] = ()
    returns: Mapping[UUID, Side] = field(default_factory=dict)

    @property
    def limit(self) -> Money:
        """All that can ever leave this order: what is held in escrow, or otherwise what was paid."""
        assert self.paid is not None, "a transaction is recorded before anything is asked of it"
        return total_held(self.held) or self.paid

    def left(self) -> Money:
        """What no movement of money has taken."""
        return self.limit + self._sum(self.recovered) - self._sum(m.amount for m in self.movements.values())

    def refunded(self, dispute_id: UUID) -> Money:
        """What has left the order through one dispute."""
        return self._sum(m.amount for m in self.movements.values() if m.dispute_id == dispute_id and m.settled)

    def left_for(self, dispute_id: UUID) -> Money:
        """What is left after what the other open disputes may still take."""
        others = replace(self, claims={k: claim for k, claim in self.claims.items() if k != dispute_id})
        return others.unclaimed()

    def unclaimed(self) -> Money:
        """What is left after what the open disputes may still take."""
        left = self.left()
        for dispute_id, claim in self.claims.items():
            if not claim.pays_in:
                theirs = (m for m in self.movements.values() if m.dispute_id == dispute_id and not m.beyond_claim)
                taken = self._sum(m.amount for m in theirs)
                pending = claim.amount - min(taken, claim.amount)
                left -= min(pending, left)
        return left

    def _sum(self, amounts: Iterable[Money]) -> Money:
        return sum(amounts, start=Money.zero(self.limit.currency))


def part_of(parts: Iterable[LinePart], line: UUID) -> Quantity | None:
    """How much of the line these parts name; None: all of it."""
    return next((part.quantity for part in parts if part.line == line), None)


def total_held(held: tuple[Held, ...]) -> Money | None:
    """The sum in escrow; None if nothing is held."""
    if not held:
        return None
    return sum((h.amount for h in held[1:]), start=held[0].amount)


# --- evolve ---


def evolve(tx: Transaction, event: TransactionEvent) -> Transaction:
    match event:
        case TransactionRecorded(paid=paid, held=held, lines=lines):
            parties = (event.buyer, event.seller)
            return replace(tx, paid=paid, parties=parties, held=held, lines={line.key: line for line in lines})
        case ClaimOpened(dispute_id=dispute_id, lines=keys, amount=amount, pays_in=pays_in):
            claims = {**tx.claims, dispute_id: OpenClaim(frozenset(keys), amount, pays_in, parts=event.parts)}
            followed = tx.followed | {event.follows} if event.follows else tx.followed
            opened = replace(tx, claims=claims, ended=_without(tx.ended, dispute_id), followed=followed)
            again = tx.returns and dispute_id in tx.returns  # it was not heard, and a review opens it
            return replace(opened, returns=_without(tx.returns, dispute_id)) if again else opened
        case ClaimEnded(dispute_id=dispute_id):
            over = tx.claims.get(dispute_id)
            ended = {**tx.ended, dispute_id: replace(over, ended_at=event.ended_at)} if over else tx.ended
            return replace(tx, claims=_without(tx.claims, dispute_id), ended=ended)
        case ClaimMayReturn(dispute_id=dispute_id, claimant=claimant):
            return replace(tx, returns={**tx.returns, dispute_id: claimant})
        case ClaimBarred():
            return replace(tx, bars=(*tx.bars, event))
        case RefundRecovered(amount=amount):
            return replace(tx, recovered=(*tx.recovered, amount))
        case RefundReserved(refund_id=rid, dispute_id=dispute_id, amount=amount, beyond_claim=beyond):
            return replace(tx, movements={**tx.movements, rid: Movement(dispute_id, amount, beyond)})
        case RefundSettled(refund_id=rid):
            return replace(tx, movements={**tx.movements, rid: replace(tx.movements[rid], settled=True)})
        case RefundReleased(refund_id=rid):
            return replace(tx, movements=_without(tx.movements, rid))
        case _:
            assert_never(event)


def _without(mapping: Mapping[UUID, V], key: UUID) -> Mapping[UUID, V]:
    return {k: v for k, v in mapping.items() if k != key}
