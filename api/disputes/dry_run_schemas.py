"""What an act would do, as a dry run answers it."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from api.disputes.in_words import Step
from api.http.bodies import Answer, example
from api.http.parts import COMMITMENT_ID, DISPUTE_ID, EUR
from api.http.problem_schemas import Problem
from api.http.relative import ahead
from domain.kernel.base import Instant
from domain.kernel.money import Money
from domain.kernel.people import Awaiting, Outcome, Stage

MEDIA_TYPE = "application/vnd.mediation.dry-run+json"

_WOULD: dict[str, Any] = {
    "id": DISPUTE_ID,
    "would": "be_done",
    "refusals": [],
    "facts": [
        {
            "kind": "OfferAccepted",
            "title": "Offer accepted",
            "occurred_at": ahead(minutes=1),
            "by": "buyer",
            "details": {"number": 1, "by": "buyer"},
        }
    ],
    "commitments": [
        {
            "id": COMMITMENT_ID,
            "kind": "refund",
            "title": "Refund",
            "owed_by": "seller",
            "owed_to": "buyer",
            "amount": EUR,
            "due_at": ahead(days=7),
            "status": "pending",
        }
    ],
    "deadlines": [],
    "next": [],
    "stage": "execution",
    "awaiting": "marketplace",
    "outcome": "settled",
    "title": "The marketplace has to act.",
}


class FactForeseen(Answer):
    """A fact that would be recorded, as you would see it."""

    kind: str
    title: Annotated[str, Field(description="In your language.")]
    occurred_at: Instant
    by: Annotated[str | None, Field(description="The role of the person who did it.")]
    details: Annotated[
        dict[str, Any],
        Field(description="The content of the fact. Its fields depend on the kind. Ids of new things are not final."),
    ]


class CommitmentForeseen(Answer):
    """A commitment that would be made, or would end."""

    id: UUID
    kind: str
    title: Annotated[str, Field(description="What is owed, in your language.")]
    owed_by: str
    owed_to: str
    amount: Money | None
    due_at: Instant
    status: str


class DeadlineForeseen(Answer):
    """A deadline that would be set, moved or ended."""

    name: str
    whose: str
    due_at: Instant
    status: str
    awaits_notice: Annotated[
        bool, Field(description="The window begins only when its party is told. `due_at` is the earliest end.")
    ] = False


class WouldBe(Answer):
    """What one act would do. After a refusal, everything else is as it stands now."""

    id: Annotated[UUID | None, Field(description="The dispute. None for an act on no dispute, and for a filing.")] = (
        None
    )
    would: Annotated[
        Literal["be_done", "be_already_so", "be_refused"],
        Field(description="`be_already_so`: what you ask for is the case already, and nothing would be recorded."),
    ]
    refusals: Annotated[
        tuple[Problem, ...],
        Field(
            description="The rules that refuse the act, as many as can be known at once; the first one is what the act itself "
            "would answer. A rule that is checked only when these are satisfied is not among them."
        ),
    ] = ()
    facts: Annotated[tuple[FactForeseen, ...], Field(description="In their order, with what follows by itself.")] = ()
    commitments: Annotated[
        tuple[CommitmentForeseen, ...], Field(description="Those that the act makes or changes, refunds among them.")
    ] = ()
    deadlines: Annotated[
        tuple[DeadlineForeseen, ...], Field(description="Those that the act sets, moves or ends.")
    ] = ()
    next: Annotated[
        tuple[Step, ...], Field(description="What somebody could or must do because of the act, in words.")
    ] = ()
    stage: Annotated[Stage | None, Field(description="After the act.")] = None
    awaiting: Annotated[Awaiting | None, Field(description="Whose move it would be.")] = None
    outcome: Outcome | None = None
    title: Annotated[str | None, Field(description="Whose move it would be, in words.")] = None


class DryRunShown(WouldBe):
    """What the act would do. Nothing was stored. `items` has one entry for each dispute, if the act is about many."""

    model_config = example({**_WOULD, "items": []})

    items: tuple[WouldBe, ...] = ()
