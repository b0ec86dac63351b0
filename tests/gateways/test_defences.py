"""The evidence for each provider keeps to what that provider documents, for every reason of a claim."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.kernel.frozen import replace
from domain.kernel.money import Money
from domain.payments.defence import Defence, Material, Shipment
from domain.payments.defence_files import Document, Kind
from domain.policy.reasons import ClaimReason
from mediation.gateways.adyen import defence as adyen
from mediation.gateways.paypal import defence as paypal
from mediation.gateways.stripe import defence as stripe

MAKERS = (stripe.defence, adyen.defence, paypal.defence)
KINDS: tuple[Kind, ...] = ("delivery", "listing", "receipt", "refund_policy", "refund", "separate_charges", "other")
PAID = Money.of("12.345", "KWD")
MATERIAL = Material(
    reason=ClaimReason.ITEM_NOT_RECEIVED,
    order_id="O-1",
    paid=PAID,
    paid_at=datetime(2026, 10, 2, tzinfo=UTC),
    claimed=PAID,
    buyer_name="سلمى",
    goods=(f"1 × مزهرية, {PAID}",),
    shipments=(Shipment("Aramex", "A-1", "delivered", datetime(2026, 10, 9, tzinfo=UTC)),),
    account=("It was delivered.",),
)
FULL = replace(
    MATERIAL,
    documents=tuple(
        Document(kind, f"/{n}", f"{n}.pdf", "application/pdf", 1_000, exhibit=n) for n, kind in enumerate(KINDS, 1)
    ),
)


@pytest.mark.parametrize("reason", ClaimReason)
def test_what_is_on_record_is_not_missing(reason: ClaimReason) -> None:
    """What a case with everything on record still misses is what the engine never knows."""
    never_known = {
        *("customer_communication", "shipping_address", "shipping_date", "refund_policy_disclosure"),
        "duplicate_charge_id",
    }
    for make in MAKERS:
        assert _missing(make(replace(FULL, reason=reason))) <= never_known
        assert _missing(make(replace(FULL, reason=reason))) <= _missing(make(replace(MATERIAL, reason=reason)))


def test_stripe_takes_20000_characters_a_field() -> None:
    long = replace(MATERIAL, account=("ا" * 30_000,), correspondence="b" * 30_000)
    told = stripe.defence(long)
    texts = [text for text in told.evidence.model_dump().values() if text]
    assert max(map(len, texts)) == 20_000
    assert {(one.what, one.why) for one in told.left_out} == {
        ("refund_refusal_explanation", "too_long"),
        ("uncategorized_text", "too_long"),
    }


def test_stripe_is_told_of_each_parcel_and_of_two_charges() -> None:
    two = (Shipment("DHL", "1"), Shipment("Aramex", "2"))
    told = stripe.defence(replace(FULL, shipments=two, reason=ClaimReason.DUPLICATE_CHARGE))
    assert (told.evidence.shipping_carrier, told.evidence.shipping_tracking_number) == ("DHL, Aramex", "1, 2")
    assert told.evidence.duplicate_charge_explanation == "It was delivered."
    assert told.evidence.refund_refusal_explanation is None
    assert _missing(told) == {"duplicate_charge_id"}


def test_adyen_takes_a_type_once_and_no_png() -> None:
    told = adyen.defence(FULL)
    types = [one.defenseDocumentTypeCode for one in told.evidence.defenseDocuments]
    assert len(types) == len(set(types))
    assert {one.why for one in told.files if not one.taken} == {"no_field_left"}
    photo = Document("delivery", "/1", "1.png", "image/png", 1_000, exhibit=1)
    large = Document("delivery", "/2", "2.pdf", "application/pdf", 2_000_001, exhibit=2)
    told = adyen.defence(replace(MATERIAL, documents=(photo, large)))
    assert [one.why for one in told.files] == ["media_type", "too_large"]
    assert _missing(told) == {"ProofOfGoodsOrServicesProvided"}


def test_paypal_keeps_to_its_patterns() -> None:
    """Those of `customer_disputes_v1.json`: a name of a file has Latin letters alone, notes have 2,000 characters."""
    names = replace(FULL, documents=tuple(replace(one, name="签收单 ١.pdf") for one in FULL.documents))
    told = paypal.defence(replace(names, correspondence="م" * 3_000))
    assert sum(len(one.documents) for one in told.evidence.evidences) == len(KINDS)
    for evidence in told.evidence.evidences:
        assert re.fullmatch(r"[0-9A-Z_]+", evidence.evidence_type)
        assert len(evidence.notes or "") <= 2_000
        for document in evidence.documents:
            assert re.fullmatch(r"[A-Za-z0-9-_,\s]+[.][A-Za-z]+", document.name)
    assert len({one.evidence_type for one in told.evidence.evidences}) == len(told.evidence.evidences)


def test_paypal_is_told_the_name_of_a_carrier_that_it_does_not_list() -> None:
    parcels = (Shipment("Japan Post", "1"), Shipment("بريد الكويت", "2"))
    (tracked,) = [
        one for one in paypal.defence(replace(MATERIAL, shipments=parcels)).evidence.evidences if one.evidence_info
    ]
    assert tracked.evidence_info is not None
    assert [(one.carrier_name, one.carrier_name_other) for one in tracked.evidence_info.tracking_info] == [
        ("JAPAN_POST", None),
        ("OTHER", "بريد الكويت"),
    ]


def test_paypal_takes_ten_parcels() -> None:
    told = paypal.defence(replace(MATERIAL, shipments=tuple(Shipment("DHL", str(n)) for n in range(12))))
    (tracked,) = [one for one in told.evidence.evidences if one.evidence_info]
    assert tracked.evidence_info is not None
    assert len(tracked.evidence_info.tracking_info) == 10
    assert [(one.what, one.why) for one in told.left_out] == [("tracking_info", "too_many")]


def _missing(told: Defence[Any]) -> set[str]:
    return {one.field for one in told.missing}
