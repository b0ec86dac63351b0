"""Remedies: what an outcome makes somebody owe, and the movements of money that carry it out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never
from uuid import UUID

from domain import commitments, transaction
from domain import refund as refunds
from domain.base import Command, Event, Instant, Role, Value
from domain.commitments import Bearer, Commitment, CommitmentEvent, CommitmentKind, Promise
from domain.money import Money
from domain.people import Side
from domain.policy import Policy
from domain.refund import Refund, RefundEvent
from domain.refusals import Conflict
from domain.transaction import Transaction, TransactionEvent

if TYPE_CHECKING:
    from domain.dispute import Dispute

# --- types ---


class Division(Value):
    """How the amount in dispute is divided; the two parts add up to it to the last unit."""

    claimant: Money
    respondent: Money

    @property
    def total(self) -> Money:
        return self.claimant + self.respondent


class RefundUnderway(Event, kind="RefundUnderway", stream="dispute"):
    """The refund that carries out a commitment has begun; until it fails, the commitment cannot be waived or replaced."""

    commitment_id: UUID
    refund_id: UUID


class RefundStalled(Event, kind="RefundStalled", stream="dispute"):
    """The refund failed at the provider. What was owed is still owed."""

    commitment_id: UUID
    refund_id: UUID


RemedyEvent = RefundUnderway | RefundStalled


class InstructRefund(Command):
    """Sent by the refund process for each open commitment of money. The refund's id derives from the commitment's."""

    dispute_id: UUID
    commitment_id: UUID


class ConfirmRefund(Command):
    """The provider paid. `provider_reference` is the provider's own name for the payment."""

    dispute_id: UUID
    refund_id: UUID
    provider_reference: str | None = None
    reference_key: UUID | None = None


class FailRefund(Command):
    dispute_id: UUID
    refund_id: UUID
    reason: refunds.FailureReason


class ReleaseRefund(Command):
    """Sent by the refund process when a failed refund's commitment was waived or replaced: the money stays where it is."""

    dispute_id: UUID
    refund_id: UUID


class NotARefund(Conflict):
    """This commitment is not carried out by a refund."""


@dataclass(frozen=True, slots=True)
class Execution:
    """What the decisions about one refund need: the three streams that it touches."""

    dispute: "Dispute"
    transaction: Transaction
    refund: Refund | None


# --- evolve ---


def evolve(held: commitments.Commitments, event: RemedyEvent) -> commitments.Commitments:
    match event:
        case RefundUnderway(commitment_id=cid, refund_id=rid):
            return commitments.underway(held, cid, rid)
        case RefundStalled(commitment_id=cid):
            return commitments.stalled(held, cid)
        case _:
            assert_never(event)


# --- decisions ---


def owed(
    dispute: "Dispute", policy: Policy, division: Division, arises_from: str, now: Instant
) -> list[CommitmentEvent]:
    """The commitments that a division makes, due within the remedy window on the payer's calendar.

    What is held is paid out to both sides by the marketplace, which holds it. Otherwise a claim for payment is owed by the
    buyer, and a claim for money back by the seller; what the respondent keeps, nobody has to move. What a side has received
    already, by a default that was set aside, is counted; what it received beyond its share nobody else can be paid.
    """
    shares = {dispute.claimant: division.claimant, dispute.claimant.other: division.respondent}
    if dispute.held:
        sides = (Side.BUYER, Side.SELLER)
        moves = [(Bearer.MARKETPLACE, side, shares[side] - _overpaid(dispute, side.other, division)) for side in sides]
    else:
        moves = [(commitments.bearer(dispute.claimant.other), dispute.claimant, division.claimant)]
    events: list[CommitmentEvent] = []
    nth = 0
    for payer, to, amount in moves:
        received = min(_credit(dispute, to), amount)
        for part, already in ((received, True), (amount - received, False)):
            if part.is_zero:
                continue
            nth += 1
            made = commitments.made(dispute, _promise(dispute, policy, payer, to, part, now), arises_from, nth=nth)
            events.append(made)
            if already:
                kept = commitments.CommitmentKept(commitment_id=made.commitment_id, late=False, by=Role.ENGINE)
                events.append(kept)
    return events


def _credit(dispute: "Dispute", side: Side) -> Money:
    return dispute.commitments.credit.get(commitments.bearer(side), Money.zero(dispute.in_dispute.currency))


