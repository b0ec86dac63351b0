"""Vouchers over HTTP: as terms, issued with a code, and who sees the code."""

from datetime import timedelta
from typing import Any

import pytest

from domain.kernel.base import Role
from tests import today
from tests.api.house import House, Sender, done, euros, refused

pytestmark = pytest.mark.asyncio(loop_scope="module")

CODE = "SUMMER-7Q4X-91KD"


def until(days: int) -> str:
    return (today.now() + timedelta(days=days)).isoformat()


async def owed(house: House, issued_by: str = "seller") -> str:
    """The address of a dispute that is settled by a voucher."""
    rules = {"least_days": 30, "marketplace_issues": True}
    await house.sender(Role.ADMINISTRATOR).post("/v1/policies", {"version": "vouchers", "vouchers": rules})
    at = f"/v1/disputes/{(await house.filed())['id']}"
    voucher = {"amount": euros("50.00"), "issued_by": issued_by}
    offered = done(
        await house.speaking_for("seller").post(f"{at}/offers", {"amount": euros("0.00"), "voucher": voucher}), 201
    )
    done(await house.speaking_for("buyer").post(f"{at}/offers/1/acceptance", match=offered["version"]))
    return at


async def seen(by: Sender, at: str) -> dict[str, Any]:
    """The one voucher, as somebody sees it."""
    (voucher,) = done(await by.get(at))["vouchers"]
    return dict(voucher)


async def test_a_voucher_from_its_offer_to_its_code(at_home: House) -> None:
    at, buyer, seller = await owed(at_home), at_home.speaking_for("buyer"), at_home.speaking_for("seller")
    case = done(await buyer.get(at))
    terms = {"amount": euros("50.00"), "issued_by": "seller", "valid_days": 30}
    assert (case["offers"][0]["voucher"], case["settlement"]["award"]["voucher"]) == (terms, terms)
    (voucher,) = case["vouchers"]
    assert voucher.items() >= (terms | {"number": 1, "status": "owed", "code": None}).items()
    (promise,) = [one for one in case["commitments"] if one["id"] == voucher["commitment_id"]]
    assert (promise["class"], promise["kind"], promise["about"]["what"]) == ("remedy", "issue_voucher", "voucher")

    issue = f"{at}/vouchers/1/code"
    refused(await seller.post(issue, {"code": CODE, "expires_at": until(29)}), 422, "VoucherExpiresTooSoon")
    refused(await seller.post(issue, {"code": " ", "expires_at": until(31)}), 422, "InvalidRequest")
    refused(await at_home.backend.post(issue, {"code": CODE, "expires_at": until(31)}), 403, "NotYoursToIssue")
    refused(await buyer.post(issue, {"code": CODE, "expires_at": until(31)}), 403, "NotForThisRole")
    refused(await seller.post(f"{at}/vouchers/2/code", {"code": CODE, "expires_at": until(31)}), 404, "UnknownVoucher")
    reported = await buyer.post(f"{at}/commitments/{voucher['commitment_id']}/fulfilment")
    refused(reported, 409, "VoucherDecides")
    offered = [one["href"] for one in done(await seller.get(at))["actions"] if one["name"] == "issue_voucher"]
    assert offered == [issue]
    done(await seller.post(issue, {"code": CODE, "expires_at": until(31)}))
    refused(await seller.post(issue, {"code": "OTHER", "expires_at": until(31)}), 409, "VoucherNotOwed")
    assert (await seen(buyer, at))["status"] == "issued"
    assert done(await buyer.get(at))["stage"] == "closed"


@pytest.mark.parametrize("issuer", ["seller", "marketplace"])
async def test_only_the_buyer_and_the_issuer_see_the_code(at_home: House, issuer: str) -> None:
    """In the case file, in the history, in the feed, and in the answer of the act. Everybody sees that it was issued."""
    at = await owed(at_home, issuer)
    people = {name: at_home.speaking_for(name) for name in ("buyer", "seller")} | {
        "marketplace": at_home.backend,
        "supervisor": at_home.sender(Role.SUPERVISOR),
        "administrator": at_home.sender(Role.ADMINISTRATOR),
    }
    answer = await people[issuer].post(f"{at}/vouchers/1/code", {"code": CODE, "expires_at": until(31)})
    assert CODE not in answer.text, done(answer)
    for name, by in people.items():
        voucher = await seen(by, at)
        knows = name in ("buyer", issuer)
        assert (voucher["status"], voucher["code"]) == ("issued", CODE if knows else None), name
        history = await by.get(f"{at}/history")
        assert ("VoucherIssued" in history.text, CODE in history.text) == (True, knows), name
    feed = await at_home.backend.get("/v1/events", params={"limit": 100})
    assert (CODE in feed.text) == (issuer == "marketplace")
    assert done(await people["buyer"].get(f"{at}/commitments"))["items"][0]["kept_by"]["fact"] == "VoucherIssued"


async def test_what_is_no_voucher(at_home: House) -> None:
    """Terms that give nothing, in another currency, or with more digits than the currency has."""
    at, seller = f"/v1/disputes/{(await at_home.filed())['id']}", at_home.speaking_for("seller")
    for amount, status, code in (
        (euros("0.00"), 422, "VoucherWithoutValue"),
        ({"amount": "500", "currency": "JPY"}, 422, "CurrencyMismatch"),
        ({"amount": "500.5", "currency": "JPY"}, 422, "InvalidRequest"),
        (euros("1.001"), 422, "InvalidRequest"),
    ):
        body = {"amount": euros("0.00"), "voucher": {"amount": amount, "issued_by": "seller"}}
        refused(await seller.post(f"{at}/offers", body), status, code)
    of_buyer = {"amount": euros("1.00"), "issued_by": "buyer"}
    refused(await seller.post(f"{at}/offers", {"amount": euros("0.00"), "voucher": of_buyer}), 422, "InvalidRequest")
