"""The signatures of Standard Webhooks 1.0: `v1` by the shared secret, and `v1a` by an Ed25519 key whose public half is told.

`standardwebhooks` signs `v1`. It knows no `v1a`, so that is made here. While a secret is being replaced, both sign.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from standardwebhooks import Webhook

_BYTES = 32


@dataclass(frozen=True, slots=True)
class Signer:
    """A shared secret, and the seed of an Ed25519 key."""

    secret: bytes
    seed: bytes

    @classmethod
    def new(cls) -> "Signer":
        return cls(secrets.token_bytes(_BYTES), secrets.token_bytes(_BYTES))

    @property
    def shown_secret(self) -> str:
        return f"whsec_{_text(self.secret)}"

    @property
    def public_key(self) -> str:
        return f"whpk_{_text(Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())}"

    def signatures(self, message_id: str, at: datetime, body: str) -> tuple[str, str]:
        signed = f"{message_id}.{int(at.timestamp())}.{body}".encode()
        asymmetric = Ed25519PrivateKey.from_private_bytes(self.seed).sign(signed)
        return Webhook(self.secret).sign(message_id, at, body), f"v1a,{_text(asymmetric)}"


@dataclass(frozen=True, slots=True)
class Signers:
    """`previous` signs too, until the instant that is kept beside the endpoint."""

    current: Signer
    previous: Signer | None = None

    def rotated(self) -> "Signers":
        return Signers(Signer.new(), self.current)

    def headers(self, message_id: str, at: datetime, body: str, *, both: bool) -> Mapping[str, str]:
        """`at` is by the machine's clock: receivers compare it with theirs."""
        signing = [self.current, *([self.previous] if both and self.previous else [])]
        made = [signature for one in signing for signature in one.signatures(message_id, at, body)]
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(made),
        }

    def packed(self) -> bytes:
        signing = [self.current, *([self.previous] if self.previous else [])]
        return json.dumps([[_text(one.secret), _text(one.seed)] for one in signing]).encode()

    @classmethod
    def unpacked(cls, packed: bytes) -> "Signers":
        return cls(*[Signer(base64.b64decode(secret), base64.b64decode(seed)) for secret, seed in json.loads(packed)])


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
