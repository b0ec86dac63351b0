"""What the parties plead beside claim and response: the claimant's rebuttal, and the respondent's counterclaim.

A counterclaim is the respondent's own claim on the same order: the goods back, or a payment. The ruling on the claim
decides it. A settlement settles it too, and it falls when the claim is withdrawn or cancelled. It never changes what is
in dispute: the claimant owes a granted counterclaim separately. What was kept of it under an overturned ruling is
deducted.

Goods that the award sends back go back by the award's terms (`domain.remedies.goods`), and only one commitment is made.
Otherwise the return is a separate commitment: those terms derive the meaning of silence from the money at stake, and
here there is none.
"""

from collections.abc import Sequence
from typing import assert_never

from domain.commitments import making
from domain.commitments.events import CommitmentEvent, CommitmentKind, Origin, Promise
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.filing.pleading_facts import (
    CounterclaimRaised,
    OnCounterclaim,
    PleadingEvent,
    RebuttalGiven,
    Relief,
)
from domain.kernel.base import Event, Instant, OnDispute
from domain.kernel.money import CurrencyMismatch, Money
from domain.kernel.people import Side, Words, side_of
from domain.kernel.refusals import Conflict, DisputeIsClosed, Forbidden, Malformed, NotYourMove
from domain.policy.policy import Policy
from domain.remedies.division_facts import Division
from domain.remedies.goods_facts import GoodsAct

# --- types ---


class Rebut(OnDispute, recorded_as=RebuttalGiven, given_by="claimant"):
    statement: Words


class RaiseCounterclaim(OnDispute, recorded_as=CounterclaimRaised, given_by="respondent"):
    relief: Relief
    amount: Money | None = None
    statement: Words


PleadingCommand = Rebut | RaiseCounterclaim


class OnlyClaimantRebuts(Forbidden):
    """You do not act for the claimant, so you cannot answer the response.

    Why: The rebuttal answers the response, so it belongs to the side that claims.

    What to do: As the respondent, add your arguments in messages or exhibits.

    Example: {"claimant": "buyer"}
    """


class NothingToRebut(Conflict):
    """There is no response yet that could be answered.

    Why: The rebuttal is the claimant's answer to the response.

    What to do: Wait for the response. Until then, write a message or add exhibits.
    """


class OnlyRespondentCounterclaims(Forbidden):
    """You do not act for the respondent, so you cannot raise a counterclaim.

    Why: A counterclaim answers a claim. The claimant has already said what they want.

    What to do: As the claimant, make an offer, or file a dispute of its own for another claim.

    Example: {"claimant": "buyer"}
    """


class CounterclaimAlreadyRaised(Conflict):
    """The dispute already has another counterclaim.

    Why: One counterclaim keeps the question clear that the ruling has to decide.

    What to do: Settle the rest in an offer, or file it as a dispute of its own.

    Example: {"relief": "return_of_goods"}
    """


class CounterclaimAmountMissing(Malformed):
    """`amount` is missing or zero in a counterclaim for payment, or is given in one for goods.

    Why: A counterclaim for payment asks for a sum, and one for goods asks for the goods. Otherwise a ruling could not
    grant it.

    What to do: Send an `amount` above zero with `relief` `payment`, and none with `return_of_goods`.

    Example: {"relief": "payment"}
    """

    pointer = "/amount"


class GoodsAreWithTheClaimant(Malformed):
    """`relief` is the return of goods, but you do not act for the seller.

    Why: The goods are with the buyer, so only the seller can ask to have them back.

    What to do: As the buyer, ask for `payment`. As a backend, act for the seller with `Mediation-As`.

    Example: {"role": "buyer"}
    """

    pointer = "/relief"


class CounterclaimUndecided(Malformed):
    """`counterclaim` is missing although one was raised, or is given although none was.

    Why: A ruling decides everything that was asked. Otherwise the counterclaim would stay open after the dispute is
    closed.

    What to do: Send `counterclaim` if `raised` is true, and leave it out if it is false.

    Example: {"raised": true}
    """

    pointer = "/counterclaim"


class CounterclaimExceeded(Malformed):
    """`amount` on the `counterclaim` is zero, missing, out of place or above what was claimed.

    Why: A ruling cannot give more than was asked, and a granted counterclaim for payment needs its sum.

    What to do: Send an `amount` between zero and `claimed` if you grant a counterclaim for payment. Leave it out if you
    refuse it, or if it is for goods.

    Example: {"claimed": "20.00 EUR"}
    """

    pointer = "/counterclaim/amount"


# --- decisions ---


def decide(basis: Basis, command: PleadingCommand) -> Sequence[Event]:
    match command:
        case Rebut():
            return rebut(basis.dispute, command)
        case RaiseCounterclaim():
            return counterclaim(basis.dispute, command)
        case _:
            assert_never(command)


