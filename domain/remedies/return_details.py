"""Where goods are sent, back or for repair: the seller, or the marketplace for the seller, says it to the buyer.

If the policy has the window `return_details`, the address is owed before the goods are. The time of the sender begins only
when the address is known. Without that window the address may be given, and nobody owes it.

Until the goods are sent, the details may be corrected, and a label may be added. Where the address is owed, the sender
has the whole time again after a correction.

The terms say who pays the freight, and what it costs. The details may change that at the cost of whoever gives them, and
of nobody else. `goods.freight` bears the cost; the receiver has laid it out if it is `prepaid`, otherwise the sender has.
If these are two, the one owes it to the other when the steps of the goods have ended (`domain.remedies.remedy`).

Refusal
├── Forbidden
│   └── NotYoursToReceive       neither the receiver nor the marketplace
├── Conflict
│   ├── GoodsNotAwaited         no return that is still to be sent (`domain.remedies.handover`)
│   ├── TooOftenStated          the details and labels were given too often
│   └── FreightAgainstTerms     the freight would become worse for somebody else
└── Malformed
    └── CurrencyMismatch        another currency than that of the dispute
"""

from collections.abc import Sequence
from typing import assert_never

from domain.commitments import making
from domain.commitments.events import CommitmentDeferred, CommitmentEvent
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.evidence.exhibit_facts import File
from domain.kernel.base import Event, Instant, OnDispute, Role
from domain.kernel.money import CurrencyMismatch, Money
from domain.kernel.people import Side
from domain.kernel.places import Country
from domain.kernel.refusals import Conflict, Forbidden
from domain.policy.policy import Policy
from domain.remedies.goods_facts import Goods, Handling
from domain.remedies.handover import GoodsNotAwaited
from domain.remedies.return_details_facts import (
    ReturnDetails,
    ReturnDetailsEvent,
    ReturnDetailsGiven,
    ReturnLabelAdded,
)

# --- types ---

MAX_STATED = 20
"""Details and labels of one return, together."""


class GiveReturnDetails(OnDispute, halted_by_stay=True):
    """`lines` are those of the address, in the order of the `country`. Without `freight` or `freight_cost` the terms stay
    as they are.
    """

    lines: tuple[str, ...]
    country: Country
    rma: str | None = None
    freight: Side | None = None
    freight_cost: Money | None = None
    prepaid: bool = False


class AddReturnLabel(OnDispute, halted_by_stay=True, recorded_as=ReturnLabelAdded):
    file: File


ReturnDetailsCommand = GiveReturnDetails | AddReturnLabel


class NotYoursToReceive(Forbidden):
    """You do not receive the goods, so you cannot say where they are sent.

    Why: The goods go to the seller. Only the seller knows where they are awaited, and the marketplace may say it for the
    seller.

    What to do: Ask the seller for the return address, in a message or with a request.

    Example: {"role": "buyer"}
    """


class TooOftenStated(Conflict):
    """The return address and the label were given `limit` times.

    Why: Each time the sender has to look where the goods go. The limit bounds what one dispute stores.

    What to do: Write to the buyer which of the addresses and labels counts.

    Example: {"limit": 20}
    """


class FreightAgainstTerms(Conflict):
    """`freight` or `freight_cost` is worse for somebody else than the terms of the return.

    Why: The terms were agreed on or decided. Whoever says where the goods go can take on more of the freight alone, and
    cannot lay it on anybody else.

    What to do: Leave out `freight` and `freight_cost`: the terms then hold. `payer` and `cost` are those of the terms,
    and `worse_for` is the side that would pay more or get less.

    Example: {"worse_for": "buyer", "payer": "seller", "cost": "12.50 EUR"}
    """

    pointer = "/freight_cost"


# --- decisions ---


def decide(basis: Basis, command: ReturnDetailsCommand) -> Sequence[Event]:
    match command:
        case GiveReturnDetails():
            return give(basis.dispute, basis.policy, command)
        case AddReturnLabel():
            return add_label(basis.dispute, command)
        case _:
            assert_never(command)


