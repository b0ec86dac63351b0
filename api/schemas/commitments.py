"""Promises: made, kept, waived, replaced."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from api.schemas.base import Act, Context, Statement, When, example, words
from domain import commitments
from domain.commitments import Bearer, CommitmentKind
from domain.money import Money

_NOTE: dict[str, Any] = {"text": "We send a replacement at our cost.", "language": "en"}


class MakeCommitment(Act):
    """A promise given freely. Carriers, warehouses and banks promise through the marketplace."""

    model_config = example(
        {
            "kind": "ship",
            "owed_by": "seller",
            "owed_to": "buyer",
            "amount": None,
            "due_at": "2026-12-01T12:00:00Z",
            "note": _NOTE,
        }
    )

    kind: CommitmentKind
    owed_by: Bearer
    owed_to: Bearer
    amount: Annotated[
        Money | None, Field(description="For promises of money (`refund`, `pay`), and for no others.")
    ] = None
    due_at: When
    note: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID) -> commitments.MakeCommitment:
        return commitments.MakeCommitment(
            **at.common(),
            dispute_id=dispute_id,
            kind=self.kind,
            owed_by=self.owed_by,
            owed_to=self.owed_to,
            amount=self.amount,
            due_at=self.due_at,
            note=words(self.note),
        )


class KeepCommitment(Act):
    """Says that a promise was kept; never by who owes it. A refund is kept by its own confirmation."""

    model_config = example({"note": {"text": "Arrivato oggi.", "language": "it"}})

    note: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID, commitment_id: UUID) -> commitments.KeepCommitment:
        return commitments.KeepCommitment(
            **at.common(), dispute_id=dispute_id, commitment_id=commitment_id, note=words(self.note)
        )


class WaiveCommitment(Act):
    """Lets a promise go; by whom it is owed to."""

    model_config = example({"note": {"text": "Non serve più.", "language": "it"}})

    note: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID, commitment_id: UUID) -> commitments.WaiveCommitment:
        return commitments.WaiveCommitment(
            **at.common(), dispute_id=dispute_id, commitment_id=commitment_id, note=words(self.note)
        )


class ReplaceCommitment(Act):
    """Another promise in place of one; by whom it is owed to. It takes over who owes it and to whom."""

    model_config = example(
        {
            "kind": "refund",
            "amount": {"amount": "50.00", "currency": "EUR"},
            "due_at": "2026-12-15T12:00:00Z",
            "note": {"text": "Va bene anche più tardi.", "language": "it"},
        }
    )

    kind: CommitmentKind
    amount: Money | None = None
    due_at: When
    note: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID, commitment_id: UUID) -> commitments.ReplaceCommitment:
        return commitments.ReplaceCommitment(
            **at.common(),
            dispute_id=dispute_id,
            commitment_id=commitment_id,
            kind=self.kind,
            amount=self.amount,
            due_at=self.due_at,
            note=words(self.note),
        )
