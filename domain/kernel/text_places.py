"""Where in a dispute a text stands: which fact holds it, and in which field. Nothing personal."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from domain.kernel.base import Value
from domain.kernel.disclosure import Told
from domain.kernel.people import Side
from domain.kernel.places import LanguageTag

# --- types ---


class TextPlace(Value):
    """`fact` is the stored name of the fact, `number` its number if such facts have one, and `field` the path to the text in
    it, such as `claim.statement`. `question` is the key question that the text answers. `side` is set for a text in caucus:
    the party whose caucus it is.
    """

    fact: Told[Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z]{1,59}$")]]
    number: Told[Annotated[int, Field(ge=1)] | None] = None
    field: Told[Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.]{1,80}$")]]
    question: Told[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")] | None] = None
    side: Told[Side | None] = None


Why = Literal["no_engine", "unsafe"]


class Untranslated(Value):
    """A text that somebody cannot read. `neutral` is the one who cannot, if it is the neutral.

    `why`: no engine of the marketplace translates it into this language, or what an engine made of it is unsafe.
    """

    translation_id: Told[UUID]
    of: Told[TextPlace]
    language: Told[LanguageTag]
    why: Told[Why]
    neutral: Told[UUID | None] = None
