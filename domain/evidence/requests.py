"""Evidence that the neutral asks a side to show. That side bears the burden: its silence allows an adverse inference.

The inference is recorded when the window lapses. The ruling must address it: draw it, or say why not.
"""

from collections.abc import Sequence

from domain.clocks import deadlines, names
from domain.clocks.deadline_facts import DeadlineEvent
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.evidence.request_facts import AdverseInferenceRecorded, EvidenceRequested, EvidenceRequestEvent
from domain.kernel.base import Event, OnDispute, Role
from domain.kernel.people import Side, Words
from domain.kernel.refusals import Conflict, DisputeIsClosed, Forbidden, Malformed, NotYourMove
from domain.neutral.escalation import check_is_neutral
from domain.policy.policy import Policy

# --- types ---

MAX_REQUESTS = 50


class RequestEvidence(OnDispute, recorded_as=EvidenceRequested, given_by=Role.NEUTRAL):
    of: Side
    fact: Words


EvidenceRequestCommand = RequestEvidence


class NotAskedOfYou(Forbidden):
    """You are not the side that this evidence request asks.

    Why: A request for evidence binds the side that it names: only its answer ends the time to answer.

    What to do: Add the exhibit without `answers_request`. It is then evidence of your own.

    Example: {"of": "seller", "role": "buyer"}
    """


class TooManyEvidenceRequests(Conflict):
    """The dispute already has `limit` evidence requests.

    Why: Each request gives a side a window to answer, and the ruling waits for it. The limit keeps a dispute from being
    delayed without end.

    What to do: Rule on the evidence that there is, or say in one message what is still missing.

    Example: {"limit": 50}
    """


class UnknownInference(Malformed):
    """`addresses_inferences` names an adverse inference that is not on record.

    Why: A ruling can only address an adverse inference that was recorded when evidence did not come in time.

    What to do: Name only numbers of evidence requests whose time lapsed without an answer. The case file shows them in
    `evidence_requests`.

    Example: {"unknown": [2]}
    """

    pointer = "/addresses_inferences"


class InferenceNotAddressed(Malformed):
    """`addresses_inferences` leaves out an adverse inference that is on record.

    Why: When a side does not show what it was asked for, that is on record and allows a conclusion against it. The
    ruling says whether it draws it, so that both sides know.

    What to do: Add the numbers in `missing` to `addresses_inferences`, and say in the `reasons` what you conclude, or
    why you conclude nothing.

    Example: {"missing": [1]}
    """

    pointer = "/addresses_inferences"


# --- decisions ---


def decide(basis: Basis, command: EvidenceRequestCommand) -> Sequence[Event]:
    return request(basis.dispute, basis.policy, command)


def request(dispute: Dispute, policy: Policy, command: RequestEvidence) -> list[EvidenceRequestEvent | DeadlineEvent]:
    check_is_neutral(dispute, command.actor)
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if not may_request(dispute):
        raise NotYourMove(stage=dispute.stage.value)
    number = len(dispute.evidence_requests.made) + 1
    if number > MAX_REQUESTS:
        raise TooManyEvidenceRequests(limit=MAX_REQUESTS)
    asked = EvidenceRequested(number=number, of=command.of, fact=dispute.text(command.fact, command.actor))
    until = deadlines.for_party(names.Evidence(number), policy, "evidence", dispute.party(command.of), command.now)
    return [asked, until]


def may_request(dispute: Dispute) -> bool:
    """Whether the neutral may ask for evidence: while evidence is taken and no ruling has been issued."""
    return dispute.to_be_ruled and dispute.adjudication.due


def unanswered(dispute: Dispute, number: int) -> AdverseInferenceRecorded:
    """The adverse inference that follows from silence."""
    return AdverseInferenceRecorded(number=number, against=dispute.evidence_requests.get(number).of)


def check_is_asked(dispute: Dispute, role: Role, number: int | None) -> None:
    """Raises UnknownEvidenceRequest, NotAskedOfYou."""
    if number is not None and (asked := dispute.evidence_requests.get(number)).of.value != role.value:
        raise NotAskedOfYou(of=asked.of.value, role=role.value)


def check_addressed(dispute: Dispute, addressed: tuple[int, ...]) -> None:
    """Raises UnknownInference, InferenceNotAddressed."""
    inferred = dispute.evidence_requests.inferred
    if unknown := sorted(set(addressed) - inferred):
        raise UnknownInference(unknown=unknown)
    if missing := sorted(inferred - set(addressed)):
        raise InferenceNotAddressed(missing=missing)
