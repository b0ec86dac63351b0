"""Remedies: what an outcome makes somebody owe, and the movements of money that carry it out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Literal, assert_never
from uuid import UUID

from pydantic import Field

from domain import commitments, goods, goods_terms, promises, recovery, transaction
from domain import refund as refunds
from domain.base import Command, Event, Instant, Role, Value
from domain.commitments import (
    Bearer,
    Commitment,
    CommitmentClass,
    CommitmentDischarged,
    CommitmentEvent,
    CommitmentKind,
    CommitmentMade,
    Promise,
)
from domain.conversion import Quote
from domain.goods import Goods, GoodsEnded, GoodsEvent, Handling
from domain.money import CurrencyMismatch, Money
from domain.people import Side
from domain.policy import Policy
from domain.recovery import RecoveryEvent, RulingExecuted
from domain.refund import Refund, RefundEvent
from domain.refusals import Conflict, Malformed
from domain.transaction import Transaction, TransactionEvent
from domain.windows import Window

if TYPE_CHECKING:
    from domain.dispute import Dispute

# --- types ---


class Instalment(Value):
    """Part of what is to be paid; it is owed when the window, which begins with the outcome, has passed."""

    amount: Money
    after: Window


class Division(Value):
    """How the amount in dispute is divided; the two parts add up to it to the last unit.

    With `goods`, the buyer's part is at stake until they have gone their way (`domain.goods`). With `instalments`, the
    claimant's part is paid bit by bit.
    """

    claimant: Money
    respondent: Money
    goods: Goods | None = None
    instalments: Annotated[tuple[Instalment, ...], Field(max_length=24)] = ()

    @property
    def total(self) -> Money:
        return self.claimant + self.respondent


ReferralReason = Literal["refused", "attempts_used_up", "no_answer", "paid_differently"]


class RefundUnderway(Event, kind="RefundUnderway", stream="dispute"):
    """An attempt to move the money has begun; until it fails, the commitment cannot be waived or replaced."""

    commitment_id: UUID
    refund_id: UUID


class RefundStalled(Event, kind="RefundStalled", stream="dispute"):
    """The refund failed at the provider. What was owed is still owed."""

    commitment_id: UUID
    refund_id: UUID


class RefundReferred(Event, kind="RefundReferred", stream="dispute"):
    """It is handed to a person, whose promise `decision_id` is to retry it, or to settle it otherwise."""

    commitment_id: UUID
    refund_id: UUID
    decision_id: UUID
    why: ReferralReason


class RefundReturned(Event, kind="RefundReturned", stream="dispute"):
    """The refund was confirmed, and came back: what it had carried out is not kept after all."""

    commitment_id: UUID
    refund_id: UUID


RemedyEvent = RefundUnderway | RefundStalled | RefundReferred | RefundReturned


class InstructRefund(Command):
    """Sent by the refund process for each open commitment of money. The refund's id derives from the commitment's."""

    dispute_id: UUID
    commitment_id: UUID


class ConfirmRefund(Command):
    """The provider paid. `provider_reference` is the provider's own name for the payment.

    `paid` is how much, where it says so; `payout` how it was paid out in another currency.
    """

    dispute_id: UUID
    refund_id: UUID
    provider_reference: str | None = None
    reference_key: UUID | None = None
    paid: Money | None = None
    payout: Quote | None = None


class FailRefund(Command):
    """`attempt` is the one that failed; None for the last. One that was confirmed and came back has `bounced`."""

    dispute_id: UUID
    refund_id: UUID
    reason: refunds.FailureReason
    attempt: int | None = None


class RetryRefund(Command):
    """Another attempt. The engine names its number, so that only one worker makes it; a person wants it at once."""

    dispute_id: UUID
    refund_id: UUID
    attempt: int | None = None


class ReferRefund(Command):
    """Sent by the refund process when what the provider says does not fit what is owed."""

    dispute_id: UUID
    refund_id: UUID
    why: Literal["paid_differently"]


class SettleRefundOtherwise(Command):
    """The provider will not pay it; it was paid in another way, under this reference."""

    dispute_id: UUID
    refund_id: UUID
    how: refunds.Otherwise
    reference: str
    reference_key: UUID
    payout: Quote | None = None


class ReleaseRefund(Command):
    """Sent by the refund process when a failed refund's commitment was waived or replaced: the money stays where it is."""

    dispute_id: UUID
    refund_id: UUID


