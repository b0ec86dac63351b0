"""What terms may say about goods: in an offer or a proposal, which both sides accept, and in a concession or a ruling."""

from fractions import Fraction
from typing import Literal

from domain.dispute.state import Dispute
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
    """`freight_cost` of the return is missing.

    Why: The engine checks that a return does not cost more than the goods, so it has to know the cost.

    What to do: Send `freight_cost`, an estimate if need be.
    """

    pointer = "/goods/freight_cost"


class FreightOutOfPlace(Malformed):
    """`freight` or `freight_cost` is given, but the goods are not sent back.

    Why: Only a return has freight that somebody has to pay.

    What to do: Leave out `freight` and `freight_cost`, or use `act` `return`.

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

    Why: Only goods of the claim can be sent back, destroyed, picked up or replaced in exchange for its money.

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


# --- decisions ---


def stated(policy: Policy, goods: Goods) -> Goods:
    """The terms as recorded: the policy says who pays for the return if the parties don't."""
    if goods.act is not GoodsAct.RETURN or goods.freight is not None:
        return goods
    return goods.model_copy(update={"freight": policy.return_freight})


def check(
    dispute: Dispute, policy: Policy, goods: Goods, at_stake: Money, by: Literal["agreement", "concession", "ruling"]
) -> None:
    """Checks the terms as recorded. A concession and a ruling must follow the policy."""
    if at_stake.is_zero:
        raise NothingAtStake(act=goods.act.value)
    _check_parts(dispute, goods)
    _check_freight(dispute, goods)
    if by == "agreement":
        return
    if goods.freight not in (None, policy.return_freight):
        raise FreightAgainstPolicy(policy=policy.return_freight.value)
    if goods.act is GoodsAct.DESTROY and dispute.reason != "counterfeit":
        raise DestructionOutOfPlace(reason=dispute.reason)
    if goods.act is GoodsAct.REPLACE and by == "concession":
        raise ReplacementOutOfPlace()


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
    if goods.act is not GoodsAct.RETURN:
        if goods.freight is not None or cost is not None:
            raise FreightOutOfPlace(act=goods.act.value)
        return
    if cost is None:
        raise FreightCostMissing()
    if cost.currency != dispute.in_dispute.currency:
        raise CurrencyMismatch(at="/goods/freight_cost", expected=dispute.in_dispute.currency, found=cost.currency)
    if cost > (most := value(dispute, goods)):
        raise FreightExceedsValue(freight_cost=str(cost), value=str(most))
