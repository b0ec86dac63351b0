"""The evidences of a dispute for PayPal: https://developer.paypal.com/docs/api/customer-disputes/v1/#disputes_provide-evidence.

The files that it takes: https://developer.paypal.com/platforms/disputes/reference/supported-file-types-sizes. A name of a file
has Latin letters and digits alone, so an exhibit goes under its number.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import Field

from domain.kernel.base import Value
from domain.payments.defence import Defence, LeftOut, Material, Missing, Shipment, cut, in_full
from domain.payments.defence_files import FileOffered, Kind, Limits, placed
from domain.policy.reasons import ClaimReason

_NOTES = 2_000
_MOST_SHIPMENTS = 10
_SUFFIXES = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif"}
_FILES = Limits(dict.fromkeys(_SUFFIXES, 9_999_999), together=50_000_000)

_FULFILLED = "PROOF_OF_FULFILLMENT"
_LISTING = "ITEM_DESCRIPTION"
_RECEIPT = "PROOF_OF_RECEIPT_COPY"
_REFUND = "PROOF_OF_REFUND"
_ANY = "OTHER"

_TYPES: Mapping[Kind, str] = {
    "delivery": _FULFILLED,
    "dispatch": _FULFILLED,
    "listing": _LISTING,
    "receipt": _RECEIPT,
    "separate_charges": _RECEIPT,
    "refund_policy": "RETURN_POLICY",
    "refund": _REFUND,
}
_REASONS: Mapping[ClaimReason, str] = {
    ClaimReason.ITEM_NOT_RECEIVED: "MERCHANDISE_OR_SERVICE_NOT_RECEIVED",
    ClaimReason.CUSTOMS_SEIZED: "MERCHANDISE_OR_SERVICE_NOT_RECEIVED",
    ClaimReason.NOT_AS_DESCRIBED: "MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED",
    ClaimReason.DAMAGED: "MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED",
    ClaimReason.COUNTERFEIT: "MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED",
    ClaimReason.WRONG_ITEM: "MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED",
    ClaimReason.CREDIT_NOT_PROCESSED: "CREDIT_NOT_PROCESSED",
    ClaimReason.DUPLICATE_CHARGE: "DUPLICATE_TRANSACTION",
    ClaimReason.PRICE_DIFFERENCE: "INCORRECT_AMOUNT",
}
_WANTED: Mapping[str, Sequence[str]] = {
    "MERCHANDISE_OR_SERVICE_NOT_RECEIVED": (_FULFILLED,),
    "MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED": (_LISTING, _FULFILLED),
    "CREDIT_NOT_PROCESSED": (_REFUND,),
    "DUPLICATE_TRANSACTION": (_RECEIPT,),
    "INCORRECT_AMOUNT": (_RECEIPT,),
    _ANY: (),
}

_CARRIERS = frozenset(
    {
        *("UPS", "USPS", "FEDEX", "DHL", "TNT", "GLS", "DPD", "HERMES", "ARAMEX", "ROYAL_MAIL", "PARCELFORCE"),
        *("AUSTRALIA_POST", "AUSTRIAN_POST", "BPOST", "CANADA_POST", "CHINA_POST", "CHRONOPOST", "COLIPOSTE"),
        *("EMIRATES_POST", "INDIA_POST", "ISRAEL_POST", "JAPAN_POST", "KOREA_POST", "LA_POSTE", "NZ_POST"),
        *("POSTE_ITALIANE", "POSTNL", "SF_EXPRESS", "SINGPOST", "SWISS_POST", "THAILAND_POST", "YAMATO", "YODEL"),
    }
)
"""Those of PayPal's names for carriers that are plainly the carrier's own name. Any other goes as `OTHER` with its name."""


class PayPalTracking(Value):
    carrier_name: str
    carrier_name_other: str | None = None
    tracking_number: str


class PayPalInfo(Value):
    tracking_info: tuple[PayPalTracking, ...]


class PayPalDocument(Value):
    """`name` is the name under which to send the file from `href`."""

    name: str
    href: str


class PayPalEvidence(Value):
    """One of `evidences`, under PayPal's own names."""

    evidence_type: str
    evidence_info: PayPalInfo | None = None
    documents: tuple[PayPalDocument, ...] = ()
    notes: str | None = None


class PayPalEvidences(Value):
    """`provide-evidence` takes them, and each file under its `name`."""

    evidences: Annotated[
        tuple[PayPalEvidence, ...], Field(description="Each type once, with the files that PayPal takes.")
    ]


def defence(material: Material) -> Defence[PayPalEvidences]:
    reason = _REASONS.get(material.reason, _ANY)
    files = placed(material.documents, lambda kind: (_TYPES.get(kind, _ANY),), _FILES, one_each=False)
    shipments = material.shipments[:_MOST_SHIPMENTS]
    notes, left_out = cut("notes", in_full(material), _NOTES)
    if len(shipments) < len(material.shipments):
        left_out.append(LeftOut(what="tracking_info", why="too_many"))
    taken = [file for file in files if file.taken]
    types = dict.fromkeys([*([_FULFILLED] if shipments else []), *(file.field for file in taken), _ANY])
    evidences = [_evidence(name, shipments, [file for file in taken if file.field == name], notes) for name in types]
    return Defence[PayPalEvidences](
        reason=reason,
        evidence=PayPalEvidences(evidences=tuple(evidences)),
        files=files,
        left_out=(*material.left_out, *left_out),
        missing=tuple(Missing(field=field) for field in _WANTED[reason] if field not in types),
    )


def _evidence(name: str, shipments: Sequence[Shipment], files: Sequence[FileOffered], notes: str) -> PayPalEvidence:
    tracked = name == _FULFILLED and shipments
    return PayPalEvidence(
        evidence_type=name,
        evidence_info=PayPalInfo(tracking_info=tuple(map(_tracking, shipments))) if tracked else None,
        documents=tuple(PayPalDocument(name=_name(file), href=file.href) for file in files),
        notes=notes if name == _ANY else None,
    )


def _tracking(one: Shipment) -> PayPalTracking:
    name = re.sub(r"[^A-Z0-9]+", "_", one.carrier.upper()).strip("_")
    if name in _CARRIERS:
        return PayPalTracking(carrier_name=name, tracking_number=one.number)
    return PayPalTracking(carrier_name="OTHER", carrier_name_other=one.carrier, tracking_number=one.number)


def _name(file: FileOffered) -> str:
    stem = f"exhibit-{file.exhibit}" if file.exhibit is not None else f"shared-{file.shared}"
    return f"{stem}.{_SUFFIXES[file.media_type]}"