def _overpaid(dispute: "Dispute", side: Side, division: Division) -> Money:
    """What a side has received above its share, once all that is in dispute is divided."""
    share = division.claimant if side is dispute.claimant else division.respondent
    credit = _credit(dispute, side)
    final = division.total == dispute.in_dispute
    return credit - share if final and credit > share else Money.zero(credit.currency)


def _promise(dispute: "Dispute", policy: Policy, payer: Bearer, to: Side, amount: Money, now: Instant) -> Promise:
    party = None if payer is Bearer.MARKETPLACE else dispute.party(Side(payer.value))
    due_at, proof = commitments.on_calendar_of(party, policy.windows.remedy, policy, "remedy", now)
    kind = CommitmentKind.REFUND if to is Side.BUYER else CommitmentKind.PAY
    return Promise(
        kind=kind,
        owed_by=payer,
        owed_to=commitments.bearer(to),
        subject=party.subject if party else None,
        amount=amount,
        due_at=due_at,
        proof=proof,
    )


def instruct(case: Execution, command: InstructRefund) -> list[RemedyEvent | TransactionEvent | RefundEvent]:
    commitment = case.dispute.commitments.get(command.commitment_id)
    if commitment is None or case.refund is not None:
        return []  # waived, replaced or paid meanwhile; or already under way
    if not commitment.by_refund or commitment.amount is None:
        raise NotARefund(commitment_id=str(commitment.id))
    rid = commitments.refund_id_of(commitment.id)
    return [
        *transaction.reserve(
            case.transaction,
            refund_id=rid,
            dispute_id=case.dispute.id,
            amount=commitment.amount,
            beyond_claim=commitment.beyond_claim,
        ),
        _instructed(case.dispute, commitment, rid, commitment.amount),
        refunds.RefundSubmitted(),
        RefundUnderway(commitment_id=commitment.id, refund_id=rid),
    ]


def _instructed(dispute: "Dispute", commitment: Commitment, rid: UUID, amount: Money) -> refunds.RefundInstructed:
    return refunds.RefundInstructed(
        refund_id=rid,
        dispute_id=dispute.id,
        transaction_id=dispute.transaction_id,
        commitment_id=commitment.id,
        recipient=Side(commitment.owed_to.value),
        recipient_subject=dispute.party(Side(commitment.owed_to.value)).subject,
        funded_by=commitment.owed_by.value,
        amount=amount,
    )


def confirm(
    case: Execution, command: ConfirmRefund
) -> list[RefundEvent | TransactionEvent | CommitmentEvent | RemedyEvent]:
    """Once a failed refund's commitment was waived or replaced, it must not be paid any more: that would be twice."""
    refunds.check_may_report(command.actor.role)
    refund = refunds.known(case.refund, command.refund_id, case.dispute.id)
    confirmed = refunds.confirm(refund, command.provider_reference, command.reference_key)
    if not confirmed:
        return []
    commitment = case.dispute.commitments.get(refund.commitment_id)
    if commitment is None:
        raise refunds.RefundEnded(status=refund.status, commitment=case.dispute.commitments.ended[refund.commitment_id])
    kept = commitments.kept(commitment, command.now, command.actor.role, refund_id=refund.id)
    return [*confirmed, transaction.RefundSettled(refund_id=refund.id), kept]


def fail(case: Execution, command: FailRefund) -> list[RefundEvent | RemedyEvent]:
    """The sum stays set aside: it is still owed, and the marketplace may yet confirm it."""
    refunds.check_may_report(command.actor.role)
    refund = refunds.known(case.refund, command.refund_id, case.dispute.id)
    failed = refunds.fail(refund, command.reason)
    if not failed:
        return []
    return [*failed, RefundStalled(commitment_id=refund.commitment_id, refund_id=refund.id)]


def release(case: Execution, command: ReleaseRefund) -> list[RefundEvent | TransactionEvent]:
    refund = refunds.known(case.refund, command.refund_id, case.dispute.id)
    if case.dispute.commitments.get(refund.commitment_id) is not None:
        return []
    released: list[RefundEvent | TransactionEvent] = [*refunds.release(refund)]
    if released and refund.id in case.transaction.moves:  # a promise beyond the claim was released when it ended
        released.append(transaction.RefundReleased(refund_id=refund.id))
    return released
