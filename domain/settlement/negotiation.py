"""Negotiation between the parties: offers, counter-offers, acceptance.

An offer names what the claimant receives; the rest of what is in dispute goes to the respondent. Each side has at most
one open offer. Offers that are open when a neutral is called stay acceptable until the ruling.
"""

from collections.abc import Sequence
from typing import assert_never

from domain.clocks import deadlines, names
from domain.clocks.deadline_facts import DeadlineEvent
from domain.commitments.events import Origin
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.filing.standing_rules_facts import StandingRuleUsed
from domain.kernel.base import Event, OnDispute
from domain.kernel.money import CurrencyMismatch, Money
from domain.kernel.people import Side, Stage, Words, side_of
from domain.kernel.refusals import Conflict, DisputeIsClosed, Forbidden, Malformed, NotYourMove
from domain.policy.policy import Policy
from domain.remedies import divisions, remedy
from domain.remedies.division_facts import Instalment, RemedyEvent
from domain.remedies.goods_facts import Goods
from domain.remedies.voucher_facts import Voucher
from domain.settlement.negotiation_facts import (
    NegotiationEvent,
    Offer,
    OfferAccepted,
    OfferExpired,
    OfferMade,
    OfferRejected,
    SettlementReached,
)

# --- types ---

MAX_OFFERS = 200


class MakeOffer(OnDispute, halted_by_stay=True):
    """`amount` is what the claimant is to receive. `standing_rule`: a machine offers it for its side, by this rule."""

    amount: Money
    goods: Goods | None = None
    instalments: tuple[Instalment, ...] = ()
    voucher: Voucher | None = None
    counters: int | None = None
    message: Words | None = None
    standing_rule: StandingRuleUsed | None = None


class AcceptOffer(OnDispute, halted_by_stay=True, recorded_as=OfferAccepted):
    number: int


class RejectOffer(OnDispute, halted_by_stay=True, recorded_as=OfferRejected):
    number: int
    message: Words | None = None


NegotiationCommand = MakeOffer | AcceptOffer | RejectOffer


class OfferExceedsClaim(Malformed):
    """`amount` gives the claimant more than what is in dispute.

    Why: An offer divides the money in dispute. More than that is not there to be divided.

    What to do: Offer at most `in_dispute`. Money beyond the claim is a commitment with `goodwill`.

    Example: {"in_dispute": "129.90 EUR", "offered": "130.00 EUR"}
    """

    pointer = "/amount"


class OfferNotOpen(Conflict):
    """The offer is no longer open: it was answered, expired or was replaced.

    Why: An offer is answered once. After that, after its time, or when its author made another one, the author is no
    longer bound by it.

    What to do: Read `status` of the offer in the case file. Make an offer of your own with the same sum.

    Example: {"number": 1, "status": "expired"}
    """


class NotYourOffer(Forbidden):
    """The offer is from your own side, so your side cannot answer it.

    Why: An offer is answered by the side to which it was made.

    What to do: Wait for the other side. A new offer of yours replaces your own.

    Example: {"number": 1, "by": "seller"}
    """


class TooManyOffers(Conflict):
    """The dispute already has `limit` offers.

    Why: The limit keeps a negotiation from going on in steps of a cent.

    What to do: Accept or reject the open offer, or call a neutral.

    Example: {"limit": 200}
    """


# --- decisions ---


def decide(basis: Basis, command: NegotiationCommand) -> Sequence[Event]:
    match command:
        case MakeOffer():
            return offer(basis.dispute, basis.policy, command)
        case AcceptOffer():
            return accept(basis.dispute, basis.policy, command)
        case RejectOffer():
            return reject(basis.dispute, command)
        case _:
            assert_never(command)


def offer(dispute: Dispute, policy: Policy, command: MakeOffer) -> list[NegotiationEvent | DeadlineEvent]:
    side = side_of(command.actor)
    _check_bargaining(dispute)
    check_amount(dispute, command.amount)
    offered = dispute.division(command.amount, command.goods, command.instalments, command.voucher)
    terms = divisions.stated(dispute, policy, offered)
    divisions.check_terms(dispute, policy, terms, "agreement")
    mine = list(dispute.offers.open(by=side))
    by_machine = command.standing_rule is not None
    if command.counters is None and any(o.terms == terms and o.by_machine is by_machine for o in mine):
        return []
    events: list[NegotiationEvent | DeadlineEvent] = []
    if command.counters is not None:
        countered = _to_answer(dispute, side, command.counters)
        _check_open(countered)
        events.append(OfferRejected(number=countered.number, by=side))
    number = len(dispute.offers.made) + 1
    if number > MAX_OFFERS:
        raise TooManyOffers(limit=MAX_OFFERS)
    events += [OfferExpired(number=o.number, why="superseded") for o in mine]
    events.append(
        OfferMade(
            number=number,
            by=side,
            terms=terms,
            counters=command.counters,
            message=dispute.text(command.message, command.actor),
            standing_rule=command.standing_rule,
        )
    )
    other, name = dispute.party(side.other), names.OfferReply(number)
    events.append(deadlines.for_party(name, policy, "offer_reply", other, command.now))
    return events


def accept(dispute: Dispute, policy: Policy, command: AcceptOffer) -> list[NegotiationEvent | RemedyEvent]:
    side = side_of(command.actor)
    offered = _to_answer(dispute, side, command.number)
    if offered.status == "accepted":
        return []
    _check_bargaining(dispute)
    _check_open(offered)
    return [
        OfferAccepted(number=offered.number, by=side),
        SettlementReached(terms=offered.terms, by="offer", number=offered.number),
        *remedy.commitments_of(dispute, policy, offered.terms, Origin.SETTLEMENT, command.now),
    ]


def reject(dispute: Dispute, command: RejectOffer) -> list[NegotiationEvent]:
    side = side_of(command.actor)
    offered = _to_answer(dispute, side, command.number)
    if offered.status == "rejected":
        return []
    _check_bargaining(dispute)
    _check_open(offered)
    return [OfferRejected(number=offered.number, by=side, message=dispute.text(command.message, command.actor))]


def _check_bargaining(dispute: Dispute) -> None:
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if dispute.stage not in (Stage.NEGOTIATION, Stage.MEDIATION, Stage.ADJUDICATION):
        raise NotYourMove(stage=dispute.stage.value)


def check_amount(dispute: Dispute, amount: Money) -> None:
    if amount.currency != dispute.in_dispute.currency:
        raise CurrencyMismatch(at="/amount", expected=dispute.in_dispute.currency, found=amount.currency)
    if amount > dispute.in_dispute:
        raise OfferExceedsClaim(in_dispute=str(dispute.in_dispute), offered=str(amount))


def _to_answer(dispute: Dispute, side: Side, number: int) -> Offer:
    offered = dispute.offers.get(number)
    if offered.by is side:
        raise NotYourOffer(number=number, by=side.value)
    return offered


def _check_open(offered: Offer) -> None:
    if offered.status != "open":
        raise OfferNotOpen(number=offered.number, status=offered.status)
