"""The comparisons over HTTP: the plain application behind FastAPI, and the same FastAPI that does nothing.

Both read the same bearer token and body, and answer in the same form as the engine. The application's methods block, so
its route is a plain function, which FastAPI runs in its threads, as both documentations show.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Depends, FastAPI, Header, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.disputes.filing.filing_schemas import FileDispute
from api.http.answers import DONE, Action, Done
from api.http.auth import Principal, Tokens, Unauthenticated
from domain.kernel.people import Awaiting, Stage
from tests.harness.benchmarks.plain import Disputes, environment

_ACTS = ("add_exhibit", "post_message", "make_offer", "withdraw", "make_commitment")
_DEADLINES = {"response": "2026-11-06T22:59:59Z", "negotiation": "2026-11-11T22:59:59Z"}

Caller = Callable[..., Awaitable[Principal]]
Key = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


def plain_disputes(tokens: Tokens, conninfo: str) -> FastAPI:
    disputes = Disputes(environment(conninfo))
    app, caller = _app(tokens)

    @app.post("/v1/disputes", status_code=201)
    def file_dispute(body: FileDispute, caller: Annotated[Principal, Depends(caller)], key: Key) -> Done:
        return _done(disputes.file(body.model_dump(mode="json"), _DEADLINES))

    return app


def doing_nothing(tokens: Tokens) -> FastAPI:
    app, caller = _app(tokens)

    @app.post("/v1/disputes", status_code=201)
    async def file_dispute(body: FileDispute, caller: Annotated[Principal, Depends(caller)], key: Key) -> Done:
        return _done(uuid4())

    return app


def _app(tokens: Tokens) -> tuple[FastAPI, Caller]:
    bearer = HTTPBearer()

    async def caller(credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> Principal:
        try:
            return tokens.verify(credentials.credentials)
        except Unauthenticated:
            raise HTTPException(401) from None

    return FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False}), caller


def _done(dispute_id: UUID) -> Done:
    how: dict[str, Any] = {"method": "POST", "media_type": "application/json", "if_match": False, "until": None}
    how |= {"mandatory": False, "due_at": None}
    actions = [Action(name=act, href=f"/v1/disputes/{dispute_id}/{act}", **how) for act in _ACTS]
    return Done(
        id=dispute_id,
        version=3,
        position=DONE["position"],
        stage=Stage.NEGOTIATION,
        awaiting=Awaiting.RESPONDENT,
        outcome=None,
        actions=actions,
    )
