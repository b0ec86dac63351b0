"""A marketplace's policies."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request

from api.front import front_of
from api.identity import Calling
from api.problems import ON_READ, ON_WRITE, documented
from api.schemas.answers import Recorded
from api.schemas.rules import Policies, PublishPolicy, ShownPolicy
from api.writing import Write

router = APIRouter(tags=["Rules"])


@router.post("/v1/policies", status_code=201, responses=documented(*ON_WRITE))
async def publish_policy(body: PublishPolicy, writing: Write) -> Recorded:
    """Publishes a version of the rules. It never changes, and applies to the disputes filed from now on."""
    return Recorded(position=await writing.position(await writing.act(body)))


@router.get("/v1/policies", responses=documented(*ON_READ))
async def list_policies(request: Request, caller: Calling) -> Policies:
    """Every version that was published, in order; the last one applies to new disputes."""
    book = await front_of(request).services.engine.policies(caller.marketplace)
    return Policies(items=[ShownPolicy.of(policy) for policy in book.published.values()], current=book.current.version)


@router.get("/v1/policies/{version}", responses=documented(*ON_READ))
async def get_policy(version: Annotated[str, Path(max_length=40)], request: Request, caller: Calling) -> ShownPolicy:
    """One version of the rules."""
    book = await front_of(request).services.engine.policies(caller.marketplace)
    return ShownPolicy.of(book.version(version))
