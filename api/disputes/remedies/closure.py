"""The acts that end a dispute without a decision. Otherwise it closes when no remedy is owed any more."""

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
    "The claimant withdraws the claim. Amounts conceded earlier stay owed.",
    by=PARTIES,
)
class Withdraw(Act):
    """The claimant withdraws the claim. Amounts conceded earlier stay owed."""

    model_config = example({"reason": {"text": "Abbiamo risolto tra di noi.", "language": "it"}})

    reason: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID) -> closure.Withdraw:
        return closure.Withdraw(**at.common(), dispute_id=dispute_id, reason=words(self.reason))


@ACTS.act(
    "/cancellation",
    "The marketplace ends an undecided dispute, with a reason that both sides see. Neither side wins.",
    by={Role.MARKETPLACE},
)
class CancelDispute(Act):
    """The marketplace ends an undecided dispute. Both sides see the reason. Amounts conceded earlier stay owed."""

    model_config = example({"reason": {"text": "The same dispute was opened twice by mistake.", "language": "en"}})

    reason: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> closure.CancelDispute:
        return closure.CancelDispute(**at.common(), dispute_id=dispute_id, reason=self.reason.words())


@ACTS.act(
    "/inadmissibility",
    "Declares the claim inadmissible, on a ground and with reasons that both sides see. Only before a ruling or payment.",
    by={Role.NEUTRAL, Role.SUPERVISOR},
)
class DeclareInadmissible(Act):
    """Declares the claim inadmissible. If it is vexatious or out of scope, it cannot be filed again."""

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
    by: Annotated[Role, Field(description="`engine`: the policy decided it at filing.")]
    clause: Annotated[str | None, Field(description="The rule of the policy. None if a person declared it.")]
    reasons: Said | None
    may_file_from: Annotated[
        Instant | None, Field(description="When the seller will have had enough time, if that is the only reason.")
    ]
    at: Instant
