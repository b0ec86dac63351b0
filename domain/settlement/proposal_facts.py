"""Facts about the neutral's proposals: made, accepted, refused, lapsed."""

from typing import Literal, assert_never

from domain.kernel.base import Event
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.people import Side, Text
from domain.kernel.refusals import Unknown
from domain.remedies.division_facts import Division

# --- types ---


class ProposalMade(Event, kind="ProposalMade", stream="dispute", told_to=Audience.ALL):
    schema_version = 3

    number: Told[int]
    terms: Told[Division]
    reasons: Told[Text]


class ProposalAccepted(Event, kind="ProposalAccepted", stream="dispute", told_to=Audience.ALL):
    number: Told[int]
    by: Told[Side]


class ProposalRefused(Event, kind="ProposalRefused", stream="dispute", told_to=Audience.ALL):
    number: Told[int]
    by: Told[Side]
    message: Told[Text | None] = None


class ProposalLapsed(Event, kind="ProposalLapsed", stream="dispute", told_to=Audience.ALL, consequence=True):
    """The proposal was not answered in time, or became moot.

    It is moot once its neutral is gone, the dispute is decided, or a conceded part leaves less to divide.
    """

    number: Told[int]
    why: Told[Literal["lapsed", "moot"]]


class ImpasseDeclared(Event, kind="ImpasseDeclared", stream="dispute", told_to=Audience.ALL):
    """The neutral sees no chance of an agreement, and will rule."""

    reasons: Told[Text | None] = None


ProposalEvent = ProposalMade | ProposalAccepted | ProposalRefused | ProposalLapsed | ImpasseDeclared


class UnknownProposal(Unknown):
    """There is no proposal with this number in this dispute.

    Why: Proposals are numbered in each dispute from 1.

    What to do: Take the number from `proposals` of the case file.

    Example: {"number": 2}
    """


# --- state ---


@frozen
class Proposal:
    number: int
    terms: Division
    accepted_by: frozenset[Side] = frozenset()
    status: Literal["open", "accepted", "refused", "lapsed"] = "open"


@frozen
class Proposals:
    """`impasse` is set when mediation has failed and the neutral must rule."""

    made: tuple[Proposal, ...] = ()
    impasse: bool = False

    def get(self, number: int) -> Proposal:
        """Raises UnknownProposal."""
        if not 1 <= number <= len(self.made):
            raise UnknownProposal(number=number)
        return self.made[number - 1]

    @property
    def open(self) -> Proposal | None:
        return self.made[-1] if self.made and self.made[-1].status == "open" else None


# --- evolve ---


def evolve(proposals: Proposals, event: ProposalEvent) -> Proposals:
    match event:
        case ProposalMade(number=number, terms=terms):
            return replace(proposals, made=(*proposals.made, Proposal(number, terms)))
        case ProposalAccepted(number=number, by=by):
            last = proposals.made[number - 1]
            both = last.accepted_by | {by}
            return _change(proposals, replace(last, accepted_by=both, status="accepted" if len(both) == 2 else "open"))
        case ProposalRefused(number=number):
            refused = replace(proposals.made[number - 1], status="refused")
            return replace(_change(proposals, refused), impasse=True)
        case ProposalLapsed(number=number, why=why):
            lapsed = _change(proposals, replace(proposals.made[number - 1], status="lapsed"))
            return replace(lapsed, impasse=proposals.impasse or why == "lapsed")
        case ImpasseDeclared():
            return replace(proposals, impasse=True)
        case _:
            assert_never(event)


def _change(proposals: Proposals, changed: Proposal) -> Proposals:
    made = tuple(changed if p.number == changed.number else p for p in proposals.made)
    return replace(proposals, made=made)
