"""Refunds that were made elsewhere: by the marketplace on its own, by a chargeback, by the seller directly.

They are facts. They lower what may still be refunded out of the order, and what is claimed or owed here. A claim that
was paid in full elsewhere is resolved elsewhere. A payment of more than is left of the order is recorded too, as an
excess. A failed refund moves no money, so the money set aside for it can cover a payment elsewhere in its place. A
refund under way may still arrive, so a payment elsewhere comes on top of it. A closed dispute stays closed, because
nothing is owed in it that could be lowered. If a supervisor reopens it, the payment counts.

A refund elsewhere may be taken back: a chargeback that was lost is won after all. Then the claim rises again, and the money can
be refunded here. An outcome that was reached meanwhile is carried out first. After that a supervisor can reopen the dispute.
"""

from collections.abc import Collection, Sequence
from typing import assert_never
from uuid import UUID

from domain.commitments import making
from domain.commitments.events import (
    CommitmentDischarged,
    CommitmentEvent,
    CommitmentKind,
    Origin,
    Participant,
    Promise,
    refund_id_of,
)
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.kernel.base import Event, Instant, OnDispute, Role
from domain.kernel.money import CurrencyMismatch, Money
from domain.kernel.people import Side
from domain.kernel.refusals import Conflict, Malformed
from domain.payments import transaction, transaction_facts
from domain.payments.refunds import MayNotReport
from domain.payments.transaction_facts import Transaction, TransactionEvent
from domain.policy.policy import Policy
from domain.remedies import remedy
from domain.remedies.division_facts import RemedyEvent
from domain.remedies.elsewhere_facts import How, RefundedElsewhere, RefundElsewhereTakenBack
from domain.remedies.recovery_facts import OF_OUTCOMES

# --- types ---


class RecordRefundElsewhere(OnDispute, recorded_as=RefundedElsewhere, given_by=Role.MARKETPLACE):
    """Records a refund made elsewhere, at `paid_at`. `payment_key` derives from the payment's own reference, so that it
    counts once.
    """

    payment_key: UUID
    amount: Money
    how: How
    paid_at: Instant


class TakeBackRefundElsewhere(OnDispute, recorded_as=RefundElsewhereTakenBack, given_by=Role.ENGINE):
    """Records that the buyer no longer has a refund that was made elsewhere."""

    payment_key: UUID


ElsewhereCommand = RecordRefundElsewhere | TakeBackRefundElsewhere


class NothingRefunded(Malformed):
    """`amount` is zero.

    Why: A report without a sum would lower nothing.

    What to do: Send the sum that the buyer really got.
    """

    pointer = "/amount"


class NotRefundedYet(Malformed):
    """`paid_at` lies in the future.

    Why: A payment lowers the claim only when it was made.

    What to do: Report it after it was paid, with the instant of the payment.

    Example: {"paid_at": "2026-11-05T10:00:00+00:00"}
    """

    pointer = "/paid_at"


class PaidOutOfEscrow(Conflict):
    """The money of this dispute is held in escrow, so it cannot have been refunded elsewhere.

    Why: Money in escrow is held until this dispute ends. It cannot have reached the buyer in another way.

    What to do: Check which order was refunded. If money of your own was paid, make a commitment of goodwill instead.
    """


class OutcomeUnderway(Conflict):
    """The outcome of the dispute is being carried out, so a refund made elsewhere cannot be taken back now.

    Why: What is owed was divided when that refund counted. To count it out meanwhile would change what people are paying.

    What to do: Nothing. The engine takes it back when the dispute is closed. After that a supervisor can reopen the dispute.

    Example: {"stage": "execution"}
    """


# --- decisions ---


def decide(basis: Basis, command: ElsewhereCommand) -> Sequence[Event]:
    match command:
        case RecordRefundElsewhere():
            return record(basis.dispute, basis.policy, basis.case.transaction, command)
        case TakeBackRefundElsewhere():
            return take_back(basis.dispute, command)
        case _:
            assert_never(command)


def record(
    dispute: Dispute, policy: Policy, tx: Transaction, command: RecordRefundElsewhere
) -> list[RefundedElsewhere | RemedyEvent | TransactionEvent]:
    if command.actor.role not in (Role.MARKETPLACE, Role.ENGINE):  # the engine, for a provider whose notice it believes
        raise MayNotReport(role=command.actor.role.value)
    if command.payment_key in tx.movements:
        return []
    _check(dispute, command)
    counts = min(command.amount, _without(tx, _idle(dispute, tx)).left_for(dispute.id))
    recorded = _counted(dispute, policy, command, counts)
    discharged = {refund_id_of(e.commitment_id) for e in recorded if isinstance(e, CommitmentDischarged)}
    free = sorted(_idle(dispute, tx) & (discharged | _for_nobody(dispute, tx)))
    return [
        *(transaction_facts.RefundReleased(refund_id=refund_id) for refund_id in free),
        *transaction.reserve(_without(tx, free), refund_id=command.payment_key, dispute_id=dispute.id, amount=counts),
        transaction_facts.RefundSettled(refund_id=command.payment_key),
        *recorded,
    ]


