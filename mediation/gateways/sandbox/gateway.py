"""The engine's own sandbox provider (`mediation sandbox-provider`), asked over HTTP. No money moves there."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
from pydantic import AwareDatetime, BaseModel, ValidationError
from standardwebhooks import Webhook

from domain.kernel.conversion import Quote
from domain.kernel.money import Money
from domain.payments.refund_facts import FailureReason
from mediation.gateways.payments import Declined, NoAnswer, Payment, UntrustedNotice, Wanted

_PATIENCE = 15.0  # seconds
_DECLINED = 402


class _Shown(BaseModel):
    """A movement as the provider shows it."""

    reference: str
    refund_id: UUID | None
    status: str
    amount: Money
    made_at: AwareDatetime
    attempt: int | None = None
    reason: FailureReason | None = None
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
        return [payment async for payment in self._listed({"refund_id": str(wanted.refund_id)})]

    async def pay(self, wanted: Wanted) -> Payment:
        body = {
            "refund_id": str(wanted.refund_id),
            "charge": wanted.source,
            "recipient": wanted.recipient.value,
            "amount": {"amount": wanted.amount.amount, "currency": wanted.amount.currency},
            "attempt": wanted.attempt,
        }
        answer = await self._send("POST", "/v1/refunds", json=body, headers={"Idempotency-Key": wanted.key})
        return _payment(answer)

    async def payments(self, since: datetime) -> AsyncIterator[Payment]:
        async for payment in self._listed({"since": since.isoformat()}):
            yield payment

    def notice(self, headers: Mapping[str, str], body: bytes) -> Payment | None:
        try:
            self._webhook.verify(body, dict(headers), json_parse=False)
            told = json.loads(body)
            return _payment(told["data"]) if told["type"].startswith("refund.") else None
        except NoAnswer as error:
            raise UntrustedNotice(f"it cannot be understood: {error}") from None
        except Exception as error:  # whatever is wrong, the notice is not accepted
            raise UntrustedNotice(str(error)) from None

    async def close(self) -> None:
        await self._http.aclose()

    async def _listed(self, query: dict[str, str]) -> AsyncIterator[Payment]:
        """Page by page, to the end."""
        while True:
            page = await self._send("GET", "/v1/refunds", params=query)
            for item in page["items"]:
                yield _payment(item)
            if page.get("next") is None:
                return
            query = {**query, "after": str(page["next"])}

    async def _send(self, method: str, path: str, **request: Any) -> Any:
        try:
            response = await self._http.request(method, path, **request)
            answer = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise NoAnswer(str(error) or type(error).__name__) from error
        if method == "GET" and not response.is_success:
            raise NoAnswer(f"status {response.status_code}")
        if response.status_code == _DECLINED:
            raise Declined(answer.get("reason", "other"))
        if response.is_client_error:
            raise Declined("not_possible" if response.status_code in (400, 422) else "provider_unavailable")
        if not response.is_success:
            raise NoAnswer(f"status {response.status_code}")
        return answer


def _payment(shown: Any) -> Payment:
    """Raises NoAnswer for an answer that cannot be understood."""
    try:
        one = _Shown.model_validate(shown)
        if one.status not in ("pending", "paid", "failed"):
            raise ValueError(one.status)
    except (ValidationError, ValueError) as error:
        raise NoAnswer(str(error)) from None
    return Payment(**{name: getattr(one, name) for name in _Shown.model_fields})
