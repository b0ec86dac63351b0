"""The keyed hash behind derived ids and look-ups."""

from itertools import product
from typing import Protocol
from unicodedata import normalize
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC


class Derives(Protocol):
    """Derives ids from the names that people and backends give."""

    def uuid(self, *parts: str) -> UUID: ...


class Blind:
    """A keyed hash (HMAC-SHA256) over length-prefixed parts.

    With a plain hash, anybody could test whether an order, for example, is in the log.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 32:
            raise ValueError("the secret of a keyed hash has at least 32 bytes")
        self._keyed = HMAC(secret, SHA256())

    def digest(self, *parts: bytes | str) -> bytes:
        """32 bytes."""
        encoded = [part.encode() if isinstance(part, str) else part for part in parts]
        hashed = self._keyed.copy()
        hashed.update(b"".join([len(part).to_bytes(8, "big") + part for part in encoded]))
        return hashed.finalize()

    def uuid(self, *parts: str) -> UUID:
        """The id derived from the NFC forms of the parts: two spellings of the same text give the same id."""
        return self.exactly(*[part if part.isascii() else normalize("NFC", part) for part in parts])

    def spellings(self, *parts: str) -> tuple[UUID, ...]:
        """`uuid`, and after it the ids that earlier versions derived from each part as it was sent, and from its NFD
        form. One id if all parts are ASCII."""
        written = [
            (part,) if part.isascii() else dict.fromkeys((normalize("NFC", part), part, normalize("NFD", part)))
            for part in parts
        ]
        return tuple(self.exactly(*spelt) for spelt in product(*written))

    def exactly(self, *parts: str) -> UUID:
        """The first 128 bits as a UUID of version 8 (RFC 9562 leaves these bits to the application)."""
        bits = bytearray(self.digest(*parts)[:16])
        bits[6] = bits[6] & 0x0F | 0x80
        bits[8] = bits[8] & 0x3F | 0x80
        return UUID(bytes=bytes(bits))
