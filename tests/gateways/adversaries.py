"""Each gateway that is asked, against its own provider, with somebody in between who does everything at the wrong time.

A `Scene` is what a test needs of one provider: the engine's settings, a payment to give back, the provider's list as the
meddler shows it, and rightly signed notices.
"""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from standardwebhooks import Webhook

from mediation.gateways.payments import PaymentGateway
from mediation.gateways.sandbox.gateway import SandboxGateway
from mediation.gateways.sandbox.provider import create_provider
from mediation.gateways.sandbox.store import Store
from mediation.gateways.stripe.gateway import StripeGateway
from tests.gateways.localstripe import SECRET_KEY, StripeServer, stripe_server
from tests.gateways.meddler import Meddler
from tests.gateways.serving import free_socket, served

KEY, SANDBOX_SECRET, STRIPE_SECRET = "key", "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0", "whsec_of_an_endpoint"


class Scene(Protocol):
    meddler: Meddler

    @property
    def chosen(self) -> dict[str, str]:
        """The marketplace's gateway, as the settings give it."""

    def gateway(self) -> PaymentGateway: ...

    def source(self) -> str:
        """The provider's name of a new payment of 129.90 EUR."""

    def row(
        self, reference: str, status: str, minor: int = 12990, refund_id: str | None = None, attempt: object = None
    ) -> dict[str, Any]:
        """One refund as the provider shows it, of so many euro cents. `status` is `paid` or `failed`."""

    def odd_currency(self, row: dict[str, Any]) -> dict[str, Any]: ...

    def short(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row, with 129.00 EUR."""

    def notice(self, about: object) -> bytes:
        """A notice about this row, whatever it is."""

    def signed(self, body: bytes) -> Mapping[str, str]: ...


@dataclass(slots=True)
class OfStripe:
    meddler: Meddler
    address: str
    server: StripeServer

    @property
    def chosen(self) -> dict[str, str]:
        return {
            "kind": "stripe", "secret_key": SECRET_KEY, "notice_secret": STRIPE_SECRET, "address": self.address,
        }  # fmt: skip

    def gateway(self) -> PaymentGateway:
        return StripeGateway(SECRET_KEY, STRIPE_SECRET, self.address)

    def source(self) -> str:
        return self.server.charge(12990, "eur")

    def row(
        self, reference: str, status: str, minor: int = 12990, refund_id: str | None = None, attempt: object = None
    ) -> dict[str, Any]:
        told = {"mediation_refund": refund_id, "mediation_attempt": attempt}
        row = {
            "object": "refund", "id": reference, "amount": minor, "currency": "eur", "created": int(time.time()),
            "status": {"paid": "succeeded"}.get(status, status),
            "metadata": {name: value for name, value in told.items() if value is not None},
        }  # fmt: skip
        return {**row, "failure_reason": "expired_or_canceled_card"} if status == "failed" else row

    def odd_currency(self, row: dict[str, Any]) -> dict[str, Any]:
        return {**row, "currency": "std"}

    def short(self, row: dict[str, Any]) -> dict[str, Any]:
        return {**row, "amount": 12900}

    def notice(self, about: object) -> bytes:
        event = {"object": "event", "id": "evt_1", "type": "refund.updated", "data": {"object": about}}
        return json.dumps(event).encode()

    def signed(self, body: bytes) -> Mapping[str, str]:
        now = int(time.time())
        signature = hmac.new(STRIPE_SECRET.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
        return {"stripe-signature": f"t={now},v1={signature}"}


@dataclass(slots=True)
class OfSandbox:
    meddler: Meddler
    address: str

    @property
    def chosen(self) -> dict[str, str]:
        return {"kind": "sandbox", "address": self.address, "key": KEY, "notice_secret": SANDBOX_SECRET}

    def gateway(self) -> PaymentGateway:
        return SandboxGateway(self.address, KEY, SANDBOX_SECRET)

    def source(self) -> str:
        return "PAY-77"

    def row(
        self, reference: str, status: str, minor: int = 12990, refund_id: str | None = None, attempt: object = None
    ) -> dict[str, Any]:
        return {
            "reference": reference, "refund_id": refund_id, "status": status, "attempt": attempt, "payout": None,
            "amount": {"amount": f"{minor // 100}.{minor % 100:02}", "currency": "EUR"},
            "made_at": datetime.now(UTC).isoformat(), "reason": "account_closed" if status == "failed" else None,
        }  # fmt: skip

    def odd_currency(self, row: dict[str, Any]) -> dict[str, Any]:
        return {**row, "amount": {"amount": "1.00", "currency": "std"}}

    def short(self, row: dict[str, Any]) -> dict[str, Any]:
        return {**row, "amount": {"amount": "129.00", "currency": "EUR"}}

    def notice(self, about: object) -> bytes:
        return json.dumps({"type": "refund.updated", "data": about}).encode()

    def signed(self, body: bytes) -> Mapping[str, str]:
        now = datetime.now(UTC)
        return {
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(SANDBOX_SECRET).sign("msg_1", now, body.decode("utf-8", "surrogateescape")),
        }


@asynccontextmanager
async def scene(kind: str, folder: Path) -> AsyncIterator[Scene]:
    """The provider, and the meddler before it."""
    (meddling, address), (providing, provider) = free_socket(), free_socket()
    if kind == "stripe":
        providing.close()
        with stripe_server(folder) as server:
            meddler = Meddler(server.address, rows_under="data", name="id")
            async with served(meddler, meddling):
                yield OfStripe(meddler, address, server)
    else:
        store = Store()
        meddler = Meddler(provider, rows_under="items", name="reference")
        app = create_provider(store, key=KEY, notice_secret=SANDBOX_SECRET)
        async with served(app, providing), served(meddler, meddling):
            yield OfSandbox(meddler, address)
        store.close()


def offline(kind: str) -> Scene:
    """Without a provider: for what is only read and signed."""
    meddler = Meddler("http://127.0.0.1:9", rows_under="data", name="id")
    if kind == "stripe":
        return OfStripe(meddler, "http://127.0.0.1:9", StripeServer("http://127.0.0.1:9"))
    return OfSandbox(meddler, "http://127.0.0.1:9")
