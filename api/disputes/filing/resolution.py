"""One act for the desk's phone: files a buyer's claim, grants it, and orders the refund."""

from fastapi import APIRouter

from api.disputes.filing.filing import new_dispute_id
from api.disputes.filing.resolution_schemas import ResolveClaim, Resolved
from api.http.act_route import ActRoute
from api.http.problems import ON_WRITE, documented
from api.http.writes import Write

router = APIRouter(tags=["Disputes"], route_class=ActRoute)


@router.post("/v1/resolutions", status_code=201, responses=documented(*ON_WRITE))
async def resolve_claim(body: ResolveClaim, writing: Write) -> Resolved:
    """Files a buyer's claim, grants it, and orders the refund: all of it or nothing. For an agent on the phone.

    The policy says what an agent may grant (`resolutions`). The refund is on record before the answer is sent, and goes to
    the payment provider at once. If the seller is to bear it, the seller may contest it by responding to the claim.
    """
    outcome = await writing.act(body, dispute_id=new_dispute_id(writing.caller))
    assert outcome.first_position is not None, "no dispute is filed twice, and the filing is the first of its facts"
    assert outcome.case.refund is not None, "the refund is ordered in the same act"
    number = writing.http.services.case_numbers.of(outcome.first_position)
    done = await writing.done(outcome, Resolved, case_number=number, refund_id=outcome.case.refund.id)
    writing.response.headers["Location"] = f"/v1/disputes/{done.id}"
    return done
