"""Facts about decisions that the engine made by itself against a party, and about their review by a person.

`MachineDecided` stands beside the fact that it explains. It tells the party whom the decision burdens which rule
and which facts it rests on, and how to object: Article 22(3) of Regulation (EU) 2016/679.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, Literal, assert_never
from uuid import UUID

from pydantic import StringConstraints

from domain.kernel.base import Event, Instant, Role, Value
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.people import Side, Text
from domain.kernel.windows import DeadlineProof
from domain.policy.claim_limits import Ground

# --- types ---

Decision = Literal[
    "not_heard",
    "granted_by_default",
    "granted_at_once",
    "contract_withdrawn",
    "goods_given_up",
    "deemed_received",
    "warned",
    "delisting_recommended",
    "restriction_recommended",
]

Objection = Literal["request_review", "request_set_aside", "respond"]
"""The act by which the burdened party objects. The last two have a deadline of their own in the dispute."""

ReviewAnswer = Literal["upheld", "changed"]


class FactUsed(Value):
    """One fact on which a decision rests, in words that a program can read. It holds nothing personal."""

    name: Told[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]]
    value: Told[str]


class Standing(Value):
    """What a warning or a recommendation is about. `recommendation_id` is None for a warning."""

    ground: Told[Ground]
    recommendation_id: UUID | None = None


class MachineDecided(Event, kind="MachineDecided", stream="dispute", told_to=Audience.BURDENED, consequence=True):
    """The engine decided against one side, and no person took part.

    `clause` is the rule of the policy. `review_until` is when the right to a review ends, with its proof; None if the
    `objection` is another act, whose deadline is one of the dispute. `standing` says on which ground the party was
    warned or reported to the marketplace, and by which recommendation.
    """

    number: Told[int]
    decision: Told[Decision]
    decided_by: Told[Literal["machine"]] = "machine"
    burdens: Told[Side]
    clause: Told[str]
    facts: Told[tuple[FactUsed, ...]]
    objection: Told[Objection]
    review_until: Told[Instant | None] = None
    standing: Told[Standing | None] = None
    proof: Told[DeadlineProof | None] = None


class ReviewRequested(Event, kind="ReviewRequested", stream="dispute", told_to=Audience.BURDENED):
    """The burdened party wants a person to look at the decision with this number."""

    number: Told[int]
    by: Told[Side]
    statement: Told[Text]


class ReviewAnswered(Event, kind="ReviewAnswered", stream="dispute", told_to=Audience.BURDENED):
    """A person who took no part answered, with reasons. `changed`: the dispute is reopened in the same act."""

    number: Told[int]
    burdens: Told[Side]
    answer: Told[ReviewAnswer]
    by: Told[Role]
    reasons: Told[Text]


ReviewEvent = MachineDecided | ReviewRequested | ReviewAnswered


# --- state ---


@frozen
class Decided:
    """A decision of the machine. `until` is when the right to a review ends; None if it has none."""

    number: int
    decision: Decision
    burdens: Side
    objection: Objection
    until: Instant | None
    standing: Standing | None = None
    requested: bool = False
    answer: ReviewAnswer | None = None

    @property
    def pending(self) -> bool:
        return self.requested and self.answer is None


@frozen
class MachineDecisions:
    """By number, from 1."""

    made: Mapping[int, Decided] = field(default_factory=dict)

    def following(self) -> int:
        """The number of the next decision."""
        return len(self.made) + 1


# --- evolve ---


def evolve(decisions: MachineDecisions, event: ReviewEvent) -> MachineDecisions:
    match event:
        case MachineDecided(number=number):
            decided = Decided(
                number, event.decision, event.burdens, event.objection, event.review_until, event.standing
            )
        case ReviewRequested(number=number):
            decided = replace(decisions.made[number], requested=True)
        case ReviewAnswered(number=number, answer=answer):
            decided = replace(decisions.made[number], answer=answer)
        case _:
            assert_never(event)
    return MachineDecisions({**decisions.made, number: decided})
