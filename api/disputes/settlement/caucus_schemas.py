"""Messages in a caucus, and the consent to a neutral who heard one."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.disputes.evidence.exhibit_schemas import FormFile, StoredFile
from api.http.bodies import Act, Answer, Body, Context, Prose, Statement, example
from api.http.relative import ago
from api.http.roles import PARTIES
from domain.evidence.exhibit_facts import File
from domain.kernel.base import Role
from domain.kernel.people import Side
from domain.kernel.places import LanguageTag
from domain.settlement import caucus
from projections.case_story.settlement import CaucusMessageShown

ACTS = Acts("Mediation")


class CaucusForm(Body):
    """A message in caucus as a form, with or without a file."""

    model_config = example({"message": "Al di sotto di 50 euro non accetto.", "language": "it", "side": "buyer"})

    message: Prose
    language: LanguageTag
    side: Annotated[
        Side | None, Field(description="The party in the caucus. A neutral must name it; a party may leave it out.")
    ] = None
    file: FormFile = None

    def act(self) -> "PostInCaucus":
        return PostInCaucus(message=Statement(text=self.message, language=self.language), side=self.side)


@ACTS.by_hand(by=PARTIES | {Role.NEUTRAL}, form=CaucusForm)
class PostInCaucus(Act):
    """A confidential message between one party and the neutral. It is never evidence."""

    model_config = example({"message": {"text": "Al di sotto di 50 euro non accetto.", "language": "it"}})

    message: Statement
    side: Annotated[
        Side | None, Field(description="The party in the caucus. A neutral must name it; a party may leave it out.")
    ] = None

    def command(self, at: Context, *, dispute_id: UUID, file: File | None = None) -> caucus.PostInCaucus:
        return caucus.PostInCaucus(
            **at.common(), dispute_id=dispute_id, side=self.side, message=self.message.words(), file=file
        )


@ACTS.act(
    "/consent",
    "Agrees that the neutral rules although they heard a caucus. Unless both sides agree, another neutral rules.",
    by=PARTIES,
)
class ConsentToNeutral(Act):
    """One side agrees that the neutral rules although they heard a caucus."""

    model_config = example({})

    def command(self, at: Context, *, dispute_id: UUID) -> caucus.ConsentToNeutral:
        return caucus.ConsentToNeutral(**at.common(), dispute_id=dispute_id)


_SAID: dict[str, Any] = {
    "number": 1,
    "side": "buyer",
    "by": "buyer",
    "message": {"text": "Al di sotto di 50 euro non accetto.", "language": "it"},
    "file": None,
    "posted_at": ago(minutes=30),
}


class CaucusMessage(CaucusMessageShown):
    """A confidential message between one party and the neutral."""

    model_config = example(_SAID)

    file: StoredFile | None


class Caucus(Answer):
    model_config = example({"items": [_SAID]})

    items: list[CaucusMessage]
