"""Notices of payment providers about disputes, from the post of the provider to what follows from it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from httpx import Response

from domain.kernel.base import Role
from mediation.processes.provider_notices import process
from mediation.store import notice_in
from tests import today
from tests.api.house import MARKETPLACE, House, done, euros, filing, house, refused
from tests.api.test_translations import until
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


def _filing(payment: str, amount: str = "129.90") -> dict[str, Any]:
    body = filing()
    body["transaction"]["payment_reference"] = payment
    body["claim"]["amount"] = {"amount": amount, "currency": "EUR"}
    return body


async def _until(home: House, dispute_id: str, shows: Any) -> dict[str, Any]:
    """The case file, as soon as it is so."""
    async with asyncio.timeout(30):
        while True:
            case = done(await home.backend.get(f"/v1/disputes/{dispute_id}"))
            if shows(case):
                return case
            await asyncio.sleep(0.05)


async def _settled(home: House) -> None:
    """All that came is read, and a day passes in which nothing more is told."""
    async with asyncio.timeout(30):
        while True:
            if not await home.services.quarantine.page(MARKETPLACE, "new", None, None, 1):
                break
            await asyncio.sleep(0.05)
    async with home.services.pool.connection() as connection:
        await connection.execute("UPDATE provider_dispute SET quiet_since = quiet_since - interval '25 hours'")


async def test_a_chargeback_that_is_lost(home: House) -> None:
    """The notices come before the dispute, in the wrong order, twice, and from one second. The dispute waits. When nothing new
    was told for a day, the claim is lowered by what the buyer got.
    """
    about: dict[str, Any] = {"id": "dp_lost", "charge": "ch_lost", "payment_intent": "pi_lost", "amount": 5000}
    for kind, status in (("closed", "lost"), ("updated", "under_review"), ("funds_withdrawn", "needs_response")) * 2:
        post = from_stripe(stripe_event(kind, 1_700_000_000, status=status, **about), today.now())
        assert (await send(home, "stripe", post)).status_code == 204
    filed = done(await home.backend.post("/v1/disputes", _filing("pi_lost")), 201)
    case = await _until(home, filed["id"], lambda case: case["proceedings"])
    assert [(one["what"], one["statement"]["text"]) for one in case["proceedings"]] == [
        ("chargeback", "Stripe reports a chargeback.")
    ]
    assert (case["stayed"], case["refunds_elsewhere"]) == (True, [])
    await _settled(home)
    case = await _until(home, filed["id"], lambda case: case["refunds_elsewhere"] and not case["stayed"])
    [paid] = case["refunds_elsewhere"]
    assert (paid["how"], paid["amount"]) == ("chargeback", euros("50.00"))
    assert case["in_dispute"] == euros("79.90")


async def test_what_is_new_is_followed_and_doubles_are_not(home: House) -> None:
    """Adyen: one post of two items. An inquiry stays nothing; a chargeback that is reversed is not over; then it is won."""
    filed = done(await home.backend.post("/v1/disputes", _filing("psp_1")), 201)
    about = {"originalReference": "psp_1", "pspReference": "DISPUTE1"}
    await send(home, "adyen", ({}, adyen_post(adyen_item("REQUEST_FOR_INFORMATION", **about))))
    later = {"pspReference": "DISPUTE1"}
    del (reversed_ := adyen_item("CHARGEBACK_REVERSED", **later))["originalReference"]
    await send(home, "adyen", ({}, adyen_post(reversed_, adyen_item("CHARGEBACK", **about))))
    await _until(home, filed["id"], lambda case: case["stayed"])
    await _settled(home)
    won = adyen_item("ISSUER_RESPONSE_TIMEFRAME_EXPIRED", **about)
    await send(home, "adyen", ({}, adyen_post(won)))
    await _settled(home)
    case = await _until(home, filed["id"], lambda case: not case["stayed"])
    assert case["refunds_elsewhere"] == []
    await send(home, "adyen", ({}, adyen_post(won, won)))  # other bytes, and nothing new
    await _settled(home)
    await send(home, "adyen", ({}, adyen_post(adyen_item("SECOND_CHARGEBACK", **about))))
    case = await _until(home, filed["id"], lambda case: case["stayed"])
    assert len(case["proceedings"]) == 2


async def test_what_was_lost_is_won_back(home: House) -> None:
    """The record is corrected: the claim rises again, and the case file shows when and that a machine said so."""
    filed = done(await home.backend.post("/v1/disputes", _filing("psp_back")), 201)
    about = {"originalReference": "psp_back", "pspReference": "BACK"}
    await send(home, "adyen", ({}, adyen_post(adyen_item("PREARBITRATION_LOST", **about))))
    await _until(home, filed["id"], lambda case: case["stayed"])
    await _settled(home)
    case = await _until(home, filed["id"], lambda case: case["refunds_elsewhere"] and not case["stayed"])
    assert (case["in_dispute"], case["refunds_elsewhere"][0]["taken_back_at"]) == (euros("119.90"), None)
    await send(home, "adyen", ({}, adyen_post(adyen_item("SCHEME_ARBITRATION_WON", **about))))
    await _settled(home)
    case = await _until(home, filed["id"], lambda case: case["refunds_elsewhere"][0]["taken_back_at"])
    assert case["in_dispute"] == case["claimed"] == euros("129.90")
    assert {one["by"] for one in case["proceedings"]} == {"engine"}


async def test_policy_says_what_a_chargeback_does_by_itself(home: House) -> None:
    """It does not stay this dispute, which the buyer withdraws. When the buyer gets the money, it is reopened by the engine."""
    rules = {"version": "reopens", "chargebacks": {"stays": False, "reopens": True}}
    done(await home.sender(Role.ADMINISTRATOR).post("/v1/policies", rules), 201)
    filed = done(await home.backend.post("/v1/disputes", _filing("psp_reopens")), 201)
    done(await home.speaking_for("buyer").post(f"/v1/disputes/{filed['id']}/withdrawal"))
    about = {"originalReference": "psp_reopens", "pspReference": "REOPENS"}
    await send(home, "adyen", ({}, adyen_post(adyen_item("SCHEME_ARBITRATION_LOST", **about))))
    await _settled(home)
    case = await _until(home, filed["id"], lambda case: case["reopenings"])
    assert (case["proceedings"], case["stage"]) == ([], "adjudication")
    (reopening,) = case["reopenings"]
    assert (reopening["by"], reopening["ground"]) == ("engine", "refunded_elsewhere")
    assert reopening["reasons"]["text"] == "Adyen reports that a chargeback about this payment was lost."


async def test_of_a_person_who_was_erased_no_notice_is_kept(home: House) -> None:
    """The bytes are gone. A later notice about the same payment finds no dispute."""
    body = _filing("psp_erased")
    body["buyer"]["id"] = "b-erased"
    filed = done(await home.backend.post("/v1/disputes", body), 201)
    about = {"originalReference": "psp_erased", "pspReference": "ERASED"}
    await send(home, "adyen", ({}, adyen_post(adyen_item("REQUEST_FOR_INFORMATION", **about))))
    told = (await _listed(home, provider="adyen"))[-1]["id"]
    await _read(home, told, "matched")
    done(await home.speaking_for("buyer").post(f"/v1/disputes/{filed['id']}/withdrawal"))
    done(await home.backend.post("/v1/erasures", {"party": "b-erased", "ground": "person_asked"}), 201)

    async def ask() -> bool:
        return bool((await _listed(home, provider="adyen"))[-1]["kept"])

    await until(ask, lambda kept: not kept)
    gone = f"/v1/provider-notices/{told}"
    refused(await home.sender(Role.ADMINISTRATOR).get(gone), 404, "UnknownProviderNotice")
    later = {**about, "pspReference": "AFTER"}
    await send(home, "adyen", ({}, adyen_post(adyen_item("CHARGEBACK", **later))))
    shown = await _read(home, (await _listed(home, provider="adyen"))[-1]["id"], "unmatched")
    assert shown["said"][0]["dispute_id"] is None


async def _listed(home: House, **query: Any) -> list[dict[str, Any]]:
    """All pages, two notices at a time."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = done(await home.backend.get("/v1/provider-notices", params={**query, "limit": 2, **cursor}))
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


