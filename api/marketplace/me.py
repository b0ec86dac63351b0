"""Who the caller is, and what a neutral may do today."""

from fastapi import APIRouter
from starlette.requests import Request

from api.http.context import http_context
from api.http.identity import Caller, Calling
from api.http.problems import ON_READ, documented
from api.marketplace.me_schemas import Me, OwnMandate
from api.services import Services
from domain.kernel.base import Role

router = APIRouter(tags=["Tokens"])


@router.get("/v1/me", responses=documented(*ON_READ))
async def tell_caller(request: Request, caller: Calling) -> Me:
    """Who you are here: your id in the engine, your role and your marketplace; and a neutral's mandate with what is left of
    today's authority.
    """
    sender = request.state.receipt.sender
    return Me(
        subject=sender.subject,
        role=sender.role,
        marketplace=sender.marketplace,
        dispute_id=sender.dispute,
        speaks_for=caller.speaks_for,
        expires_at=sender.expires_at,
        mandate=await _mandate(http_context(request).services, caller),
    )


async def _mandate(services: Services, caller: Caller) -> OwnMandate | None:
    if caller.role is not Role.NEUTRAL:
        return None
    mandate = await services.engine.mandate(caller.subject, caller.marketplace)
    if mandate is None:
        return None
    book = await services.engine.policies(caller.marketplace)
    return OwnMandate.of(mandate, book.in_force(caller.at), caller.at)
