"""Compares the ledger with a payment provider's own list. Every difference is recorded once, for a person to explain.

    DifferenceFound → DifferenceEnded (gone by itself, or explained)

A difference that the next comparison still finds, or that was explained, is not recorded again.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal, assert_never
from uuid import UUID

from domain.kernel.base import Command, Event, Instant, Role
from domain.kernel.frozen import frozen
from domain.kernel.money import Money
from domain.kernel.people import Words
from domain.kernel.refusals import Forbidden, Unknown
from domain.payments.reconciliation_facts import (
    Difference,
    DifferenceEnded,
    DifferenceFound,
    DifferenceKind,
    LedgerCompared,
    Reconciliation,
    ReconciliationEvent,
)

# --- types ---


class RecordComparison(Command):
    """Records a comparison. `found` are all present differences."""

    gateway: str
    since: Instant
    refunds: int
    payments: int
    found: tuple[Difference, ...]


class ExplainDifference(Command):
    number: int
    note: Words


ReconciliationCommand = RecordComparison | ExplainDifference


class MayNotReconcile(Forbidden):
    """Your role cannot explain a difference. A supervisor or the marketplace can.

    Why: A difference between the ledger and the provider is money. Those explain it who can look at both sides.

    What to do: Let the marketplace or a supervisor explain it.

    Example: {"role": "neutral"}
    """


class UnknownDifference(Unknown):
    """There is no open difference with this number.

    Why: Differences are numbered in each marketplace. A difference that was explained or is over is not open any more.

    What to do: Take the number from `GET /v1/reconciliations/differences`.

    Example: {"number": 7}
    """


# --- decisions ---


def decide(state: Reconciliation, command: ReconciliationCommand) -> Sequence[Event]:
    match command:
        case RecordComparison():
            return record(state, command)
        case ExplainDifference():
            return explain(state, command)
        case _:
            assert_never(command)


def record(state: Reconciliation, command: RecordComparison) -> list[ReconciliationEvent]:
    known = {*state.open.values(), *state.explained.values()}
    found = {difference.key: difference for difference in command.found}
    events: list[ReconciliationEvent] = [
        DifferenceEnded(number=number, how="gone", by=command.actor.role)
        for number, key in state.open.items()
        if key not in found
    ]
    new = [difference for key, difference in found.items() if key not in known]
    left = len(state.open) - len(events) + len(new)
    events += [DifferenceFound(number=n, difference=one) for n, one in enumerate(new, start=state.found + 1)]
    compared = LedgerCompared(
        number=state.compared + 1,
        gateway=command.gateway,
        since=command.since,
        refunds=command.refunds,
        payments=command.payments,
        open=left,
    )
    return [*events, compared]


def explain(state: Reconciliation, command: ExplainDifference) -> list[ReconciliationEvent]:
    if command.actor.role not in (Role.SUPERVISOR, Role.MARKETPLACE):
        raise MayNotReconcile(role=command.actor.role.value)
    if command.number in state.explained:
        return []
    if command.number not in state.open:
        raise UnknownDifference(number=command.number)
    note = command.note.of(command.actor.subject)
    return [DifferenceEnded(number=command.number, how="explained", by=command.actor.role, note=note)]


@frozen
class Ours:
    """A refund as the ledger has it."""

    refund_id: UUID
    subject: UUID
    amount: Money
    status: str
    changed_at: Instant


@frozen
class Theirs:
    """A payment as the provider lists it."""

    refund_id: UUID | None
    payment_key: UUID
    reference: str
    amount: Money
    status: Literal["pending", "paid", "failed"]
    made_at: Instant


@frozen
class Odd:
    """A row of the provider's list that cannot be understood. `refund_id` is the engine's, if the row says it."""

    refund_id: UUID | None
    payment_key: UUID
    reference: str


def compare(
    ours: Iterable[Ours], theirs: Iterable[Theirs], odd: Iterable[Odd] = (), *, settled_by: Instant, nobody: UUID
) -> tuple[Difference, ...]:
    """The differences. What changed after `settled_by` is still on its way, and is left to the next comparison.

    A row that cannot be understood is a difference of its own. Its refund is not also called `missing_there`.
    `nobody` stands for the recipient of a payment that has no refund's id.
    """
    by_refund: dict[UUID, list[Theirs]] = defaultdict(list)
    differences: list[Difference] = []
    refunds = {one.refund_id: one for one in ours}
    unclear = [(refunds.get(row.refund_id) if row.refund_id else None, row) for row in odd]
    differences += [_not_understood(one, row, nobody) for one, row in unclear]
    named = {one.refund_id for one, _ in unclear if one is not None}
    for payment in theirs:
        if payment.refund_id in refunds:
            by_refund[payment.refund_id].append(payment)
        elif payment.status != "failed" and payment.made_at <= settled_by:
            differences.append(_difference("missing_here", None, payment, nobody))
    for one in refunds.values():
        if one.changed_at <= settled_by:
            found = _of_refund(one, by_refund[one.refund_id], nobody)
            differences += [d for d in found if d.what != "missing_there" or one.refund_id not in named]
    return tuple(differences)


def _of_refund(one: Ours, found: list[Theirs], nobody: UUID) -> list[Difference]:
    moved = [payment for payment in found if payment.status == "paid"]
    differences = [_difference("twice", one, payment, nobody) for payment in moved[1:]]
    for payment in moved:
        if payment.amount.currency != one.amount.currency:
            differences.append(_difference("currency", one, payment, nobody))
        elif payment.amount != one.amount:
            differences.append(_difference("amount", one, payment, nobody))
    if one.status == "confirmed":
        if not found:
            differences.append(_difference("missing_there", one, None, nobody))
        elif not moved:
            differences.append(_difference("status", one, found[0], nobody))
        return differences
    waits = [payment for payment in found if payment.status == "pending" and one.status != "submitted"]
    if told := moved or waits:
        differences.append(_difference("status", one, told[0], nobody))
    return differences


def _not_understood(one: Ours | None, row: Odd, nobody: UUID) -> Difference:
    return Difference(
        what="not_understood",
        refund_id=row.refund_id,
        payment_key=row.payment_key,
        subject=one.subject if one else nobody,
        reference=row.reference,
        ours=one.amount if one else None,
        our_status=one.status if one else None,
    )


def _difference(what: DifferenceKind, one: Ours | None, payment: Theirs | None, nobody: UUID) -> Difference:
    return Difference(
        what=what,
        refund_id=one.refund_id if one else payment.refund_id if payment else None,
        payment_key=payment.payment_key if payment else None,
        subject=one.subject if one else nobody,
        reference=payment.reference if payment else None,
        ours=one.amount if one else None,
        our_status=one.status if one else None,
        theirs=payment.amount if payment else None,
        their_status=payment.status if payment else None,
    )
