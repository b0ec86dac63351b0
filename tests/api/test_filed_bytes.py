"""What a filing stores, to the byte: the bodies of its facts, sealed under known keys and known random numbers.

The file beside this one was written before filing was made cheaper: `python -m tests.api.test_filed_bytes` writes it again,
which is right only when a shape of an event changes.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest

from api.disputes.filing.filing_schemas import EXAMPLE, FileDispute
from api.http.bodies import Context
from api.http.relative import resolved
from domain import commands
from domain.decide import decide
from domain.dispute.case import EMPTY
from domain.kernel.base import Actor, Event, Role
from mediation.store.keys.blind import Blind
from mediation.store.keys.keys import DataKey
from mediation.store.keys.personal import spots
from mediation.store.log.codec import Codec, Draft

FILED = Path(__file__).with_name("filed.json")
NOW = datetime(2026, 11, 2, 10, 0, 0, 123456, tzinfo=UTC)
MARKETPLACE = "bazaar"
ARABIC = "وصلت المزهرية مكسورة.\n\tاللون مختلف: «أزرق» بدل أحمر."
CHINESE = '花瓶碎了，颜色也不对。"O-77" \\ \u2028 💔'

_VERSIONS = re.compile(rb'("tzdata":"|"calendar":"holidays )[0-9.a-z]+')
"""A deadline's proof names the packages that are installed."""


def _everything() -> dict[str, Any]:
    """Every field is filled, by a seller who seeks payment in a currency with three digits."""
    body: dict[str, Any] = resolved(EXAMPLE, NOW)
    money = {"amount": "41.751", "currency": "KWD"}
    part = {"amount": "1.000", "currency": "KWD"}
    lines = [
        {"id": "1", "title": CHINESE[:8], "quantity": 2, "amount": {"amount": "40.751", "currency": "KWD"}},
        {"id": "ligne-é", "title": "مزهرية", "quantity": 1, "amount": part},
    ]
    body["transaction"] |= {
        "paid": money,
        "paid_at": "2026-10-13T12:00:00+02:00",
        "delivered_at": "2026-10-29t09:12:00.1234567z",
        "lines": lines,
        "held": [{"by": "buyer", "amount": money}],
        "charges": [{"label": "运费", "amount": part}, {"label": "运费", "amount": part}],
    }
    body["seller"] |= {"region": None, "name": None, "email": None, "language": "zh-hans"}
    body["claim"] |= {
        "lines": ["ligne-é", "1", "ligne-é"],
        "amount": money,
        "relief_sought": "payment",
        "statement": {"text": CHINESE, "language": "zh-hant"},
    }
    body["claimant"] = "seller"
    body["claim"]["reason"] = "other"
    body["exhibits"] = [{"description": {"text": ARABIC, "language": "ar"}, "shows": None}]
    body["follows"] = None
    body["other_forum"] = None
    return body


def _answered() -> dict[str, Any]:
    body: dict[str, Any] = resolved(EXAMPLE, NOW)
    body["exhibits"] = [{"description": {"text": ARABIC, "language": "ar"}, "shows": "photos"}]
    body["answers"] = [{"question": "difference", "answer": {"text": CHINESE, "language": "zh"}}]
    body["buyer"]["region"] = "IT-BZ"
    return body


def _elsewhere() -> dict[str, Any]:
    """Not heard, because another forum deals with it."""
    body: dict[str, Any] = resolved(EXAMPLE, NOW)
    return body | {"other_forum": "chargeback"}


BODIES = {
    "the example": resolved(EXAMPLE, NOW),
    "everything": _everything(),
    "answered": _answered(),
    "elsewhere": _elsewhere(),
}


def _filed(body: dict[str, Any]) -> commands.AnyCommand:
    filing = FileDispute.model_validate(body)
    role = Role.BUYER if filing.claimant == "buyer" else Role.SELLER
    at = Context(MARKETPLACE, Actor(subject=UUID(int=7), role=role), NOW, Blind(bytes(32)))
    return filing.command(at, dispute_id=UUID(int=8))


def _events(body: dict[str, Any]) -> list[Event]:
    return [fact.event for fact in decide(EMPTY, _filed(body))]


def _stored(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for n, event in enumerate(_events(body), 1):
        draft = Draft.of(event)
        found = spots(event, event.model_dump(mode="json"))
        keys = {spot.subject: DataKey(UUID(int=n), spot.subject, bytes([n]) * 32) for spot in found}
        with patch("mediation.store.log.codec.secrets.token_bytes", lambda size: bytes(range(251))[:12] * (size // 12)):
            sealed = Codec.seal(
                Draft(event, draft.doc, draft.spots, keys), marketplace=MARKETPLACE, stream_id=UUID(int=9), version=n
            )
        plain = event.model_dump_json().encode()
        yield {"kind": event.kind, "plain": _bare(plain), "sealed": _bare(sealed)}


def _bare(body: bytes) -> str:
    return _VERSIONS.sub(rb"\1installed", body).decode()


@pytest.mark.parametrize("name", BODIES)
def test_the_stored_bytes_are_those_of_before(name: str) -> None:
    assert list(_stored(BODIES[name])) == json.loads(FILED.read_bytes())[name]


if __name__ == "__main__":
    FILED.write_text(
        json.dumps({name: list(_stored(body)) for name, body in BODIES.items()}, indent=1, ensure_ascii=False) + "\n"
    )
