"""The acts about a neutral's independence: the declaration of interests, and challenges."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts, numbered
from api.http.bodies import Act, Context, Statement, example, words
from api.http.roles import PARTIES
from domain.kernel.base import Role
from domain.neutral import independence, independence_facts

ACTS = Acts("Neutrals")


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