class InstalmentsDontAddUp(Malformed):
    """Instalments add up to what the claimant is to receive, and none is of nothing."""

    pointer = "/instalments"


class InstalmentsOutOfPlace(Malformed):
    """What is held in escrow is paid at once, and so is what waits for goods."""

    pointer = "/instalments"


class AlreadyPaidOut(Conflict):
    """Money was paid before what was decided was overturned; it is settled by money, at once, without goods."""

    pointer = "/goods"


class NotOwedYet(Conflict):
    """This instalment is not owed yet."""


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
        case RefundReferred(commitment_id=cid, decision_id=decision):
            return commitments.referred(held, cid, decision)
        case RefundReturned(commitment_id=cid):
            return commitments.unpaid(held, cid)
        case _:
            assert_never(event)


# --- decisions ---


def stated(dispute: "Dispute", policy: Policy, division: Division) -> Division:
    """The division as it is put on record: what its terms leave open is filled in from the policy."""
    if division.goods is None:
        return division
    return division.model_copy(update={"goods": goods_terms.stated(policy, division.goods)})


def check_terms(
    dispute: "Dispute", policy: Policy, division: Division, by: Literal["agreement", "concession", "ruling"]
) -> None:
    """Whether goods and instalments may be what this division says of them."""
    advance = dispute.advance
    if (advance.funded_by or advance.received) and (division.goods or division.instalments):
        raise AlreadyPaidOut()
    if division.goods is not None:
        goods_terms.check(dispute, policy, division.goods, _shares(dispute, division)[Side.BUYER], by)
    if not division.instalments:
        return
    if dispute.held or division.goods is not None:
        raise InstalmentsOutOfPlace(held=dispute.held)
    for part in division.instalments:
        if part.amount.currency != division.claimant.currency:
            raise CurrencyMismatch(at="/instalments", expected=division.claimant.currency, found=part.amount.currency)
    total = Money.total((part.amount for part in division.instalments), division.claimant.currency)
    if total != division.claimant or any(part.amount.is_zero for part in division.instalments):
        raise InstalmentsDontAddUp(claimant=str(division.claimant), total=str(total))


def owed(
    dispute: "Dispute", policy: Policy, division: Division, arises_from: str, now: Instant
) -> list[CommitmentEvent | GoodsEvent]:
    """The commitments that a division makes, due within the remedy window on the payer's calendar.

    What is held is paid out to both sides by the marketplace, which holds it. Otherwise a claim for payment is owed by the
    buyer, and a claim for money back by the seller; what the respondent keeps, nobody has to move. What waits for goods is
    owed when they have gone their way.
    """
    shares = _shares(dispute, division)
    if dispute.advance.received:
        return [*_netted(dispute, policy, division, arises_from, now)]
    begun: list[CommitmentEvent | GoodsEvent] = []
    if division.goods is not None:
        begun += goods.begin(dispute, policy, division.goods, shares[Side.BUYER], arises_from, now)
        shares[Side.BUYER] = Money.zero(division.claimant.currency)
    promises = _instalments(dispute, policy, division, now) or _payments(dispute, policy, shares, now)
    first = 1 + sum(isinstance(event, CommitmentMade) for event in begun)
    return [*begun, *(commitments.made(dispute, p, arises_from, nth=n) for n, p in enumerate(promises, start=first))]


def early(
    dispute: "Dispute", policy: Policy, award: Division, number: int, now: Instant
) -> list[RecoveryEvent | CommitmentEvent]:
    """A refund that is ruled for, paid while the ruling can still be appealed: where the policy says who funds that. What is
    held in escrow is safe where it is, and what waits for goods or comes in instalments is not due at once anyway."""
    waits = dispute.held or award.goods is not None or award.instalments or dispute.advance.received
    if policy.early_execution is None or waits or dispute.claimant is Side.SELLER or award.claimant.is_zero:
        return []
    funder = Bearer(policy.early_execution)
    promise = _promise(dispute, policy, funder, dispute.claimant, award.claimant, now)
    return [RulingExecuted(number=number, funded_by=funder), commitments.made(dispute, promise, "ruling")]


