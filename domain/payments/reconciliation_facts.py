"""Facts about comparing the ledger with a payment provider's own list: differences found and ended."""

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, Literal, assert_never
from uuid import UUID

from domain.kernel.base import Event, Instant, Role, Value
from domain.kernel.frozen import frozen, replace
from domain.kernel.money import Money
from domain.kernel.people import Text
from domain.kernel.personal import Personal

# --- types ---

DifferenceKind = Literal["missing_here", "missing_there", "amount", "currency", "status", "twice", "not_understood"]

Key = tuple[DifferenceKind, UUID | None, UUID | None]


class Difference(Value):
    """`refund_id` is the ledger's refund, if the payment names one. `payment_key` is a keyed hash of `reference`, the
    provider's own. `subject` is the recipient, or the marketplace if the recipient is unknown.
    """

    what: DifferenceKind
    refund_id: UUID | None = None
    payment_key: UUID | None = None
    subject: UUID
    reference: Annotated[str | None, Personal("subject")] = None
    ours: Money | None = None
    our_status: str | None = None
    theirs: Money | None = None
    their_status: str | None = None

    @property
    def key(self) -> Key:
        return self.what, self.refund_id, self.payment_key


class LedgerCompared(Event, kind="LedgerCompared", stream="reconciliation"):
    """The ledger since `since` was compared with the provider's own list. `open` is the number of open differences."""

    number: int
    gateway: str
    since: Instant
    refunds: int
    payments: int
    open: int


class DifferenceFound(Event, kind="DifferenceFound", stream="reconciliation"):
    number: int
    difference: Difference


class DifferenceEnded(Event, kind="DifferenceEnded", stream="reconciliation"):
    """A difference ended. `gone`: a later comparison no longer found it. `explained`: a person explained it."""

    number: int
    how: Literal["gone", "explained"]
    by: Role
    note: Text | None = None


ReconciliationEvent = LedgerCompared | DifferenceFound | DifferenceEnded


# --- state ---


@frozen
class Reconciliation:
    """`open` are the differences by number. `explained` are those that are not reported again."""

    compared: int = 0
    compared_at: Instant | None = None
    found: int = 0
    open: Mapping[int, Key] = field(default_factory=dict)
    explained: Mapping[int, Key] = field(default_factory=dict)


# --- evolve ---


def evolve(state: Reconciliation, event: ReconciliationEvent, at: Instant) -> Reconciliation:
    match event:
        case LedgerCompared(number=number):
            return replace(state, compared=number, compared_at=at)
        case DifferenceFound(number=number, difference=difference):
            return replace(state, found=number, open={**state.open, number: difference.key})
        case DifferenceEnded(number=number, how=how):
            still = {n: key for n, key in state.open.items() if n != number}
            told = {**state.explained, number: state.open[number]} if how == "explained" else state.explained
            return replace(state, open=still, explained=told)
        case _:
            assert_never(event)
