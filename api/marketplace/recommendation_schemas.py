"""The recommendation to the marketplace about a repeat offender, and the marketplace's answer."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.http.bodies import Act, Answer, Context, Page, Statement, example, words
from api.http.parts import COMMITMENT_ID, DISPUTE_ID
from api.http.relative import ago, ahead
from domain.filing import recommendations
from domain.filing.claim_facts import MarketplaceAnswer
from domain.kernel.base import Instant, Role
from domain.kernel.people import Side
from domain.policy.claim_limits import Ground
from projections.case_story.parts import Said

ACTS = Acts("Recommendations")

_REASON: dict[str, Any] = {"text": "Their listings are closed from today.", "language": "en"}


@ACTS.by_hand(by={Role.MARKETPLACE}, past=False)
class AnswerRecommendation(Act):
    """What the marketplace did about it. To decline needs a reason."""

    model_config = example({"answer": "acted", "reason": _REASON})

    answer: MarketplaceAnswer
    reason: Statement | None = None

    def command(
        self, at: Context, *, dispute_id: UUID, recommendation_id: UUID, side: Side
    ) -> recommendations.AnswerRecommendation:
        return recommendations.AnswerRecommendation(
            **at.common(),
            dispute_id=dispute_id,
            recommendation_id=recommendation_id,
            side=side,
            answer=self.answer,
            reason=words(self.reason),
        )


_SHOWN: dict[str, Any] = {
    "id": COMMITMENT_ID,
    "side": "seller",
    "party": "s-9",
    "action": "delist",
    "ground": "ruled_against",
    "cases": [DISPUTE_ID],
    "days": 90,
    "dispute_id": DISPUTE_ID,
    "made_at": ago(hours=1),
    "due_at": ahead(days=14, hours=-1),
    "answer": None,
    "reason": None,
    "answered_at": None,
    "withdrawn_at": None,
}


class RecommendationShown(Answer):
    """A recommendation. The marketplace owes the answer as a commitment with the same id, overdue from `due_at`
    until it answers.
    """

    model_config = example(_SHOWN)

    id: UUID
    side: Side
    party: Annotated[str, Field(description="The marketplace's id of the buyer or seller.")]
    action: Annotated[
        Literal["delist", "restrict"],
        Field(description="The recommended action: to delist a seller, or to restrict a buyer."),
    ]
    ground: Ground
    cases: Annotated[list[UUID], Field(description="The disputes behind it.")]
    days: Annotated[int, Field(description="The period, in days, in which these disputes fall.")]
    dispute_id: Annotated[UUID, Field(description="The last of these disputes. It holds the commitment to answer.")]
    made_at: Instant
    due_at: Instant
    answer: MarketplaceAnswer | None
    reason: Said | None
    answered_at: Instant | None
    withdrawn_at: Annotated[
        Instant | None, Field(description="When a review found that it should not stand. No answer is owed then.")
    ]


class Recommendations(Page[RecommendationShown]):
    model_config = example({"items": [_SHOWN], "next": None})
