"""One order of one marketplace: what was paid or is held, which lines are in dispute, and every movement of money back.

Each filing and each refund appends to this stream, so its version, not a view, refuses a second open dispute on the same
lines and a refund above what was paid, under any concurrency.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar, assert_never
from uuid import UUID

from domain.kernel.base import Event, Instant, Value
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.kernel.refusals import Conflict, Malformed

V = TypeVar("V")

# --- types ---


class Held(Value):
    """A sum in escrow, by who put it in."""

    by: Side
    amount: Money


class OrderLine(Value):
    """`key` is derived from the marketplace's own line id by a keyed hash."""

    key: UUID
    amount: Money


class TransactionRecorded(Event, kind="TransactionRecorded", stream="transaction"):
    buyer: UUID
    seller: UUID
    paid: Money
    held: tuple[Held, ...]
    lines: tuple[OrderLine, ...]


class ClaimOpened(Event, kind="ClaimOpened", stream="transaction"):
    """`follows` is the closed dispute on this order that this one takes up."""

    schema_version = 2

    dispute_id: UUID
    lines: tuple[UUID, ...]
    amount: Money
    pays_in: bool = False
    follows: UUID | None = None


class ClaimEnded(Event, kind="ClaimEnded", stream="transaction"):
    schema_version = 2

    dispute_id: UUID
    ended_at: Instant | None = None


class ClaimBarred(Event, kind="ClaimBarred", stream="transaction"):
    """This side files no claim on these lines again, for this reason or, where none is named, for any."""

    dispute_id: UUID
    claimant: Side
    lines: tuple[UUID, ...]
    reason: str | None = None


class ClaimMayReturn(Event, kind="ClaimMayReturn", stream="transaction"):
    """It was not heard, on a ground that can be cured: this side may file it again, and is not late by that."""

    dispute_id: UUID
    claimant: Side


class RefundReserved(Event, kind="RefundReserved", stream="transaction"):
    """Set aside before any provider is called; counts against what was paid until it is released."""

    refund_id: UUID
    dispute_id: UUID
    amount: Money
    beyond_claim: bool = False


class RefundSettled(Event, kind="RefundSettled", stream="transaction"):
    refund_id: UUID


class RefundReleased(Event, kind="RefundReleased", stream="transaction"):
    refund_id: UUID


class RefundRecovered(Event, kind="RefundRecovered", stream="transaction"):
    """The buyer gave back what turned out to be too much; it can leave the order again."""

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


class LinesAlreadyInDispute(Conflict):
    """Another dispute on these order lines is still open."""

    pointer = "/claim/lines"


class InadmissibleForGood(Conflict):
    """A claim like this one on these order lines was declared inadmissible, on a ground that nothing cures."""

    pointer = "/claim/lines"


class ClaimExceedsPaid(Conflict):
    """The claim is above what can still be paid out of this order."""

    pointer = "/claim/amount"


class TransactionDiffers(Conflict):
    """This order was filed before with other parties, sums or lines."""

    pointer = "/transaction"


class UnknownLine(Malformed):
    """The claim names a line that the order does not have."""

    pointer = "/claim/lines"


class FollowsNothing(Conflict):
    """There is no closed dispute on this order that this one could follow, or another one follows it already."""

    pointer = "/follows"


class TakenMeanwhile(Conflict):
    """Another dispute has taken up these order lines, or their money, since this one was closed."""


class RefundExceedsPaid(Conflict):
    """This refund would bring the order's refunds above what was paid or held."""


# --- state ---


