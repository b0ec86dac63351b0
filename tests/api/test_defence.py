"""What the record holds, as a package for the payment provider: the seller's evidence, and nothing that the seller is not
told."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.kernel.base import Role
from domain.settlement.translation import RecordTranslation
from mediation.processes import ENGINE
from mediation.processes.translatable import source_of
from mediation.store.keys.keys import Erasure
from tests import today
from tests.api.house import House, Sender, done, filing, person, refused, said
from tests.api.rulings import somebody
from tests.api.test_translations import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

PDF = b"%PDF-1.7\n" + b"signed by the buyer " * 50
PICTURE = b"\x89PNG\r\n\x1a\n" + b"the vase " * 50
ARABIC = "وصلت المزهريّة سليمة."
SECRET = "caucus only: would settle for half"


async def test_stripe_has_its_own_fields_and_the_files_that_it_takes(at_home: House) -> None:
    at, seller = await _not_received(at_home)
    await _exhibit(seller, at, PDF, "signed.pdf", shows="tracking", text="Signed by the buyer.")
    await _exhibit(seller, at, PICTURE, "tag.png", shows="dispatch", text="The label.")
    done(await seller.post(f"{at}/response", {"answer": "contest", "statement": said("It was delivered.")}))
    told = await _package(at_home.backend, at, "stripe")
    assert (told["provider"], told["reason"], told["payment_reference"]) == ("stripe", "product_not_received", "pi_123")
    evidence = told["evidence"]
    assert evidence["shipping_carrier"] == "DHL"
    assert evidence["shipping_tracking_number"] == "JD01"
    assert evidence["refund_refusal_explanation"] == "It was delivered."
    signed, label, text = told["files"]
    assert (signed["field"], signed["exhibit"], signed["taken"]) == ("shipping_documentation", 1, True)
    assert (label["field"], label["taken"]) == ("uncategorized_file", True)
    assert (text["media_type"], text["taken"], text["why"]) == ("text/plain", False, "media_type")
    assert (await at_home.backend.get(signed["href"])).content == PDF
    assert {one["field"] for one in told["missing"]} == {
        "customer_communication",
        "shipping_address",
        "shipping_date",
    }


async def test_adyen_has_types_of_documents(at_home: House) -> None:
    at, seller = await _not_received(at_home)
    wanted = await _package(at_home.backend, at, "adyen")
    assert wanted["missing"] == [{"field": "ProofOfGoodsOrServicesProvided"}]
    await _exhibit(seller, at, PDF, "signed.pdf", shows="tracking")
    await _exhibit(seller, at, PICTURE, "tag.png", shows="dispatch")
    told = await _package(at_home.backend, at, "adyen")
    assert told["evidence"]["defenseReasonCode"] == "GoodsOrServicesProvided"
    assert told["evidence"]["defenseDocuments"] == [
        {
            "defenseDocumentTypeCode": "ProofOfGoodsOrServicesProvided",
            "contentType": "application/pdf",
            "href": f"{at}/exhibits/1/file",
        }
    ]
    assert [(one["exhibit"], one["why"]) for one in told["files"]] == [
        (1, None),
        (2, "media_type"),
        (None, "media_type"),
    ]
    assert told["missing"] == []


async def test_paypal_has_evidences_with_the_tracking(at_home: House) -> None:
    at, seller = await _not_received(at_home)
    await _exhibit(seller, at, PDF, "签收单.pdf", shows="tracking")
    told = await _package(at_home.backend, at, "paypal")
    assert told["reason"] == "MERCHANDISE_OR_SERVICE_NOT_RECEIVED"
    fulfilled, other = told["evidence"]["evidences"]
    assert fulfilled["evidence_type"] == "PROOF_OF_FULFILLMENT"
    assert fulfilled["evidence_info"] == {
        "tracking_info": [{"carrier_name": "DHL", "carrier_name_other": None, "tracking_number": "JD01"}]
    }
    assert [one["name"] for one in fulfilled["documents"]] == ["exhibit-1.pdf"]
    assert other["evidence_type"] == "OTHER"
    assert other["notes"].startswith("Order ")
    assert told["missing"] == []


async def test_amounts_and_texts_come_as_they_are(at_home: House) -> None:
    """Yen have no decimals, and dinars three. Arabic comes whole, with its marks."""
    for amount, currency in (("5800", "JPY"), ("12.345", "KWD")):
        at, seller = await _not_received(at_home, {"amount": amount, "currency": currency})
        sent = done(await seller.post(f"{at}/messages", {"message": said(ARABIC, "ar")}), 201)
        stripe = await _package(at_home.backend, at, "stripe", sent)
        assert stripe["evidence"]["product_description"] == f"2 × Vaso, {amount} {currency}"
        assert f"Paid: {amount} {currency} on " in stripe["evidence"]["uncategorized_text"]
        assert ARABIC in stripe["evidence"]["uncategorized_text"]
        (notes,) = [
            one["notes"]
            for one in (await _package(at_home.backend, at, "paypal"))["evidence"]["evidences"]
            if one["notes"]
        ]
        assert f"{amount} {currency}" in notes
        assert ARABIC in notes


async def test_a_bank_reads_the_translation_below_the_original(at_home: House) -> None:
    at, seller = await _not_received(at_home)
    done(await seller.post(f"{at}/messages", {"message": said(ARABIC, "ar")}), 201)
    dispute_id, services = UUID(at.rpartition("/")[2]), at_home.services
    made = RecordTranslation.model_validate(
        {
            "marketplace": "bazaar",
            "actor": ENGINE,
            "now": today.now(),
            "dispute_id": dispute_id,
            "source": source_of(services.blind, dispute_id, ARABIC, "ar"),
            "wanted": {"of": {"fact": "MessagePosted", "number": 1, "field": "message"}, "by": "seller"},
            "subject": uuid4(),
            "written_at": today.now(),
            "engine": "local",
            "engine_version": "1",
            "text": "The vase arrived whole.",
            "language": "en",
        }
    )
    await services.engine.handle(made)

    async def text() -> str:
        read = await at_home.backend.get(f"{at}/defence/correspondence.txt", headers={"Accept-Language": "en"})
        return read.text

    assert f"{ARABIC}\n[en] The vase arrived whole." in await until(text, lambda told: "[en]" in told)
    assert "[en]" not in (await at_home.backend.get(f"{at}/defence/correspondence.txt")).text


async def test_what_is_too_long_is_said(at_home: House) -> None:
    at, seller = await _not_received(at_home)
    sent = done(await seller.post(f"{at}/messages", {"message": said("x" * 5_000)}), 201)
    told = await _package(at_home.backend, at, "paypal", sent)
    (notes,) = [one["notes"] for one in told["evidence"]["evidences"] if one["notes"]]
    assert len(notes) == 2_000
    (cut,) = [one for one in told["left_out"] if one["why"] == "too_long"]
    text = (await at_home.backend.get(f"{at}/defence/correspondence.txt")).text
    assert (cut["what"], cut["signs"]) == ("notes", len(text) - len(notes.removesuffix(" […]")))
    assert text.startswith(notes.removesuffix(" […]"))


async def test_what_its_incident_shares_is_in_it(at_home: House) -> None:
    at, _ = await _not_received(at_home)
    supervisor = at_home.sender("supervisor")
    opened = {"kind": "customs_seizure", "title": said("Seized in Genoa."), "reason": said("One container.")}
    incident = f"/v1/incidents/{done(await supervisor.post('/v1/incidents', opened), 201)['id']}"
    joined = done(await supervisor.post(f"{incident}/members", {"disputes": [at.rpartition("/")[2]]}))
    assert joined["done"] == 1, joined
    form = {"description": "The seizure notice.", "language": "en"}
    done(await at_home.backend.post(f"{incident}/exhibits", data=form, files={"file": ("n.pdf", PDF)}), 201)
    told = await _package(at_home.backend, at, "paypal")
    shared = told["files"][0]
    assert (shared["exhibit"], shared["shared"], shared["taken"]) == (None, 1, True)
    assert (await at_home.backend.get(shared["href"])).content == PDF
    (other,) = [one for one in told["evidence"]["evidences"] if one["evidence_type"] == "OTHER"]
    assert [one["name"] for one in other["documents"]] == ["shared-1.pdf"]
    assert "Shared 1: The seizure notice." in other["notes"]


async def test_the_buyers_own_and_what_was_withdrawn_stays_here(at_home: House) -> None:
    at, seller = await _not_received(at_home)
    await _exhibit(at_home.speaking_for("buyer"), at, PICTURE, "door.png", text="My door.")
    await _exhibit(seller, at, PDF, "wrong.pdf")
    done(await seller.post(f"{at}/exhibits/2/withdrawal"))
    told = await _package(at_home.backend, at, "stripe")
    assert [(one["what"], one["why"]) for one in told["left_out"]] == [
        ("exhibit 1", "of_the_buyer"),
        ("exhibit 2", "withdrawn"),
    ]
    assert [one["exhibit"] for one in told["files"]] == [None]
    assert "My door." not in json.dumps(told)


async def test_a_file_of_a_message_is_named_until_it_is_an_exhibit(at_home: House) -> None:
    at, seller = await _not_received(at_home)
    form = {"message": "See the slip.", "language": "en"}
    sent = done(await seller.post(f"{at}/messages", data=form, files=[("files", ("slip.pdf", PDF))]), 201)
    told = await _package(at_home.backend, at, "adyen", sent)
    assert told["left_out"] == [{"what": "message 1, file 1", "why": "no_exhibit", "signs": None}]
    done(await seller.post(f"{at}/messages/1/files/1/exhibit", {"description": said("The slip.")}), 201)
    told = await _package(at_home.backend, at, "adyen", sent)
    assert (told["left_out"], told["files"][0]["exhibit"]) == ([], 1)


async def test_no_caucus_no_note_and_no_address_is_ever_in_it(at_home: House) -> None:
    """Not the caucus of either side, not even for the neutral who heard it."""
    await at_home.open_at_once()
    at, seller = await _not_received(at_home)
    buyer, neutral = at_home.speaking_for("buyer"), await at_home.neutral()
    done(await buyer.post(f"{at}/escalation"))
    done(await neutral.post(f"{at}/assignment", {}))
    for party in (buyer, seller):
        form = {"message": SECRET, "language": "en"}
        done(await party.post(f"{at}/caucus", data=form, files={"file": ("half.pdf", PDF)}), 201)
    done(await neutral.post(f"{at}/notes", {"note": said(SECRET)}), 201)
    done(await neutral.post(f"{at}/messages", {"message": said("From the mediator.")}), 201)
    last = done(await buyer.post(f"{at}/messages", {"message": said("From the buyer.")}), 201)
    for reader in (neutral, at_home.backend, *(at_home.sender(role) for role in ("supervisor", "administrator"))):
        text = (await reader.get(f"{at}/defence/correspondence.txt", headers={"At-Least": last["position"]})).text
        assert "From the buyer." in text
        for provider in ("stripe", "adyen", "paypal"):
            text += json.dumps(await _package(reader, at, provider))
        assert SECRET not in text
        assert "half.pdf" not in text
        assert "From the mediator." not in text
        assert "@example.com" not in text
    assert (await _package(neutral, at, "stripe"))["payment_reference"] is None


async def test_of_somebody_erased_nothing_is_left(at_home: House) -> None:
    """Their texts read as erased, and the answer says which."""
    at, seller = await _not_received(at_home)
    await _exhibit(seller, at, PDF, "signed.pdf", shows="tracking")
    done(await seller.post(f"{at}/response", {"answer": "contest", "statement": said("It was delivered.")}))
    buyer = at_home.speaking_for("buyer")
    sent = done(await buyer.post(f"{at}/messages", {"message": said("I am at home all day.")}), 201)
    dispute, _, _ = await at_home.services.engine.dispute(UUID(at.rpartition("/")[2]), "bazaar")
    await at_home.services.keys.erase(Erasure(dispute.buyer.subject, 1, "bazaar", "person_asked"))
    told = await _package(at_home.backend, at, "stripe", sent)
    assert {(one["what"], one["why"]) for one in told["left_out"]} == {
        ("buyer.name", "erased"),
        ("message 1", "erased"),
        ("order lines", "erased"),
        ("order_id", "erased"),
        ("tracking", "erased"),
    }
    assert told["evidence"]["customer_name"] is None
    assert told["evidence"]["product_description"] is None
    assert told["evidence"]["shipping_tracking_number"] is None
    assert "buyer:\n[erased]" in told["evidence"]["uncategorized_text"]
    assert told["files"][0]["exhibit"] == 1
    await at_home.services.keys.erase(Erasure(dispute.seller.subject, 1, "bazaar", "person_asked"))
    told = await _package(at_home.backend, at, "stripe")
    erased = {one["what"] for one in told["left_out"] if one["why"] == "erased"}
    assert {"exhibit 1", "statements of the seller"} <= erased
    assert told["evidence"]["refund_refusal_explanation"] is None
    assert [one["exhibit"] for one in told["files"]] == [None]


async def test_who_reads_it(at_home: House) -> None:
    at, seller = await _not_received(at_home)
    for path in (f"{at}/defence?provider=stripe", f"{at}/defence/correspondence.txt"):
        refused(await seller.get(path), 403, "NotForThisRole")
        refused(await at_home.sender(Role.AUDITOR).get(path), 403, "NotForThisRole")
        refused(await (await at_home.neutral()).get(path), 404, "UnknownDispute")
        refused(await at_home.backend_of("souk").get(path), 404, "UnknownDispute")
    for wrong in ("", "?provider=klarna", "?provider=Stripe"):
        refused(await at_home.backend.get(f"{at}/defence{wrong}"), 422, "InvalidRequest")


async def _not_received(house: House, paid: dict[str, str] | None = None) -> tuple[str, Sender]:
    """The path of a new dispute about an order that did not arrive, and its seller."""
    body: dict[str, Any] = filing(
        buyer=person(somebody(), "IT", "it", "Europe/Rome"), seller=person(somebody(), "CN", "zh-Hans", "Asia/Shanghai")
    )
    if paid is not None:
        body["transaction"] |= {"paid": paid, "lines": [{"id": "1", "title": "Vaso", "quantity": 2, "amount": paid}]}
        body["claim"]["amount"] = paid
    body["claim"]["reason"] = "item_not_received"
    body["transaction"]["tracking"][0] |= {
        "status": "in_transit",
        "at": (today.now() - timedelta(days=9)).isoformat().replace("+00:00", "Z"),
    }
    return f"/v1/disputes/{done(await house.backend.post('/v1/disputes', body), 201)['id']}", house.speaking_for(
        "seller"
    )


async def _exhibit(
    by: Sender, at: str, content: bytes, name: str, *, shows: str | None = None, text: str = "See the file."
) -> None:
    form = {"description": text, "language": "en"} | ({"shows": shows} if shows else {})
    done(await by.post(f"{at}/exhibits", data=form, files={"file": (name, content)}), 201)


async def _package(by: Sender, at: str, provider: str, after: dict[str, Any] | None = None) -> dict[str, Any]:
    """`after`: the answer to an act that it has to show."""
    headers = {"At-Least": after["position"]} if after else {}
    return done(await by.get(f"{at}/defence", params={"provider": provider}, headers=headers))