def give(dispute: Dispute, policy: Policy, command: GiveReturnDetails) -> list[ReturnDetailsEvent | CommitmentEvent]:
    handling = _return_of(dispute, command.actor.role)
    terms = handling.goods
    assert terms.freight is not None, "the terms of a return say who pays for it"
    given = ReturnDetailsGiven(
        by=command.actor.role,
        details=ReturnDetails(
            subject=dispute.party(Side.SELLER).subject,
            lines=command.lines,
            country=command.country,
            rma=command.rma,
        ),
        freight=command.freight or terms.freight,
        freight_cost=terms.freight_cost if command.freight_cost is None else command.freight_cost,
        prepaid=command.prepaid,
    )
    _check_freight(dispute, terms, given)
    owed = dispute.commitments.open[handling.commitment_id]
    if handling.step == "details":
        return [given, making.keep_commitment(owed, command.now, command.actor.role, given)]
    return [given, *_whole_time_again(dispute, policy, handling, command.now)]


def _whole_time_again(dispute: Dispute, policy: Policy, handling: Handling, now: Instant) -> list[CommitmentDeferred]:
    """The sender may have packed for the earlier address."""
    if policy.windows.return_details is None:
        return []
    sender = dispute.party(Side.BUYER)
    due_at, _ = policy.due("goods_dispatch", sender, now, window=policy.windows.goods_sent)
    if due_at <= dispute.commitments.open[handling.commitment_id].due_at:
        return []
    return [CommitmentDeferred(commitment_id=handling.commitment_id, due_at=due_at)]


def _check_freight(dispute: Dispute, terms: Goods, given: ReturnDetailsGiven) -> None:
    """Raises CurrencyMismatch, FreightAgainstTerms. Nobody knows yet what a return costs that a machine ordered."""
    cost, agreed = given.freight_cost, terms.freight_cost
    if cost is not None and cost.currency != (expected := dispute.in_dispute.currency):
        raise CurrencyMismatch(at="/freight_cost", expected=expected, found=cost.currency)
    more = cost is not None and (agreed is None or cost > agreed)
    less = cost is not None and agreed is not None and cost < agreed
    worse_for = None
    if given.freight is Side.BUYER:
        worse_for = Side.BUYER if terms.freight is Side.SELLER or more else None
    elif not given.prepaid:  # the seller owes the buyer this sum
        if less and terms.freight is Side.SELLER:
            worse_for = Side.BUYER
        elif (more or terms.freight is Side.BUYER) and given.by is not Role.SELLER:
            worse_for = Side.SELLER
    if worse_for is not None:
        known = None if agreed is None else str(agreed)
        raise FreightAgainstTerms(worse_for=worse_for.value, payer=str(terms.freight), cost=known)


def add_label(dispute: Dispute, command: AddReturnLabel) -> list[ReturnDetailsEvent]:
    _return_of(dispute, command.actor.role)
    return [ReturnLabelAdded(by=command.actor.role, file=command.file)]


def takes_details(handling: Handling | None) -> bool:
    """Whether the buyer is to send goods that have not left yet."""
    if handling is None or handling.ended or handling.stated >= MAX_STATED:
        return False
    return handling.goods.sent_by_buyer and handling.step in ("details", "dispatch")


def may_give(role: Role) -> bool:
    return role in (Role.SELLER, Role.MARKETPLACE)


def _return_of(dispute: Dispute, role: Role) -> Handling:
    handling = dispute.goods
    if handling is not None and not handling.ended and handling.stated >= MAX_STATED:
        raise TooOftenStated(limit=MAX_STATED)
    if handling is None or not takes_details(handling):
        raise GoodsNotAwaited(step=handling.step if handling and not handling.ended else None)
    if not may_give(role):
        raise NotYoursToReceive(role=role.value)
    return handling
