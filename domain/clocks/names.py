"""The names of deadlines. A name is a string: the word of its kind, then its number and side.

Events, the case file and requests hold the string; `named` turns it into the value. To add a deadline, add its name
here and what its end means in `domain.clocks.ends`. `domain.clocks.stay` says which deadlines can be extended.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Self, TypeAlias

from domain.kernel.people import Side

# --- types ---


class _Name(str):
    """`about` is the word of its kind. The reminders of a policy use it too."""

    about: ClassVar[str]

    def __new__(cls, *parts: object) -> Self:
        return super().__new__(cls, "-".join((cls.about, *map(str, parts))))

    def __reduce__(self) -> tuple[object, ...]:
        return named, (str(self),)


@dataclass(frozen=True, eq=False, repr=False, init=False)
class Response(_Name):
    """The respondent's window to answer the claim, or to contest what the fast lane granted."""

    about = "response"


@dataclass(frozen=True, eq=False, repr=False, init=False)
class Negotiation(_Name):
    """Both sides' window to settle before a neutral is called."""

    about = "negotiation"


@dataclass(frozen=True, eq=False, repr=False)
class OfferReply(_Name):
    """The other side's window to answer this offer."""

    about = "offer"
    number: int


@dataclass(frozen=True, eq=False, repr=False)
class ProposalReply(_Name):
    """This side's window to answer this proposal."""

    about = "proposal"
    number: int
    side: Side


@dataclass(frozen=True, eq=False, repr=False)
class Evidence(_Name):
    """A side's window to show what this request for evidence asks for."""

    about = "evidence"
    number: int


@dataclass(frozen=True, eq=False, repr=False, init=False)
class SetAside(_Name):
    """The respondent's window to ask that a default be set aside."""

    about = "set_aside"


@dataclass(frozen=True, eq=False, repr=False, init=False)
class Stay(_Name):
    """The instant at which an ordered stay ends by itself."""

    about = "stay"


@dataclass(frozen=True, eq=False, repr=False, init=False)
class Ruling(_Name):
    """The neutral's window to rule."""

    about = "ruling"


@dataclass(frozen=True, eq=False, repr=False)
class Appeal(_Name):
    """This side's window to appeal this ruling."""

    about = "appeal"
    number: int
    side: Side


@dataclass(frozen=True, eq=False, repr=False)
class Answers(_Name):
    """This side's window to answer the key questions. It is quiet: its end is no event."""

    about = "answers"
    side: Side


Running: TypeAlias = Response | Negotiation | OfferReply | ProposalReply | Evidence | SetAside | Stay | Ruling | Appeal
"""These are set by an event of their own, and their end is an event too."""

DeadlineName: TypeAlias = Running | Answers


# --- spelling ---


@lru_cache(maxsize=4096)
def named(spelling: str) -> DeadlineName:
    """The name with this spelling. Raises ValueError if there is none."""
    match spelling.split("-"):
        case ["response"]:
            return Response()
        case ["negotiation"]:
            return Negotiation()
        case ["offer", number]:
            return OfferReply(int(number))
        case ["proposal", number, side]:
            return ProposalReply(int(number), Side(side))
        case ["evidence", number]:
            return Evidence(int(number))
        case ["set_aside"]:
            return SetAside()
        case ["stay"]:
            return Stay()
        case ["ruling"]:
            return Ruling()
        case ["appeal", number, side]:
            return Appeal(int(number), Side(side))
        case ["answers", side]:
            return Answers(Side(side))
        case _:
            raise ValueError(f"no deadline is called {spelling!r}")
