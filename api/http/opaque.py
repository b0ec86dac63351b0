"""Places in the log and in lists, sealed before they are sent: the plain number would show the volume of business."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from domain.kernel.refusals import Malformed
from mediation.store.keys.blind import Blind

_BLOCK = 32
"""All lengths are filled up to a multiple of so many bytes: the number of digits would show the volume too."""

Purpose = Literal["position", "cursor", "read_up_to", "sign_in", "sign_out", "left"]


class UnknownToken(Malformed):
    """`cursor` or `At-Least` is not a value that was given out for this list and this marketplace.

    Why: Cursors and positions are sealed for one list and one marketplace, so that nobody can read or forge them.

    What to do: Send the value back exactly as you received it, to the same list. To begin again, leave it out.
    """


class Opaque:
    """Seals deterministically (AES-SIV, RFC 5297): the same place always has the same name.

    A cursor is sealed for one list (`of`), how far somebody read for one dispute. Neither opens in another.
    """

    def __init__(self, blind: Blind) -> None:
        self._cipher = AESSIV(blind.digest("opaque", "mac") + blind.digest("opaque", "encryption"))

    def seal(self, purpose: Purpose, marketplace: str, plain: str, *, of: str | None = None) -> str:
        padded = plain.encode().ljust(-(-len(plain) // _BLOCK) * _BLOCK)
        sealed = self._cipher.encrypt(padded, _bound(purpose, marketplace, of))
        return urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open(self, purpose: Purpose, marketplace: str, sealed: str, *, of: str | None = None) -> str:
        """Raises UnknownToken."""
        try:
            raw = urlsafe_b64decode(sealed.encode() + b"=" * (-len(sealed) % 4))
            return self._cipher.decrypt(raw, _bound(purpose, marketplace, of)).decode().rstrip()
        except (ValueError, InvalidTag):
            raise UnknownToken from None


def _bound(*about: str | None) -> list[bytes]:
    """What the seal is bound to."""
    return [told.encode() for told in about if told is not None]