@dataclass(frozen=True, slots=True)
class OpenClaim:
    lines: frozenset[UUID]
    amount: Money
    pays_in: bool
    ended_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Money that is set aside for a refund, or gone."""

    dispute_id: UUID
    amount: Money
    beyond_claim: bool
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Transaction:
    """`claims` are the open ones, by dispute, and `ended` the others; `moves` the movements of money, by refund. All of them
    stay below `limit`, but for what was `recovered`. `bars` are on claims that were inadmissible for good,
    `returns` the claimants of those that may be filed again."""

    paid: Money | None = None
    parties: tuple[UUID, UUID] | None = None
    held: tuple[Held, ...] = ()
    lines: Mapping[UUID, Money] = field(default_factory=dict)
    claims: Mapping[UUID, OpenClaim] = field(default_factory=dict)
    moves: Mapping[UUID, Move] = field(default_factory=dict)
    ended: Mapping[UUID, OpenClaim] = field(default_factory=dict)
    followed: frozenset[UUID] = frozenset()
    recovered: tuple[Money, ...] = ()
    bars: tuple[ClaimBarred, ...] = ()
    returns: Mapping[UUID, Side] = field(default_factory=dict)

    @property
    def limit(self) -> Money:
        """All that can ever leave this order: what is held in escrow, or else what was paid."""
        assert self.paid is not None, "a transaction is recorded before anything is asked of it"
        return total_held(self.held) or self.paid

    def left(self) -> Money:
        """What no movement of money has taken."""
        return self.limit + self._sum(self.recovered) - self._sum(m.amount for m in self.moves.values())

    def refunded(self, dispute_id: UUID) -> Money:
        """What has left it by one dispute."""
        return self._sum(m.amount for m in self.moves.values() if m.dispute_id == dispute_id and m.settled)

    def left_for(self, dispute_id: UUID) -> Money:
        """What is left beside what the other open disputes may still take."""
        others = replace(self, claims={k: claim for k, claim in self.claims.items() if k != dispute_id})
        return others.unclaimed()

    def unclaimed(self) -> Money:
        """What is left beside what the open disputes may still take."""
        left = self.left()
        for dispute_id, claim in self.claims.items():
            if not claim.pays_in:
                moves = (m for m in self.moves.values() if m.dispute_id == dispute_id and not m.beyond_claim)
                taken = self._sum(m.amount for m in moves)
                pending = claim.amount - min(taken, claim.amount)
                left -= min(pending, left)
        return left

    def _sum(self, amounts: Iterable[Money]) -> Money:
        return sum(amounts, start=Money.zero(self.limit.currency))


def total_held(held: tuple[Held, ...]) -> Money | None:
    """The sum in escrow; None where nothing is held."""
    if not held:
        return None
    return sum((h.amount for h in held[1:]), start=held[0].amount)


# --- evolve ---


def evolve(tx: Transaction, event: TransactionEvent) -> Transaction:
    match event:
        case TransactionRecorded(paid=paid, held=held, lines=lines):
            parties = (event.buyer, event.seller)
            return replace(tx, paid=paid, parties=parties, held=held, lines={line.key: line.amount for line in lines})
        case ClaimOpened(dispute_id=dispute_id, lines=keys, amount=amount, pays_in=pays_in):
            claims = {**tx.claims, dispute_id: OpenClaim(frozenset(keys), amount, pays_in)}
            followed = tx.followed | {event.follows} if event.follows else tx.followed
            return replace(tx, claims=claims, ended=_without(tx.ended, dispute_id), followed=followed)
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
            return replace(tx, moves={**tx.moves, rid: Move(dispute_id, amount, beyond)})
        case RefundSettled(refund_id=rid):
            return replace(tx, moves={**tx.moves, rid: replace(tx.moves[rid], settled=True)})
        case RefundReleased(refund_id=rid):
            return replace(tx, moves=_without(tx.moves, rid))
        case _:
            assert_never(event)


def _without(mapping: Mapping[UUID, V], key: UUID) -> Mapping[UUID, V]:
    return {k: v for k, v in mapping.items() if k != key}


# --- decisions ---


def record(tx: Transaction, recorded: TransactionRecorded) -> list[TransactionEvent]:
    """The order as the marketplace describes it now; the same again is no news, anything else is refused."""
    if tx.paid is None:
        return [recorded]
    same = (tx.parties, tx.paid, tx.held, dict(tx.lines)) == (
        (recorded.buyer, recorded.seller),
        recorded.paid,
        recorded.held,
        {line.key: line.amount for line in recorded.lines},
    )
    if not same:
        raise TransactionDiffers(paid=str(tx.paid))
    return []


def open_claim(
    tx: Transaction,
    *,
    dispute_id: UUID,
    lines: tuple[UUID, ...],
    amount: Money,
    pays_in: bool,
    follows: UUID | None = None,
) -> list[TransactionEvent]:
    """`pays_in` marks a claim for payment into the order, which nothing paid out of it limits."""
    if unknown := [key for key in lines if key not in tx.lines]:
        raise UnknownLine(unknown=len(unknown))
    if taken := [str(other) for other, claim in tx.claims.items() if claim.lines & set(lines)]:
        raise LinesAlreadyInDispute(open_disputes=taken)
    if not pays_in and amount > (left := tx.unclaimed()):
        raise ClaimExceedsPaid(amount=str(amount), left=str(left))
    if follows is not None and (follows not in tx.ended or follows in tx.followed):
        raise FollowsNothing(follows=str(follows))
    return [ClaimOpened(dispute_id=dispute_id, lines=lines, amount=amount, pays_in=pays_in, follows=follows)]


def check_not_barred(tx: Transaction, claimant: Side, lines: tuple[UUID, ...], reason: str) -> None:
    """Raises InadmissibleForGood, with the disputes in which it was declared."""
    alike = (bar for bar in tx.bars if bar.claimant is claimant and bar.reason in (None, reason))
    if barred := [str(bar.dispute_id) for bar in alike if set(bar.lines) & set(lines)]:
        raise InadmissibleForGood(disputes=barred)


def not_heard_before(
    tx: Transaction, claimant: Side, lines: tuple[UUID, ...], follows: UUID | None
) -> OpenClaim | None:
    """The same side's claim on these lines that the new one follows, and that may be filed again."""
    before = tx.ended.get(follows) if follows else None
    returns = before is not None and tx.returns.get(follows) is claimant and set(lines) <= before.lines  # type: ignore[arg-type]
    return before if returns else None


