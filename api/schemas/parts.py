"""Parts that several answers share: texts, files, divisions, promises, movements of money, deadlines."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from api.schemas.base import Answer, Page, example
from domain.base import Instant
from domain.commitments import Bearer, CommitmentClass, CommitmentKind
from domain.money import Money
from domain.people import Side
from domain.places import LanguageTag, TimeZone
from domain.windows import DeadlineProof

EUR = {"amount": "60.00", "currency": "EUR"}
COMMITMENT_ID = "5f0c2f0e-52a6-5d1c-9d0a-3f1f3f6c2a11"
REFUND_ID = "c1d2f0e3-1a2b-5c3d-8e4f-5a6b7c8d9e0f"
DISPUTE_ID = "0197c2a4-7d1e-7c3a-9f42-2b1c6f0a9d11"


class Said(Answer):
    """A text as it was written, or "[erased]" where its author has been erased."""

    text: str
    language: LanguageTag


class Divided(Answer):
    """How what is in dispute is divided."""

    buyer: Money
    seller: Money


class StoredFile(Answer):
    """A file of evidence. Its type was judged by its content."""

    name: str
    media_type: str
    size: Annotated[int, Field(description="Bytes.")]
    sha256: str
    href: str


EXHIBIT: dict[str, Any] = {
    "number": 1,
    "by": "buyer",
    "description": {"text": "Foto del vaso appena aperto il pacco.", "language": "it"},
    "file": {
        "name": "vaso.jpg",
        "media_type": "image/jpeg",
        "size": 182044,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "href": f"/v1/disputes/{DISPUTE_ID}/exhibits/1/file",
    },
    "added_at": "2026-11-02T10:00:00Z",
    "withdrawn_at": None,
}


class Exhibit(Answer):
    """Numbered evidence. One that was withdrawn stays on the record."""

    model_config = example(EXHIBIT)

    number: int
    by: str
    description: Said
    file: StoredFile | None
    added_at: Instant
    withdrawn_at: Instant | None


class Exhibits(Answer):
    model_config = example({"items": [EXHIBIT]})

    items: list[Exhibit]


COMMITMENT: dict[str, Any] = {
    "id": COMMITMENT_ID,
    "number": 1,
    "class": "remedy",
    "kind": "refund",
    "owed_by": "seller",
    "owed_to": "buyer",
    "amount": EUR,
    "due_at": "2026-11-20T10:00:00Z",
    "proof": None,
    "arises_from": "settlement",
    "note": None,
    "status": "pending",
    "by": None,
    "end_note": None,
    "replaced_by": None,
    "refund_id": None,
}


class Commitment(Answer):
    """A promise: who owes what to whom, by when, and how it ended. Overdue ones stay until an act says how they ended."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    id: UUID
    number: int
    commitment_class: Annotated[CommitmentClass, Field(alias="class", description="A `remedy` keeps the dispute open.")]
    kind: CommitmentKind
    owed_by: Bearer
    owed_to: Bearer
    amount: Money | None
    due_at: Instant
    proof: Annotated[DeadlineProof | None, Field(description="How `due_at` was reckoned, where a rule set it.")]
    arises_from: str
    note: Said | None
    status: Literal["pending", "overdue", "kept", "kept_late", "waived", "replaced", "discharged"]
    by: Annotated[str | None, Field(description="In which role somebody ended it.")]
    end_note: Said | None
    replaced_by: UUID | None
    refund_id: Annotated[UUID | None, Field(description="The movement of money that carries it out.")]


class CommitmentOfDispute(Commitment):
    model_config = example({**COMMITMENT, "made_at": "2026-11-13T10:00:00Z", "ended_at": None})

    made_at: Instant
    ended_at: Instant | None


class CommitmentsOfDispute(Answer):
    model_config = example({"items": [{**COMMITMENT, "made_at": "2026-11-13T10:00:00Z", "ended_at": None}]})

    items: list[CommitmentOfDispute]


