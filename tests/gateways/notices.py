"""Notices of Stripe, Adyen and PayPal as they send them, rightly signed. Secrets and certificates are made here."""

import base64
import hmac
import json
import zlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from mediation.gateways.adyen.signature import sign
from tests import today

STRIPE_SECRET, ADYEN_KEY, WEBHOOK_ID = (
    "whsec_of_an_endpoint",
    "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C05755",
    "1JE4",
)
NAME = "messageverificationcerts.paypal.com"

Post = tuple[dict[str, str], bytes]


def stripe_event(kind: str, created: int, **dispute: Any) -> bytes:
    """The provider's own example of a dispute, with these changes."""
    about = {
        "object": "dispute",
        "id": "dp_1Pgc71B7WZ01zgkWMevJiAUx",
        "amount": 1000,
        "currency": "eur",
        "charge": "ch_1PgafuB7WZ01zgkWXYmPNZs8",
        "payment_intent": "pi_123",
        "created": created,
        "evidence_details": {"due_by": created + 86_400},
        "reason": "general",
        "status": "needs_response",
        **dispute,
    }
    return json.dumps({"type": f"charge.dispute.{kind}", "created": created, "data": {"object": about}}).encode()


def adyen_item(code: str, **more: Any) -> dict[str, Any]:
    return {
        "amount": {"currency": "EUR", "value": 1000},
        "eventCode": code,
        "eventDate": "2021-01-01T01:00:00+01:00",
        "merchantAccountCode": "YOUR_MERCHANT_ACCOUNT",
        "merchantReference": "YOUR_MERCHANT_REFERENCE",
        "originalReference": "pi_123",
        "pspReference": "QFQTPCQ8HXSKGK82",
        "success": "true",
        **more,
    }


def adyen_post(*items: dict[str, Any], key: str = ADYEN_KEY) -> bytes:
    signed = []
    for item in items:
        signature = sign(item, bytes.fromhex(key))
        signed.append({**item, "additionalData": {**item.get("additionalData", {}), "hmacSignature": signature}})
    wrapped = [{"NotificationRequestItem": item} for item in signed]
    return json.dumps({"live": "false", "notificationItems": wrapped}).encode()


def paypal_event(kind: str, updated: str, status: str, stage: str = "CHARGEBACK", **dispute: Any) -> bytes:
    about = {
        "dispute_id": "PP-D-27803",
        "create_time": "2021-01-01T00:00:00.000Z",
        "update_time": updated,
        "disputed_transactions": [{"seller_transaction_id": "pi_123"}],
        "reason": "MERCHANDISE_OR_SERVICE_NOT_RECEIVED",
        "status": status,
        "dispute_amount": {"currency_code": "EUR", "value": "10.00"},
        "dispute_life_cycle_stage": stage,
        **dispute,
    }
    return json.dumps({"event_type": f"CUSTOMER.DISPUTE.{kind}", "resource": about}).encode()


def from_stripe(body: bytes, at: datetime, secret: str = STRIPE_SECRET) -> Post:
    second = int(at.timestamp())
    signature = hmac.digest(secret.encode(), f"{second}.".encode() + body, "sha256").hex()
    return {"stripe-signature": f"t={second},v1={signature}"}, body


class PayPal:
    """A signing certificate below one between, below a root: all three are in the file that the operator gives."""

    def __init__(self, folder: Path, *, name: str = NAME, days: int = 30) -> None:
        root, between, self._key = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(3))
        end = today.now() + timedelta(days=days)
        top = _certificate("root", root, "root", root, end, ca=True)
        middle = _certificate("between", between, "root", root, end, ca=True)
        leaf = _certificate(name, self._key, "between", between, end, ca=False)
        self.file = folder / "paypal.pem"
        self.file.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in (leaf, middle, top)))

    def post(self, body: bytes, webhook_id: str = WEBHOOK_ID) -> Post:
        sent_at = "2026-11-01T10:00:00Z"
        message = f"69cd13f0-d67a|{sent_at}|{webhook_id}|{zlib.crc32(body)}".encode()
        signature = base64.b64encode(self._key.sign(message, PKCS1v15(), SHA256())).decode()
        return {
            "paypal-transmission-id": "69cd13f0-d67a",
            "paypal-transmission-time": sent_at,
            "paypal-transmission-sig": signature,
            "paypal-auth-algo": "SHA256withRSA",
            "paypal-cert-url": "https://api.paypal.com/v1/notifications/certs/CERT-360caa42",
        }, body


def _certificate(
    name: str, key: rsa.RSAPrivateKey, issuer: str, by: rsa.RSAPrivateKey, end: datetime, *, ca: bool
) -> x509.Certificate:
    def named(common: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])

    usage = dict.fromkeys(
        ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
         "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False)  # fmt: skip
    usage |= {"key_cert_sign": True, "crl_sign": True} if ca else {"digital_signature": True}
    made = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(end - timedelta(days=365))
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    if not ca:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return made.sign(by, SHA256())
