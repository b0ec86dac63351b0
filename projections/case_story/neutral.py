"""The other people in a dispute: neutrals, with their interests and challenges, and representatives."""

from typing import assert_never

from domain.filing.representation_facts import RepresentationEnded, RepresentationEvent, RepresentativeNamed
from domain.neutral.escalation_facts import (
    Escalated,
    EscalationEvent,
    EscalationJoined,
    NeutralAssigned,
    NeutralReleased,
    Referred,
)
from domain.neutral.independence_facts import ChallengeDecided, IndependenceEvent, InterestsDeclared, NeutralChallenged
from mediation.store.log.recorded import Recorded
from projections.case_story.items import changed, instant, item
from projections.view import Doc

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


def represented(doc: Doc, event: RepresentationEvent, recorded: Recorded) -> Doc:
    at, representatives = instant(recorded.occurred_at), doc["representatives"]
    match event:
        case RepresentativeNamed():
            return {"representatives": [*representatives, item(event, named_at=at, ended_at=None, ended_by=None)]}
        case RepresentationEnded():
            ended = {"ended_at": at, "ended_by": event.by.value}
            mine = (str(event.subject), None)
            told = [{**r, **ended} if (r["subject"], r["ended_at"]) == mine else r for r in representatives]
            return {"representatives": told}
        case _:
            assert_never(event)
