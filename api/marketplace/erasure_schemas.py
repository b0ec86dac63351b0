"""Erasing a person, and what stands against it."""

from typing import Annotated, Any, ClassVar, Self
from uuid import UUID

from pydantic import Field, model_validator

from api.acts.declare import Acts
from api.http.bodies import Act, Answer, Context, Id, Page, Statement, When, example, words
from api.http.parts import COMMITMENT_ID, DISPUTE_ID
from api.http.relative import ago, ahead
from domain.kernel.base import Instant, Role
from domain.privacy import erasure, legal_hold
from domain.privacy.erasure import TookPart
from domain.privacy.erasure_facts import ErasureGround, Obstacle, Person
from projections.case_story.parts import Said
from projections.erasures import ErasureStatus

ACTS = Acts("Erasures")

SUBJECT = "7c2d4f10-52a6-8d1c-9d0a-3f1f3f6c2a11"

Party = Annotated[
    Id | None,
    Field(
        description="The marketplace's id of a buyer, a seller, or a representative of one, also of somebody who only had "
        "contacts; either this or `subject`."
    ),
]
Subject = Annotated[UUID | None, Field(description="The same person's id in the engine.")]


class About(Act):
    """The person: by the marketplace's own id, or by the engine's."""

    party: Party = None
    subject: Subject = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.party is None) == (self.subject is None):
            raise ValueError("a person is named by `party` or by `subject`")
        return self

    def person(self, at: Context) -> UUID:
        return self.subject or at.party(str(self.party))


@ACTS.by_hand(by={Role.MARKETPLACE, Role.ADMINISTRATOR}, past=False)
class RequestErasure(About):
    """Erases a person: everything stored about them becomes unreadable, at every instant."""

    model_config = example({"party": "b-17", "ground": "person_asked"})

    ground: Annotated[
        ErasureGround,
        Field(
            description="As in Article 17(1)(a) to (f) of the GDPR, in this order; or `person_asked`, where the "
            "marketplace agrees without a duty to."
        ),
    ]

    def command(self, at: Context, *, dispute_id: UUID | None, took_part: TookPart) -> erasure.RequestErasure:
        return erasure.RequestErasure(
            **at.common(), dispute_id=dispute_id, subject=self.person(at), ground=self.ground, took_part=took_part
        )


class PlaceLegalHold(About):
    """Keeps what is stored about a person readable, even if somebody asks for an erasure."""

    model_config = example(
        {
            "party": "b-17",
            "reason": {"text": "Needed in case 4 O 112/26 before the court in Hanau.", "language": "en"},
            "until": ahead(days=180),
        }
    )

    reason: Statement
    until: Annotated[
        When | None,
        Field(description="The instant at which the hold ends by itself. Left out: it ends when it is lifted."),
    ] = None

    def command(self, at: Context) -> legal_hold.PlaceLegalHold:
        return legal_hold.PlaceLegalHold(
            **at.common(), subject=self.person(at), reason=self.reason.words(), until=self.until
        )


class LiftLegalHold(Act):
    """Ends a legal hold. An erasure that waited for it is done, if nothing else stands against it."""

    model_config = example({"reason": {"text": "The court has ruled.", "language": "en"}})

    reason: Statement | None = None

    def command(self, at: Context, *, subject: UUID, number: int) -> legal_hold.LiftLegalHold:
        return legal_hold.LiftLegalHold(**at.common(), subject=subject, number=number, reason=words(self.reason))


class Against(Answer):
    """What stands against an erasure, and until when, if that is known."""

    what: Obstacle
    until: Instant | None
    dispute_id: Annotated[UUID | None, Field(description="The dispute that is open, or was closed last.")]
    hold: Annotated[int | None, Field(description="The number of the legal hold.")]
    rule: Annotated[str | None, Field(description="The policy, and its clause.")]


