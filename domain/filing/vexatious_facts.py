"""The fact that a claim was found vexatious."""

from dataclasses import dataclass

from domain.kernel.base import Event, Role
from domain.kernel.people import Text

# --- types ---


class ClaimFoundVexatious(Event, kind="ClaimFoundVexatious", stream="dispute"):
    """`ruling` is the number of the one that found it; None where the claim was refused as inadmissible."""

    by: Role
    reasons: Text
    ruling: int | None = None
    awaits_co_signature: bool = False


VexatiousEvent = ClaimFoundVexatious


# --- state ---


@dataclass(frozen=True, slots=True)
class Finding:
    ruling: int | None
