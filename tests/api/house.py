"""The API over a real database, in this process; and people who send requests to it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

from api.app import create_app
from api.metrics.sheet import Sheet
from api.services import Services, services
from api.settings import Settings
from domain.kernel.base import Role
from tests import today

MARKETPLACE = "bazaar"
PLAYGROUND = "playground"
"""A test marketplace."""
_orders = count(1)


@dataclass(slots=True)
class Clock:
    """The instant at which requests arrive: now, or later by as much as a test sets."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return today.now() + self.ahead


@dataclass(frozen=True, slots=True)
class Sender:
    """A person with a token."""

    http: AsyncClient
    token: str
    speaks_for: str | None = None
    subject: UUID = field(default_factory=uuid4)

    async def get(self, path: str, **options: Any) -> Response:
        return await self.send("GET", path, **options)

    async def post(
        self, path: str, body: Any = None, *, key: str | None = None, match: int | str | None = None, **options: Any
    ) -> Response:
        """Sends under a new key, unless one is given. `match` is the version for If-Match."""
        headers = {"Idempotency-Key": key or str(uuid4()), **options.pop("headers", {})}
        if match is not None:
            headers["If-Match"] = f'"{match}"' if isinstance(match, int) else match
        if body is not None:
            options["json"] = body
        return await self.send("POST", path, headers=headers, **options)

    async def send(self, method: str, path: str, *, headers: Mapping[str, str] = {}, **options: Any) -> Response:
        own = {"Authorization": f"Bearer {self.token}"}
        if self.speaks_for is not None:
            own["Mediation-As"] = self.speaks_for
        return await self.http.request(method, path, headers=own | dict(headers), **options)


@dataclass(frozen=True, slots=True)
class House:
    """A running application, and its callers."""

    app: FastAPI
    services: Services
    clock: Clock
    http: AsyncClient

    def sender(
        self,
        role: Role | str,
        *,
        marketplace: str | None = MARKETPLACE,
        subject: UUID | None = None,
        speaks_for: str | None = None,
        dispute: UUID | str | None = None,
    ) -> Sender:
        who = subject or uuid4()
        token = self.services.tokens.mint(
            subject=who,
            role=Role(role),
            marketplace=marketplace,
            dispute=UUID(str(dispute)) if dispute else None,
            life=timedelta(minutes=15),
        )
        return Sender(self.http, token, speaks_for, who)

    @property
    def backend(self) -> Sender:
        return self.sender(Role.MARKETPLACE)

    def backend_of(self, marketplace: str) -> Sender:
        return self.sender(Role.MARKETPLACE, marketplace=marketplace)

    def speaking_for(self, side: str, marketplace: str = MARKETPLACE) -> Sender:
        return self.sender(Role.MARKETPLACE, marketplace=marketplace, speaks_for=side)

    async def neutral(self) -> Sender:
        """A neutral with a mandate."""
        neutral = self.sender(Role.NEUTRAL)
        mandate = {
            "neutral": str(neutral.subject),
            "languages": ["en"],
            "authority": [{"amount": "1000.00", "currency": "EUR"}],
        }
        done(await self.sender(Role.ADMINISTRATOR).post("/v1/mandates", mandate), 201)
        return neutral

    async def open_at_once(self) -> None:
        """From now on a neutral can be called from the first moment of a dispute."""
        policy = {
            "version": f"at-once-{uuid4().hex[:8]}",
            "windows": {"escalation_opens_after_hours": 0},
            "party_requests": {},
        }
        done(await self.sender(Role.ADMINISTRATOR).post("/v1/policies", policy), 201)

    async def filed(self, **changes: Any) -> dict[str, Any]:
        """Files a dispute about a new order, and returns the answer."""
        return done(await self.backend.post("/v1/disputes", filing(**changes)), 201)

    async def refunds(self, number: int, *, beside: str | None = None, **query: str) -> list[dict[str, Any]]:
        """The refunds that the refund process has begun, as soon as there are `number` of them `beside` an earlier one. A
        list may still show an earlier one as submitted."""
        async with asyncio.timeout(60):
            while True:
                page = done(await self.backend.get("/v1/refunds", params={"status": "submitted", **query}))
                items = [refund for refund in page["items"] if refund["id"] != beside]
                if len(items) >= number:
                    return items
                await asyncio.sleep(0.02)

    async def seen(self, dispute_id: str, position: str, by: Sender | None = None) -> dict[str, Any]:
        """The case file, as soon as it shows everything up to a position."""
        reader = by or self.backend
        return done(await reader.get(f"/v1/disputes/{dispute_id}", headers={"At-Least": position}))


def done(response: Response, status: int = 200) -> dict[str, Any]:
    assert response.status_code == status, response.text
    body: dict[str, Any] = response.json()
    return body


def refused(response: Response, status: int, code: str) -> dict[str, Any]:
    problem: dict[str, Any] = response.json()
    assert (response.status_code, problem.get("code")) == (status, code), response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    assert problem["type"] == f"/problems/{code}"
    assert problem["status"] == status
    return problem


def euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def said(text: str, language: str = "en") -> dict[str, str]:
    return {"text": text, "language": language}


def filing(
    *,
    order: str | None = None,
    paid: str = "129.90",
    amount: str | None = None,
    now: datetime | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """The body that files a dispute, about an order of its own unless one is named. Later arguments replace whole fields."""
    now = now or today.now()
    body: dict[str, Any] = {
        "marketplace_reference": f"MP-{uuid4().hex[:8]}",
        "transaction": {
            "order_id": order or f"O-{next(_orders)}-{uuid4().hex[:6]}",
            "payment_reference": "pi_123",
            "paid": euros(paid),
            "paid_at": _instant(now - timedelta(days=20)),
            "delivered_at": _instant(now - timedelta(days=5)),
            "lines": [{"id": "1", "title": "Vaso", "quantity": 2, "amount": euros(paid)}],
            "tracking": [{"carrier": "DHL", "number": "JD01", "status": "delivered", "at": _instant(now)}],
        },
        "buyer": person("b-77", "IT", "it", "Europe/Rome"),
        "seller": person("s-9", "CN", "zh-Hans", "Asia/Shanghai"),
        "claimant": "buyer",
        "claim": {
            "reason": "not_as_described",
            "lines": ["1"],
            "amount": euros(amount or paid),
            "relief_sought": "refund",
            "statement": said("Il vaso è rotto.", "it"),
        },
    }
    return body | changes


def person(party_id: str, country: str, language: str, zone: str) -> dict[str, Any]:
    return {
        "id": party_id,
        "name": f"Name of {party_id}",
        "email": f"{party_id}@example.com",
        "country": country,
        "language": language,
        "time_zone": zone,
        "tier": "standard",
    }


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


@asynccontextmanager
async def house(
    conninfo: str, folder: Path, *, sheet: Sheet | None = None, live: bool = False, **more: Any
) -> AsyncIterator[House]:
    """Without `live` each stream ends at once: a client in this process has an answer only at its end."""
    clock, counts = Clock(), sheet.blocks(0) if sheet else {}
    settings = Settings(database_url=conninfo, data_dir=folder, test_marketplaces=frozenset({PLAYGROUND}), **more)
    async with services(settings, counts=counts or None) as running:
        app = create_app(running, now=clock.now, counts=counts.get("requests"), streams=counts.get("live"))
        if not live:
            await app.state.http.live.close()
        async with AsyncClient(transport=ASGITransport(app), base_url="http://testserver") as http:
            yield House(app, running, clock, http)
