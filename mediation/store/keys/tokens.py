"""Sealed tokens: a token replaces a personal text wherever that text is stored.

In the log a token is `~sealed1~{path}~{sealed}`. Once read it also carries its origin, so that a view can keep the
string as it is, and the string alone is enough to open it:
`~sealed1~{stream}.{version}.{kind}.{schema}~{path}~{sealed}`. `sealed` is base64url of key id, nonce, ciphertext and
tag; everything else, and the marketplace, is bound to it.
"""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from mediation.store.keys.keys import DataKey

PREFIX = "~sealed1~"
ERASED = "[erased]"
"""What the text of an erased person reads as."""

_TOKEN = re.compile(rf"{PREFIX}(?P<origin>[0-9a-f]{{32}}\.\d+\.\w+\.\d+)~(?P<path>[\w.]+)~(?P<sealed>[\w-]+)", re.ASCII)
_KEY_ID = 16


@dataclass(frozen=True, slots=True)
class Token:
    """A parsed token. Parsing does not prove that it is genuine; opening it does."""

    origin: str
    path: str
    key_id: UUID
    sealed: bytes

    def open(self, key: DataKey, marketplace: str) -> str:
        """Raises `cryptography.exceptions.InvalidTag` for anything not sealed exactly so, in this marketplace."""
        return key.open(self.sealed, _bound_to(self.origin, self.path, key.id.hex, marketplace)).decode()


def parse(text: str) -> Token | None:
    """None if the text is no token; `ValueError` if it begins like one but is malformed."""
    if not text.startswith(PREFIX):
        return None
    match = _TOKEN.fullmatch(text)
    if match is None:
        raise ValueError("a malformed token")
    raw = base64.urlsafe_b64decode(match["sealed"] + "=" * (-len(match["sealed"]) % 4))
    return Token(match["origin"], match["path"], UUID(bytes=raw[:_KEY_ID]), raw[_KEY_ID:])


def origin(stream_id: UUID, version: int, kind: str, schema_version: int) -> str:
    return f"{stream_id.hex}.{version}.{kind}.{schema_version}"


def sealer(key: DataKey, *, origin: str, marketplace: str) -> Callable[[str, str, bytes], str]:
    """Makes the tokens of a person's texts in one event, as they stand in the log, from text, path and a fresh nonce."""
    seal, key_id, key_name = key.sealer(), key.id.bytes, key.id.hex

    def token(text: str, path: str, nonce: bytes) -> str:
        raw = key_id + seal(text.encode(), _bound_to(origin, path, key_name, marketplace), nonce)
        return f"{PREFIX}{path}~{base64.urlsafe_b64encode(raw).rstrip(b'=').decode()}"

    return token


def locate(body: bytes, origin: str) -> bytes:
    """Adds the origin to every token of a stored body. Only tokens have the prefix; the codec ensures that."""
    return body.replace(PREFIX.encode(), f"{PREFIX}{origin}~".encode())


def _bound_to(origin: str, path: str, key_name: str, marketplace: str) -> bytes:
    return f"{origin}~{path}~{key_name}~{marketplace}".encode()
