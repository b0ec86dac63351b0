"""The texts of a dispute's facts: where each one stands, who may read it, and who of them does not read its language."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from domain.commitments.events import Participant
from domain.dispute.state import Dispute
from domain.kernel.base import Event
from domain.kernel.disclosure import Audience
from domain.kernel.people import Side, Text
from domain.kernel.text_places import TextPlace
from domain.ruling.ruling_facts import NEVER_IN_EFFECT
from domain.settlement.caucus_facts import CaucusMessagePosted
from domain.settlement.translation import Wanted

FOR_BOTH = frozenset({Audience.ALL, Audience.ALL_WHEN_IN_EFFECT, Audience.WHOM_COMMITMENT_CONCERNS})
"""What is told to these is read by both sides."""


def texts_of(event: Event) -> Iterator[tuple[TextPlace, Text]]:
    """The texts of a fact, each with its place."""
    number, question = getattr(event, "number", None), getattr(event, "question", None)
    side = event.side if isinstance(event, CaucusMessagePosted) else None
    for path, text in _texts(event, ""):
        yield TextPlace(fact=event.kind, number=number, field=path, question=question, side=side), text


def wanted(
    event: Event, dispute: Dispute, place: TextPlace, text: Text, language: str, neutral_reads: Sequence[str]
) -> Mapping[str, Wanted]:
    """The languages into which a text goes, as BCP 47 tags, each with who needs it; a party comes before the neutral.

    `language` is the one that the text is in, `neutral_reads` those that the present neutral reads. The author gets a
    translation too, if an engine makes one, but does not need it.
    """
    found: dict[str, Wanted] = {}
    for by, tags in _readers(event, dispute, neutral_reads).items():
        if _reads(tags, language):
            continue
        author = by is not Participant.NEUTRAL and dispute.party(Side(by.value)).subject == text.author
        needs = Wanted(
            of=place,
            by=None if author else by,
            neutral=dispute.escalation.neutral if by is Participant.NEUTRAL else None,
        )
        known = next((tag for tag in found if tag.lower() == tags[0].lower()), tags[0])
        if known not in found or found[known].by is None:
            found[known] = needs
    return found


def awaits_ruling(event: Event) -> bool:
    """Whether the fact belonged to a ruling that awaited its co-signature: the parties read it once that takes effect."""
    return bool(getattr(event, "awaits_co_signature", False))


@cache
def holds_text(model: type[BaseModel]) -> bool:
    return any(_mentions(field.annotation) for field in model.model_fields.values())


def _readers(event: Event, dispute: Dispute, neutral_reads: Sequence[str]) -> Mapping[Participant, Sequence[str]]:
    """Who may read the texts of the fact, with the languages that they read. If no party may, nobody needs a translation."""
    sides = [side for side in Side if _may_read(event, dispute, side)]
    readers: dict[Participant, Sequence[str]] = {
        Participant(side.value): (dispute.party(side).language,) for side in sides
    }
    heard = not isinstance(event, CaucusMessagePosted) or event.neutral == dispute.escalation.neutral
    if neutral_reads and sides and heard:
        readers[Participant.NEUTRAL] = neutral_reads
    return readers


def _may_read(event: Event, dispute: Dispute, side: Side) -> bool:
    if isinstance(event, CaucusMessagePosted):
        return event.side is side
    if event.told_to not in FOR_BOTH:
        return False
    if event.told_to is Audience.WHOM_COMMITMENT_CONCERNS:
        return (getattr(event, "commitment_id", None), side) not in dispute.telling.hidden
    return not awaits_ruling(event) or _took_effect(event, dispute)


def _took_effect(event: Event, dispute: Dispute) -> bool:
    number = getattr(event, "ruling", None) or getattr(event, "number", None)
    rulings = dispute.adjudication.rulings
    return any(ruling.number == number and ruling.status not in NEVER_IN_EFFECT for ruling in rulings)


def _reads(tags: Sequence[str], language: str) -> bool:
    return primary(language) in map(primary, tags)


def primary(tag: str) -> str:
    return tag.partition("-")[0].lower()


def _texts(value: Any, path: str) -> Iterator[tuple[str, Text]]:
    match value:
        case Text():
            yield path, value
        case BaseModel():
            for name in type(value).model_fields:
                yield from _texts(getattr(value, name), f"{path}.{name}" if path else name)
        case tuple() | list():
            for number, item in enumerate(value):
                yield from _texts(item, f"{path}.{number}")
        case _:
            pass


def _mentions(annotation: Any) -> bool:
    if isinstance(annotation, type):
        return annotation is Text or (issubclass(annotation, BaseModel) and holds_text(annotation))
    return any(map(_mentions, get_args(annotation)))
