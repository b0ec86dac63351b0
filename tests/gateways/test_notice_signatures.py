"""Who may say that a dispute was won or lost: signatures of Stripe, Adyen and PayPal, right and wrong."""

import base64
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from mediation.gateways.notices_chosen import FromAdyen, FromPayPal, FromStripe
from mediation.gateways.payments import UntrustedNotice
from tests import today
from tests.gateways.notices import (
    ADYEN_KEY,
    STRIPE_SECRET,
    WEBHOOK_ID,
    PayPal,
    adyen_item,
    adyen_post,
    from_stripe,
    paypal_event,
    stripe_event,
)

_NOW = today.now()


def test_stripe() -> None:
    """The secret that is being replaced is good too. A signature is good for five minutes, before and after."""
    stripe, body = FromStripe(secrets=(SecretStr("whsec_new"), SecretStr(STRIPE_SECRET))), stripe_event("created", 1)
    headers, _ = from_stripe(body, _NOW)
    stripe.check(headers, body, _NOW)
    stripe.check(*from_stripe(body, _NOW, "whsec_new"), _NOW)
    for at in (_NOW - timedelta(minutes=6), _NOW + timedelta(minutes=6)):
        with pytest.raises(UntrustedNotice, match="too old, or of the future"):
            stripe.check(headers, body, at)
    for forged in (from_stripe(body, _NOW, "whsec_another"), (headers, body + b" "), ({}, body)):
        with pytest.raises(UntrustedNotice):
            stripe.check(*forged, _NOW)


def test_adyen_signs_each_item() -> None:
    """The signature is the one of Adyen's own documentation. One item without a right signature spoils the post."""
    adyen = FromAdyen(hmac_keys=(SecretStr(ADYEN_KEY),))
    adyen.check({}, adyen_post(adyen_item("CHARGEBACK"), adyen_item("CHARGEBACK_REVERSED")), _NOW)
    other = adyen_post(adyen_item("CHARGEBACK"), key="00" * 24)
    for body in (
        other,
        adyen_post(adyen_item("CHARGEBACK")).replace(b"1000", b"9000"),
        adyen_post(adyen_item("CHARGEBACK"))[:-2] + b", " + other[other.index(b"[") + 1 :],
        adyen_post(),
        b"[]",
        b"\xff",
        b'{"notificationItems": [{"NotificationRequestItem": {"eventCode": "CHARGEBACK"}}]}',
    ):
        with pytest.raises(UntrustedNotice):
            adyen.check({}, body, _NOW)


def test_adyen_may_have_to_sign_in_too() -> None:
    adyen = FromAdyen(hmac_keys=(SecretStr(ADYEN_KEY),), user="adyen", password=SecretStr("geheim"))
    body = adyen_post(adyen_item("CHARGEBACK"))
    adyen.check({"authorization": "Basic " + base64.b64encode(b"adyen:geheim").decode()}, body, _NOW)
    for header in ({}, {"authorization": "Basic " + base64.b64encode(b"adyen:x").decode()}):
        with pytest.raises(UntrustedNotice, match="password"):
            adyen.check(header, body, _NOW)


def test_paypal_is_known_by_the_certificates_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "another").mkdir()
    ours, another = PayPal(tmp_path), PayPal(tmp_path / "another")
    paypal = FromPayPal(webhook_id=WEBHOOK_ID, certificates=ours.file)
    body = paypal_event("CREATED", "2021-01-01T00:00:00Z", "OPEN")
    headers, _ = ours.post(body)
    paypal.check(headers, body, _NOW)
    for forged, of in (
        (another.post(body)[0], body),
        (ours.post(body, "another webhook")[0], body),
        (headers, body + b" "),
        ({**headers, "paypal-auth-algo": "none"}, body),
        ({**headers, "paypal-transmission-sig": "%"}, body),
        ({}, body),
    ):
        with pytest.raises(UntrustedNotice):
            paypal.check(forged, of, _NOW)
    with pytest.raises(UntrustedNotice, match="certificate"):
        paypal.check(headers, body, _NOW + timedelta(days=31))  # the certificate has expired
    foreign = FromPayPal(webhook_id=WEBHOOK_ID, certificates=ours.file, certificate_name="certs.example.com")
    with pytest.raises(UntrustedNotice, match="certificate"):
        foreign.check(headers, body, _NOW)


def test_a_chain_to_another_root_is_not_believed(tmp_path: Path) -> None:
    """The leaf of one chain and the root of another: the file names both, and they do not belong together."""
    (tmp_path / "another").mkdir()
    ours, another = PayPal(tmp_path), PayPal(tmp_path / "another")
    end = b"-----END CERTIFICATE-----\n"
    leaf, root = ours.file.read_bytes().split(end)[0] + end, another.file.read_bytes().split(end)[2] + end
    ours.file.write_bytes(leaf + root)
    paypal = FromPayPal(webhook_id=WEBHOOK_ID, certificates=ours.file)
    body = paypal_event("CREATED", "2021-01-01T00:00:00Z", "OPEN")
    with pytest.raises(UntrustedNotice, match="certificate"):
        paypal.check(*ours.post(body), _NOW)
    ours.file.write_bytes(leaf)
    for file in (ours.file, tmp_path / "missing.pem"):
        with pytest.raises(ValidationError):
            FromPayPal(webhook_id=WEBHOOK_ID, certificates=file)
