"""The signature under PayPal's notices: https://developer.paypal.com/api/rest/webhooks/rest/#link-messagesignature.

PayPal names an address from which its certificate can be fetched. The engine fetches nothing: the certificates are in a file
that the operator gives, each with its chain up to the root. Only what is in this file is believed.
"""

import base64
import zlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import BasicConstraints, Certificate, DNSName, ExtensionNotFound, load_pem_x509_certificates
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from mediation.gateways.payments import UntrustedNotice

_SIGNED = ("paypal-transmission-id", "paypal-transmission-time")


class Pinned:
    """The certificates in a file. `name` is the host that a signing certificate has to be for.

    Raises ValueError for a file without a signing certificate or without a root, and OSError.
    """

    def __init__(self, file: Path, name: str) -> None:
        found = load_pem_x509_certificates(file.read_bytes())
        roots = [one for one in found if one.issuer == one.subject]
        self._leaves = [one for one in found if not _signs_others(one)]
        self._between = [one for one in found if _signs_others(one) and one not in roots]
        if not roots or not self._leaves:
            raise ValueError("the file needs a signing certificate of PayPal, and its chain up to the root")
        self._store = Store(roots)
        self._name = DNSName(name)

    def check(self, headers: Mapping[str, str], body: bytes, webhook_id: str, at: datetime) -> None:
        """Raises UntrustedNotice."""
        if headers.get("paypal-auth-algo", "").lower() != "sha256withrsa":
            raise UntrustedNotice("the algorithm is not SHA256withRSA")
        named = [headers.get(name, "") for name in _SIGNED]
        message = "|".join([*named, webhook_id, str(zlib.crc32(body))]).encode()
        try:
            signature = base64.b64decode(headers.get("paypal-transmission-sig", ""), validate=True)
        except ValueError:
            raise UntrustedNotice("the signature is not base64") from None
        if not all(named) or not any(self._signed(one, signature, message, at) for one in self._leaves):
            raise UntrustedNotice("no certificate of the file has signed it")

    def _signed(self, leaf: Certificate, signature: bytes, message: bytes, at: datetime) -> bool:
        key = leaf.public_key()
        if not isinstance(key, RSAPublicKey):
            return False
        try:
            key.verify(signature, message, PKCS1v15(), SHA256())
            PolicyBuilder().store(self._store).time(at).build_server_verifier(self._name).verify(leaf, self._between)
        except (InvalidSignature, VerificationError):
            return False
        return True


def _signs_others(certificate: Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(BasicConstraints).value.ca
    except ExtensionNotFound:
        return False
