"""How promises are shown. The acts about them are in `acts`."""

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
    """A promise: who owes what to whom, by when, and how it ended. Overdue ones stay until an act says how they ended."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    id: UUID
    number: int
    commitment_class: Annotated[CommitmentClass, Field(alias="class", description="A `remedy` keeps the dispute open.")]
    kind: CommitmentKind
    owed_by: Participant
    owed_to: Participant
    amount: Money | None
    due_at: Instant
    proof: Annotated[DeadlineProof | None, Field(description="How `due_at` was reckoned, where a rule set it.")]
    arises_from: str
    because_of: Annotated[UUID | None, Field(description="The broken promise that this one follows from.")]
    message: Annotated[int | None, Field(description="The number of the message with which it was given.")]
    about: Annotated[Matter | None, Field(description="What it is about, where whoever gave it said so.")] = None
    note: Said | None
    status: Standing
    by: Annotated[str | None, Field(description="In which role somebody ended it.")]
    end_note: Said | None
    replaced_by: UUID | None
    refund_id: Annotated[UUID | None, Field(description="The movement of money that carries it out.")]
    kept_by: Annotated[
        KeptBy | None, Field(description="The act by which it was kept; none where somebody said that it was.")
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
    since: Annotated[Instant, Field(description="Since when it stands as it does.")]


class Commitments(Page[CommitmentInList]):
    model_config = example({"items": [{**COMMITMENT, "dispute_id": DISPUTE_ID, "since": ago(hours=1)}], "next": None})


class CommitmentTotal(Answer):
    """`amount`: of what is promised in money, in this currency."""

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
    """Promises that were waived, replaced or discharged count neither way."""

    who: Annotated[str, Field(description="A marketplace, a desk, or the subject of a seller.")]
    seller: Annotated[
        str | None, Field(description="The marketplace's own id of the seller, where sellers are told apart.")
    ] = None
    on_time: int
    late: int
    overdue: Annotated[int, Field(description="Fell due, and is still owed.")]
    share_on_time: Annotated[
        str | None, Field(description="`on_time` of all three, between 0 and 1, with four places.")
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
