"""Translations: approved and corrected by people, and shown beside the original."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from api.acts.declare import Acts
from api.http.bodies import Act, Answer, Context, Prose, example
from api.http.relative import ago
from domain.kernel.base import Instant, Role
from domain.kernel.text_places import TextPlace
from domain.settlement import translation
from projections.case_story.parts import Languages, TranslationShown

ACTS = Acts("Conversation")

_DESK = {Role.NEUTRAL, Role.SUPERVISOR, Role.MARKETPLACE}


@ACTS.act(
    "/translations/{translation_id}/approval",
    "Says that a translation is right. An unsafe one is shown like any other from then on.",
    by=_DESK,
    past=False,
)
class ApproveTranslation(Act):
    model_config = example({})

    def command(self, at: Context, *, dispute_id: UUID, translation_id: UUID) -> translation.ApproveTranslation:
        return translation.ApproveTranslation(**at.common(), dispute_id=dispute_id, translation_id=translation_id)


@ACTS.act(
    "/translations/{translation_id}/correction",
    "Translates a text better than the engine did, or one that no engine translated. What the engine said stays on record.",
    by=_DESK,
    past=False,
)
class CorrectTranslation(Act):
    model_config = example({"text": "The vase was broken into three pieces."})

    text: Prose

    def command(self, at: Context, *, dispute_id: UUID, translation_id: UUID) -> translation.CorrectTranslation:
        return translation.CorrectTranslation(
            **at.common(), dispute_id=dispute_id, translation_id=translation_id, text=self.text
        )


_TRANSLATION: dict[str, Any] = {
    "id": "0d6c4bda-1a2b-5c3d-8e4f-9a0b1c2d3e4f",
    "text": "The vase was broken into three pieces.",
    "language": "en",
    "engine": "local",
    "version": "model.iten.intgemm.alphas.bin",
    "via": [],
    "safe": True,
    "faults": [],
    "approved_by": None,
    "corrected": False,
}


_ABOUT: dict[str, Any] = {
    "of": {"fact": "MessagePosted", "number": 3, "field": "message", "question": None, "side": None},
    "original_language": {"declared": "en", "detected": "it"},
}


class Translation(TranslationShown):
    model_config = example({**_TRANSLATION, **_ABOUT, "made_at": ago(hours=1)})

    of: Annotated[TextPlace | None, Field(description="Where the original stands. Null in older records.")]
    original_language: Annotated[
        Languages | None, Field(description="If the original is not in the language that its author declared.")
    ]
    made_at: Instant


class Translations(Answer):
    """The translations of a dispute's texts. `text` is null where no engine translated it, and nobody has yet. What was said in
    a caucus is listed only for the neutral who heard it."""

    model_config = example({"items": [{**_TRANSLATION, **_ABOUT, "made_at": ago(hours=1)}]})

    items: list[Translation]
