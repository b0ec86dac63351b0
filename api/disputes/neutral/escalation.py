"""The act that asks for a neutral."""

from uuid import UUID

from api.acts.declare import Acts
from api.http.bodies import Act, Context, Statement, example, words
from api.http.roles import PARTIES
from domain.neutral import escalation

ACTS = Acts("Mediation")


@ACTS.act(
    "/escalation",
    "Asks for a neutral, when the parties have had the time that the policy gives them; or joins the other side's request.",
    by=PARTIES,
)
class Escalate(Act):
    """Asks for a neutral. Open offers stay acceptable until the ruling."""

    model_config = example({"reason": {"text": "Non risponde più.", "language": "it"}})

    reason: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID) -> escalation.Escalate:
        return escalation.Escalate(**at.common(), dispute_id=dispute_id, reason=words(self.reason))
