"""Whether this service is well, and what its problems mean."""

import asyncio
from contextlib import suppress
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.http import explanations
from api.http.bodies import Answer, example
from api.http.context import http_context
from api.http.problem_kinds import NotCarriedOn, NoWrites
from api.http.problem_schemas import Explanation
from api.http.problems import documented
from api.http.write_proof import Standing, standing_of, takes_writes
from mediation.store.follow import parking

router = APIRouter(tags=["Service"])


PATIENCE = 2.0
"""Seconds for which readiness waits while a consumer moves from one worker to another."""

_CARRIED_ON = "SELECT name FROM progress WHERE name = ANY(%s) AND lease_until > clock_timestamp()"
"""A worker renews its lease as long as it feeds the consumer, also without new facts."""


class Health(Answer):
    model_config = example({"status": "ok"})

    status: str = "ok"


@router.get("/health", responses=documented(500))
async def health() -> Health:
    """This process is alive. It says nothing about the database."""
    return Health()


class Readiness(Answer):
    """`evidence` and `parked` are warnings: the service can serve, and somebody has to mend what they name."""

    model_config = example({"status": "ok", "evidence": "ok", "parked": {}})

    status: str = "ok"
    evidence: Annotated[
        Standing,
        Field(
            description="`ok`, or why files can't be stored or read: `missing` (the folder or bucket is not there, or is an "
            "empty one), `another_database` (it holds the files of another database), `read_only`, `full` or `unreachable`. "
            "Of a bucket it says nothing about writing."
        ),
    ]
    parked: Annotated[
        dict[str, int],
        Field(
            description="For each view or process that could not take some facts: the number of disputes that wait in it. "
            "`mediation views` lists them."
        ),
    ]


@router.get("/ready", responses=documented(500, 503))
async def ready(request: Request) -> Readiness:
    """This service can serve: its database takes a write, and some worker keeps every view and process up to date."""
    http = http_context(request)
    if not await http.write_proof.of(partial(takes_writes, http.services.pool)):
        raise NoWrites
    evidence = await http.file_proof.of(partial(standing_of, http.services.evidence))
    names = [consumer.name for consumer in http.services.consumers]
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while True:
                async with http.services.pool.connection(timeout=PATIENCE) as connection:
                    rows = await (await connection.execute(_CARRIED_ON, [names])).fetchall()
                    parked = await parking.counts(connection, names)
                if len(rows) == len(names):
                    told = {name.partition("@")[0]: held for name, held in sorted(parked.items())}
                    return Readiness(evidence=evidence, parked=told)
                await asyncio.sleep(0.1)
    raise NotCarriedOn


@router.get(
    "/problems/{code}",
    response_model=Explanation,
    responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}, **documented(404, 422, 500)},
)
async def explain_problem(request: Request, code: Annotated[str, Path(max_length=100)]) -> Explanation | HTMLResponse:
    """What a kind of problem means: what happened, why there is such a rule, what to do, and an example of the answer. The
    `type` of problem details points here. A browser gets a page.
    """
    told = explanations.explain(code)
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(explanations.page(told), headers={"Vary": "Accept"})
    return told