def final(dispute: "Dispute", policy: Policy, award: Division, now: Instant) -> list[CommitmentEvent | GoodsEvent]:
    """What a ruling makes owed when it is final; executed before, only what the funder gets back from the respondent.

    What was refunded elsewhere while it could still be appealed counts against it; where it waits for goods, when they have
    gone their way.
    """
    if (funder := dispute.advance.funded_by) is not None and recovery.executed_early(dispute):
        promises = _recourse(dispute, policy, funder, award.claimant, now)
        return [commitments.made(dispute, p, "recovery", nth=n) for n, p in enumerate(promises, start=1)]
    if dispute.elsewhere and award.goods is None:
        dispute = replace(dispute, advance=replace(dispute.advance, received=recovery.received(dispute)))
    return owed(dispute, policy, award, "ruling", now)


def replaced(
    dispute: "Dispute", policy: Policy, award: Division, arises_from: str, now: Instant
) -> list[RecoveryEvent | CommitmentEvent | GoodsEvent]:
    """One award in the place of another, at once final: the old is overturned, and the new is owed but for what was paid.

    Where the new one is smaller, whoever received too much owes a recovery to the funder, who bears it meanwhile.
    """
    events = recovery.overturn(dispute)
    advance = dispute.advance
    for event in events:
        if isinstance(event, recovery.AwardOverturned):
            advance = recovery.evolve(advance, event)
    return [*events, *owed(replace(dispute, advance=advance), policy, award, arises_from, now)]


def _netted(
    dispute: "Dispute", policy: Policy, division: Division, arises_from: str, now: Instant
) -> list[CommitmentEvent]:
    owing = _owing(dispute, policy, division, arises_from, now)
    return [commitments.made(dispute, p, why, nth=n) for n, (p, why) in enumerate(owing, start=1)]


def _owing(
    dispute: "Dispute", policy: Policy, division: Division, arises_from: str, now: Instant
) -> list[tuple[Promise, str]]:
    """What a division makes owed beside what was received before: the rest, or a recovery of what is too much.

    Of a part conceded only what goes beyond is owed: how much of the rest was too much is not known yet.
    """
    had, shares = dispute.advance.received, _shares(dispute, division)
    missing = {side: _less(shares[side], had[side]) for side in Side}
    if dispute.held:  # what one side had too much of is no longer held: the other gets it from that side
        missing = {side: _less(missing[side], _less(had[side.other], shares[side.other])) for side in Side}
    payments = _rest_of(_instalments(dispute, policy, division, now), had[dispute.claimant])
    owing = [(p, arises_from) for p in payments or _payments(dispute, policy, missing, now)]
    if division.total == dispute.in_dispute:
        funder = dispute.advance.funded_by or commitments.bearer(dispute.claimant.other)
        for side in Side if dispute.held else (dispute.claimant,):
            too_much = _less(had[side], shares[side])
            to = commitments.bearer(side.other) if dispute.held else funder
            if not too_much.is_zero:
                owing.append((_recovery(dispute, policy, commitments.bearer(side), to, too_much, now), "recovery"))
        if not dispute.held:
            kept = had[dispute.claimant] - _less(had[dispute.claimant], shares[dispute.claimant])
            owing += [(p, "recovery") for p in _recourse(dispute, policy, funder, kept, now)]
    return owing


def _rest_of(instalments: list[Promise], paid: Money) -> list[Promise]:
    """What was paid before counts against those that fall due first, as any payment does."""
    rest: list[Promise] = []
    for promise in instalments:
        assert promise.amount is not None, "an instalment is of money"
        part = min(promise.amount, paid)
        paid -= part
        if part != promise.amount:
            rest.append(promise.model_copy(update={"amount": promise.amount - part}))
    return rest


