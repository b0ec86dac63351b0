"""What the engine decided alone, and the review of it by a person."""

from typing import Annotated, Literal, assert_never

from pydantic import Field

from domain.filing.review_facts import (
    Decision,
    MachineDecided,
    Objection,
    ReviewAnswer,
    ReviewAnswered,
    ReviewEvent,
    ReviewRequested,
)
from domain.kernel.base import Instant
from domain.kernel.people import Side
from domain.policy.claim_limits import Ground
from mediation.store.log.recorded import Recorded
from projections.case_story.items import changed, instant, item
from projections.case_story.parts import Part, Said
from projections.table import Doc


class FactUsedShown(Part):
    name: str
    value: str


class StandingShown(Part):
    ground: Ground


class ReviewShown(Part):
    """What the burdened side says, and the answer of a person. Until then the answer is null."""

    statement: Said
    requested_at: Instant
    answer: ReviewAnswer | None
    answered_by: str | None
    reasons: Said | None
    answered_at: Instant | None


class MachineDecisionShown(Part):
    """A decision against one side that no person took part in: the rule, the facts that it rests on, how to object."""

    number: int
    decision: Decision
    decided_by: Literal["machine"]
    burdens: Side
    clause: str
    facts: tuple[FactUsedShown, ...]
    objection: Annotated[Objection, Field(description="The act by which the burdened side objects.")]
    review_until: Annotated[
        Instant | None,
        Field(description="Until when a review can be requested. Null if `deadlines` shows until when to object."),
    ]
    standing: Annotated[
        StandingShown | None,
        Field(description="For a warning or a recommendation to the marketplace: on which ground."),
    ]
    at: Instant
    review: ReviewShown | None


def decided(doc: Doc, event: ReviewEvent, recorded: Recorded) -> Doc:
    at, decisions = instant(recorded.occurred_at), doc["decisions"]
    match event:
        case MachineDecided():
            ground = event.standing and {"ground": event.standing.ground}
            told = item(event, at=at, review=None, standing=ground)
            del told["proof"]
            return {"decisions": [*decisions, told]}
        case ReviewRequested(number=number):
            unanswered = dict.fromkeys(("answer", "answered_by", "reasons", "answered_at"))
            review = {"statement": item(event)["statement"], "requested_at": at, **unanswered}
        case ReviewAnswered(number=number):
            before = next((one["review"] for one in decisions if one["number"] == number), None)
            answer = {"answer": event.answer, "answered_by": event.by.value, "reasons": item(event)["reasons"]}
            review = {**(before or {}), **answer, "answered_at": at}
        case _:
            assert_never(event)
    return {"decisions": changed(decisions, "number", number, review=review)}
