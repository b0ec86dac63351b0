"""The evidence of a dispute for Stripe: https://docs.stripe.com/api/disputes/evidence_object.

The limits of texts are those of https://docs.stripe.com/api/disputes/update, those of files of
https://docs.stripe.com/file-upload (`dispute_evidence`) and https://docs.stripe.com/disputes/best-practices. Each field that
takes a file takes one. What is wanted for a reason: https://docs.stripe.com/disputes/categories.
"""

from collections.abc import Mapping, Sequence

from domain.kernel.base import Value
from domain.payments.defence import Defence, LeftOut, Material, Missing, blocks, cut, summary
from domain.payments.defence_files import Kind, Limits, placed
from domain.policy.reasons import ClaimReason

_LONG = 20_000
_SHORT = 5_000
_FILES = Limits(dict.fromkeys(("application/pdf", "image/jpeg", "image/png"), 5_000_000), together=4_500_000)

_FIELDS: Mapping[Kind, Sequence[str]] = {
    "delivery": ("shipping_documentation",),
    "dispatch": ("shipping_documentation",),
    "receipt": ("receipt",),
    "refund_policy": ("refund_policy",),
    "separate_charges": ("duplicate_charge_documentation",),
    "correspondence": ("customer_communication",),
}
_ANY = "uncategorized_file"

_REASONS: Mapping[ClaimReason, str] = {
    ClaimReason.ITEM_NOT_RECEIVED: "product_not_received",
    ClaimReason.CUSTOMS_SEIZED: "product_not_received",
    ClaimReason.NOT_AS_DESCRIBED: "product_unacceptable",
    ClaimReason.DAMAGED: "product_unacceptable",
    ClaimReason.COUNTERFEIT: "product_unacceptable",
    ClaimReason.WRONG_ITEM: "product_unacceptable",
    ClaimReason.CREDIT_NOT_PROCESSED: "credit_not_processed",
    ClaimReason.DUPLICATE_CHARGE: "duplicate",
}
_WANTED: Mapping[str, Sequence[str]] = {
    "product_not_received": (
        "customer_communication",
        "shipping_address",
        "shipping_carrier",
        "shipping_date",
        "shipping_documentation",
        "shipping_tracking_number",
    ),
    "product_unacceptable": (
        "customer_communication",
        "product_description",
        "refund_policy",
        "refund_policy_disclosure",
        "refund_refusal_explanation",
    ),
    "credit_not_processed": (
        "customer_communication",
        "refund_policy",
        "refund_policy_disclosure",
        "refund_refusal_explanation",
    ),
    "duplicate": ("duplicate_charge_documentation", "duplicate_charge_explanation", "duplicate_charge_id", "receipt"),
    "general": ("customer_communication", "product_description", "receipt"),
}


class StripeEvidence(Value):
    """The texts, under the names of Stripe's `evidence`. Send them as they are. The fields that take a file are in `files`: put
    the id of your upload there.
    """

    customer_name: str | None = None
    product_description: str | None = None
    shipping_carrier: str | None = None
    shipping_tracking_number: str | None = None
    refund_refusal_explanation: str | None = None
    duplicate_charge_explanation: str | None = None
    uncategorized_text: str | None = None


def defence(material: Material) -> Defence[StripeEvidence]:
    reason, account = _REASONS.get(material.reason, "general"), blocks(*material.account)
    about_charges = reason == "duplicate"
    texts, left_out = _within_limits(
        {
            "customer_name": (material.buyer_name or "", _SHORT),
            "product_description": ("\n".join(material.goods), _LONG),
            "shipping_carrier": (", ".join(one.carrier for one in material.shipments), _SHORT),
            "shipping_tracking_number": (", ".join(one.number for one in material.shipments), _SHORT),
            "duplicate_charge_explanation": (account if about_charges else "", _LONG),
            "refund_refusal_explanation": ("" if about_charges else account, _LONG),
            "uncategorized_text": (
                blocks(summary(material), "\n".join(material.exhibits), material.correspondence),
                _LONG,
            ),
        }
    )
    files = placed(material.documents, lambda kind: (*_FIELDS.get(kind, ()), _ANY), _FILES)
    has = {*texts, *(file.field for file in files if file.taken)}
    return Defence[StripeEvidence](
        reason=reason,
        evidence=StripeEvidence.model_validate(texts),
        files=files,
        left_out=(*material.left_out, *left_out),
        missing=tuple(Missing(field=field) for field in _WANTED[reason] if field not in has),
    )


def _within_limits(told: Mapping[str, tuple[str, int]]) -> tuple[dict[str, str], list[LeftOut]]:
    """The texts that are not empty, each within its limit. Together they stay below Stripe's 150,000 characters."""
    texts, left_out = dict[str, str](), list[LeftOut]()
    for field, (text, limit) in told.items():
        if text:
            texts[field], cut_off = cut(field, text, limit)
            left_out += cut_off
    return texts, left_out
