"""The package for a payment provider, one form for each."""

from typing import Annotated, Any

from pydantic import Field

from api.http.bodies import example
from api.http.parts import DISPUTE_ID
from domain.payments.defence import Defence
from mediation.gateways.adyen.defence import AdyenDefence
from mediation.gateways.paypal.defence import PayPalDefence
from mediation.gateways.stripe.defence import StripeDefence

_HREF = f"/v1/disputes/{DISPUTE_ID}"
_DELIVERED: dict[str, Any] = {
    "exhibit": 2,
    "shared": None,
    "href": f"{_HREF}/exhibits/2/file",
    "name": "签收单.pdf",
    "media_type": "application/pdf",
    "size": 182044,
    "taken": True,
    "why": None,
}
_TEXT: dict[str, Any] = {
    "exhibit": None,
    "shared": None,
    "href": f"{_HREF}/defence/correspondence.txt",
    "name": "correspondence.txt",
    "media_type": "text/plain",
    "size": 3120,
    "taken": False,
    "why": "media_type",
}
_LEFT_OUT = [{"what": "exhibit 1", "why": "of_the_buyer", "signs": None}]
_ORDER = "Order O-5531. Paid: 5800 JPY on 2026-10-02. Claimed: 5800 JPY. Shipped with DHL, tracking number JD01."
_COMMON: dict[str, Any] = {"payment_reference": "pi_3PqXyz", "left_out": _LEFT_OUT}


class Package(Defence):
    payment_reference: Annotated[
        str | None, Field(description="The marketplace's name of the payment, by which to find it at the provider.")
    ] = None


class StripePackage(Package, StripeDefence):
    """For Stripe: `POST /v1/disputes/{id}` there takes `evidence`, with the ids of your uploads in the fields of `files`."""

    model_config = example(
        {
            **_COMMON,
            "provider": "stripe",
            "reason": "product_not_received",
            "evidence": {
                "customer_name": "Giulia Bianchi",
                "product_description": "1 × Vaso, 5800 JPY",
                "shipping_carrier": "DHL",
                "shipping_tracking_number": "JD01",
                "refund_refusal_explanation": "包裹已签收。",
                "duplicate_charge_explanation": None,
                "uncategorized_text": _ORDER,
            },
            "files": [
                {"field": "shipping_documentation", **_DELIVERED},
                {"field": "customer_communication", **_TEXT},
            ],
            "missing": [
                {"field": "customer_communication"},
                {"field": "shipping_address"},
                {"field": "shipping_date"},
            ],
        }
    )


class AdyenPackage(Package, AdyenDefence):
    """For Adyen: `supplyDefenseDocument` takes `defenseDocuments`, then `defendDispute` takes `defenseReasonCode`."""

    model_config = example(
        {
            **_COMMON,
            "provider": "adyen",
            "reason": "GoodsOrServicesProvided",
            "defenseReasonCode": "GoodsOrServicesProvided",
            "defenseDocuments": [
                {
                    "defenseDocumentTypeCode": "ProofOfGoodsOrServicesProvided",
                    "contentType": "application/pdf",
                    "href": _DELIVERED["href"],
                }
            ],
            "files": [
                {"field": "ProofOfGoodsOrServicesProvided", **_DELIVERED},
                {"field": "DefenseMaterial", **_TEXT},
            ],
            "missing": [],
        }
    )


class PayPalPackage(Package, PayPalDefence):
    """For PayPal: `provide-evidence` takes `evidences`, and each file under its `name`."""

    model_config = example(
        {
            **_COMMON,
            "provider": "paypal",
            "reason": "MERCHANDISE_OR_SERVICE_NOT_RECEIVED",
            "evidences": [
                {
                    "evidence_type": "PROOF_OF_FULFILLMENT",
                    "evidence_info": {
                        "tracking_info": [
                            {"carrier_name": "DHL", "carrier_name_other": None, "tracking_number": "JD01"}
                        ]
                    },
                    "documents": [{"name": "exhibit-2.pdf", "href": _DELIVERED["href"]}],
                    "notes": None,
                },
                {"evidence_type": "OTHER", "evidence_info": None, "documents": [], "notes": _ORDER},
            ],
            "files": [{"field": "PROOF_OF_FULFILLMENT", **_DELIVERED}, {"field": "OTHER", **_TEXT}],
            "missing": [],
        }
    )