async def _read(home: House, notice_id: str, status: str) -> dict[str, Any]:
    """The notice, as soon as it has this status."""
    async with asyncio.timeout(30):
        while True:
            shown = done(await home.sender(Role.ADMINISTRATOR).get(f"/v1/provider-notices/{notice_id}"))
            if shown["status"] == status:
                return shown
            await asyncio.sleep(0.05)


async def test_what_came_is_listed_and_read(home: House) -> None:
    """The backend sees what was read of each notice. An administrator sees the bytes too."""
    charged: dict[str, Any] = {"id": "dp_listed", "charge": "ch_listed", "payment_intent": None, "amount": 7777}
    posts = [from_stripe(stripe_event("created", 1_700_000_000 + n, **charged), today.now()) for n in range(3)]
    for post in posts:
        await send(home, "stripe", post)
    await send(home, "adyen", ({}, adyen_post(adyen_item("CHARGEBACK", originalReference="of nobody"))))
    unread = {one["id"] for one in await _listed(home, status="new")}
    for notice_id in unread:
        await _read(home, notice_id, "unmatched")
    waiting = await _listed(home, status="unmatched", provider="stripe")
    mine = [one for one in waiting if one["said"][0]["amount"] == euros("77.77")]
    assert len({one["id"] for one in mine}) == len(mine) == 3
    assert [one["received_at"] for one in mine] == sorted(one["received_at"] for one in mine)
    shown = await _read(home, mine[0]["id"], "unmatched")
    assert (shown["text"].encode(), shown["headers"]["stripe-signature"]) == (
        posts[0][1],
        posts[0][0]["stripe-signature"],
    )
    (said,) = shown["said"]
    assert (said["code"], said["says"], said["dispute_id"]) == ("charge.dispute.created", "opened", None)
    assert said["problem"] == "no_dispute"
    assert {one["provider"] for one in await _listed(home, provider="adyen")} == {"adyen"}


