"""The address to which a party answers a mail: `reply+<token>@<domain>`. The token says dispute and party, and is signed.

Whoever reads it in a mail that arrives knows to which dispute the mail belongs, and whose answer it can be. Nobody can make one
for another dispute. The token has only small letters and digits: mail programs may change the case of an address.
"""

import hmac
from base64 import b32decode, b32encode
from binascii import Error
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from domain.kernel.people import Side

_PREFIX = "reply+"
_MAC = 10
"""Bytes. A guess is right once in 2**80."""

_SIDES = {Side.BUYER: b"\x00", Side.SELLER: b"\x01"}


class AnswerOf(NamedTuple):
    """To which dispute a mail to a reply address belongs, and to whom the address was given."""

    dispute_id: UUID
    side: Side


class ReplyAddresses:
    """`key` is secret, and the same in every worker and for ever: an answer may come after years."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def make(self, dispute_id: UUID, side: Side, domain: str) -> str:
        said = dispute_id.bytes + _SIDES[side]
        token = b32encode(said + self._mac(said)).decode().rstrip("=").lower()
        return f"{_PREFIX}{token}@{domain}"

    def read(self, address: str) -> AnswerOf | None:
        """None if it is no reply address of this engine. Its domain is not compared: a server may forward."""
        local = address.rpartition("@")[0].lower()
        if not local.startswith(_PREFIX):
            return None
        token = local.removeprefix(_PREFIX).upper()
        try:
            known = b32decode(token + "=" * (-len(token) % 8))
        except (Error, ValueError):
            return None
        said, mac = known[:-_MAC], known[-_MAC:]
        side = next((side for side, mark in _SIDES.items() if said[16:] == mark), None)
        if side is None or not hmac.compare_digest(mac, self._mac(said)):
            return None
        return AnswerOf(UUID(bytes=said[:16]), side)

    def _mac(self, said: bytes) -> bytes:
        return hmac.digest(self._key, b"reply address" + said, sha256)[:_MAC]
