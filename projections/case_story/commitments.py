"""What is owed, by whom and until when."""

from typing import Annotated, Literal, TypeAlias, assert_never
from uuid import UUID

from pydantic import ConfigDict, Field

from domain.commitments.events import (
    CommitmentBreached,
    CommitmentClass,
    CommitmentDeferred,
    CommitmentDischarged,
    CommitmentEvent,
    CommitmentKept,
    CommitmentKind,
    CommitmentMade,
    CommitmentPassed,
    CommitmentReplaced,
    CommitmentWaived,
    KeptBy,
    Matter,
    Participant,
)
from domain.kernel.base import Instant
from domain.kernel.money import Money
from domain.kernel.windows import DeadlineProof
from domain.payments.execution_facts import (
    RefundReturned,
    RefundStalled,
    RefundUnderway,
)
from mediation.store.log.recorded import Recorded
from projections.case_story.items import changed, instant, item
from projections.case_story.parts import Part, Said
from projections.table import Doc

CommitmentStatus: TypeAlias = Literal["pending", "overdue", "kept", "kept_late", "waived", "replaced", "discharged"]


class Commitment(Part):
    """Who owes what to whom, by when, and how it ended. An overdue commitment stays overdue until an act ends it."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    id: UUID
    number: int
    commitment_class: Annotated[CommitmentClass, Field(alias="class", description="A `remedy` keeps the dispute open.")]
    kind: CommitmentKind
    owed_by: Participant
    owed_to: Participant
    neutral: Annotated[UUID | None, Field(description="Which neutral owes it, if a neutral does.")] = None
    amount: Money | None
    due_at: Instant
    proof: Annotated[DeadlineProof | None, Field(description="How `due_at` was calculated, if a rule set it.")]
    arises_from: str
    because_of: Annotated[UUID | None, Field(description="The broken commitment from which this one follows.")]
    message: Annotated[int | None, Field(description="The number of the message that made it.")]
    about: Annotated[Matter | None, Field(description="The thing that it is about, if that was stated.")] = None
    note: Said | None
    status: CommitmentStatus
    by: Annotated[str | None, Field(description="The role of the person who ended it.")]
    end_note: Said | None
    replaced_by: UUID | None
    refund_id: Annotated[UUID | None, Field(description="The refund that carries it out.")]
    kept_by: Annotated[
        KeptBy | None, Field(description="The act that kept it. None if somebody only reported that it was kept.")
    ]


class CommitmentOfDispute(Commitment):
    made_at: Instant
    ended_at: Instant | None


OnMoney = RefundUnderway | RefundStalled | RefundReturned
"""What the dispute learns of a refund that moves, stops or comes back."""


def owed(doc: Doc, event: CommitmentEvent | OnMoney, recorded: Recorded) -> Doc:
    return {**_owed(doc, event, recorded), **_of_request(doc, event, recorded)}


def _owed(doc: Doc, event: CommitmentEvent | OnMoney, recorded: Recorded) -> Doc:
    if isinstance(event, CommitmentMade):
        return {"commitments": [*doc["commitments"], _promised(event, recorded)]}
    at = instant(recorded.occurred_at)
    match event:
        case CommitmentDeferred():
            changes: Doc = {"due_at": instant(event.due_at)}
        case CommitmentBreached():
            changes = {"status": "overdue"}
        case CommitmentKept():
            status = "kept_late" if event.late else "kept"
            told = item(event)
            shown = {"by": event.by.value, "end_note": told["note"], "kept_by": told["kept_by"]}
            changes = {"status": status, **shown, "ended_at": at}
        case CommitmentWaived():
            changes = {"status": "waived", "by": event.by.value, "end_note": item(event)["note"], "ended_at": at}
        case CommitmentReplaced(replaced_by=successor):
            replaced = {"status": "replaced", "replaced_by": str(successor)}
            changes = {**replaced, "by": event.by.value, "ended_at": at}
        case CommitmentPassed():
            changes = {"owed_by": event.owed_by.value, "subject": item(event)["subject"]}
        case CommitmentDischarged():
            changes = {"status": "discharged", "ended_at": at}
        case RefundUnderway():
            changes = {"refund_id": str(event.refund_id)}
        case RefundStalled() | RefundReturned():
            changes = {}  # the refund itself shows what became of the money
        case _:
            assert_never(event)
    return {"commitments": changed(doc["commitments"], "id", str(event.commitment_id), **changes)}


def _of_request(doc: Doc, event: CommitmentEvent | OnMoney, recorded: Recorded) -> Doc:
    """Until when the answer to a request of a party is owed, and that none came, is told by its commitment."""
    requests, owed = doc["party_requests"], str(event.commitment_id)
    if not any(one["commitment_id"] == owed for one in requests):
        return {}
    match event:
        case CommitmentMade():
            changes: Doc = {"due_at": instant(event.promise.due_at)}
        case CommitmentDeferred():
            changes = {"due_at": instant(event.due_at)}
        case CommitmentBreached():
            changes = {"status": "unanswered"}
        case CommitmentDischarged(reason=reason) if reason != "request_withdrawn":
            changes = {"status": "over", "ended_at": instant(recorded.occurred_at)}
        case _:
            return {}
    return {"party_requests": changed(requests, "commitment_id", owed, **changes)}


def _promised(event: CommitmentMade, recorded: Recorded) -> Doc:
    return {
        "id": str(event.commitment_id),
        "number": event.number,
        "class": event.commitment_class.value,
        **event.promise.model_dump(mode="json", exclude={"owed_from"}),
        "arises_from": event.arises_from.value,
        "because_of": str(event.because_of) if event.because_of else None,
        "message": event.message,
        "status": "pending",
        "made_at": instant(recorded.occurred_at),
        **dict.fromkeys(("refund_id", "replaced_by", "by", "end_note", "kept_by", "ended_at")),
    }
