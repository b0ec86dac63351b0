"""The package for a payment provider."""

from typing import Annotated, Any, TypeAlias

from pydantic import Field

from api.http.bodies import example
from api.http.parts import DISPUTE_ID
from api.http.relative import date_ahead
from domain.payments.defence import Defence
from domain.payments.provider_disputes import Provider
from mediation.gateways.adyen.defence import AdyenEvidence
from mediation.gateways.paypal.defence import PayPalEvidences
from mediation.gateways.stripe.defence import StripeEvidence

_HREF = f"/v1/disputes/{DISPUTE_ID}"
_DELIVERED: dict[str, Any] = {
    "field": "shipping_documentation",
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
    "field": "customer_communication",
    "exhibit": None,
    "shared": None,
    "href": f"{_HREF}/defence/correspondence.txt",
    "name": "correspondence.txt",
    "media_type": "text/plain",
    "size": 3120,
    "taken": False,
    "why": "media_type",
}
_EXAMPLE: dict[str, Any] = {
    "provider": "stripe",
    "payment_reference": "pi_3PqXyz",
    "reason": "product_not_received",
    "evidence": {
        "customer_name": "Giulia Bianchi",
        "product_description": "1 × Vaso, 5800 JPY",
        "shipping_carrier": "DHL",
        "shipping_tracking_number": "JD01",
        "refund_refusal_explanation": "包裹已签收。",
        "duplicate_charge_explanation": None,
        "uncategorized_text": f"Order O-5531. Paid: 5800 JPY on {date_ahead(-20)}.",
    },
    "files": [_DELIVERED, _TEXT],
    "left_out": [{"what": "exhibit 1", "why": "of_the_buyer", "signs": None}],
    "missing": [{"field": name} for name in ("customer_communication", "shipping_address", "shipping_date")],
}

Evidence: TypeAlias = StripeEvidence | AdyenEvidence | PayPalEvidences


class DefenceOffered(Defence[Evidence]):
    """What can be sent to the payment provider. Nothing is sent by the engine."""

    model_config = example(_EXAMPLE)

    provider: Provider
    payment_reference: Annotated[
        str | None,
        Field(description="The marketplace's name of the payment, by which the provider knows it. Null for a neutral."),
    ]