_SHOWN: dict[str, Any] = {
    "subject": SUBJECT,
    "number": 1,
    "status": "deferred",
    "ground": "person_asked",
    "by": "marketplace",
    "requested_at": ago(hours=1),
    "against": [
        {
            "what": "retention",
            "until": ahead(days=90, hours=-1),
            "dispute_id": DISPUTE_ID,
            "hold": None,
            "rule": "autumn-2026/retention_days",
        }
    ],
    "until": ahead(days=90, hours=-1),
    "due_at": ahead(days=91, hours=-1),
    "dispute_id": DISPUTE_ID,
    "commitment_id": COMMITMENT_ID,
    "erased_at": None,
    "completed_at": None,
}


class ErasureShown(Answer):
    """The state of an erasure. The marketplace owes a deferred one, as the commitment `commitment_id`."""

    model_config = example(_SHOWN)

    subject: UUID
    number: Annotated[int, Field(description="The number of the erasure among those of this person, from 1.")]
    status: Annotated[
        ErasureStatus,
        Field(
            description="`erased`: nothing can be read any more. `complete`: nor with the keys in a backup of the key"
            " store."
        ),
    ]
    ground: ErasureGround
    by: Role
    requested_at: Instant
    against: Annotated[list[Against], Field(description="What stands against it; empty once it is done.")]
    until: Annotated[Instant | None, Field(description="Until when it waits; none where that is unknown.")]
    due_at: Annotated[Instant | None, Field(description="When the commitment is due.")]
    dispute_id: Annotated[UUID | None, Field(description="The dispute that holds the commitment.")]
    commitment_id: UUID | None
    erased_at: Instant | None
    completed_at: Instant | None

    @classmethod
    def of(cls, subject: UUID, person: Person, **more: Any) -> Self:
        """The person's last requested erasure."""
        done = None if person.pending else person.erased[max(person.erased)]
        asked = done.asked if done else person.pending
        assert asked is not None, "somebody has just asked for it"
        waits = asked if done is None and not asked.granted else None
        status: ErasureStatus = "deferred" if waits else "granted"
        if done:
            status = "complete" if done.completed_at else "erased"
        return cls(
            subject=subject,
            number=asked.number,
            status=status,
            ground=asked.ground,
            by=asked.by,
            requested_at=asked.requested_at,
            against=[Against(**dict(one)) for one in waits.against] if waits else [],
            until=waits.until if waits else None,
            due_at=asked.due_at,
            dispute_id=asked.dispute_id,
            commitment_id=asked.commitment_id,
            erased_at=done.erased_at if done else None,
            completed_at=done.completed_at if done else None,
            **more,
        )


class ErasureRequested(ErasureShown):
    model_config = example({**_SHOWN, "position": "bGF0ZXI"})
    spared: ClassVar[bool] = True

    position: Annotated[str, Field(description="All effects of the act can be read from here: send it as `At-Least`.")]


class ErasuresShown(Page[ErasureShown]):
    model_config = example({"items": [_SHOWN], "next": None})


_HOLD: dict[str, Any] = {
    "subject": SUBJECT,
    "number": 1,
    "reason": {"text": "Needed in case 4 O 112/26 before the court in Hanau.", "language": "en"},
    "by": "administrator",
    "placed_at": ago(hours=1),
    "until": ahead(days=180),
    "lifted_at": None,
    "lifted_because": None,
}


class HoldShown(Answer):
    model_config = example(_HOLD)

    subject: UUID
    number: Annotated[int, Field(description="The number of the hold among those on this person, from 1.")]
    reason: Said
    by: Role
    placed_at: Instant
    until: Instant | None
    lifted_at: Instant | None
    lifted_because: Said | None


class HoldsShown(Page[HoldShown]):
    model_config = example({"items": [_HOLD], "next": None})


class HoldPlaced(Answer):
    model_config = example({"subject": SUBJECT, "number": 1, "position": "bGF0ZXI"})
    spared: ClassVar[bool] = True

    subject: UUID
    number: int
    position: str