class CommitmentInList(Commitment):
    model_config = example({**COMMITMENT, "dispute_id": DISPUTE_ID, "since": "2026-11-13T10:00:00Z"})

    dispute_id: UUID
    since: Annotated[Instant, Field(description="Since when it stands as it does.")]


class Commitments(Page[CommitmentInList]):
    model_config = example(
        {"items": [{**COMMITMENT, "dispute_id": DISPUTE_ID, "since": "2026-11-13T10:00:00Z"}], "next": None}
    )


REFUND: dict[str, Any] = {
    "id": REFUND_ID,
    "commitment_id": COMMITMENT_ID,
    "amount": EUR,
    "recipient": "buyer",
    "funded_by": "seller",
    "status": "submitted",
    "reason": None,
    "provider_reference": None,
}


class Refund(Answer):
    """One movement of money. `funded_by` bears it."""

    id: UUID
    commitment_id: UUID
    amount: Money
    recipient: Side
    funded_by: Bearer
    status: Literal["instructed", "submitted", "confirmed", "failed", "cancelled"]
    reason: Annotated[str | None, Field(description="Why it failed.")]
    provider_reference: Annotated[
        str | None,
        Field(description="The payment provider's own name for it; not shown to the party who does not receive it."),
    ]


class RefundOfDispute(Refund):
    model_config = example({**REFUND, "instructed_at": "2026-11-13T10:00:01Z", "changed_at": "2026-11-13T10:00:01Z"})

    instructed_at: Instant
    changed_at: Instant


_LISTED: dict[str, Any] = {
    **REFUND,
    "dispute_id": DISPUTE_ID,
    "occurred_at": "2026-11-13T10:00:01Z",
    "recorded_at": "2026-11-13T10:00:01.003215Z",
}


class RefundInList(Refund):
    model_config = example(_LISTED)

    dispute_id: UUID
    occurred_at: Annotated[Instant, Field(description="When it came to stand as it does.")]
    recorded_at: Annotated[Instant, Field(description="When the engine learned of that.")]


class Refunds(Page[RefundInList]):
    model_config = example({"items": [_LISTED], "next": None})


class RefundStep(Answer):
    status: str
    reason: str | None
    occurred_at: Instant
    recorded_at: Instant


class RefundWithSteps(RefundInList):
    model_config = example(
        {**_LISTED, "steps": [{name: _LISTED[name] for name in ("status", "reason", "occurred_at", "recorded_at")}]}
    )

    steps: list[RefundStep]


class LocalTime(Answer):
    """An instant as somebody reads it on their wall."""

    time: Annotated[str, Field(description="ISO 8601, with the offset of the zone at that instant.")]
    time_zone: TimeZone


_DUE: dict[str, Any] = {
    "name": "response",
    "whose": "seller",
    "due_at": "2026-11-07T10:00:00Z",
    "local": {
        "buyer": {"time": "2026-11-07T11:00:00+01:00", "time_zone": "Europe/Rome"},
        "seller": {"time": "2026-11-07T18:00:00+08:00", "time_zone": "Asia/Shanghai"},
    },
    "proof": {
        "rule": "first-2026/response",
        "window": {"amount": 5, "unit": "calendar_days"},
        "starts_at": "2026-11-02T10:00:00Z",
        "calendar": "holidays 0.109 CN",
        "time_zone": "Asia/Shanghai",
        "tzdata": "2026.6",
        "closed": [],
    },
    "status": "running",
    "ended_at": None,
}


class DueDate(Answer):
    """An instant at which a right ends, with the proof of how it was reckoned."""

    model_config = example(_DUE)

    name: str
    whose: Literal["buyer", "seller", "both", "neutral"]
    due_at: Instant
    local: Annotated[dict[Side, LocalTime], Field(description="`due_at` by each party's clocks.")]
    proof: DeadlineProof
    status: Literal["running", "met", "moot", "lapsed"]
    ended_at: Instant | None


class Deadlines(Answer):
    model_config = example({"items": [_DUE]})

    items: list[DueDate]
