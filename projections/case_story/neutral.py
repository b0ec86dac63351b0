"""Escalation, and the neutrals with their interests and challenges."""

from typing import Annotated, Literal, assert_never
from uuid import UUID

from pydantic import Field

from domain.kernel.base import Instant, Role
from domain.kernel.people import Side
from domain.neutral import independence_facts
from domain.neutral.escalation_facts import (
    Escalated,
    EscalationEvent,
    EscalationJoined,
    NeutralAssigned,
    NeutralReleased,
    Referred,
    WhyReleased,
)
from domain.neutral.independence_facts import ChallengeDecided, IndependenceEvent, InterestsDeclared, NeutralChallenged
from mediation.store.log.recorded import Recorded
from projections.case_story.items import changed, instant, item
from projections.case_story.parts import Part, Said
from projections.table import Doc


class JoinedShown(Part):
    by: Side
    reason: Said | None
    at: Instant


class EscalationShown(Part):
    by: Literal["buyer", "seller", "silence", "policy"]
    at: Instant
    reason: Said | None
    offers_standing: list[int]
    joined: Annotated[list[JoinedShown], Field(description="The other side's request for a neutral, with its reason.")]


class TenureShown(Part):
    """The time in which the dispute was assigned to one neutral. `why` is the reason for its end."""

    neutral: UUID
    by: Role
    assigned_at: Instant
    released_at: Instant | None
    why: WhyReleased | None
    released_by: Role | None
    reason: Said | None


class DeclarationShown(Part):
    neutral: UUID
    disclosed: Annotated[Said | None, Field(description="Null: the neutral declared that there are no interests.")]
    at: Instant


class ChallengeShown(Part):
    """A party's challenge of the neutral. `granted` is null until it is decided, and if it became moot."""

    number: int
    by: Side
    neutral: UUID
    ground: independence_facts.Ground
    reason: Said
    granted: bool | None
    decided_by: Role | None
    reasons: Said | None
    made_at: Instant
    decided_at: Instant | None


class ReferralShown(Part):
    reason: str
    at: Instant


_NOT_RELEASED = ("released_at", "why", "released_by", "reason")


def escalated(doc: Doc, event: EscalationEvent, recorded: Recorded) -> Doc:
    at = instant(recorded.occurred_at)
    match event:
        case Escalated():
            return {"escalation": item(event, at=at, joined=[])}
        case EscalationJoined():
            called = doc["escalation"]
            return {"escalation": called and {**called, "joined": [*called["joined"], item(event, at=at)]}}
        case NeutralAssigned():
            tenure = item(event, assigned_at=at, **dict.fromkeys(_NOT_RELEASED))
            return {"neutral": str(event.neutral), "assigned_at": at, "neutrals": [*doc["neutrals"], tenure]}
        case NeutralReleased():
            left = {
                "released_at": at,
                "why": event.why,
                "released_by": event.by.value,
                "reason": item(event)["reason"],
            }
            tenures = [t if t["released_at"] else {**t, **left} for t in doc["neutrals"]]
            return {"neutral": None, "assigned_at": None, "neutrals": tenures}
        case Referred():
            return {"referral": item(event, at=at)}
        case _:
            assert_never(event)


def doubted(doc: Doc, event: IndependenceEvent, recorded: Recorded) -> Doc:
    at, challenges = instant(recorded.occurred_at), doc["challenges"]
    match event:
        case InterestsDeclared():
            return {"declarations": [*doc["declarations"], item(event, at=at)]}
        case NeutralChallenged():
            undecided = dict.fromkeys(("granted", "decided_by", "reasons", "decided_at"))
            return {"challenges": [*challenges, item(event, **undecided, made_at=at)]}
        case ChallengeDecided(number=number, granted=granted, by=by):
            decided = {"granted": granted, "decided_by": by.value, "reasons": item(event)["reasons"], "decided_at": at}
            return {"challenges": changed(challenges, "number", number, **decided)}
        case _:
            assert_never(event)
