"""The acts that end a dispute without a decision. Otherwise it closes when no remedy is owed any more."""

from uuid import UUID

from api.acts.declare import Acts
from api.http.bodies import Act, Context, Statement, example, words
from api.http.roles import PARTIES
from domain.kernel.base import Role
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
