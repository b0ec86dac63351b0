"""Hands over many disputes with one request: the disputes of a neutral who goes on leave, or has too many."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from api.disputes.neutral.assignment import ReassignNeutral
from api.http.act_route import ActRoute
from api.http.bodies import example
from api.http.many import MovedList, of_each
from api.http.parts import DISPUTE_ID
from api.http.problems import ON_WRITE, documented
from api.http.writes import Write
from mediation.engine import Handled

router = APIRouter(tags=["Neutrals"], route_class=ActRoute)

MAX_HANDED_OVER = 100


class HandOverDisputes(ReassignNeutral):
    """Disputes that are handed over, each as if it were handed over alone."""

    model_config = example(
        {
            "disputes": [DISPUTE_ID],
            "neutral": "0f4c5f6e-52a6-4d1c-9d0a-3f1f3f6c2a11",
            "reason": {"text": "On leave from Monday.", "language": "en"},
            "note": {"text": "Both sides wait for the laboratory. Don't ask them again.", "language": "en"},
        }
    )

    disputes: Annotated[list[UUID], Field(min_length=1, max_length=MAX_HANDED_OVER)]


@router.post("/v1/handovers", responses=documented(*ON_WRITE))
async def hand_over_disputes(body: HandOverDisputes, writing: Write) -> MovedList:
    """Hands over up to 100 disputes to one neutral, or back to wait for one, with a note that the next neutral reads in each.

    Each dispute is judged alone: whether it is yours to hand over, whether the next neutral may hear it, speaks its languages
    and may still take one. The answer says why a dispute was refused, and the others are handed over.
    """

    async def moved(dispute_id: UUID) -> Handled:
        return await writing.act(body, part=dispute_id, dispute_id=dispute_id)

    return await of_each(writing, body.disputes, moved)
