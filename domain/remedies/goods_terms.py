"""What terms may say about goods: in an offer or a proposal, which both sides accept, and in a concession or a ruling."""

from typing import Literal

from domain.dispute.state import Dispute
from domain.kernel.money import CurrencyMismatch, Money
from domain.kernel.refusals import Malformed
from domain.policy.policy import Policy
from domain.remedies.goods_facts import Goods, GoodsAct

# --- types ---


class NothingAtStake(Malformed):
    """`goods` is given, but the buyer receives none of the money in dispute."""

    pointer = "/goods"


class FreightCostMissing(Malformed):
    """`freight_cost` of the return is missing."""

    pointer = "/goods/freight_cost"


class FreightOutOfPlace(Malformed):
    """`freight` or `freight_cost` is given, but the goods are not sent back."""

    pointer = "/goods/freight"


class FreightExceedsValue(Malformed):
    """`freight_cost` is more than the goods are worth."""

    pointer = "/goods/freight_cost"


class FreightAgainstPolicy(Malformed):
    """`freight` names another payer of the return than the policy. The parties can agree on one."""

    pointer = "/goods/freight"


class DestructionOutOfPlace(Malformed):
    """`act` is to destroy the goods, but the claim is not about counterfeits. The parties can agree on it."""

    pointer = "/goods/act"


class ReplacementOutOfPlace(Malformed):
    """`act` is to replace the goods, which a concession cannot grant. An offer or a ruling can."""

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
    _check_freight(dispute, goods)
    if by == "agreement":
        return
    if goods.freight not in (None, policy.return_freight):
        raise FreightAgainstPolicy(policy=policy.return_freight.value)
    if goods.act is GoodsAct.DESTROY and dispute.reason != "counterfeit":
        raise DestructionOutOfPlace(reason=dispute.reason)
    if goods.act is GoodsAct.REPLACE and by == "concession":
        raise ReplacementOutOfPlace()


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
    if cost > dispute.goods_value:
        raise FreightExceedsValue(freight_cost=str(cost), value=str(dispute.goods_value))
