"""The acts by which a person reviews what the machine decided."""

from uuid import UUID

from api.acts.declare import Acts
from api.http.bodies import Act, Context, Statement, example
from api.http.roles import PARTIES
from domain.filing import review
from domain.filing.review_facts import ReviewAnswer
from domain.kernel.base import Role

ACTS = Acts("Reviews")


@ACTS.act(
    "/decisions/{number}/review-request",
    "Asks for a person to look at a decision that the engine made alone. The side that it burdens can ask once.",
    by=PARTIES,
)
class RequestReview(Act):
    """The burdened side wants a person to look at the decision. A supervisor then owes an answer with reasons."""

    model_config = example(
        {"statement": {"text": "Ho scritto al venditore il 3 novembre; allego la risposta.", "language": "it"}}
    )

    statement: Statement

    def command(self, at: Context, *, dispute_id: UUID, number: int) -> review.RequestReview:
        return review.RequestReview(
            **at.common(), dispute_id=dispute_id, number=number, statement=self.statement.words()
        )


@ACTS.act(
    "/decisions/{number}/review",
    "Answers a review: the decision is upheld, or it is changed and the dispute goes on. Only a supervisor who took no part.",
    by={Role.SUPERVISOR},
)
class AnswerReview(Act):
    """Upholds or changes what the engine decided. The burdened side sees the reasons. If the decision is changed, both
    sides see them, because the dispute goes on."""

    model_config = example(
        {"answer": "upheld", "reasons": {"text": "The bank has refunded the same payment.", "language": "en"}}
    )

    answer: ReviewAnswer
    reasons: Statement

    def command(self, at: Context, *, dispute_id: UUID, number: int) -> review.AnswerReview:
        return review.AnswerReview(
            **at.common(), dispute_id=dispute_id, number=number, answer=self.answer, reasons=self.reasons.words()
        )
