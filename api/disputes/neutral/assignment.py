"""The acts that assign, replace and challenge the neutral of a dispute."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts, numbered
from api.http.bodies import Act, Context, Statement, example, words
from api.http.roles import PARTIES
from domain.kernel.base import Role
from domain.neutral import assignment, escalation, independence, independence_facts

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
    "old one's commitments.",
    by={Role.SUPERVISOR, Role.ADMINISTRATOR},
)
class ReassignNeutral(Act):
    """Moves the dispute to another neutral, who then owes the old neutral's commitments."""

    model_config = example({"neutral": _NEUTRAL, "reason": {"text": "On leave from Monday.", "language": "en"}})

    neutral: Annotated[
        UUID | None, Field(description="The successor's subject. Left out: the dispute waits to be assigned.")
    ] = None
    reason: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> assignment.ReassignNeutral:
        return assignment.ReassignNeutral(
            **at.common(), dispute_id=dispute_id, neutral=self.neutral, reason=self.reason.words()
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


@ACTS.act(
    "/interests",
    "The neutral declares interests that could raise doubts, or that there are none. It does not count as the first act.",
    by={Role.NEUTRAL},
)
class DeclareInterests(Act):
    """The neutral's interests that could raise doubts about their independence. Both sides see the declaration."""

    model_config = example(
        {"disclosed": None}, {"disclosed": {"text": "I once bought from the seller.", "language": "en"}}
    )

    disclosed: Annotated[Statement | None, Field(description="Left out: there are no such interests.")] = None

    def command(self, at: Context, *, dispute_id: UUID) -> independence.DeclareInterests:
        return independence.DeclareInterests(**at.common(), dispute_id=dispute_id, disclosed=words(self.disclosed))


@ACTS.act(
    "/challenges",
    "A party asks for another neutral, on a ground. The supervisor owes a decision. Nobody rules until then.",
    by=PARTIES,
    made=numbered(lambda dispute, _: len(dispute.independence.challenges)),
)
class ChallengeNeutral(Act):
    """Asks for another neutral. Each party can do this once in a dispute. Nobody rules until a supervisor has decided."""

    model_config = example(
        {"ground": "interest", "reason": {"text": "Ha lavorato per il venditore.", "language": "it"}}
    )

    ground: independence_facts.Ground
    reason: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> independence.ChallengeNeutral:
        return independence.ChallengeNeutral(
            **at.common(), dispute_id=dispute_id, ground=self.ground, reason=self.reason.words()
        )


@ACTS.act(
    "/challenges/{number}/decision",
    "Grants or refuses a challenge. If it is granted, the neutral is out for good, and the dispute waits for another one.",
    by={Role.SUPERVISOR, Role.ADMINISTRATOR},
)
class DecideChallenge(Act):
    """Decides a challenge. If it is granted, the neutral is out for good, and the dispute waits for another one."""

    model_config = example({"granted": True, "reasons": {"text": "The doubt is reasonable.", "language": "en"}})

    granted: bool
    reasons: Statement

    def command(self, at: Context, *, dispute_id: UUID, number: int) -> independence.DecideChallenge:
        return independence.DecideChallenge(
            **at.common(), dispute_id=dispute_id, number=number, granted=self.granted, reasons=self.reasons.words()
        )
