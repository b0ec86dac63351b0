"""Notices of payment providers about disputes, from the post of the provider to what follows from it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from httpx import Response

from mediation.store import notice_in
from tests import today
from tests.api.house import MARKETPLACE, House, house, refused
from tests.gateways.notices import (
    ADYEN_KEY,
    STRIPE_SECRET,
    WEBHOOK_ID,
    PayPal,
    Post,
    adyen_item,
    adyen_post,
    from_stripe,
    paypal_event,
    stripe_event,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def paypal(tmp_path_factory: pytest.TempPathFactory) -> PayPal:
    return PayPal(tmp_path_factory.mktemp("paypal"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(shared_database: str, tmp_path_factory: Any, paypal: PayPal) -> AsyncIterator[House]:
    secrets = {
        "stripe": {"secrets": [STRIPE_SECRET]},
        "adyen": {"hmac_keys": [ADYEN_KEY]},
        "paypal": {"webhook_id": WEBHOOK_ID, "certificates": str(paypal.file)},
    }
    folder: Path = tmp_path_factory.mktemp("house")
    async with house(shared_database, folder, provider_notices={MARKETPLACE: secrets}) as running:
        yield running


async def send(home: House, provider: str, post: Post, marketplace: str = MARKETPLACE) -> Response:
    headers, body = post
    return await home.http.post(f"/notices/{marketplace}/{provider}", headers=headers, content=body)


async def _stored(home: House, status: str) -> list[notice_in.Opened]:
    box = home.services.quarantine
    page = await box.page(MARKETPLACE, status, None, None, 500)  # type: ignore[arg-type]
    found = [await box.open(one.id, MARKETPLACE) for one in page]
    return [one for one in found if one is not None]


async def test_what_is_rightly_signed_is_taken(home: House, paypal: PayPal) -> None:
    """Also what nobody understands, and the same again. An answer says nothing but that."""
    odd = b'{"type": "charge.dispute.teleported", "data": []}'
    posts: tuple[tuple[str, Post], ...] = (
        ("stripe", from_stripe(odd, today.now())),
        ("stripe", from_stripe(b"[" * 100_000, today.now())),
        ("adyen", ({}, adyen_post(adyen_item("CHARGEBACK"), adyen_item("CHARGEBACK_REVERSED")))),
        ("paypal", paypal.post(paypal_event("CREATED", "2021-01-01T00:00:00Z", "OPEN"))),
    )
    for provider, post in posts * 2:
        answer = await send(home, provider, post)
        assert (answer.status_code, answer.content) == (204, b""), answer.text


async def test_what_is_not_rightly_signed_is_kept_apart(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its bytes and headers, but no password; and no more than a limit. A right one of the same bytes counts."""
    monkeypatch.setattr(notice_in, "MOST_REFUSED", 3)
    body = stripe_event("created", 1_700_000_000, id="dp_forged")
    forged = {"stripe-signature": "t=1,v1=00", "authorization": "Basic c2VjcmV0"}
    refused(await send(home, "stripe", (forged, body)), 403, "NoticeNotTrusted")
    [kept] = await _stored(home, "refused")
    assert (kept.raw, kept.headers["stripe-signature"]) == (body, "t=1,v1=00")
    assert "authorization" not in kept.headers
    for number in range(5):
        refused(await send(home, "stripe", ({}, b"%d" % number)), 403, "NoticeNotTrusted")
    assert len(await _stored(home, "refused")) == 3
    assert (await send(home, "stripe", from_stripe(body, today.now()))).status_code == 204
    assert body not in [one.raw for one in await _stored(home, "refused")]


async def test_nobody_else_s_notices_are_stored(home: House) -> None:
    """An address that no setting names answers alike, and keeps nothing."""
    signed = from_stripe(stripe_event("created", 1_700_000_000), today.now())
    refused(await send(home, "stripe", signed, "nobody"), 403, "NoticeNotTrusted")
    assert (await home.services.quarantine.page("nobody", None, None, None, 1)) == []
    assert (await send(home, "visa", signed)).status_code == 422
