"""Whether this service is well, and what its problems mean."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request

from api import problems
from api.front import front_of
from api.problems import documented
from api.schemas.base import Answer, example
from api.schemas.problems import Explanation

router = APIRouter(tags=["Service"])


class Health(Answer):
    model_config = example({"status": "ok"})

    status: str = "ok"


@router.get("/health", responses=documented(500))
async def health() -> Health:
    """This process is alive. It says nothing about the database."""
    return Health()


@router.get("/ready", responses=documented(500, 503))
async def ready(request: Request) -> Health:
    """This process can serve: its database answers."""
    async with front_of(request).services.pool.connection(timeout=2) as connection:
        await connection.execute("SELECT 1")
    return Health()


@router.get("/problems/{code}", responses=documented(404, 422, 500))
async def explain_problem(code: Annotated[str, Path(max_length=100)]) -> Explanation:
    """What a kind of problem means: where the `type` of problem details leads to."""
    return problems.explain(code)
