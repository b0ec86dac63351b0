"""A seller's standing rules: what a machine answers for the seller to small claims, as soon as they are filed.

The rules that were in force at the filing apply, whatever is changed later. They are tried in order; the first that fits
answers, once. A machine answers only while no person of the seller's side has taken part. Its offer is no answer to the
claim: the seller's window to answer runs on, and silence still means what the policy says. The seller can offer more at any
time.

A claim that the fast lane or an agent granted already is left alone. So is one of a buyer who has reached a limit of the
policy, because a person is to look at it. A rule that wants goods back does not fit where their freight exceeds their value.
"""

from collections.abc import Sequence
from typing import Any, assert_never
from uuid import UUID

from domain.clocks import names
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.filing import response
from domain.filing.response import Respond
from domain.filing.response_facts import Answer
from domain.filing.standing_rules_facts import (
    StandingRule,
    StandingRules,
    StandingRulesEvent,
    StandingRulesSet,
    StandingRulesWithdrawn,
    StandingRuleUsed,
)
from domain.kernel.base import Actor, Command, Event, OnDispute, Role
from domain.kernel.people import Side
from domain.kernel.refusals import Conflict, Forbidden
from domain.remedies.goods_facts import Goods, GoodsAct
from domain.settlement import negotiation
from domain.settlement.negotiation import MakeOffer

# --- types ---


class OnStandingRules(Command, base=True):
    """A command on a seller's standing rules. `expected` are the versions of which one must be in force; none means any."""

    seller: UUID
    expected: tuple[int, ...] = ()


class SetStandingRules(OnStandingRules):
    rules: tuple[StandingRule, ...]


class WithdrawStandingRules(OnStandingRules):
    pass


StandingRulesCommand = SetStandingRules | WithdrawStandingRules


class ApplyStandingRules(OnDispute, halted_by_stay=True):
    """Sent by the engine after a filing. `version` was in force then."""

    version: int


class NotYourStandingRules(Forbidden):
    """You do not act for this seller, whose standing rules these are.

    Why: Standing rules bind a seller: a machine concedes claims by them and offers money. And who knows them can claim just
    so much as they grant.

    What to do: As the marketplace's backend, name the seller by your own id. A seller's token opens that seller's rules
    alone.

    Example: {"role": "supervisor"}
    """


class StandingRulesHaveChanged(Conflict):
    """The standing rules are in another version than the one that you read.

    Why: Somebody changed them since you read them. To save over them would lose that change.

    What to do: Read the rules again, make your change, and send it with the new `ETag` as `If-Match`. `version` is the
    present one.

    Example: {"version": 3, "expected": 2}
    """


# --- decisions ---


def decide_rules(known: StandingRules, command: StandingRulesCommand) -> Sequence[StandingRulesEvent]:
    """No events if the rules are so already."""
    role = command.actor.role
    if role not in (Role.SELLER, Role.MARKETPLACE):
        raise NotYourStandingRules(role=role.value)
    if command.expected and known.version not in command.expected:
        raise StandingRulesHaveChanged(version=known.version, expected=max(command.expected))
    version = known.version + 1
    match command:
        case SetStandingRules(rules=rules):
            if tuple(known.in_force) == rules:
                return []
            return [StandingRulesSet(version=version, seller=command.seller, rules=rules, by=role)]
        case WithdrawStandingRules():
            if not known.in_force:
                return []
            return [StandingRulesWithdrawn(version=version, seller=command.seller, by=role)]
        case _:
            assert_never(command)


def decide(basis: Basis, command: ApplyStandingRules) -> Sequence[Event]:
    """The answer of the first rule that fits; no events if none does, or if the dispute does not wait for one."""
    if command.actor.role is not Role.ENGINE:
        raise NotYourStandingRules(role=command.actor.role.value)
    dispute = basis.dispute
    if not _waits(dispute):
        return []
    for number, rule in enumerate(basis.case.standing_rules.of(command.version), 1):
        if _fits(rule, dispute):
            return _answer(basis, command, rule, StandingRuleUsed(version=command.version, rule=number))
    return []


def _waits(dispute: Dispute) -> bool:
    """Whether the seller's first answer to a buyer's claim is awaited, nobody has granted it, and nobody of the seller's side
    has taken part.
    """
    if dispute.claimant is not Side.BUYER or dispute.imported or dispute.for_a_person or dispute.fast_lane:
        return False
    unanswered = dispute.undecided and dispute.response is None
    awaited = dispute.deadlines.get(names.Response()) is not None
    offered = any(offer.by is Side.SELLER for offer in dispute.offers.made)
    took_part = dispute.took_part(Side.SELLER) or dispute.pleadings.counterclaim is not None
    return unanswered and awaited and not offered and not took_part


def _fits(rule: StandingRule, dispute: Dispute) -> bool:
    """Amounts in another currency never fit: nothing is converted."""
    if dispute.claimed.currency != rule.up_to.currency or dispute.claimed > rule.up_to:
        return False
    if dispute.reason not in rule.reasons or (rule.countries and dispute.buyer.country not in rule.countries):
        return False
    return rule.return_freight is None or rule.return_freight <= dispute.goods_value


def _answer(basis: Basis, command: ApplyStandingRules, rule: StandingRule, used: StandingRuleUsed) -> Sequence[Event]:
    dispute, cost = basis.dispute, rule.return_freight
    goods = None if cost is None else Goods(act=GoodsAct.RETURN, freight_cost=cost)
    seller = Actor(subject=dispute.seller.subject, role=Role.SELLER)
    about: dict[str, Any] = {
        "marketplace": command.marketplace,
        "actor": seller,
        "now": command.now,
        "dispute_id": dispute.id,
        "goods": goods,
        "standing_rule": used,
    }
    if rule.answer == "concede":
        return response.decide(basis, Respond(answer=Answer.CONCEDE, **about))
    return negotiation.decide(basis, MakeOffer(amount=rule.offered(dispute.claimed), **about))
