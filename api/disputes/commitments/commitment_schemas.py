"""Promises: made, kept, waived, replaced."""

from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import ConfigDict, Field, WithJsonSchema

from api.http.bodies import Act, Answer, Body, Context, Number, Page, Statement, When, example, words
from api.http.parts import COMMITMENT_ID, DISPUTE_ID, EUR, Said
from api.http.relative import ago, ahead
from domain.commitments import acts as promises
from domain.commitments.events import CommitmentClass, CommitmentKind, KeptBy, Matter, Participant
from domain.kernel.base import Instant
from domain.kernel.money import Money
from domain.kernel.windows import DeadlineProof
from projections import pending_commitments

_NOTE: dict[str, Any] = {"text": "We send a replacement at our cost.", "language": "en"}


Standing: TypeAlias = Literal["pending", "overdue", "kept", "kept_late", "waived", "replaced", "discharged"]


FreelyPromised = Annotated[
    CommitmentKind,
    WithJsonSchema({"type": "string", "enum": [k.value for k in CommitmentKind if k not in promises.BY_LAW_ALONE]}),
]


class MatterOfPromise(Body):
    """What is to be provided or decided: an evidence request or a challenge by its `number`, a default that is to be set
    aside, contested goods, or the claim."""

    model_config = example({"what": "evidence_request", "number": 1})

    what: Literal["evidence_request", "challenge", "default", "goods", "claim"]
    number: Number | None = None

    def domain(self) -> Matter:
        return Matter(what=self.what, number=self.number)


About = Annotated[
    MatterOfPromise | None,
    Field(
        description="What a promise to `provide` or `decide` is about: nothing else keeps it then. Left out, any such act does."
    ),
]


class MakeCommitment(Act):
    """A promise given freely. Carriers, warehouses and banks promise through the marketplace."""

    model_config = example(
        {
            "kind": "ship",
            "owed_by": "seller",
            "owed_to": "buyer",
            "amount": None,
            "due_at": ahead(days=7),
            "note": _NOTE,
        }
    )

    kind: FreelyPromised
    owed_by: Participant
    owed_to: Participant
    amount: Annotated[
        Money | None, Field(description="For promises of money (`refund`, `pay`), and for no others.")
    ] = None
    due_at: When
    note: Statement | None = None
    goodwill: Annotated[
        bool, Field(strict=True, description="Money beyond the claim, which admits nothing; borne by `owed_by`.")
    ] = False
    about: About = None

    def command(self, at: Context, *, dispute_id: UUID) -> promises.MakeCommitment:
        return promises.MakeCommitment(
            **at.common(),
            dispute_id=dispute_id,
            kind=self.kind,
            owed_by=self.owed_by,
            owed_to=self.owed_to,
            amount=self.amount,
            due_at=self.due_at,
            note=words(self.note),
            goodwill=self.goodwill,
            about=self.about.domain() if self.about else None,
        )


class KeepCommitment(Act):
    """Says that a promise was kept; never by who owes it. A refund is kept by its own confirmation."""

    model_config = example({"note": {"text": "Arrivato oggi.", "language": "it"}})

    note: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID, commitment_id: UUID) -> promises.KeepCommitment:
        return promises.KeepCommitment(
            **at.common(), dispute_id=dispute_id, commitment_id=commitment_id, note=words(self.note)
        )


class WaiveCommitment(Act):
    """Lets a promise go; by whom it is owed to."""

    model_config = example({"note": {"text": "Non serve più.", "language": "it"}})

    note: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID, commitment_id: UUID) -> promises.WaiveCommitment:
        return promises.WaiveCommitment(
            **at.common(), dispute_id=dispute_id, commitment_id=commitment_id, note=words(self.note)
        )


class ReplaceCommitment(Act):
    """Another promise in place of one; by whom it is owed to. It takes over who owes it and to whom."""

    model_config = example(
        {
            "kind": "refund",
            "amount": {"amount": "50.00", "currency": "EUR"},
            "due_at": ahead(days=21),
            "note": {"text": "Va bene anche più tardi.", "language": "it"},
        }
    )

    kind: CommitmentKind
    amount: Money | None = None
    due_at: When
    note: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID, commitment_id: UUID) -> promises.ReplaceCommitment:
        return promises.ReplaceCommitment(
            **at.common(),
            dispute_id=dispute_id,
            commitment_id=commitment_id,
            kind=self.kind,
            amount=self.amount,
            due_at=self.due_at,
            note=words(self.note),
        )


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
