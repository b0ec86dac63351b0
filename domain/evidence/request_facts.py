"""Facts about evidence that a neutral asked for: requested, answered, or an adverse inference recorded."""

from typing import Literal, assert_never

from domain.kernel.base import Event
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen, replace
from domain.kernel.people import Side, Text
from domain.kernel.refusals import Malformed

# --- types ---


class EvidenceRequested(Event, kind="EvidenceRequested", stream="dispute", told_to=Audience.ALL):
    """The neutral asked the side `of` to show a `fact`. That side bears the burden of proof."""

    number: Told[int]
    of: Told[Side]
    fact: Told[Text]


class AdverseInferenceRecorded(
    Event, kind="AdverseInferenceRecorded", stream="dispute", told_to=Audience.ALL, consequence=True
):
    """The side that was asked showed nothing in time. `number` is the number of the evidence request."""

    number: Told[int]
    against: Told[Side]


EvidenceRequestEvent = EvidenceRequested | AdverseInferenceRecorded


class UnknownEvidenceRequest(Malformed):
    """`answers_request` names an evidence request that does not exist.

    Why: Evidence requests are numbered in each dispute from 1. An exhibit that answers one must name a request that
    exists.

    What to do: Read `evidence_requests` of the case file, and send the number of one of them, or leave out
    `answers_request`.

    Example: {"number": 2}
    """

    pointer = "/answers_request"


# --- state ---


@frozen
class EvidenceRequest:
    number: int
    of: Side
    status: Literal["open", "answered", "inferred"] = "open"


@frozen
class EvidenceRequests:
    """The requests, in the order in which they were made."""

    made: tuple[EvidenceRequest, ...] = ()

    def get(self, number: int) -> EvidenceRequest:
        """Raises UnknownEvidenceRequest."""
        if not 1 <= number <= len(self.made):
            raise UnknownEvidenceRequest(number=number)
        return self.made[number - 1]

    @property
    def unanswered(self) -> tuple[EvidenceRequest, ...]:
        """The requests that are still open, or to which nothing was shown in time."""
        return tuple(request for request in self.made if request.status != "answered")

    @property
    def inferred(self) -> frozenset[int]:
        return frozenset(request.number for request in self.made if request.status == "inferred")


# --- evolve ---


def evolve(requests: EvidenceRequests, event: EvidenceRequestEvent) -> EvidenceRequests:
    match event:
        case EvidenceRequested(number=number, of=of):
            return EvidenceRequests((*requests.made, EvidenceRequest(number, of)))
        case AdverseInferenceRecorded(number=number):
            return _marked(requests, number, "inferred")
        case _:
            assert_never(event)


def answered(requests: EvidenceRequests, number: int | None) -> EvidenceRequests:
    """Marks a request as answered if it is open. An exhibit that comes later does not undo an adverse inference."""
    open_one = any(r.number == number and r.status == "open" for r in requests.made)
    return _marked(requests, number, "answered") if number is not None and open_one else requests


def _marked(
    requests: EvidenceRequests, number: int, status: Literal["open", "answered", "inferred"]
) -> EvidenceRequests:
    return EvidenceRequests(tuple(replace(r, status=status) if r.number == number else r for r in requests.made))
