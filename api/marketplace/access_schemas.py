"""What a person asks to be told of their own data."""

from typing import Annotated, Any, ClassVar, Self
from uuid import UUID

from pydantic import Field, model_validator

from api.acts.declare import Acts
from api.http.bodies import Act, Answer, Context, Page, example
from api.http.parts import COMMITMENT_ID, DISPUTE_ID
from api.http.relative import ago, ahead
from api.http.roles import PARTIES
from api.marketplace.erasure_schemas import SUBJECT, Party, Subject
from domain.kernel.base import Instant, Role
from domain.kernel.people import Side
from domain.privacy import access
from domain.privacy.access_facts import Asked

ACTS = Acts("Access")


@ACTS.by_hand(by=PARTIES | {Role.MARKETPLACE, Role.ADMINISTRATOR}, past=False)
class RequestAccess(Act):
    """A party asks for itself, and names nobody. The marketplace names the person for whom it asks."""

    model_config = example({"party": "b-17", "subject": None})

    party: Party = None
    subject: Subject = None

    @model_validator(mode="after")
    def _not_both(self) -> Self:
        if self.party is not None and self.subject is not None:
            raise ValueError("a person is named by `party` or by `subject`")
        return self

    def person(self, at: Context) -> UUID | None:
        """Whom the request names, if it names anybody."""
        return self.subject or (at.party(str(self.party)) if self.party is not None else None)

    def command(self, at: Context, *, dispute_id: UUID | None, subject: UUID, side: Side) -> access.RequestAccess:
        return access.RequestAccess(**at.common(), dispute_id=dispute_id, subject=subject, side=side)


@ACTS.by_hand(by={Role.MARKETPLACE, Role.ADMINISTRATOR}, past=False)
class AnswerAccess(Act):
    """Opens the answer, once it is certain who asks. The engine makes it."""

    model_config = example({})

    def command(self, at: Context, *, dispute_id: UUID | None, subject: UUID) -> access.AnswerAccess:
        return access.AnswerAccess(**at.common(), dispute_id=dispute_id, subject=subject)


_SHOWN: dict[str, Any] = {
    "subject": SUBJECT,
    "number": 1,
    "by": "buyer",
    "requested_at": ago(hours=1),
    "due_at": ahead(days=31, hours=-1),
    "dispute_id": DISPUTE_ID,
    "commitment_id": COMMITMENT_ID,
    "answered_at": None,
    "answer": None,
}


class AccessShown(Answer):
    """A request. The marketplace owes the answer within a calendar month, as the commitment `commitment_id`."""

    model_config = example(_SHOWN)

    subject: Annotated[UUID, Field(description="The person's id in the engine.")]
    number: Annotated[int, Field(description="The number of the request among those of this person, from 1.")]
    by: Role
    requested_at: Instant
    due_at: Instant
    dispute_id: Annotated[
        UUID | None, Field(description="The dispute that holds the commitment. None if the person took part in none.")
    ]
    commitment_id: UUID | None
    answered_at: Instant | None
    answer: Annotated[str | None, Field(description="Where the answer can be read, once it is open.")]

    @classmethod
    def of(cls, subject: UUID, asked: Asked, **more: Any) -> Self:
        told = {name: getattr(asked, name) for name in _TOLD}
        return cls(subject=subject, answer=href(subject, asked.number) if asked.answered_at else None, **told, **more)


_TOLD = ("number", "by", "requested_at", "due_at", "dispute_id", "commitment_id", "answered_at")


def href(subject: UUID, number: int) -> str:
    return f"/v1/access-requests/{subject}/{number}/answer"


class AccessRecorded(AccessShown):
    model_config = example({**_SHOWN, "position": "bGF0ZXI"})
    spared: ClassVar[bool] = True

    position: Annotated[str, Field(description="All effects of the act can be read from here: send it as `At-Least`.")]


class AccessRequests(Page[AccessShown]):
    model_config = example({"items": [_SHOWN], "next": None})
