"""Remedies: what an outcome makes somebody owe."""

from collections.abc import Mapping

from domain.commitments import making
from domain.commitments.events import CommitmentEvent, CommitmentKind, Origin, Participant, Promise
from domain.dispute.state import Dispute
from domain.filing.review_facts import MachineDecided
from domain.kernel.base import Instant
from domain.kernel.frozen import replace
from domain.kernel.money import Money
from domain.kernel.people import Member, Side
from domain.kernel.windows import DeadlineProof
from domain.policy.policy import Policy
from domain.remedies import goods, recourse, recovery, vouchers
from domain.remedies.division_facts import Division, RemedyEvent
from domain.remedies.divisions import shares_of
from domain.remedies.goods_facts import GoodsAct, GoodsEnded, GoodsEvent, Handling
from domain.remedies.recovery_facts import RecoveryEvent, RulingExecuted

# --- decisions ---


def commitments_of(
    dispute: Dispute, policy: Policy, division: Division, arises_from: Origin, now: Instant
) -> list[RemedyEvent]:
    """The commitments that a division makes, due within the remedy window on the payer's calendar.

    The marketplace pays out money in escrow to both sides, because it holds it. Otherwise the buyer owes a claim for
    payment, and the seller a claim for money back; nobody has to move what the respondent keeps. What waits for goods
    is owed only when they have completed their steps. A voucher is owed beside the money.
    """
    shares, beside = shares_of(dispute, division), list[RemedyEvent]()
    if division.voucher is not None:
        beside += vouchers.owe(dispute, policy, division.voucher, arises_from, now)
    if dispute.advance.received:
        return [*_netted(dispute, policy, division, arises_from, now), *beside]
    begun: list[RemedyEvent] = []
    if division.goods is not None:
        begun += goods.begin(dispute, policy, division.goods, shares[Side.BUYER], arises_from, now)
        shares[Side.BUYER] = Money.zero(division.claimant.currency)
    promises = _instalments(dispute, policy, division, now) or _payments(dispute, policy, shares, now)
    return [*begun, *(making.make_commitment(dispute, p, arises_from) for p in promises), *beside]


def early(
    dispute: Dispute, policy: Policy, award: Division, number: int, now: Instant
) -> list[RecoveryEvent | RemedyEvent]:
    """A refund by ruling, paid while the ruling can still be appealed, if the policy says who funds that.

    Money in escrow is safe where it is. What waits for goods or comes in instalments is not due at once anyway, and a voucher
    could not be taken back.
    """
    waits = dispute.held or (award.goods or award.voucher or award.instalments) or dispute.advance.received
    if policy.early_execution is None or waits or dispute.claimant is Side.SELLER or award.claimant.is_zero:
        return []
    funder = Participant(policy.early_execution)
    executed = RulingExecuted(number=number, funded_by=funder)
    return [executed, *advanced(dispute, policy, funder, award.claimant, Origin.RULING, now)]


def advanced(
    dispute: Dispute, policy: Policy, funder: Participant | None, amount: Money, arises_from: Origin, now: Instant
) -> list[RemedyEvent]:
    """What `funder` pays the claimant before the outcome is final. Without a funder it comes out of escrow."""
    if funder is None:
        return commitments_of(dispute, policy, dispute.division(amount), arises_from, now)
    promise = _promise(dispute, policy, funder, dispute.claimant, amount, now)
    return [making.make_commitment(dispute, promise, arises_from)]


def final(dispute: Dispute, policy: Policy, award: Division, now: Instant) -> list[RemedyEvent]:
    """What a final ruling makes owed. If it was executed early, only what the claimant owes back.

    What was refunded elsewhere before the ruling was final counts against it; with goods, only when they have completed
    their steps.
    """
    if recovery.executed_early(dispute):
        back = recourse.too_much(dispute, policy, _less(_in_all(dispute), award.claimant), now)
        return [making.make_commitment(dispute, p, Origin.RECOVERY) for p in back]
    if dispute.paid_elsewhere and award.goods is None:
        dispute = replace(dispute, advance=replace(dispute.advance, received=recovery.received(dispute)))
    return commitments_of(dispute, policy, award, Origin.RULING, now)