def _less(one: Money, other: Money) -> Money:
    """What of one is left; nothing where the other is more."""
    return one - min(one, other)


def _recourse(dispute: "Dispute", policy: Policy, funder: Bearer, amount: Money, now: Instant) -> list[Promise]:
    """What the respondent owes to whoever paid in its place."""
    respondent = commitments.bearer(dispute.claimant.other)
    if funder is respondent or amount.is_zero:
        return []
    return [_recovery(dispute, policy, respondent, funder, amount, now)]


def _recovery(dispute: "Dispute", policy: Policy, by: Bearer, to: Bearer, amount: Money, now: Instant) -> Promise:
    due_at, proof = commitments.on_calendar_of(
        dispute.party(Side(by.value)), policy.windows.remedy, policy, "recovery", now
    )
    return Promise(
        kind=CommitmentKind.PAY,
        owed_by=by,
        owed_to=to,
        subject=dispute.subject_of_bearer(by),
        amount=amount,
        due_at=due_at,
        proof=proof,
    )


def follow(dispute: "Dispute", policy: Policy, at: Instant) -> list[GoodsEvent | CommitmentEvent]:
    """What falls due because goods have come to their next step, and who is owed what when they have come to their end."""
    events = goods.follow(dispute, policy, at)
    handling = dispute.goods
    if handling is None or not events or not isinstance(ended := events[-1], GoodsEnded):
        return events
    paid = _after_goods(dispute, policy, handling, ended, at)
    freight = handling.goods.freight_cost
    if freight and handling.sent and handling.goods.freight is Side.SELLER and not ended.to_buyer.is_zero:
        paid += [(p, "freight") for p in _freight(dispute, policy, freight, at)]
    return [*events, *(commitments.made(dispute, p, why, nth=n) for n, (p, why) in enumerate(paid, start=1))]


def _after_goods(
    dispute: "Dispute", policy: Policy, handling: Handling, ended: GoodsEnded, at: Instant
) -> list[tuple[Promise, str]]:
    """What was refunded elsewhere before they came to their end counts against what the buyer receives then."""
    if dispute.elsewhere and dispute.claimant is Side.BUYER:
        had = recovery.received(dispute)
        dispute = replace(dispute, advance=replace(dispute.advance, received=had))
        return _owing(dispute, policy, dispute.division(ended.to_buyer), handling.arises_from, at)
    shares = {Side.BUYER: ended.to_buyer, Side.SELLER: ended.to_seller}
    return [(p, handling.arises_from) for p in _payments(dispute, policy, shares, at)]


def _shares(dispute: "Dispute", division: Division) -> dict[Side, Money]:
    return {dispute.claimant: division.claimant, dispute.claimant.other: division.respondent}


def _payments(dispute: "Dispute", policy: Policy, shares: Mapping[Side, Money], now: Instant) -> list[Promise]:
    """Who moves these shares to whom."""
    if dispute.held:
        moves = [(Bearer.MARKETPLACE, side, shares[side]) for side in (Side.BUYER, Side.SELLER)]
    else:
        moves = [(commitments.bearer(dispute.claimant.other), dispute.claimant, shares[dispute.claimant])]
    return [_promise(dispute, policy, payer, to, amount, now) for payer, to, amount in moves if not amount.is_zero]


def _instalments(dispute: "Dispute", policy: Policy, division: Division, now: Instant) -> list[Promise]:
    payer, promises = dispute.claimant.other, list[Promise]()
    for part in division.instalments:
        owed_from, _ = commitments.on_calendar_of(dispute.party(payer), part.after, policy, "instalment", now)
        promise = _promise(dispute, policy, commitments.bearer(payer), dispute.claimant, part.amount, owed_from)
        promises.append(promise.model_copy(update={"owed_from": owed_from}))
    return promises


def _freight(dispute: "Dispute", policy: Policy, cost: Money, now: Instant) -> list[Promise]:
    """What the buyer laid out for the way back, out of the seller's own pocket and not out of the order."""
    if cost.is_zero:
        return []
    promise = _promise(dispute, policy, Bearer.SELLER, Side.BUYER, cost, now)
    return [promise.model_copy(update={"kind": CommitmentKind.PAY})]


