"""What the neutral asks a side to show. That side bears the burden: silence lets the neutral infer what it did not show.

The inference is recorded when the window lapses, and the ruling must address it: draw it, or say why not.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, assert_never
from uuid import UUID

from domain.clocks import deadlines
from domain.kernel.base import Command, Event, Role
from domain.kernel.people import Side, Text, Words
from domain.kernel.refusals import Conflict, DisputeIsClosed, Forbidden, Malformed, NotYourMove
from domain.neutral.escalation import check_is_neutral
from domain.policy.book import Policy

if TYPE_CHECKING:
    from domain.clocks.deadlines import DeadlineEvent
    from domain.dispute.state import Dispute

# --- types ---

MAX_REQUESTS = 50


class EvidenceRequested(Event, kind="EvidenceRequested", stream="dispute"):
    """`of` bears the burden of showing the `fact`."""

    number: int
    of: Side
    fact: Text


class AdverseInferenceRecorded(Event, kind="AdverseInferenceRecorded", stream="dispute"):
    """The side that was asked showed nothing in time. `number` is that of the request."""

    number: int
    against: Side


EvidenceRequestEvent = EvidenceRequested | AdverseInferenceRecorded


class RequestEvidence(Command):
    dispute_id: UUID
    of: Side
    fact: Words


class NotAskedOfYou(Forbidden):
    """Only the side that was asked answers an evidence request."""


class UnknownEvidenceRequest(Malformed):
    """There is no evidence request with this number."""

    pointer = "/answers_request"


class TooManyEvidenceRequests(Conflict):
    """As much evidence has been asked for in this dispute as may be."""


class UnknownInference(Malformed):
    """No adverse inference was recorded under this number."""

    pointer = "/addresses_inferences"


class InferenceNotAddressed(Malformed):
    """A ruling addresses every adverse inference on record: it draws it, or says why not."""

    pointer = "/addresses_inferences"


# --- state ---


@dataclass(frozen=True, slots=True)
class EvidenceRequest:
    number: int
    of: Side
    status: Literal["open", "answered", "inferred"] = "open"


@dataclass(frozen=True, slots=True)
class EvidenceRequests:
    """In the order in which they were made."""

    made: tuple[EvidenceRequest, ...] = ()

    def get(self, number: int) -> EvidenceRequest:
        """Raises UnknownEvidenceRequest."""
        if not 1 <= number <= len(self.made):
            raise UnknownEvidenceRequest(number=number)
        return self.made[number - 1]

    @property
    def unanswered(self) -> tuple[EvidenceRequest, ...]:
        """Those to which nothing was shown in time, or nothing yet."""
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
    """An exhibit that came in time answers it; one that came later takes no inference back."""
    open_one = any(r.number == number and r.status == "open" for r in requests.made)
    return _marked(requests, number, "answered") if number is not None and open_one else requests


def _marked(
    requests: EvidenceRequests, number: int, status: Literal["open", "answered", "inferred"]
) -> EvidenceRequests:
    return EvidenceRequests(tuple(replace(r, status=status) if r.number == number else r for r in requests.made))


# --- decisions ---


def request(
    dispute: "Dispute", policy: Policy, command: RequestEvidence
) -> "list[EvidenceRequestEvent | DeadlineEvent]":
    check_is_neutral(dispute, command.actor)
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if not may_request(dispute):
        raise NotYourMove(stage=dispute.stage.value)
    number = len(dispute.evidence_requests.made) + 1
    if number > MAX_REQUESTS:
        raise TooManyEvidenceRequests(limit=MAX_REQUESTS)
    side, window = command.of, policy.windows.evidence
    asked = EvidenceRequested(number=number, of=side, fact=dispute.text(command.fact, command.actor))
    party = dispute.party(side)
    until = deadlines.for_party(f"evidence-{number}", window, side, party, policy, "evidence", command.now)
    return [asked, until]


def may_request(dispute: "Dispute") -> bool:
    """By the neutral, while evidence is taken and the ruling has not been issued."""
    return dispute.to_be_ruled and dispute.adjudication.due


def unanswered(dispute: "Dispute", number: int) -> AdverseInferenceRecorded:
    """What silence means."""
    return AdverseInferenceRecorded(number=number, against=dispute.evidence_requests.get(number).of)


def check_is_asked(dispute: "Dispute", role: Role, number: int | None) -> None:
    """Raises UnknownEvidenceRequest, NotAskedOfYou."""
    if number is not None and (asked := dispute.evidence_requests.get(number)).of.value != role.value:
        raise NotAskedOfYou(of=asked.of.value, role=role.value)


def check_addressed(dispute: "Dispute", addressed: tuple[int, ...]) -> None:
    """Raises UnknownInference, InferenceNotAddressed."""
    inferred = dispute.evidence_requests.inferred
    if unknown := sorted(set(addressed) - inferred):
        raise UnknownInference(unknown=unknown)
    if missing := sorted(inferred - set(addressed)):
        raise InferenceNotAddressed(missing=missing)