def reopen_claim(tx: Transaction, dispute_id: UUID) -> list[TransactionEvent]:
    """The claim of a closed dispute again, where nobody else claims its lines or its money meanwhile."""
    if (claim := tx.ended.get(dispute_id)) is None:
        return []
    taken = any(open_one.lines & claim.lines for open_one in tx.claims.values())
    opened = ClaimOpened(
        dispute_id=dispute_id, lines=tuple(sorted(claim.lines)), amount=claim.amount, pays_in=claim.pays_in
    )
    moved = (m.amount for m in tx.moves.values() if m.dispute_id == dispute_id and not m.beyond_claim)
    had = Money.total(moved, claim.amount.currency)
    if taken or (not claim.pays_in and claim.amount > tx.unclaimed() + had):
        raise TakenMeanwhile()
    return [opened]


def end_claim(tx: Transaction, dispute_id: UUID, at: Instant) -> list[TransactionEvent]:
    return [ClaimEnded(dispute_id=dispute_id, ended_at=at)] if dispute_id in tx.claims else []


def reserve(
    tx: Transaction, *, refund_id: UUID, dispute_id: UUID, amount: Money, beyond_claim: bool = False
) -> list[TransactionEvent]:
    """`beyond_claim`: it may take only what no open dispute can still take."""
    if refund_id in tx.moves:
        return []
    if amount > (left := tx.unclaimed() if beyond_claim else tx.left()):
        raise RefundExceedsPaid(amount=str(amount), left=str(left))
    return [RefundReserved(refund_id=refund_id, dispute_id=dispute_id, amount=amount, beyond_claim=beyond_claim)]