def _in_all(dispute: Dispute) -> Money:
    """What the claimant has received, and what is still to come under the executed ruling."""
    still = (c for c in dispute.commitments.open.values() if c.arises_from is Origin.RULING and not c.underway)
    had = recovery.received(dispute)[dispute.claimant]
    return had + Money.total((c.amount for c in still if c.amount), had.currency)


def replaced(
    dispute: Dispute, policy: Policy, award: Division, arises_from: Origin, now: Instant
) -> list[RecoveryEvent | RemedyEvent]:
    """Replaces one award by another, which is final at once. The old one is overturned; what was paid counts against
    the new one.

    If the new award is smaller, the side that received too much owes a recovery to the funder, who bears it until then.
    """
    events = recovery.overturn(dispute)
    advance = recovery.overturned(dispute.advance, events)
    return [*events, *commitments_of(replace(dispute, advance=advance), policy, award, arises_from, now)]


def _netted(
    dispute: Dispute, policy: Policy, division: Division, arises_from: Origin, now: Instant
) -> list[CommitmentEvent]:
    owing = _owing(dispute, policy, division, arises_from, now)
    return [making.make_commitment(dispute, p, why) for p, why in owing]


def _owing(
    dispute: Dispute, policy: Policy, division: Division, arises_from: Origin, now: Instant
) -> list[tuple[Promise, Origin]]:
    """What a division makes owed, given what was received before: the rest, or a recovery of what was too much.

    If only a part is conceded, nothing is recovered: how much of the rest was too much is not known yet.
    """
    had, shares = dispute.advance.received, shares_of(dispute, division)
    missing = {side: _less(shares[side], had[side]) for side in Side}
    if dispute.held:  # one side's excess has left escrow: the other side gets it from that side
        missing = {side: _less(missing[side], _less(had[side.other], shares[side.other])) for side in Side}
    payments = _rest_of(_instalments(dispute, policy, division, now), had[dispute.claimant])
    owing = [(p, arises_from) for p in payments or _payments(dispute, policy, missing, now)]
    if division.total == dispute.in_dispute:
        for side in Side if dispute.held else (dispute.claimant,):
            if not (too_much := _less(had[side], shares[side])).is_zero:
                owing += [(p, Origin.RECOVERY) for p in _owed_back(dispute, policy, side, too_much, now)]
    return owing


def _rest_of(instalments: list[Promise], paid: Money) -> list[Promise]:
    """What was paid before counts against the instalments that fall due first, as any payment does."""
    rest: list[Promise] = []
    for promise in instalments:
        assert promise.amount is not None, "an instalment is of money"
        part = min(promise.amount, paid)
        paid -= part
        if part != promise.amount:
            rest.append(promise.model_copy(update={"amount": promise.amount - part}))
    return rest


def _less(one: Money, other: Money) -> Money:
    """`one` less `other`; zero if `other` is more."""
    return one - min(one, other)


def _owed_back(dispute: Dispute, policy: Policy, side: Side, too_much: Money, now: Instant) -> list[Promise]:
    """Who gets the excess back. Escrow has no funder: one side's excess belongs to the other side."""
    if not dispute.held:
        return recourse.too_much(dispute, policy, too_much, now)
    by, to = making.participant(side), making.participant(side.other)
    return [recourse.promise(dispute, policy, by, to, too_much, now)]


def follow(dispute: Dispute, policy: Policy, at: Instant) -> list[GoodsEvent | MachineDecided | CommitmentEvent]:
    """What falls due when goods reach their next step, and what is owed to whom when their steps have ended."""
    events = goods.follow(dispute, policy, at)
    handling = dispute.goods
    if handling is None or not events or not isinstance(ended := events[-1], GoodsEnded):
        return events
    paid = _after_goods(dispute, policy, handling, ended, at)
    paid += [(p, Origin.FREIGHT) for p in _freight(dispute, policy, handling, ended, at)]
    return [*events, *(making.make_commitment(dispute, p, why) for p, why in paid)]


