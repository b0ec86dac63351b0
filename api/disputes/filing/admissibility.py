"""The act that declares a claim inadmissible, and how the case file shows it."""

from uuid import UUID

from api.acts.declare import Acts
from api.http.bodies import Act, Context, Statement, example
from domain.filing import admissibility
from domain.filing.admissibility_facts import GroundOfPerson
from domain.kernel.base import Role

ACTS = Acts("Disputes")


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

    ground: GroundOfPerson
    reasons: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> admissibility.DeclareInadmissible:
        return admissibility.DeclareInadmissible(
            **at.common(), dispute_id=dispute_id, ground=self.ground, reasons=self.reasons.words()
        )
