"""The acts that make, keep, waive and replace commitments. `commitment_schemas` holds the answers."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, WithJsonSchema

from api.acts.declare import PROMISED, Acts
from api.http.bodies import Act, Body, Context, Number, Statement, When, example, words
from api.http.relative import ahead
from api.http.roles import PROMISERS
from domain.commitments import keeping, promising, waiving
from domain.commitments.events import CommitmentKind, Matter, Participant
from domain.kernel.money import Money

ACTS = Acts("Commitments")

_NOTE: dict[str, Any] = {"text": "We send a replacement at our cost.", "language": "en"}


FreelyPromised = Annotated[
    CommitmentKind,
    WithJsonSchema({"type": "string", "enum": [k.value for k in CommitmentKind if k not in promising.BY_LAW_ALONE]}),
]


class MatterOfPromise(Body):
    """The thing to provide or decide: an evidence request or a challenge by its `number`, the request to set a default
    aside, contested goods, or the claim."""

    model_config = example({"what": "evidence_request", "number": 1})

    what: Literal["evidence_request", "challenge", "default", "goods", "claim"]
    number: Number | None = None

    def domain(self) -> Matter:
        return Matter(what=self.what, number=self.number)


About = Annotated[
    MatterOfPromise | None,
    Field(
        description="For `provide` or `decide`: the only thing that keeps it. If left out, any act of that kind keeps it."
    ),
]


@ACTS.act(
    "/commitments",
    "Makes a commitment, in your own name only. Third parties make theirs through the marketplace.",
    by=PROMISERS,
    made=PROMISED,
)
class MakeCommitment(Act):
    """Makes a voluntary commitment. Carriers, warehouses and banks make theirs through the marketplace."""

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
        Money | None, Field(description="Only for commitments to pay money (`refund`, `pay`); required there.")
    ] = None
    due_at: When
    note: Statement | None = None
    goodwill: Annotated[
        bool, Field(strict=True, description="Money beyond the claim, without admitting it. `owed_by` pays it.")
    ] = False
    about: About = None

    def command(self, at: Context, *, dispute_id: UUID) -> promising.MakeCommitment:
        return promising.MakeCommitment(
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


@ACTS.act(
    "/commitments/{commitment_id}/fulfilment",
    "Reports that a commitment was kept. The participant who owes it cannot report this.",
    by=PROMISERS,
)
class KeepCommitment(Act):
    """Reports that a commitment was kept. The participant who owes it cannot report this. A refund is kept when the refund
    itself is confirmed."""

    model_config = example({"note": {"text": "Arrivato oggi.", "language": "it"}})

    note: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID, commitment_id: UUID) -> keeping.KeepCommitment:
        return keeping.KeepCommitment(
            **at.common(), dispute_id=dispute_id, commitment_id=commitment_id, note=words(self.note)
        )


@ACTS.act(
    "/commitments/{commitment_id}/waiver",
    "Waives a commitment. Only the participant to whom it is owed can do this.",
    by=PROMISERS,
)
class WaiveCommitment(Act):
    """Waives a commitment. Only the participant to whom it is owed can do this."""

    model_config = example({"note": {"text": "Non serve più.", "language": "it"}})

    note: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID, commitment_id: UUID) -> waiving.WaiveCommitment:
        return waiving.WaiveCommitment(
            **at.common(), dispute_id=dispute_id, commitment_id=commitment_id, note=words(self.note)
        )


@ACTS.act(
    "/commitments/{commitment_id}/replacement",
    "Replaces a commitment by another one. Only the participant to whom it is owed can do this.",
    by=PROMISERS,
    made=PROMISED,
)
class ReplaceCommitment(Act):
    """Replaces a commitment. Only the participant to whom it is owed can do this. Debtor and creditor stay the same."""

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

    def command(self, at: Context, *, dispute_id: UUID, commitment_id: UUID) -> waiving.ReplaceCommitment:
        return waiving.ReplaceCommitment(
            **at.common(),
            dispute_id=dispute_id,
            commitment_id=commitment_id,
            kind=self.kind,
            amount=self.amount,
            due_at=self.due_at,
            note=words(self.note),
        )
