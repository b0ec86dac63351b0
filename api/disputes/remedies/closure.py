"""How a claim ends without being decided: taken back, cancelled, not heard. Otherwise a dispute closes when nothing is owed."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.http.bodies import Act, Answer, Context, Statement, example, words
from api.http.parts import Said
from api.http.roles import PARTIES
from domain.filing import admissibility
from domain.filing.admissibility_facts import Ground
from domain.kernel.base import Instant, Role
from domain.remedies import closure

ACTS = Acts("Disputes")


@ACTS.act(
    "/withdrawal",
    "The claimant takes the claim back. What was conceded before stays owed.",
    by=PARTIES,
)
class Withdraw(Act):
    """The claimant takes the claim back. What was conceded before stays owed."""

    model_config = example({"reason": {"text": "Abbiamo risolto tra di noi.", "language": "it"}})

    reason: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID) -> closure.Withdraw:
        return closure.Withdraw(**at.common(), dispute_id=dispute_id, reason=words(self.reason))


@ACTS.act(
    "/cancellation",
    "The marketplace ends the dispute, while it is undecided, with a reason that both sides read. Nobody is found"
    " right.",
    by={Role.MARKETPLACE},
)
class CancelDispute(Act):
    """The marketplace ends the dispute, while it is undecided. Both sides read the reason. What was conceded stays owed."""

    model_config = example({"reason": {"text": "The same dispute was opened twice by mistake.", "language": "en"}})

    reason: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> closure.CancelDispute:
        return closure.CancelDispute(**at.common(), dispute_id=dispute_id, reason=self.reason.words())


@ACTS.act(
    "/inadmissibility",
    "The claim is not heard, on a ground and with reasons that both sides read. Only before anything is ruled or paid.",
    by={Role.NEUTRAL, Role.SUPERVISOR},
)
class DeclareInadmissible(Act):
    """The claim is not heard. Where it is vexatious or out of scope, it is not filed again either."""

    model_config = example(
        {"ground": "other_forum", "reasons": {"text": "A court in Rome has heard both sides.", "language": "en"}}
    )

    ground: Ground
    reasons: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> admissibility.DeclareInadmissible:
        return admissibility.DeclareInadmissible(
            **at.common(), dispute_id=dispute_id, ground=self.ground, reasons=self.reasons.words()
        )


class InadmissibleShown(Answer):
    """Why the claim is not heard."""

    ground: Ground
    by: Annotated[Role, Field(description="`engine`: the policy said so at filing.")]
    clause: Annotated[str | None, Field(description="The policy's rule; none where a person declared it.")]
    reasons: Said | None
    may_file_from: Annotated[
        Instant | None, Field(description="When the seller will have had its time, where only that is missing.")
    ]
    at: Instant
