"""Who the neutral of a dispute is."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.schemas.base import Act, Context, Statement, example
from domain import assignment, escalation

_NEUTRAL = "0f4c5f6e-52a6-4d1c-9d0a-3f1f3f6c2a11"


class AssignNeutral(Act):
    """Gives the dispute to a neutral. A neutral may take it for themselves."""

    model_config = example({"neutral": _NEUTRAL})

    neutral: Annotated[
        UUID | None,
        Field(description="The neutral's subject, as their token names it (`sub`). Left out: whoever asks takes it."),
    ] = None

    def command(self, at: Context, *, dispute_id: UUID) -> escalation.AssignNeutral:
        return escalation.AssignNeutral(**at.common(), dispute_id=dispute_id, neutral=self.neutral or at.actor.subject)


class ReassignNeutral(Act):
    """Moves the dispute from the neutral who has it to another one. What was promised in it moves along."""

    model_config = example({"neutral": _NEUTRAL, "reason": {"text": "On leave from Monday.", "language": "en"}})

    neutral: Annotated[
        UUID | None, Field(description="The successor's subject. Left out: the dispute waits to be assigned.")
    ] = None
    reason: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> assignment.ReassignNeutral:
        return assignment.ReassignNeutral(
            **at.common(), dispute_id=dispute_id, neutral=self.neutral, reason=self.reason.words()
        )


class Recuse(Act):
    """The neutral steps down. Both sides read the reason."""

    model_config = example({"reason": {"text": "I used to work for the seller.", "language": "en"}})

    reason: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> assignment.Recuse:
        return assignment.Recuse(**at.common(), dispute_id=dispute_id, reason=self.reason.words())
