"""What is owed: every commitment from the event that made it to the event that ended it. No commitment is ever lost.

    pending → overdue → kept | kept_late | waived | replaced | discharged

One row per life of a commitment. An overdue commitment stays overdue until an event says how it ended. In an imported
past case no event says that a commitment was broken: there it is overdue from its due instant on, by the instant asked
for (`falling_due.overdue_at`). While such a case is stayed, nothing falls due in it, as in any other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias, assert_never
from uuid import UUID

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
    Matter,
    Origin,
    Participant,
)
from domain.commitments.state import Commitment
from domain.kernel.money import Money
from domain.kernel.people import Text
from domain.payments.execution_facts import (
    ExecutionEvent,
    RefundReferred,
    RefundReturned,
    RefundStalled,
    RefundUnderway,
)
from domain.payments.refund_facts import RefundPaidAgainstRecord
from mediation.store.log.recorded import Recorded
from projections.lives import Life, succeed
from projections.table import Doc
from projections.totals import Totals
from projections.view import Rows, View, kinds, revised

OPEN = "status IN ('pending', 'overdue')"
UNCOUNTED = frozenset({"waived", "replaced", "discharged"})
"""What ended in one of these ways counts for nobody, unless it was broken before."""
_NARROWED = "status, kind, owed_by, owed_to, commitment_class"
"""The columns that filter a list. They end the index, so that rows that do not match are skipped unread."""


@dataclass(frozen=True, kw_only=True)
class OwedCommitment(Life):
    """`minor` are minor units of `currency`. `by` is who ended it, and `end_note` what they said; notes are sealed.

    `refund_id` is the refund that carries it out, once that has begun. `because_of` is the broken commitment from which
    this one follows. `message` is the number of the message in which it was made. `about` is a
    `domain.commitments.events.Matter`, `kept_by` a `domain.commitments.events.KeptBy`. `about_refund` is the refund that
    failed, came back, or was paid against the record, about which somebody has to decide. `falls_due_at` is when it falls
    due for its present debtor: not before that one owed it. `broken`: this is the last life in which its debtor owed it,
    overdue, before it passed on, was waived, replaced or discharged.
    """

    commitment_id: UUID
    dispute_id: UUID
    marketplace: str
    number: int
    commitment_class: str
    kind: str
    owed_by: str
    owed_to: str
    subject: UUID | None
    minor: int | None
    currency: str | None
    due_at: datetime
    proof: Doc | None
    arises_from: str
    note: Doc | None
    status: str
    by: str | None = None
    end_note: Doc | None = None
    replaced_by: UUID | None = None
    refund_id: UUID | None = None
    because_of: UUID | None = None
    message: int | None = None
    about: Doc | None = None
    kept_by: Doc | None = None
    about_refund: UUID | None = None
    falls_due_at: datetime
    broken: bool = False

    @property
    def amount(self) -> Money | None:
        return None if self.minor is None or self.currency is None else Money(self.minor, self.currency)

    @property
    def owed(self) -> Commitment:
        """The commitment, without what only decisions need."""
        owed_by = Participant(self.owed_by)
        return Commitment(
            id=self.commitment_id,
            number=self.number,
            commitment_class=CommitmentClass(self.commitment_class),
            kind=CommitmentKind(self.kind),
            owed_by=owed_by,
            owed_to=Participant(self.owed_to),
            amount=self.amount,
            due_at=self.due_at,
            arises_from=Origin(self.arises_from),
            subject=self.subject,
            passed=owed_by is not Participant.NEUTRAL,
            about=Matter.model_validate(self.about) if self.about else None,
        )


_Event: TypeAlias = CommitmentEvent | ExecutionEvent | RefundPaidAgainstRecord


def _fold(  # noqa: C901 - one arm a kind of fact
    rows: Rows[OwedCommitment], recorded: Recorded
) -> Iterable[OwedCommitment]:
    event = recorded.event
    assert isinstance(event, _Event), "a fact that this view concerns"
    match event:
        case CommitmentMade():
            return [_made(event, recorded)]
        case CommitmentDeferred():
            row = _living(rows, event.commitment_id)
            got_at = row.falls_due_at if row.falls_due_at > row.due_at else event.due_at
            changes: dict[str, Any] = {"due_at": event.due_at, "falls_due_at": max(event.due_at, got_at)}
        case CommitmentBreached():
            changes = {"status": "overdue"}
        case CommitmentKept():
            status = "kept_late" if event.late else "kept"
            changes = {"status": status, "by": event.by.value, "end_note": _note(event.note)}
            changes["kept_by"] = event.kept_by.model_dump(mode="json") if event.kept_by else None
            if event.refund_id is not None:
                changes["refund_id"] = event.refund_id
        case CommitmentWaived():
            changes = {"status": "waived", "by": event.by.value, "end_note": _note(event.note)}
        case CommitmentReplaced():
            changes = {"status": "replaced", "by": event.by.value, "replaced_by": event.replaced_by}
        case CommitmentPassed():
            row = _living(rows, event.commitment_id)
            changes = {"owed_by": event.owed_by.value, "subject": event.subject}
            changes["falls_due_at"] = max(row.due_at, recorded.occurred_at)
        case CommitmentDischarged():
            changes = {"status": "discharged"}
        case RefundUnderway():
            changes = {"refund_id": event.refund_id}
        case RefundReferred():
            # of the same act as the commitment to decide
            return [revised(_living(rows, event.decision_id), about_refund=event.refund_id)]
        case RefundPaidAgainstRecord():
            return [revised(_living(rows, event.decision_id), about_refund=recorded.stream_id)]
        case RefundStalled() | RefundReturned():
            return []  # still owed, as before; money that came back is owed again in a row of its own
        case _:
            assert_never(event)
    ended, begun = succeed(_living(rows, event.commitment_id), recorded, **changes)
    left = begun.status in UNCOUNTED or (begun.owed_by, begun.subject) != (ended.owed_by, ended.subject)
    return (revised(ended, broken=True) if left and ended.status == "overdue" else ended), begun


def _made(event: CommitmentMade, recorded: Recorded) -> OwedCommitment:
    promise = event.promise
    assert recorded.dispute_id is not None, "a commitment belongs to a dispute"
    return OwedCommitment(
        n=1,
        began_at=recorded.occurred_at,
        began_position=recorded.position,
        commitment_id=event.commitment_id,
        dispute_id=recorded.dispute_id,
        marketplace=recorded.marketplace,
        number=event.number,
        commitment_class=event.commitment_class.value,
        kind=promise.kind.value,
        owed_by=promise.owed_by.value,
        owed_to=promise.owed_to.value,
        subject=promise.subject,
        minor=promise.amount.minor if promise.amount else None,
        currency=promise.amount.currency if promise.amount else None,
        due_at=promise.due_at,
        falls_due_at=promise.due_at,
        proof=promise.proof.model_dump(mode="json") if promise.proof else None,
        arises_from=event.arises_from.value,
        because_of=event.because_of,
        message=event.message,
        about=promise.about.model_dump(mode="json") if promise.about else None,
        note=_note(promise.note),
        status="pending",
    )


def _living(rows: Rows[OwedCommitment], commitment_id: UUID) -> OwedCommitment:
    for row in rows.values():
        if row.commitment_id == commitment_id and row.ended_position is None:
            return row
    raise LookupError("a commitment that was never made, or has ended")


def _note(text: Text | None) -> Doc | None:
    return text.model_dump(mode="json") if text else None


PENDING_COMMITMENTS = View(
    title="pending_commitments",
    version=9,
    row=OwedCommitment,
    key=("commitment_id", "n"),
    concerns=kinds(CommitmentEvent, ExecutionEvent) | kinds(RefundPaidAgainstRecord),
    fold=_fold,
    needs=f"ended_position IS NULL AND {OPEN}",
    indexes=(
        f"(marketplace, due_at, commitment_id, {_NARROWED}) WHERE ended_position IS NULL AND {OPEN}",
        f"(subject, due_at, commitment_id) WHERE ended_position IS NULL AND {OPEN}",
        "(marketplace, due_at, commitment_id)",
        "(marketplace, falls_due_at) WHERE ended_position IS NULL OR broken",
        "(dispute_id)",
    ),
    totals=Totals(
        by=("marketplace", "commitment_class", "kind", "owed_by", "owed_to", "status", "currency"),
        of="minor",
        counts=lambda row: row.ended_position is None,
    ),
)
