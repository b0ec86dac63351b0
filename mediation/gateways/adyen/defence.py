"""The defence documents of a dispute for Adyen: https://docs.adyen.com/api-explorer/Disputes/latest/post/supplyDefenseDocument.

Adyen takes documents and no texts, one for each type. The files that it takes, and what it wants for a reason:
https://docs.adyen.com/risk-management/understanding-disputes/defense-requirements. Which types a case may have, and which of
them it must have, Adyen says for each case (`retrieveApplicableDefenseReasons`): that depends on the card scheme.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import Field

from domain.kernel.base import Value
from domain.payments.defence import Defence, Material, Missing
from domain.payments.defence_files import FileOffered, Kind, Limits, placed
from domain.policy.reasons import ClaimReason

_FILES = Limits({"image/jpeg": 10_000_000, "image/tiff": 10_000_000, "application/pdf": 2_000_000})

_DELIVERED = "ProofOfGoodsOrServicesProvided"
_AS_DESCRIBED = "GoodsWereAsDescribed"
_RECEIPT = "TIDorInvoice"
_POLICY = "DisclosureAtPointOfInteraction"
_ANY = "DefenseMaterial"

_TYPES: Mapping[Kind, str] = {
    "delivery": _DELIVERED,
    "dispatch": "DateMerchandiseShipped",
    "listing": _AS_DESCRIBED,
    "condition": _AS_DESCRIBED,
    "authenticity": _AS_DESCRIBED,
    "receipt": _RECEIPT,
    "refund_policy": _POLICY,
}
_REASONS: Mapping[ClaimReason, str] = {
    ClaimReason.ITEM_NOT_RECEIVED: "GoodsOrServicesProvided",
    ClaimReason.CUSTOMS_SEIZED: "GoodsOrServicesProvided",
    ClaimReason.NOT_AS_DESCRIBED: "GoodsWereAsDescribed",
    ClaimReason.DAMAGED: "GoodsWereAsDescribed",
    ClaimReason.COUNTERFEIT: "GoodsWereAsDescribed",
    ClaimReason.WRONG_ITEM: "GoodsWereAsDescribed",
    ClaimReason.CREDIT_NOT_PROCESSED: "CreditOrCancellationPolicyProperlyDisclosed",
}
_OTHERWISE = "SupplyDefenseMaterial"
_WANTED: Mapping[str, Sequence[str]] = {
    "GoodsOrServicesProvided": (_DELIVERED,),
    "GoodsWereAsDescribed": (_AS_DESCRIBED, _RECEIPT),
    "CreditOrCancellationPolicyProperlyDisclosed": (_POLICY,),
    _OTHERWISE: (_ANY,),
}


class DefenseDocument(Value):
    """One of `defenseDocuments`, under Adyen's own names. Its `content` is the file from `href`, in Base64."""

    defenseDocumentTypeCode: str  # noqa: N815 - Adyen's own name
    contentType: str  # noqa: N815
    href: str


class AdyenEvidence(Value):
    """`supplyDefenseDocument` takes the documents, then `defendDispute` takes the reason."""

    defenseReasonCode: str  # noqa: N815
    defenseDocuments: Annotated[  # noqa: N815
        tuple[DefenseDocument, ...], Field(description="The files that Adyen takes.")
    ]


def defence(material: Material) -> Defence[AdyenEvidence]:
    reason = _REASONS.get(material.reason, _OTHERWISE)
    files = placed(material.documents, _types, _FILES)
    taken = [file for file in files if file.taken]
    has = {file.field for file in taken}
    return Defence[AdyenEvidence](
        reason=reason,
        evidence=AdyenEvidence(defenseReasonCode=reason, defenseDocuments=tuple(map(_document, taken))),
        files=files,
        left_out=material.left_out,
        missing=tuple(Missing(field=field) for field in _WANTED[reason] if field not in has),
    )


def _types(kind: Kind) -> Sequence[str]:
    return (_TYPES[kind], _ANY) if kind in _TYPES else (_ANY,)


def _document(file: FileOffered) -> DefenseDocument:
    return DefenseDocument(defenseDocumentTypeCode=file.field, contentType=file.media_type, href=file.href)
