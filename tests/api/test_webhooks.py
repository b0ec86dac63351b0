"""Webhooks as a receiver and an administrator see them: over HTTP, to a real server, over the real database."""

import base64
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook

from domain.kernel.base import Role
from tests.api.house import House, Sender, done, filing, house
from tests.harness.webhook_receiver import Got, Receiver, receiver

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT = "/v1/webhook-endpoints"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(shared_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("webhooks")
    async with house(shared_database, folder, webhook_networks=["127.0.0.0/8"]) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def there() -> AsyncIterator[Receiver]:
    async with receiver() as listening:
        yield listening


class Shop:
    """A marketplace of its own for each test."""

    def __init__(self, home: House) -> None:
        self.home = home
        self.name = f"m-{uuid4().hex[:8]}"
        self.backend = home.backend_of(self.name)
        self.administrator = home.sender(Role.ADMINISTRATOR, marketplace=self.name)

    async def endpoint(self, url: str, **more: Any) -> dict[str, Any]:
        return done(await self.administrator.post(AT, {"url": url, **more}), 201)

    async def filed(self) -> str:
        return str(done(await self.backend.post("/v1/disputes", filing()), 201)["id"])

    def party(self, side: str) -> Sender:
        return self.home.speaking_for(side, self.name)

    async def feed(self, **query: str) -> list[dict[str, Any]]:
        return list(done(await self.backend.get("/v1/events", params={"limit": "100", **query}))["items"])


@pytest.fixture
def shop(home: House) -> Shop:
    return Shop(home)


def verified(got: Got, secret: str, public_key: str) -> None:
    """By the official library, and by hand for the signature with a public key."""
    Webhook(secret).verify(got.body, dict(got.headers))
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.{got.body}".encode()
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key.removeprefix("whpk_")))
    (signature,) = [
        one.removeprefix("v1a,") for one in got.headers["webhook-signature"].split(" ") if one.startswith("v1a,")
    ]
    key.verify(base64.b64decode(signature), signed)


async def test_a_receiver_is_told_and_can_prove_who_told_it(shop: Shop, there: Receiver) -> None:
    made = await shop.endpoint(there.url())
    dispute_id = await shop.filed()
    first = (await there.until(1))[0]
    verified(first, made["secret"], made["public_key"])
    body = first.said
    assert (body["type"], body["series"], body["sequence"]) == ("dispute.filed", 1, 1)
    assert body["data"]["dispute_id"] == dispute_id
    assert body["id"] == first.headers["webhook-id"]
    listed = done(await shop.backend.get(f"/v1/disputes/{dispute_id}"))
    assert body["data"]["case_number"] == listed["case_number"]
    assert (body["data"]["stage"], body["data"]["awaiting"]) == (listed["stage"], listed["awaiting"])
