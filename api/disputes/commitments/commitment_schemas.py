"""The commitments in answers. The acts on them are in `acts`."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from api.http.answers import CaseNumber
from api.http.bodies import Answer, Page, example
from api.http.parts import COMMITMENT_ID, DISPUTE_ID, EUR
from api.http.relative import ago, ahead
from domain.kernel.base import Instant
from domain.kernel.money import Money
from mediation import case_numbers
from projections import commitment_totals, punctuality
from projections.case_story.commitments import Commitment, CommitmentOfDispute, CommitmentStatus

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


class CommitmentsOfDispute(Answer):
    model_config = example({"items": [{**COMMITMENT, "made_at": ago(hours=1), "ended_at": None}]})

    items: list[CommitmentOfDispute]


class Debtor(Answer):
    """The one person who owes a commitment."""

    id: Annotated[
        str | None,
        Field(
            description="The marketplace's id of a party, or the subject of a neutral. Not shown to the other party."
        ),
    ]
    name: Annotated[str | None, Field(description="The name of a party. The engine knows no names of neutrals.")]


class RulingToSign(Answer):
    """The ruling that awaits a co-signature, and what each side gets by it."""

    number: int
    claimant: Money
    respondent: Money


class RefundInQuestion(Answer):
    """The payment that failed or came back, and about which somebody has to decide."""

    id: UUID
    amount: Money


class PartyOfCommitment(Answer):
    """A party of the dispute in which something is owed."""

    name: str | None
    country: str


_LISTED: dict[str, Any] = {
    **COMMITMENT,
    "dispute_id": DISPUTE_ID,
    "since": ago(hours=1),
    "debtor": {"id": "s-9", "name": "Shen Trading"},
    "case_number": case_numbers.EXAMPLE,
    "buyer": {"name": "Giulia Rossi", "country": "IT"},
    "seller": {"name": "Shen Trading", "country": "CN"},
    "order_id": "O-4711",
    "marketplace_reference": "MP-2026-000123",
    "ruling": None,
    "refund": None,
    "kept_when": ["RefundConfirmed", "RefundSettledOtherwise"],
}


class CommitmentInList(Commitment):
    model_config = example(_LISTED)

    dispute_id: UUID
    case_number: CaseNumber
    buyer: PartyOfCommitment
    seller: PartyOfCommitment
    since: Annotated[Instant, Field(description="Since when it has this status.")]
    debtor: Annotated[Debtor | None, Field(description="Null if no single party or neutral owes it.")]
    order_id: str
    marketplace_reference: Annotated[str | None, Field(description="Not shown to the parties.")]
    ruling: Annotated[RulingToSign | None, Field(description="What to co-sign, for `co_sign` while that is owed.")]
    refund: Annotated[RefundInQuestion | None, Field(description="For `decide` about a refund. See also `refund_id`.")]
    kept_when: Annotated[
        list[str] | None,
        Field(
            description="The kinds of facts that keep it, as in the history. `CommitmentKept` alone: the creditor or the "
            "marketplace reports it. Null: any act of the debtor on the dispute."
        ),
    ]


class Commitments(Page[CommitmentInList]):
    model_config = example({"items": [_LISTED], "next": None})


class CommitmentTotal(Answer):
    """`amount` is the total of the commitments to pay money in this currency."""

    status: CommitmentStatus
    currency: str | None
    count: int
    amount: Money | None

    @classmethod
    def of(cls, owed: commitment_totals.Owed) -> "CommitmentTotal":
        amount = Money(owed.minor, owed.currency) if owed.minor is not None and owed.currency else None
        return cls.model_validate(
            {"status": owed.status, "currency": owed.currency, "count": owed.count, "amount": amount}
        )


class CommitmentTotals(Answer):
    model_config = example({"items": [{"status": "overdue", "currency": "EUR", "count": 1, "amount": EUR}]})

    items: list[CommitmentTotal]


class Punctuality(Answer):
    """Commitments that were waived, replaced or discharged before they were broken are not counted."""

    who: Annotated[str, Field(description="A marketplace, a desk, or the subject of a neutral or of a seller.")]
    seller: Annotated[
        str | None, Field(description="The marketplace's id of the seller, if the report is by seller.")
    ] = None
    on_time: int
    late: int
    overdue: Annotated[int, Field(description="Commitments that fell due and are still owed.")]
    broken: Annotated[
        int,
        Field(
            description="Commitments that were broken and are owed no more by whoever broke them: passed on, waived, "
            "replaced or discharged."
        ),
    ]
    share_on_time: Annotated[
        str | None, Field(description="`on_time` divided by the sum of all four, from 0 to 1, with four decimals.")
    ]

    @classmethod
    def of(cls, found: punctuality.Punctuality, seller: str | None) -> "Punctuality":
        share = None if found.share is None else f"{found.share:.4f}"
        return cls(
            who=found.who,
            seller=seller,
            on_time=found.on_time,
            late=found.late,
            overdue=found.overdue,
            broken=found.broken,
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
                    "broken": 4,
                    "share_on_time": "0.9903",
                }
            ]
        }
    )

    items: list[Punctuality]
