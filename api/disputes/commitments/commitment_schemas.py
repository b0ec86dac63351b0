"""The commitments in answers. The acts on them are in `acts`."""

from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import ConfigDict, Field

from api.http.bodies import Answer, Page, example
from api.http.parts import COMMITMENT_ID, DISPUTE_ID, EUR, Said
from api.http.relative import ago, ahead
from domain.commitments.events import CommitmentClass, CommitmentKind, KeptBy, Matter, Participant
from domain.kernel.base import Instant
from domain.kernel.money import Money
from domain.kernel.windows import DeadlineProof
from projections import pending_commitments

Standing: TypeAlias = Literal["pending", "overdue", "kept", "kept_late", "waived", "replaced", "discharged"]


COMMITMENT: dict[str, Any] = {
    "id": COMMITMENT_ID,
    "number": 1,
    "class": "remedy",
    "kind": "refund",
    "owed_by": "seller",
    "owed_to": "buyer",
    "amount": EUR,
    "due_at": ahead(days=7, hours=-1),
    "proof": None,
    "arises_from": "settlement",
    "because_of": None,
    "message": None,
    "about": None,
    "note": None,
    "status": "pending",
    "by": None,
    "end_note": None,
    "replaced_by": None,
    "refund_id": None,
    "kept_by": None,
}


class Commitment(Answer):
    """Who owes what to whom, by when, and how it ended. An overdue commitment stays overdue until an act ends it."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    id: UUID
    number: int
    commitment_class: Annotated[CommitmentClass, Field(alias="class", description="A `remedy` keeps the dispute open.")]
    kind: CommitmentKind
    owed_by: Participant
    owed_to: Participant
    amount: Money | None
    due_at: Instant
    proof: Annotated[DeadlineProof | None, Field(description="How `due_at` was calculated, if a rule set it.")]
    arises_from: str
    because_of: Annotated[UUID | None, Field(description="The broken commitment from which this one follows.")]
    message: Annotated[int | None, Field(description="The number of the message that made it.")]
    about: Annotated[Matter | None, Field(description="The thing that it is about, if that was stated.")] = None
    note: Said | None
    status: Standing
    by: Annotated[str | None, Field(description="The role of the person who ended it.")]
    end_note: Said | None
    replaced_by: UUID | None
    refund_id: Annotated[UUID | None, Field(description="The refund that carries it out.")]
    kept_by: Annotated[
        KeptBy | None, Field(description="The act that kept it. None if somebody only reported that it was kept.")
    ]


class CommitmentOfDispute(Commitment):
    model_config = example({**COMMITMENT, "made_at": ago(hours=1), "ended_at": None})

    made_at: Instant
    ended_at: Instant | None


class CommitmentsOfDispute(Answer):
    model_config = example({"items": [{**COMMITMENT, "made_at": ago(hours=1), "ended_at": None}]})

    items: list[CommitmentOfDispute]


class CommitmentInList(Commitment):
    model_config = example({**COMMITMENT, "dispute_id": DISPUTE_ID, "since": ago(hours=1)})

    dispute_id: UUID
    since: Annotated[Instant, Field(description="Since when it has this status.")]


class Commitments(Page[CommitmentInList]):
    model_config = example({"items": [{**COMMITMENT, "dispute_id": DISPUTE_ID, "since": ago(hours=1)}], "next": None})


class CommitmentTotal(Answer):
    """`amount` is the total of the commitments to pay money in this currency."""

    status: Standing
    currency: str | None
    count: int
    amount: Money | None

    @classmethod
    def of(cls, owed: pending_commitments.Owed) -> "CommitmentTotal":
        amount = Money(owed.minor, owed.currency) if owed.minor is not None and owed.currency else None
        return cls.model_validate(
            {"status": owed.status, "currency": owed.currency, "count": owed.count, "amount": amount}
        )


class CommitmentTotals(Answer):
    model_config = example({"items": [{"status": "overdue", "currency": "EUR", "count": 1, "amount": EUR}]})

    items: list[CommitmentTotal]


class Punctuality(Answer):
    """Commitments that were waived, replaced or discharged are not counted."""

    who: Annotated[str, Field(description="A marketplace, a desk, or the subject of a seller.")]
    seller: Annotated[
        str | None, Field(description="The marketplace's id of the seller, if the report is by seller.")
    ] = None
    on_time: int
    late: int
    overdue: Annotated[int, Field(description="Commitments that fell due and are still owed.")]
    share_on_time: Annotated[
        str | None, Field(description="`on_time` divided by the sum of all three, from 0 to 1, with four decimals.")
    ]

    @classmethod
    def of(cls, found: pending_commitments.Punctuality, seller: str | None) -> "Punctuality":
        share = None if found.share is None else f"{found.share:.4f}"
        return cls(
            who=found.who,
            seller=seller,
            on_time=found.on_time,
            late=found.late,
            overdue=found.overdue,
            share_on_time=share,
        )


class PunctualityReport(Answer):
    model_config = example(
        {
            "items": [
                {
                    "who": "desk-milan",
                    "seller": None,
                    "on_time": 1941,
                    "late": 12,
                    "overdue": 3,
                    "share_on_time": "0.9923",
                }
            ]
        }
    )

    items: list[Punctuality]
