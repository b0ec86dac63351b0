"""The signature under Stripe's notices: https://docs.stripe.com/webhooks/signature."""

from collections.abc import Mapping
from datetime import datetime

import stripe

from mediation.gateways.payments import UntrustedNotice

_TOLERANCE = stripe.Webhook.DEFAULT_TOLERANCE


def check(headers: Mapping[str, str], body: bytes, secret: str, at: datetime) -> None:
    """Raises UntrustedNotice, also if the notice was signed more than five minutes before `at`, or after it.

    Stripe's client takes a signature of the future. Such a notice could be sent again until its time has come and is over.
    """
    signature = headers.get("stripe-signature", "")
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret)
        signed_at = [
            int(value) for name, _, value in (one.partition("=") for one in signature.split(",")) if name == "t"
        ]
    except (ValueError, stripe.SignatureVerificationError) as error:
        raise UntrustedNotice(str(error)) from None
    if any(abs(at.timestamp() - second) > _TOLERANCE for second in signed_at):
        raise UntrustedNotice("the signature is too old, or of the future")
