"""What terms may ask of goods: of an offer or a proposal, which both sides accept, and of a concession or a ruling."""

from typing import Literal

from domain.dispute.state import Dispute
from domain.kernel.money import CurrencyMismatch, Money
from domain.kernel.refusals import Malformed
from domain.policy.policy import Policy
from domain.remedies.goods_facts import Goods, GoodsAct

# --- types ---


class NothingAtStake(Malformed):
    """Goods go back, are destroyed or replaced for a part of the buyer's; here the buyer has none."""

    pointer = "/goods"


class FreightCostMissing(Malformed):
    """A return says what the way back costs."""

    pointer = "/goods/freight_cost"


class FreightOutOfPlace(Malformed):
    """Only a return says who pays the way back, and what it costs."""

    pointer = "/goods/freight"


class FreightExceedsValue(Malformed):
    """Goods are not sent back where that costs more than they are worth."""

    pointer = "/goods/freight_cost"


class FreightAgainstPolicy(Malformed):
    """Who pays the way back is for the policy to say; the parties may agree otherwise."""

    pointer = "/goods/freight"


class DestructionOutOfPlace(Malformed):
    """Only counterfeit goods are destroyed in the place of a return, unless both sides agree."""

    pointer = "/goods/act"


class ReplacementOutOfPlace(Malformed):
    """A replacement is offered, proposed or ruled; conceding grants what was claimed."""

    pointer = "/goods/act"


# --- decisions ---


def stated(policy: Policy, goods: Goods) -> Goods:
    """As the terms say it: who pays the way back is what the policy says where the parties don't."""
    if goods.act is not GoodsAct.RETURN or goods.freight is not None:
        return goods
    return goods.model_copy(update={"freight": policy.return_freight})


def check(
    dispute: Dispute, policy: Policy, goods: Goods, at_stake: Money, by: Literal["agreement", "concession", "ruling"]
) -> None:
    """The terms, as they are stated. What one side or the neutral says alone keeps to the policy."""
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
