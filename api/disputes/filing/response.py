"""The respondent's first answer, the rebuttal, the counterclaim, and what either side answers to key questions."""

from uuid import UUID

from fastapi import APIRouter

from api.disputes.filing.key_question_schemas import AnswerKeyQuestions
from api.disputes.filing.response_schemas import RaiseCounterclaim, Rebut, Respond
from api.http.answers import Done
from api.http.exact_json import ExactRoute
from api.http.problems import ON_DISPUTE, documented
from api.http.writes import WriteOnDispute

router = APIRouter(tags=["Response"], route_class=ExactRoute)


@router.post("/v1/disputes/{dispute_id}/response", responses=documented(*ON_DISPUTE))
async def respond(dispute_id: UUID, body: Respond, writing: WriteOnDispute) -> Done:
    """Concedes, concedes a part, or contests. What is conceded is owed at once; only the rest goes on."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)


@router.post("/v1/disputes/{dispute_id}/rebuttal", responses=documented(*ON_DISPUTE))
async def rebut(dispute_id: UUID, body: Rebut, writing: WriteOnDispute) -> Done:
    """The claimant's answer to the response, once."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)


@router.post("/v1/disputes/{dispute_id}/counterclaim", responses=documented(*ON_DISPUTE))
async def raise_counterclaim(dispute_id: UUID, body: RaiseCounterclaim, writing: WriteOnDispute) -> Done:
    """The respondent's own claim on the same order: the goods back, or a payment. Decided in the ruling on the claim."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)


@router.post("/v1/disputes/{dispute_id}/answers", responses=documented(*ON_DISPUTE))
async def answer_key_questions(dispute_id: UUID, body: AnswerKeyQuestions, writing: WriteOnDispute) -> Done:
    """Answers key questions of the policy, or amends what was answered, until the window ends. Nothing is overwritten."""
    return await writing.done(await writing.act(body, dispute_id=dispute_id), Done)