async def test_what_is_not_understood_is_read_again(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """By itself when the reader has learned something, and by hand. What is not rightly signed is never read."""
    administrator = home.sender(Role.ADMINISTRATOR)
    odd = b'{"type": "charge.dispute.reborn"}'
    await send(home, "stripe", from_stripe(odd, today.now()))
    unknown = (await _listed(home))[-1]["id"]
    assert (await _read(home, unknown, "unknown"))["why"] == "charge.dispute.reborn: type"
    monkeypatch.setattr(process, "READER", 2)
    monkeypatch.setattr(process, "READERS", {"stripe": lambda _: ()})
    await _read(home, unknown, "noted")
    monkeypatch.undo()
    again = f"/v1/provider-notices/{unknown}/again"
    assert done(await administrator.post(again), 202) == {"id": unknown}
    await _read(home, unknown, "unknown")
    refused(await send(home, "stripe", ({}, b"forged \xff")), 403, "NoticeNotTrusted")
    forged = (await _listed(home, status="refused"))[-1]["id"]
    assert (await _read(home, forged, "refused"))["text"] == r"forged \xff"
    problem = refused(await administrator.post(f"/v1/provider-notices/{forged}/again"), 409, "NoticeNotReadYet")
    assert problem["facts"] == {"status": "refused"}
    at = f"/v1/provider-notices/{uuid4()}"
    refused(await administrator.get(at), 404, "UnknownProviderNotice")
    refused(await administrator.post(f"{at}/again"), 404, "UnknownProviderNotice")


async def test_the_metrics_say_what_waits(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = await notice_in.backlog(home.services.pool)
    assert waiting.by_status["unknown"] == len(await _listed(home, status="unknown"))
    assert waiting.by_status["refused"] == len(await _listed(home, status="refused")) > 0
    assert waiting.full == 0
    monkeypatch.setattr(notice_in, "MOST_REFUSED", waiting.by_status["refused"])
    assert (await notice_in.backlog(home.services.pool)).full == 1