def take_back(dispute: Dispute, command: TakeBackRefundElsewhere) -> list[RefundElsewhereTakenBack | TransactionEvent]:
    """What was off the claim is claimed again. A claim that was paid in full was not lowered, so it does not rise."""
    if command.actor.role not in (Role.MARKETPLACE, Role.ENGINE):
        raise MayNotReport(role=command.actor.role.value)
    if (paid := dispute.elsewhere.get(command.payment_key)) is None:
        return []
    if not (dispute.undecided or dispute.closed):
        raise OutcomeUnderway(stage=dispute.stage.value)
    back = Money.zero(paid.amount.currency) if paid.resolves else paid.off_claim
    return [
        transaction_facts.RefundReleased(refund_id=command.payment_key),
        RefundElsewhereTakenBack(payment_key=command.payment_key, amount=paid.amount, on_claim=back),
    ]


def _counted(
    dispute: Dispute, policy: Policy, command: RecordRefundElsewhere, counts: Money
) -> list[RefundedElsewhere | RemedyEvent]:
    """Records the payment, and lowers what is claimed or owed."""
    zero = Money.zero(counts.currency)
    if dispute.claimant is Side.SELLER or dispute.closed:
        return [_recorded(command, counts, zero, resolves=False)]
    if dispute.undecided:
        off_claim = min(counts, dispute.claimed)
        resolves = off_claim == dispute.claimed
        recovered = _had_too_much(dispute, policy, command.now) if resolves else []
        # what exceeds the rest of the claim pays what was conceded before
        lowered = _lowered(dispute, counts - off_claim)
        return [_recorded(command, counts, off_claim, resolves=resolves), *recovered, *lowered]
    return [_recorded(command, counts, zero, resolves=False), *_lowered(dispute, counts)]


def _idle(dispute: Dispute, tx: Transaction) -> frozenset[UUID]:
    """The refunds of this dispute that have money set aside and are not under way. They failed, and may still be owed."""
    underway = {refund_id_of(owed.id) for owed in dispute.commitments.open.values() if owed.underway}
    return _set_aside(dispute, tx) - underway


def _for_nobody(dispute: Dispute, tx: Transaction) -> frozenset[UUID]:
    """The refunds whose commitment has ended, and that wait to be cancelled."""
    return _set_aside(dispute, tx) - {refund_id_of(owed) for owed in dispute.commitments.open}


def _set_aside(dispute: Dispute, tx: Transaction) -> frozenset[UUID]:
    theirs = ((refund_id, m) for refund_id, m in tx.movements.items() if m.dispute_id == dispute.id)
    return frozenset(refund_id for refund_id, m in theirs if not (m.settled or m.beyond_claim))


def _without(tx: Transaction, refunds: Collection[UUID]) -> Transaction:
    for refund_id in refunds:
        tx = transaction_facts.evolve(tx, transaction_facts.RefundReleased(refund_id=refund_id))
    return tx


def _check(dispute: Dispute, command: RecordRefundElsewhere) -> None:
    if dispute.held:
        raise PaidOutOfEscrow()
    if command.amount.currency != dispute.in_dispute.currency:
        raise CurrencyMismatch(at="/amount", expected=dispute.in_dispute.currency, found=command.amount.currency)
    if command.amount.is_zero:
        raise NothingRefunded()
    if command.paid_at > command.now:
        raise NotRefundedYet(paid_at=command.paid_at.isoformat())


def _recorded(command: RecordRefundElsewhere, counts: Money, off_claim: Money, *, resolves: bool) -> RefundedElsewhere:
    """`amount` is the part that counts. The payment was that part plus the excess."""
    excess = command.amount - counts
    return RefundedElsewhere(
        payment_key=command.payment_key,
        amount=counts,
        off_claim=off_claim,
        how=command.how,
        resolves=resolves,
        excess=None if excess.is_zero else excess,
    )


def _had_too_much(dispute: Dispute, policy: Policy, now: Instant) -> list[RemedyEvent]:
    """Under an overturned outcome money was paid here. Now it is too much, and owed back."""
    if not dispute.advance.received:
        return []
    nothing = dispute.division(Money.zero(dispute.in_dispute.currency))
    return remedy.commitments_of(dispute, policy, nothing, Origin.SETTLEMENT, now)


def _lowered(dispute: Dispute, paid: Money) -> list[CommitmentEvent]:
    """Lowers what is owed to the buyer and not under way, by what was paid elsewhere; first what is due first."""
    events: list[CommitmentEvent] = []
    for owed in sorted(dispute.commitments.open.values(), key=lambda c: (c.due_at, c.number)):
        counts = owed.kind is CommitmentKind.REFUND and owed.arises_from in OF_OUTCOMES and not owed.underway
        if not counts or owed.amount is None or paid.is_zero:
            continue
        part = min(owed.amount, paid)
        paid -= part
        events.append(CommitmentDischarged(commitment_id=owed.id, reason="paid_elsewhere"))
        if not (rest := owed.amount - part).is_zero:
            promise = Promise(
                kind=owed.kind,
                owed_by=owed.owed_by,
                owed_to=Participant.BUYER,
                subject=dispute.subject_of_participant(owed.owed_by),
                amount=rest,
                due_at=owed.due_at,
                owed_from=owed.owed_from,
                made_at=owed.since,
            )
            events.append(making.make_commitment(dispute, promise, owed.arises_from))
    return events
