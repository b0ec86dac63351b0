"""The acts that assign and replace the neutral of a dispute."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.http.bodies import Act, Context, Statement, example, words
from domain.kernel.base import Role
from domain.neutral import assignment, escalation

ACTS = Acts("Neutrals")

_NEUTRAL = "0f4c5f6e-52a6-4d1c-9d0a-3f1f3f6c2a11"


@ACTS.act(
    "/assignment",
    "Assigns the dispute to a neutral. A neutral can assign it only to themselves.",
    by={Role.NEUTRAL, Role.SUPERVISOR, Role.ADMINISTRATOR},
    needs_body=True,
)
class AssignNeutral(Act):
    """Assigns the dispute to a neutral. A neutral can assign it only to themselves."""

    model_config = example({"neutral": _NEUTRAL})

    neutral: Annotated[
        UUID | None,
        Field(description="The neutral's subject, as their token names it (`sub`). Left out: the caller."),
    ] = None

    def command(self, at: Context, *, dispute_id: UUID) -> escalation.AssignNeutral:
        return escalation.AssignNeutral(**at.common(), dispute_id=dispute_id, neutral=self.neutral or at.actor.subject)


@ACTS.act(
    "/reassignment",
    "Moves the dispute to another neutral, or back to wait for one. An open proposal lapses. The new neutral owes the "
    "old one's commitments. A neutral hands over their own dispute.",
    by={Role.NEUTRAL, Role.SUPERVISOR, Role.ADMINISTRATOR},
)
class ReassignNeutral(Act):
    """Moves the dispute to another neutral, who then owes the old neutral's commitments."""

    model_config = example({"neutral": _NEUTRAL, "reason": {"text": "On leave from Monday.", "language": "en"}})

    neutral: Annotated[
        UUID | None, Field(description="The successor's subject. Left out: the dispute waits to be assigned.")
    ] = None
    reason: Annotated[Statement, Field(description="Both sides read it.")]
    note: Annotated[
        Statement | None, Field(description="An internal note to whoever takes over. No party reads it.")
    ] = None

    def command(self, at: Context, *, dispute_id: UUID) -> assignment.ReassignNeutral:
        return assignment.ReassignNeutral(
            **at.common(),
            dispute_id=dispute_id,
            neutral=self.neutral,
            reason=self.reason.words(),
            note=words(self.note),
        )


@ACTS.act(
    "/recusal",
    "The neutral steps down for good. The dispute waits to be assigned; the supervisor owes the neutral's commitments.",
    by={Role.NEUTRAL},
)
class Recuse(Act):
    """The neutral steps down. Both sides see the reason."""

    model_config = example({"reason": {"text": "I used to work for the seller.", "language": "en"}})

    reason: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> assignment.Recuse:
        return assignment.Recuse(**at.common(), dispute_id=dispute_id, reason=self.reason.words())
