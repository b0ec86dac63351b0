"""Requests that file disputes: an order, its parties and the claim, as a marketplace's backend sends them."""

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

from api.schemas.filing import EXAMPLE

MARKETPLACE = "bazaar"
SELLERS = 200
_DIGITS = 9


def filing(number: int) -> dict[str, Any]:
    """Each about another order of another buyer; the sellers come back."""
    body: dict[str, Any] = deepcopy(EXAMPLE)
    now = datetime.now(UTC).replace(microsecond=0)
    order = body["transaction"]
    order["order_id"] = f"O-{number:0{_DIGITS}}"
    order["paid_at"] = (now - timedelta(days=20)).isoformat()
    order["latest_delivery_at"] = (now - timedelta(days=4)).isoformat()
    order["tracking"][0]["at"] = (now - timedelta(days=6)).isoformat()
    body["marketplace_reference"] = f"MP-{number:0{_DIGITS}}"
    body["buyer"]["id"] = f"b-{number:0{_DIGITS}}"
    body["seller"]["id"] = f"s-{number % SELLERS:0{_DIGITS}}"
    return body


class Requests:
    """The bytes of one request after another, made from a template: whoever sends them must not be what is measured."""

    def __init__(self, token: str, first: int) -> None:
        self._number = first
        body = json.dumps(filing(0), ensure_ascii=False).encode()
        zero = b"0" * _DIGITS
        for name in (b"O-", b"MP-", b"b-"):
            body = body.replace(name + zero, name + b"%(number)s")
        body = body.replace(b"s-" + zero, b"s-%(seller)s")
        length = len(body % {b"number": zero, b"seller": zero})
        head = (
            "POST /v1/disputes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {token}\r\nContent-Length: {length}\r\nIdempotency-Key: "
        )
        self._template = head.encode() + b"k-%(number)s\r\n\r\n" + body

    def next(self) -> bytes:
        number, self._number = self._number, self._number + 1
        numbers = {b"number": b"%0*d" % (_DIGITS, number), b"seller": b"%0*d" % (_DIGITS, number % SELLERS)}
        return self._template % numbers
