"""What all parts of a story share: names, times, and quoted texts."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime

from whenever import Instant as Exact

from domain.filing.standing_rules_facts import StandingRuleUsed
from domain.kernel.calendars import CountedBy
from domain.kernel.people import Text
from domain.kernel.places import TimeZone
from domain.kernel.windows import DeadlineProof

_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that would reverse the rest of the line."""


def plain(text: str) -> str:
    """The text on one line and harmless to a terminal: quoted texts may hold any character."""
    return " ".join("".join(" " if unicodedata.category(c) == "Cc" or c in _DIRECTIONS else c for c in text).split())


def moment(at: datetime, zone: TimeZone) -> str:
    """The local time in `zone`, to the second."""
    return f"{Exact(at).to_tz(zone).to_stdlib():%a %d %b %Y %H:%M:%S} {zone}"


OVER = {"lapsed": "not answered in time", "superseded": "replaced by another", "moot": "decided otherwise"}
THE = {
    who: f"the {who}"
    for who in (
        "buyer", "seller", "neutral", "supervisor", "administrator", "marketplace", "auditor", "engine", "carrier", "warehouse",
        "bank", "insurer",
    )
} | {"both": "both sides"}  # fmt: skip
_COUNTED: Mapping[CountedBy, str] = {
    "own_region": "holidays of the region",
    "policy_region": "policy names the region",
    "policy_national": "policy counts holidays of the whole country only",
    "most_people": "holidays where most people live",
    "national": "the same holidays in the whole country",
}


def reckoned(proof: DeadlineProof) -> str:
    """How a deadline was calculated."""
    window = f"{proof.window.amount} {worded(proof.window.unit)}"
    counted = f", {_COUNTED[proof.counted_by]}" if proof.counted_by else ""
    region = f" {proof.region}" if proof.region else ""
    return f"{window} by {proof.rule} (calendar {proof.calendar}{counted}{region}, tzdata {proof.tzdata})"


def says(text: Text | None) -> str:
    return f": “{plain(text.text)}” ({text.language})" if text else ""


def by_rule(used: StandingRuleUsed | None) -> str:
    """That a machine did it, if a standing rule of the seller did."""
    return f" by machine, under rule {used.rule} of version {used.version} of its standing rules" if used else ""


def worded(name: str) -> str:
    return name.replace("_", " ")