def rebut(dispute: Dispute, command: Rebut) -> list[PleadingEvent]:
    """The claimant rebuts once. For anything more, the claimant has messages and exhibits."""
    side = side_of(command.actor)
    if side is not dispute.claimant:
        raise OnlyClaimantRebuts(claimant=dispute.claimant.value)
    if dispute.pleadings.rebutted:
        return []
    _check_pleading(dispute)
    if dispute.response is None:
        raise NothingToRebut()
    return [RebuttalGiven(statement=dispute.text(command.statement, command.actor))]


def counterclaim(dispute: Dispute, command: RaiseCounterclaim) -> list[PleadingEvent]:
    side = side_of(command.actor)
    if side is dispute.claimant:
        raise OnlyRespondentCounterclaims(claimant=side.value)
    if (raised := dispute.pleadings.counterclaim) is not None:
        if raised == (command.relief, command.amount):
            return []
        raise CounterclaimAlreadyRaised(relief=raised[0])
    _check_pleading(dispute)
    _check_relief(dispute, side, command)
    statement = dispute.text(command.statement, command.actor)
    return [CounterclaimRaised(relief=command.relief, amount=command.amount, statement=statement)]


def may_plead(dispute: Dispute) -> bool:
    return dispute.undecided


def check_decided(dispute: Dispute, decided: OnCounterclaim | None) -> None:
    """Raises CounterclaimUndecided, CounterclaimExceeded."""
    raised = dispute.pleadings.counterclaim
    if (raised is None) is not (decided is None):
        raise CounterclaimUndecided(raised=raised is not None)
    if raised is None or decided is None:
        return
    claimed, amount = raised[1], decided.amount
    if (amount is not None) is not (decided.granted and claimed is not None):
        raise CounterclaimExceeded(claimed=str(claimed) if claimed else None)
    if amount is None or claimed is None:
        return
    if amount.currency != claimed.currency:
        raise CurrencyMismatch(at="/counterclaim/amount", expected=claimed.currency, found=amount.currency)
    if amount.is_zero or amount > claimed:
        raise CounterclaimExceeded(claimed=str(claimed))


def losers(dispute: Dispute, decided: OnCounterclaim | None) -> frozenset[Side]:
    """The sides that did not get everything on the counterclaim."""
    if decided is None or dispute.pleadings.counterclaim is None:
        return frozenset()
    lost = {dispute.claimant} if decided.granted else {dispute.claimant.other}
    if decided.granted and decided.amount != dispute.pleadings.counterclaim[1]:
        lost.add(dispute.claimant.other)
    return frozenset(lost)


def counterclaim_commitments(
    dispute: Dispute, policy: Policy, decided: OnCounterclaim | None, award: Division, at: Instant
) -> list[CommitmentEvent]:
    """The commitments that a final ruling on the counterclaim makes.

    What was kept before counts. If more was paid than is granted now, the respondent owes the difference back.
    """
    claimant, respondent = dispute.claimant, dispute.claimant.other
    before = [c for c in dispute.commitments.paid if c.arises_from is Origin.COUNTERCLAIM]
    if decided is not None and decided.granted and decided.amount is None:
        by_terms = award.goods is not None and award.goods.act is GoodsAct.RETURN
        returned = by_terms or any(c.kind is CommitmentKind.RETURN for c in before)
        return [] if returned else [_promised(dispute, policy, claimant, None, at)]
    due = decided.amount.minor if decided and decided.amount else 0
    for paid in before:
        if paid.amount is not None:
            due -= paid.amount.minor if paid.owed_to.value == respondent.value else -paid.amount.minor
    if due == 0:
        return []
    amount = Money(abs(due), dispute.in_dispute.currency)
    return [_promised(dispute, policy, claimant if due > 0 else respondent, amount, at)]


def _promised(dispute: Dispute, policy: Policy, by: Side, amount: Money | None, at: Instant) -> CommitmentEvent:
    party = dispute.party(by)
    due_at, proof = policy.due("remedy", party, at)
    promise = Promise(
        kind=CommitmentKind.RETURN if amount is None else CommitmentKind.PAY,
        owed_by=making.participant(by),
        owed_to=making.participant(by.other),
        subject=party.subject,
        amount=amount,
        due_at=due_at,
        proof=proof,
    )
    return making.make_commitment(dispute, promise, Origin.COUNTERCLAIM)


def _check_pleading(dispute: Dispute) -> None:
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if not may_plead(dispute):
        raise NotYourMove(stage=dispute.stage.value)


def _check_relief(dispute: Dispute, side: Side, command: RaiseCounterclaim) -> None:
    amount, currency = command.amount, dispute.in_dispute.currency
    if command.relief == "return_of_goods" and side is not Side.SELLER:
        raise GoodsAreWithTheClaimant(role=side.value)
    if (command.relief == "payment") is not (amount is not None and not amount.is_zero):
        raise CounterclaimAmountMissing(relief=command.relief)
    if amount is not None and amount.currency != currency:
        raise CurrencyMismatch(at="/amount", expected=currency, found=amount.currency)
