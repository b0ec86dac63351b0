"""The engine's own sandbox provider (`mediation sandbox-provider`), asked over HTTP. No money moves there."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal, cast, get_args
from uuid import UUID

import httpx
from pydantic import AwareDatetime, BaseModel
from standardwebhooks import Webhook

from domain.kernel.conversion import Quote
from domain.kernel.money import Money
from domain.kernel.refusals import Refusal
from domain.payments.refund_facts import FailureReason
from mediation.gateways.payments import (
    Declined,
    NoAnswer,
    NotUnderstood,
    Payment,
    ProviderName,
    Unread,
    UntrustedNotice,
    Wanted,
    our_id,
    unread,
)

_PATIENCE = 15.0  # seconds
_DECLINED = 402


class _Shown(BaseModel):
    """A movement as the provider shows it."""

    reference: ProviderName
    refund_id: UUID | None
    status: Literal["pending", "paid", "failed"]
    amount: Money
    made_at: AwareDatetime
    attempt: int | None = None
    reason: str | None = None
    payout: Quote | None = None


class SandboxGateway:
    name = "sandbox"
    asked = True

    def __init__(
        self, address: str, key: str, notice_secret: str, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """`notice_secret` is a Standard Webhooks secret (`whsec_…`). Raises ValueError if it is not."""
        headers = {"Authorization": f"Bearer {key}"}
        self._http = httpx.AsyncClient(base_url=address, headers=headers, timeout=_PATIENCE, transport=transport)
        self._webhook = Webhook(notice_secret)

    async def find(self, wanted: Wanted) -> Sequence[Payment]:
        with _questions():
            return [_payment(row) async for row in self._listed({"refund_id": str(wanted.refund_id)})]

    async def pay(self, wanted: Wanted) -> Payment:
        body = {
            "refund_id": str(wanted.refund_id),
            "charge": wanted.source,
            "recipient": wanted.recipient.value,
            "amount": {"amount": wanted.amount.amount, "currency": wanted.amount.currency},
            "attempt": wanted.attempt,
        }
        with _questions():
            answer = await self._send("POST", "/v1/refunds", json=body, headers={"Idempotency-Key": wanted.key})
            return _payment(answer)

    async def payments(self, since: datetime) -> AsyncIterator[Payment | Unread]:
        async for row in self._listed({"since": since.isoformat()}):
            try:
                read: Payment | Unread = _payment(row)
            except NotUnderstood as odd:
                read = odd.row
            yield read

    def notice(self, headers: Mapping[str, str], body: bytes) -> Payment | None:
        try:
            self._webhook.verify(body, dict(headers), json_parse=False)
        except Exception as error:  # whatever is wrong, the notice is not accepted
            raise UntrustedNotice(str(error)) from None
        try:
            told = json.loads(body)
            if not told["type"].startswith("refund."):
                return None
            about = told["data"]
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise unread(body, None, None, error) from None
        return _payment(about)

    async def close(self) -> None:
        await self._http.aclose()

    async def _listed(self, query: dict[str, str]) -> AsyncIterator[Any]:
        """Page by page, to the end. A page that does not lead on ends it with NoAnswer."""
        after = 0
        while True:
            page = await self._send("GET", "/v1/refunds", params=query)
            if not isinstance(page, dict) or not isinstance(page.get("items"), list):
                raise NoAnswer("this is no page of a list")
            for item in page["items"]:
                yield item
            if (following := page.get("next")) is None:
                return
            if not isinstance(following, int) or following <= after:
                raise NoAnswer("the list does not go on")
            after = following
            query = {**query, "after": str(after)}

    async def _send(self, method: str, path: str, **request: Any) -> Any:
        try:
            response = await self._http.request(method, path, **request)
            answer = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise NoAnswer(str(error) or type(error).__name__) from error
        if method == "GET" and not response.is_success:
            raise NoAnswer(f"status {response.status_code}")
        if response.status_code == _DECLINED:
            raise Declined(_reason(answer.get("reason") if isinstance(answer, dict) else None))
        if response.is_client_error:
            raise Declined("not_possible" if response.status_code in (400, 422) else "provider_unavailable")
        if not response.is_success:
            raise NoAnswer(f"status {response.status_code}")
        return answer


@contextmanager
def _questions() -> Iterator[None]:
    """An answer that cannot be understood is none."""
    try:
        yield
    except NotUnderstood as error:
        raise NoAnswer(str(error)) from error


def _payment(shown: Any) -> Payment:
    """Raises NotUnderstood."""
    told = shown if isinstance(shown, dict) else {}
    try:
        one = _Shown.model_validate(shown)
    except (ValueError, Refusal) as error:
        raise unread(shown, told.get("reference"), our_id(told.get("refund_id")), error) from None
    about = {name: getattr(one, name) for name in _Shown.model_fields}
    return Payment(**{**about, "reason": _reason(one.reason) if one.status == "failed" else None})


def _reason(told: object) -> FailureReason:
    """A reason that is not known here is `other`."""
    return cast(FailureReason, told) if told in get_args(FailureReason) else "other"