def _after_goods(
    dispute: Dispute, policy: Policy, handling: Handling, ended: GoodsEnded, at: Instant
) -> list[tuple[Promise, Origin]]:
    """What is owed when the goods' steps have ended. What was refunded elsewhere counts against the buyer's part."""
    if dispute.paid_elsewhere and dispute.claimant is Side.BUYER:
        had = recovery.received(dispute)
        dispute = replace(dispute, advance=replace(dispute.advance, received=had))
        return _owing(dispute, policy, dispute.division(ended.to_buyer), handling.arises_from, at)
    shares = {Side.BUYER: ended.to_buyer, Side.SELLER: ended.to_seller}
    return [(p, handling.arises_from) for p in _payments(dispute, policy, shares, at)]


def _payments(dispute: Dispute, policy: Policy, shares: Mapping[Side, Money], now: Instant) -> list[Promise]:
    """The payments that bring these shares to the sides."""
    if dispute.held:
        moves = [(Participant.MARKETPLACE, side, shares[side]) for side in (Side.BUYER, Side.SELLER)]
    else:
        moves = [(making.participant(dispute.claimant.other), dispute.claimant, shares[dispute.claimant])]
    return [_promise(dispute, policy, payer, to, amount, now) for payer, to, amount in moves if not amount.is_zero]


def _instalments(dispute: Dispute, policy: Policy, division: Division, now: Instant) -> list[Promise]:
    payer, promises = dispute.claimant.other, list[Promise]()
    for part in division.instalments:
        owed_from, _ = policy.due("instalment", dispute.party(payer), now, window=part.after)
        promise = _promise(dispute, policy, making.participant(payer), dispute.claimant, part.amount, owed_from)
        promises.append(promise.model_copy(update={"owed_from": owed_from}))
    return promises


def _freight(dispute: Dispute, policy: Policy, handling: Handling, ended: GoodsEnded, now: Instant) -> list[Promise]:
    """What one side laid out for the return, if the other side is to pay it. It is owed directly, and does not come out of
    the order. A seller owes none for a return that brings the buyer nothing. For a repair the buyer paid the way in, whoever
    has the stake.
    """
    cost, payer = handling.goods.freight_cost, handling.goods.freight
    laid_out_by = Side.SELLER if handling.prepaid else Side.BUYER
    if cost is None or cost.is_zero or not handling.sent or payer in (None, laid_out_by):
        return []
    repaired = handling.goods.act is GoodsAct.REPAIR
    if payer is Side.SELLER and ended.to_buyer.is_zero and not repaired:
        return []
    promise = _promise(dispute, policy, making.participant(laid_out_by.other), laid_out_by, cost, now)
    return [promise.model_copy(update={"kind": CommitmentKind.PAY})]


def _promise(dispute: Dispute, policy: Policy, payer: Participant, to: Side, amount: Money, now: Instant) -> Promise:
    party = dispute.party(Side(payer.value)) if payer in (Participant.BUYER, Participant.SELLER) else None
    due_at, proof = _due(dispute, policy, party, to, now)
    kind = CommitmentKind.REFUND if to is Side.BUYER else CommitmentKind.PAY
    return Promise(
        kind=kind,
        owed_by=payer,
        owed_to=making.participant(to),
        subject=party.subject if party else None,
        amount=amount,
        due_at=due_at,
        proof=proof,
    )


def _due(
    dispute: Dispute, policy: Policy, party: Member | None, to: Side, now: Instant
) -> tuple[Instant, DeadlineProof]:
    """After a withdrawal from the contract the law says when the buyer gets the money. Once that has passed, the remedy
    window begins now.
    """
    terms = policy.basis_terms(dispute.legal_basis, dispute.buyer_kind, dispute.buyer.country)
    if to is Side.BUYER and dispute.contract_withdrawn and terms is not None:
        by_law = policy.due("legal_bases", party, dispute.filed_at, window=terms.refund, stops=False)
        if now < by_law[0]:
            return by_law
    return policy.due("remedy", party, now)
