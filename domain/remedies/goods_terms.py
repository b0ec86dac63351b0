"""What terms may say about goods: in an offer or a proposal, which both sides accept, and in a concession or a ruling."""

from fractions import Fraction
from typing import Literal

from domain.dispute.state import Dispute
from domain.filing.filing_facts import ReliefSought
from domain.kernel.money import CurrencyMismatch, Money
from domain.kernel.quantities import PiecesNotWhole
from domain.kernel.refusals import Malformed
from domain.policy.policy import Policy
from domain.remedies.goods_facts import Goods, GoodsAct

# --- types ---


class NothingAtStake(Malformed):
    """`goods` is given, but the buyer receives none of the money in dispute.

    Why: Goods go back in exchange for money. Where the buyer receives none, there is nothing to exchange.

    What to do: Leave out `goods`, or give the buyer a part of the money.

    Example: {"act": "return"}
    """

    pointer = "/goods"


class FreightCostMissing(Malformed):
    """`freight_cost` of the return, or of the way to the repair, is missing.

    Why: The engine checks that the way does not cost more than the goods, so it has to know the cost.

    What to do: Send `freight_cost`, an estimate if need be.
    """

    pointer = "/goods/freight_cost"


class FreightOutOfPlace(Malformed):
    """`freight` or `freight_cost` is given, but the goods are not sent back.

    Why: Only goods that the buyer sends to the seller have freight that somebody has to pay.

    What to do: Leave out `freight` and `freight_cost`, or use `act` `return`, or `repair` without `fetched`.

    Example: {"act": "pick_up"}
    """

    pointer = "/goods/freight"


class FreightExceedsValue(Malformed):
    """`freight_cost` is more than the goods are worth.

    Why: To send goods back that are worth less than their freight would only burn money.

    What to do: Leave out `goods`: the buyer then keeps them. `value` is what the goods cost: those
    in `parts`, or all that are claimed.

    Example: {"freight_cost": "129.91 EUR", "value": "129.90 EUR"}
    """

    pointer = "/goods/freight_cost"


class GoodsNotClaimed(Malformed):
    """`parts` of `goods` names an order line, or more of it, than the claim is about.

    Why: Only goods of the claim can be sent back, destroyed, picked up, replaced or repaired in exchange for its money.

    What to do: Name lines by their place in `transaction.lines` (1 is the first), and at most so much of one as is
    `claimed`. Without `parts`, all goods of the claim are meant.

    Example: {"line": 1, "claimed": "2"}
    """

    pointer = "/goods/parts"


class FreightAgainstPolicy(Malformed):
    """`freight` names another payer of the return than the policy. The parties can agree on one.

    Why: Who pays for a return is a rule of the marketplace, so that equal cases are treated equally. The parties can
    agree otherwise.

    What to do: Leave out `freight`: the payer in `policy` then applies. In an offer or a proposal you can name another
    one.

    Example: {"policy": "seller"}
    """

    pointer = "/goods/freight"


class DestructionOutOfPlace(Malformed):
    """`act` is to destroy the goods, but the claim is not about counterfeits. The parties can agree on it.

    Why: Counterfeits must not come into trade again, so they may be destroyed. Other goods have a value that the seller
    may get back.

    What to do: Use `return`. If both sides want the goods destroyed, agree on that in an offer.

    Example: {"reason": "not_as_described"}
    """

    pointer = "/goods/act"


class ReplacementOutOfPlace(Malformed):
    """`act` is to replace the goods, which a concession cannot grant. An offer or a ruling can.

    Why: A concession grants the claim, which is for money. Another item instead needs the buyer's consent, or a ruling.

    What to do: Make an offer with a replacement.
    """

    pointer = "/goods/act"


