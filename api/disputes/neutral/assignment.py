"""Who the neutral of a dispute is: assignment, reassignment, recusal; declared interests and challenges."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body

from api.disputes.neutral.assignment_schemas import (
    AssignNeutral,
    ChallengeNeutral,
    DecideChallenge,
    DeclareInterests,
    ReassignNeutral,
    Recuse,
)
from api.http.answers import Done, Numbered
from api.http.bodies import Number
from api.http.exact_json import ExactRoute
from api.http.problems import ON_DISPUTE, documented
from api.http.writes import WriteOnDispute

router = APIRouter(tags=["Neutrals"], route_class=ExactRoute)


@router.post("/v1/disputes/{dispute_id}/assignment", responses=documented(*ON_DISPUTE))
async def assign_neutral(dispute_id: UUID, body: AssignNeutral, writing: WriteOnDispute) -> Done:
    """Gives the dispute to a neutral. A neutral may only take it for themselves."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)


@router.post("/v1/disputes/{dispute_id}/reassignment", responses=documented(*ON_DISPUTE))
async def reassign_neutral(dispute_id: UUID, body: ReassignNeutral, writing: WriteOnDispute) -> Done:
    """Moves the dispute to another neutral, or back to wait for one. An open proposal falls; promises move along."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)


@router.post("/v1/disputes/{dispute_id}/recusal", responses=documented(*ON_DISPUTE))
async def recuse(dispute_id: UUID, body: Recuse, writing: WriteOnDispute) -> Done:
    """The neutral steps down for good. The dispute waits to be assigned, and the supervisor owes what the neutral promised."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)


@router.post("/v1/disputes/{dispute_id}/interests", responses=documented(*ON_DISPUTE))
async def declare_interests(
    dispute_id: UUID, writing: WriteOnDispute, body: Annotated[DeclareInterests, Body(default_factory=DeclareInterests)]
) -> Done:
    """The neutral declares what might make somebody doubt, or that there is nothing. It is no first act."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)


@router.post("/v1/disputes/{dispute_id}/challenges", status_code=201, responses=documented(*ON_DISPUTE))
async def challenge_neutral(dispute_id: UUID, body: ChallengeNeutral, writing: WriteOnDispute) -> Numbered:
    """A party asks for another neutral, on a ground. The supervisor owes a decision; nobody rules meanwhile."""
    outcome = await writing.act(body, dispute_id=dispute_id)
    return await writing.done(outcome, Numbered, number=len(outcome.dispute.independence.challenges))


@router.post("/v1/disputes/{dispute_id}/challenges/{number}/decision", responses=documented(*ON_DISPUTE))
async def decide_challenge(dispute_id: UUID, number: Number, body: DecideChallenge, writing: WriteOnDispute) -> Done:
    """Grants or refuses a challenge. Granted, the neutral is gone for good, and the dispute waits for another one."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id, number=number), Done)
