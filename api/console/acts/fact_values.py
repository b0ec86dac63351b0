"""The values of a refusal's facts, as its reader would say them."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from api.console.shown import CONTEXT, Shown
from api.words import terms
from api.words.catalogue import Catalogue

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_MONEY = re.compile(r"(-?\d+(?:\.\d+)?) ([A-Z][A-Z0-9]{2,})")
_ENDS: Mapping[bool, str] = {True: "Yes", False: "No"}
_DEADLINES = frozenset({"deadline", "extendable", "name"})
_LANGUAGES = frozenset({"languages", "neutral_reads", "wanted"})
_KINDS: Mapping[str, Mapping[str, str]] = {
    kind: terms.KINDS[kind] for kind in ("roles", "stages", "outcomes", "commitments", "statuses", "reasons", "reliefs")
}


def said(name: str, value: Any, words: Catalogue, zone: ZoneInfo) -> str:
    """The value of the fact of this name. Instants are on the clock of `zone`."""
    if isinstance(value, list):
        return words.listed([said(name, one, words, zone) for one in value])
    if isinstance(value, bool):
        return words.say(CONTEXT, _ENDS[value])
    if not isinstance(value, str):
        return str(value)
    show = Shown(words, zone)
    if _INSTANT.match(value):
        return words.instant(datetime.fromisoformat(value), zone.key)
    if (money := _MONEY.fullmatch(value)) is not None:
        return show.plain_money({"amount": money[1], "currency": money[2]})
    if name in _LANGUAGES:
        return show.language(value)
    if name in _DEADLINES and (about := value.partition("-")[0]) in terms.DEADLINES:
        return show.term("deadlines", about)
    kind = next((kind for kind, known in _KINDS.items() if value in known), None)
    return show.term(kind, value) if kind else value


def fits_a_sentence(value: Any) -> bool:
    """Whether the value can stand where a sentence names its fact: a number or an instant can, in every language."""
    return (isinstance(value, int) and not isinstance(value, bool)) or bool(_INSTANT.match(str(value)))


def is_id(value: Any) -> bool:
    """Whether it is an id, or nothing but ids: these say nothing to a person."""
    if isinstance(value, list):
        return bool(value) and all(map(is_id, value))
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True