class RepairOutOfPlace(Malformed):
    """`act` is to repair the goods in a concession, but the claim does not seek a repair.

    Why: A concession grants what is claimed. Who claims money has not agreed to have the goods repaired.

    What to do: Make an offer with a repair, and the claimant can accept it.

    Example: {"relief_sought": "refund"}
    """

    pointer = "/goods/act"


class NoRepairTerms(Malformed):
    """`fetched` or `within` is given, but the goods are not repaired.

    Why: Both say how a repair goes: who brings the goods to the seller, and how long the seller has.

    What to do: Leave out `fetched` and `within`, or use `act` `repair`. To have goods fetched for good, use `act` `pick_up`.

    Example: {"act": "return"}
    """

    pointer = "/goods/fetched"


# --- decisions ---


def stated(policy: Policy, goods: Goods) -> Goods:
    """The terms as recorded: the policy says who pays for the way to the seller, and how long a repair takes, if the parties
    don't.
    """
    if goods.sent_by_buyer and goods.freight is None:
        goods = goods.model_copy(update={"freight": policy.return_freight})
    if goods.act is GoodsAct.REPAIR and goods.within is None:
        goods = goods.model_copy(update={"within": policy.windows.goods_repaired})
    return goods


def check(
    dispute: Dispute, policy: Policy, goods: Goods, at_stake: Money, by: Literal["agreement", "concession", "ruling"]
) -> None:
    """Checks the terms as recorded. A concession and a ruling must follow the policy."""
    if at_stake.is_zero:
        raise NothingAtStake(act=goods.act.value)
    _check_parts(dispute, goods)
    _check_freight(dispute, goods)
    if goods.act is not GoodsAct.REPAIR and (goods.fetched or goods.within is not None):
        raise NoRepairTerms(act=goods.act.value)
    if by == "agreement":
        return
    if goods.freight not in (None, policy.return_freight):
        raise FreightAgainstPolicy(policy=policy.return_freight.value)
    if goods.act is GoodsAct.DESTROY and dispute.reason != "counterfeit":
        raise DestructionOutOfPlace(reason=dispute.reason)
    if goods.act is GoodsAct.REPLACE and by == "concession":
        raise ReplacementOutOfPlace()
    if goods.act is GoodsAct.REPAIR and by == "concession" and dispute.relief is not ReliefSought.REPAIR:
        raise RepairOutOfPlace(relief_sought=dispute.relief.value)


def _check_parts(dispute: Dispute, goods: Goods) -> None:
    for n, part in enumerate(goods.parts):
        claimed = dispute.goods_claimed.get(part.line)
        if claimed is None:
            raise GoodsNotClaimed(at=f"/goods/parts/{n}/line", line=part.line, claimed=None)
        if part.quantity is None:
            continue
        at = f"/goods/parts/{n}/quantity"
        if Fraction(part.quantity) > Fraction(claimed.quantity):
            raise GoodsNotClaimed(at=at, line=part.line, claimed=claimed.quantity)
        if claimed.in_pieces and "." in part.quantity:
            raise PiecesNotWhole(at=at, quantity=part.quantity)


def value(dispute: Dispute, goods: Goods) -> Money:
    """What these goods cost."""
    if not goods.parts:
        return dispute.goods_value
    claimed = dispute.goods_claimed
    each = (claimed[part.line].worth(part.quantity) for part in goods.parts)
    return Money.total(each, dispute.in_dispute.currency)


def _check_freight(dispute: Dispute, goods: Goods) -> None:
    cost = goods.freight_cost
    if not goods.sent_by_buyer:
        if goods.freight is not None or cost is not None:
            raise FreightOutOfPlace(act=goods.act.value)
        return
    if cost is None:
        raise FreightCostMissing()
    if cost.currency != dispute.in_dispute.currency:
        raise CurrencyMismatch(at="/goods/freight_cost", expected=dispute.in_dispute.currency, found=cost.currency)
    if cost > (most := value(dispute, goods)):
        raise FreightExceedsValue(freight_cost=str(cost), value=str(most))
