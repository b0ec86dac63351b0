"""The sandbox provider's HTTP service: refunds, notices about them, and the control of its faults."""

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import httpx
import structlog
from fastapi import Depends, FastAPI, Header, HTTPException, Query
from pydantic import AwareDatetime
from standardwebhooks import Webhook
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mediation.gateways.sandbox.schemas import Faults, RefundAsked, RefundShown, RefundsShown
from mediation.gateways.sandbox.store import KeyReused, Store

_TICK = 0.05  # seconds
_WRONG = Webhook("whsec_" + "d3Jvbmctd3Jvbmctd3Jvbmctd3Jvbmc=")

_log = structlog.get_logger(__name__)


def create_provider(store: Store, *, key: str, notice_secret: str, notify: str | None = None) -> FastAPI:
    """`notify` is the address to which notices are sent: `https://…/notices/{marketplace}` of the engine."""

    @asynccontextmanager
    async def sending(app: FastAPI) -> AsyncIterator[None]:
        async with httpx.AsyncClient(timeout=10) as http:
            task = asyncio.create_task(_send_for_ever(store, http, Webhook(notice_secret), notify))
            yield
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def allowed(authorization: Annotated[str, Header()] = "") -> None:
        if not hmac.compare_digest(authorization.encode(), f"Bearer {key}".encode()):
            raise HTTPException(401, "this is not the key")

    app = FastAPI(title="Sandbox payment provider", lifespan=sending, dependencies=[Depends(allowed)])
    app.state.store = store
    _add_refunds(app, store)
    _add_control(app, store)
    return app


def _add_refunds(app: FastAPI, store: Store) -> None:
    @app.post("/v1/refunds")
    async def refund(asked: RefundAsked, idempotency_key: Annotated[str, Header(max_length=255)]) -> Response:
        """Pays back. A repeated key gets the first answer again."""
        _check_up(store)
        faults = store.faults
        if store.count_down("lost"):
            await asyncio.sleep(faults.answer_after)
            return JSONResponse({"error": "no answer"}, 504)
        try:
            known = None if faults.forget_keys else store.answered(idempotency_key, asked)
        except KeyReused:
            raise HTTPException(422, "this key was used for another request") from None
        if known is None and faults.decline:
            return JSONResponse({"reason": faults.decline}, 402)
        made = known or store.pay(idempotency_key, asked)
        if known is None and store.count_down("pay_twice"):
            store.pay(idempotency_key, asked)
        await asyncio.sleep(faults.answer_after)
        if store.count_down("unanswered"):
            return JSONResponse({"error": "no answer"}, 504)
        return JSONResponse(made.model_dump(mode="json"))

    @app.get("/v1/refunds")
    async def refunds(
        refund_id: UUID | None = None,
        since: AwareDatetime | None = None,
        after: Annotated[int, Query(ge=0)] = 0,
    ) -> RefundsShown:
        """All payments, in order; of one refund's id, or since an instant."""
        _check_up(store)
        store.settle()
        items, following = store.listed(refund_id, since, after)
        return RefundsShown(items=items, next=following)


def _add_control(app: FastAPI, store: Store) -> None:
    @app.get("/control/faults")
    async def faults() -> Faults:
        return store.faults

    @app.put("/control/faults")
    async def set_faults(told: Faults) -> Faults:
        """Sets the faults from now on. A fault that is not named is switched off."""
        store.faults = told
        return told

    @app.post("/control/payments")
    async def pay_unasked(asked: RefundAsked, request: Request) -> RefundShown:
        """Makes a payment that nobody asked for, as a person does in the provider's own console."""
        return store.pay(f"control-{datetime.now(UTC).timestamp()}", asked)

    @app.delete("/control/payments/{reference}", status_code=204)
    async def forget(reference: str) -> None:
        """Makes the provider forget a payment."""
        store.forget(reference)


def _check_up(store: Store) -> None:
    if store.faults.down:
        raise HTTPException(503, "down")


async def _send_for_ever(store: Store, http: httpx.AsyncClient, webhook: Webhook, notify: str | None) -> None:
    while True:
        store.settle()
        for notice, name, body in store.due_notices() if notify else ():
            taken = await _send(
                http, _WRONG if store.faults.notice_signature == "wrong" else webhook, notify, name, body
            )
            store.sent(notice, taken=taken)
        await asyncio.sleep(_TICK)


async def _send(http: httpx.AsyncClient, webhook: Webhook, notify: str | None, name: str, body: str) -> bool:
    """Sends a notice, signed as of now, however late it is. Returns whether it was accepted."""
    now = datetime.now(UTC)
    headers = {
        "webhook-id": name,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": webhook.sign(name, now, body),
        "content-type": "application/json",
    }
    try:
        return (await http.post(str(notify), content=body, headers=headers)).is_success
    except httpx.HTTPError as error:
        _log.warning("notice_not_taken", error=str(error))
        return False
