"""The names of all values in the reader's language, for whoever shows a dispute to people."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from api.http.bodies import Answer, example
from api.http.problems import ON_READ, documented
from api.http.reads import Read
from api.http.words import Words
from api.words import terms
from api.words.catalogue import named

router = APIRouter(tags=["Service"])

_NAMES: dict[str, Any] = {
    "language": "de",
    "direction": "ltr",
    "stages": {"negotiation": "Verhandlung"},
    "outcomes": {"settled": "Käufer und Verkäufer haben sich geeinigt."},
    "reasons": {"damaged": "Die Ware kam beschädigt an"},
    "reliefs": {"refund": "Volle Erstattung"},
    "roles": {"neutral": "Der Mediator"},
    "deadlines": {"response": "Antwort auf die Forderung"},
    "commitments": {"refund": "Erstattung"},
    "statuses": {"overdue": "Überfällig"},
    "acts": {"make_offer": "Ein Angebot machen"},
}


class Names(Answer):
    """What to show to a person in the place of each value of the API."""

    model_config = example(_NAMES)

    language: Annotated[str, Field(description="The language that was chosen (BCP 47).")]
    direction: Annotated[str, Field(description="`ltr` or `rtl`.")]
    stages: dict[str, str]
    outcomes: dict[str, str]
    reasons: dict[str, str]
    reliefs: dict[str, str]
    roles: dict[str, str]
    deadlines: Annotated[dict[str, str], Field(description="By the first word of a deadline's name.")]
    commitments: dict[str, str]
    statuses: dict[str, str]
    acts: dict[str, str]


@router.get("/v1/words", responses=documented(*ON_READ))
async def get_words(reading: Read, words: Words) -> Names:
    """The name of each value of the API, in English, simplified Chinese, German, French, Spanish, Italian, Russian,
    Portuguese or Arabic. `Accept-Language` chooses; English is the last resort."""
    return Names(
        language=words.language,
        direction=words.direction,
        **{kind: named(words, kind, names) for kind, names in terms.KINDS.items()},
    )