def _promise(dispute: "Dispute", policy: Policy, payer: Bearer, to: Side, amount: Money, now: Instant) -> Promise:
    party = dispute.party(Side(payer.value)) if payer in (Bearer.BUYER, Bearer.SELLER) else None
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
    if commitment.owed_from is not None and command.now < commitment.owed_from:
        raise NotOwedYet(owed_from=commitment.owed_from.isoformat())
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
    confirmed = refunds.confirm(refund, command.provider_reference, command.reference_key, command.paid, command.payout)
    return [*confirmed, *_paid(case, refund, command)] if confirmed else []


def _paid(
    case: Execution, refund: Refund, command: ConfirmRefund | SettleRefundOtherwise
) -> list[TransactionEvent | CommitmentEvent]:
    commitment = case.dispute.commitments.get(refund.commitment_id)
    if commitment is None:
        raise refunds.RefundEnded(status=refund.status, commitment=case.dispute.commitments.ended[refund.commitment_id])
    kept = commitments.kept(commitment, command.now, command.actor.role, refund_id=refund.id)
    return [transaction.RefundSettled(refund_id=refund.id), kept]


def fail(
    case: Execution, policy: Policy, command: FailRefund
) -> list[RefundEvent | TransactionEvent | RemedyEvent | RecoveryEvent | CommitmentEvent]:
    """The sum stays set aside: it is still owed, and the marketplace may yet confirm it. What won't pass goes to a person.

    Owed no more under what was overturned while it was on its way.
    """
    refunds.check_may_report(command.actor.role)
    refund = refunds.known(case.refund, command.refund_id, case.dispute.id)
    if command.reason == "bounced" and refund.status in (*refunds.PAID, "bounced"):
        return _bounced(case, policy, refund, command.now)
    failed = refunds.fail(refund, command.reason, command.now, command.attempt)
    if not failed:
        return []
    stalled = RefundStalled(commitment_id=refund.commitment_id, refund_id=refund.id)
    owed = case.dispute.commitments.get(refund.commitment_id)
    if owed is not None and owed.overturned:
        over = CommitmentDischarged(commitment_id=owed.id, reason="overturned")
        return [*failed, stalled, over, *recovery.not_received(case.dispute, policy, owed, command.now)]
    if any(isinstance(event, refunds.RefundFailed) and event.retry_at for event in failed):
        return [*failed, stalled]
    why: ReferralReason = "refused" if command.reason in refunds.DEFINITE else "attempts_used_up"
    return [*failed, stalled, *_referred(case, policy, refund, why, command.now)]


def _bounced(
    case: Execution, policy: Policy, refund: Refund, now: Instant
) -> list[RefundEvent | TransactionEvent | RemedyEvent | RecoveryEvent | CommitmentEvent]:
    """It is owed again, and moves by another refund; the money is back in the order."""
    if refund.status == "bounced":
        return []
    if case.dispute.closed:
        raise refunds.BouncedAfterClosure(closed_as=str(case.dispute.outcome))
    paid = next(c for c in case.dispute.commitments.paid if c.id == refund.commitment_id)
    released = transaction.RefundReleased(refund_id=refund.id)
    again = recovery.not_received(case.dispute, policy, paid, now)
    tx = transaction.evolve(case.transaction, released)
    aside = [
        e for made in again if isinstance(made, CommitmentMade) for e in promises.set_aside(case.dispute, tx, made)
    ]
    returned = RefundReturned(commitment_id=paid.id, refund_id=refund.id)
    return [returned, refunds.RefundBounced(), released, *again, *aside]


def refer(case: Execution, policy: Policy, command: ReferRefund) -> list[RemedyEvent | CommitmentEvent]:
    refunds.check_may_report(command.actor.role)
    refund = refunds.known(case.refund, command.refund_id, case.dispute.id)
    return [] if refund.status in refunds.OVER else _referred(case, policy, refund, command.why, command.now)


