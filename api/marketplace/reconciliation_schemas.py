"""The differences between the ledger and a payment provider's own list."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from api.http.bodies import Act, Answer, Context, Page, Statement, example
from api.http.parts import EUR, REFUND_ID
from api.http.relative import ago
from domain.kernel.base import Instant
from domain.kernel.money import Money
from domain.payments import reconciliation
from domain.payments.reconciliation_facts import DifferenceKind
from projections.case_story.parts import Said
from projections.reconciliations import DifferenceStatus


class ExplainDifference(Act):
    """Why this difference is none, or what was done about it. It is not reported again."""

    model_config = example(
        {"note": {"text": "Paid by hand in the provider's console on 13 November.", "language": "en"}}
    )

    note: Statement

    def command(self, at: Context, *, number: int) -> reconciliation.ExplainDifference:
        return reconciliation.ExplainDifference(**at.common(), number=number, note=self.note.words())


_COMPARED: dict[str, Any] = {
    "number": 12,
    "gateway": "sandbox",
    "compared_at": ago(hours=7),
    "since": ago(days=90, hours=7),
    "refunds": 812,
    "payments": 813,
    "open": 1,
}


class ComparisonShown(Answer):
    """One comparison: how many refunds and payments it saw since `since`, and how many differences were open after it."""

    model_config = example(_COMPARED)

    number: int
    gateway: str
    compared_at: Instant
    since: Instant
    refunds: int
    payments: int
    open: int


class Comparisons(Page[ComparisonShown]):
    model_config = example({"items": [_COMPARED], "next": None})


_DIFFERENCE: dict[str, Any] = {
    "number": 3,
    "what": "amount",
    "status": "open",
    "refund_id": REFUND_ID,
    "reference": "re_3Nf8",
    "ours": EUR,
    "our_status": "confirmed",
    "theirs": {"amount": "12.99", "currency": "EUR"},
    "their_status": "paid",
    "found_at": ago(hours=7),
    "ended_at": None,
    "note": None,
}


class DifferenceShown(Answer):
    """`ours` is what the ledger says, `theirs` what the provider's list says."""

    model_config = example(_DIFFERENCE)

    number: int
    what: DifferenceKind
    status: Annotated[DifferenceStatus, Field(description="`gone` when a later comparison no longer found it.")]
    refund_id: UUID | None
    reference: Annotated[str | None, Field(description="The provider's own name for the payment.")]
    ours: Money | None
    our_status: str | None
    theirs: Money | None
    their_status: str | None
    found_at: Instant
    ended_at: Instant | None
    note: Said | None


class Differences(Page[DifferenceShown]):
    model_config = example({"items": [_DIFFERENCE], "next": None})
