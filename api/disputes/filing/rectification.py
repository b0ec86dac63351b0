"""The act by which a party corrects what is recorded about it."""

from uuid import UUID

from api.acts.declare import Acts
from api.http.bodies import Act, Context, Statement, example
from api.http.roles import PARTIES
from domain.privacy import rectification
from domain.privacy.rectification_facts import Corrected

ACTS = Acts("Access")


@ACTS.act(
    "/rectifications",
    "Corrects what is recorded about a party, in its own words. What was recorded stays beside the correction.",
    by=PARTIES,
)
class RectifyRecord(Act):
    """A party says what is right in place of what was recorded. Only that party and the desk see it."""

    model_config = example({"what": "name", "correction": {"text": "Il mio nome è Maria Bianchi.", "language": "it"}})

    what: Corrected
    correction: Statement

    def command(self, at: Context, *, dispute_id: UUID) -> rectification.RectifyRecord:
        return rectification.RectifyRecord(
            **at.common(), dispute_id=dispute_id, what=self.what, correction=self.correction.words()
        )