def _referred(
    case: Execution, policy: Policy, refund: Refund, why: ReferralReason, now: Instant
) -> list[RemedyEvent | CommitmentEvent]:
    """The supervisor promises the marketplace to decide, within the window in which challenges are decided too. In a past
    case that was imported nobody is asked any more."""
    commitment = case.dispute.commitments.get(refund.commitment_id)
    if commitment is None or commitment.decision is not None or case.dispute.imported:
        return []
    due_at, proof = commitments.on_calendar_of(None, policy.windows.challenge, policy, "remedy", now)
    promise = Promise(
        kind=CommitmentKind.DECIDE,
        owed_by=Bearer.SUPERVISOR,
        owed_to=Bearer.MARKETPLACE,
        due_at=due_at,
        proof=proof,
    )
    made = commitments.made(case.dispute, promise, "refund", as_class=CommitmentClass.REMEDY)
    referred = RefundReferred(commitment_id=commitment.id, refund_id=refund.id, decision_id=made.commitment_id, why=why)
    return [made, referred]


def retry(case: Execution, policy: Policy, command: RetryRefund) -> list[RefundEvent | RemedyEvent | CommitmentEvent]:
    """What was handed to a person only a person wants again; and after the last attempt without an answer it is handed to
    one, though the money may be on its way."""
    by = command.actor.role
    if by is not Role.ENGINE:
        refunds.check_may_decide(by)
    refund = refunds.known(case.refund, command.refund_id, case.dispute.id)
    commitment = case.dispute.commitments.get(refund.commitment_id)
    if commitment is None or refund.status in refunds.OVER:
        if by is Role.ENGINE:
            return []
        raise refunds.RefundEnded(status=refund.status)
    if by is Role.ENGINE:
        early = refund.next_at is None or command.now < refund.next_at
        if early or commitment.decision is not None or command.attempt != refund.attempts + 1:
            return []
        if refund.tries >= refunds.ATTEMPTS:
            return [*_referred(case, policy, refund, "no_answer", command.now)]
    elif refund.status == "submitted" and commitment.decision is None:
        return []
    return [
        refunds.RefundSubmitted(attempt=refund.attempts + 1, by=by),
        *_decided(case, commitment, command.now, by),
        RefundUnderway(commitment_id=commitment.id, refund_id=refund.id),
    ]


def settle(case: Execution, command: SettleRefundOtherwise) -> list[RefundEvent | TransactionEvent | CommitmentEvent]:
    by = command.actor.role
    refunds.check_may_decide(by)
    refund = refunds.known(case.refund, command.refund_id, case.dispute.id)
    settled = refunds.settle(refund, command.how, by, command.reference, command.reference_key, command.payout)
    if not settled:
        return []
    commitment = case.dispute.commitments.get(refund.commitment_id)
    decided = _decided(case, commitment, command.now, by) if commitment else []
    return [*settled, *decided, *_paid(case, refund, command)]


def _decided(case: Execution, commitment: Commitment, now: Instant, by: Role) -> list[CommitmentEvent]:
    """What the supervisor promised to decide is decided."""
    decision = case.dispute.commitments.get(commitment.decision) if commitment.decision else None
    return [commitments.kept(decision, now, by)] if decision else []


def undecided_no_more(dispute: "Dispute") -> list[CommitmentEvent]:
    """Decisions about refunds whose commitment has ended by itself meanwhile: confirmed after all, waived, replaced."""
    awaited = {owed.decision for owed in dispute.commitments.open.values()}
    return [
        commitments.CommitmentDischarged(commitment_id=owed.id, reason="refund_over")
        for owed in dispute.commitments.open.values()
        if owed.on_refund and owed.id not in awaited
    ]


def release(case: Execution, command: ReleaseRefund) -> list[RefundEvent | TransactionEvent]:
    refund = refunds.known(case.refund, command.refund_id, case.dispute.id)
    if case.dispute.commitments.get(refund.commitment_id) is not None:
        return []
    released: list[RefundEvent | TransactionEvent] = [*refunds.release(refund)]
    if released and refund.id in case.transaction.moves:  # a promise beyond the claim was released when it ended
        released.append(transaction.RefundReleased(refund_id=refund.id))
    return released
