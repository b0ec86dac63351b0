"""Standing rules in the state machine: any rule about any dispute, and what holds of every answer by machine."""

from uuid import UUID

from domain.dispute.state import Dispute
from domain.filing.filing_facts import DisputeFiled
from domain.filing.response_facts import ResponseGiven
from domain.filing.standing_rules_facts import StandingRule, StandingRules
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.settlement.negotiation_facts import OfferMade
from domain.stream_ids import standing_rules_id
from tests.domain.law.acts import MARKETPLACE, Act
from tests.domain.law.cast import engine, seller
from tests.domain.law.world import World


def rules_for(dispute: Dispute, share: int | None, of_claim: int, freight: int | None) -> tuple[StandingRule, ...]:
    """One for another country, and one whose ceiling lies about the claim: so many tenths of it."""
    currency = dispute.claimed.currency
    terms = {
        "reasons": (dispute.reason,),
        "up_to": Money(max(1, dispute.claimed.minor * of_claim // 10), currency),
        "answer": "concede" if share is None else "offer",
        "share": share,
        "return_freight": None if freight is None else Money(freight, currency),
    }
    elsewhere = {**terms, "countries": ("JP",)}
    return StandingRule.model_validate(elsewhere), StandingRule.model_validate(terms)


def applied(world: World) -> Act:
    return engine.applies_standing_rules(_rules(world).version)


def of_rules(world: World, dispute_id: UUID) -> None:
    """A machine answers a buyer's claim at most once, before any answer of the seller, in the claim's currency, and never
    above the ceiling of the rule that it names.
    """
    claimed, answers = None, list[ResponseGiven | OfferMade]()
    for stored in world.log:
        event = stored.event if stored.dispute_id == dispute_id else None
        if isinstance(event, DisputeFiled):
            claimed = event.claim.amount
        if not isinstance(event, ResponseGiven | OfferMade) or event.by is not Side.SELLER:
            continue
        answers.append(event)
        if (used := event.standing_rule) is None:
            continue
        assert answers == [event], "the seller had answered"
        rule = _rules(world).of(used.version)[used.rule - 1]
        granted = event.terms.claimant if isinstance(event, OfferMade) else event.conceded
        assert claimed is not None
        assert granted is not None
        assert granted <= rule.up_to, "a comparison of two currencies raises"
        assert granted <= claimed


def _rules(world: World) -> StandingRules:
    known = world.states[standing_rules_id(MARKETPLACE, seller.subject)]
    assert isinstance(known, StandingRules)
    return known
