"""Every text of an event that somebody can fill freely is sealed for one person. It is gone with that person's key.

Both tests look at the event classes themselves, so they also cover new events and new fields.
"""

from collections.abc import Iterator, Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID, uuid4

import pytest
from psycopg import AsyncConnection
from pydantic import BaseModel, StringConstraints

from domain.kernel.base import Event
from domain.kernel.personal import Personal
from mediation.store.keys.keys import Erasure
from mediation.store.keys.personal import spots
from mediation.store.keys.tokens import ERASED
from mediation.store.log.requests import Append, Pending, Stored
from tests import today
from tests.domain.examples import BUYER, EXAMPLES
from tests.worlds import MARKETPLACE, world

MARKER, THEIRS = "Zanzibar-7f3a", "Timbuktu-91bc"

NOT_FREE = frozenset({
    # written by the engine itself
    "BulkActNotReached.code", "ClaimBarred.reason", "ClaimBeyondLimit.most", "ContactsDestroyed.rule", "Deadline.name",
    "DeadlineEnded.name",
    "DeadlineLapsed.name", "DeadlineMoved.name", "DeadlineProof.calendar", "DeadlineProof.population",
    "DeadlineProof.rule", "DeadlineProof.tzdata",
    "Difference.our_status", "Difference.their_status", "File.media_type", "LedgerCompared.gateway", "Payout.residue",
    "ContractWithdrawn.clause", "StatutoryClock.calendar", "StatutoryClock.rule", "StatutoryClock.tzdata",
    "FactUsed.value", "MachineDecided.clause", "RecordRead.route", "RefundInstructed.funded_by", "Reminded.name",
    "StandsAgainst.rule", "ToldDeadline.name", "TextSentForTranslation.engine", "TextSent.engine", "TranslationMade.engine",
    "TextFound.engine", "TextFound.engine_version", "TranslationMade.engine_version", "TranslationMade.via",
    # names from a policy, which only an administrator publishes
    "DeclaredInadmissible.clause", "DisputeFiled.policy_version", "ExhibitAdded.shows", "FastLaneGranted.clause",
    "CalledFor.text", "KeyQuestionAnswered.question", "Party.tier", "Policy.clauses", "Question.text",
    "ResolutionGranted.clause", "RulingIssued.cites_clauses",
    # the parameters of a reading. Free ones are stored as a keyed hash: `api.audit.register`
    "RecordRead.question",
})  # fmt: skip
"""The fields whose text nobody fills freely."""


def free_texts(model: type[BaseModel], path: str) -> Iterator[tuple[str, str]]:
    """Every text in a model that has no pattern and no owner: the name of its field, and its place."""
    for name, field in model.model_fields.items():
        if _is_free(field.annotation, field.metadata):
            yield f"{model.__name__}.{name}", f"{path}.{name}"
        for inner in _models(field.annotation):
            yield from free_texts(inner, f"{path}.{name}")


def _is_free(annotation: Any, marks: Sequence[Any]) -> bool:
    if any(isinstance(mark, Personal) for mark in marks):
        return False
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return _is_free(inner, [*marks, *more])
    if get_origin(annotation) in (Union, UnionType):
        return any(_is_free(inner, marks) for inner in get_args(annotation))
    if get_origin(annotation) is Literal or annotation is NoneType:
        return False
    if get_args(annotation):
        return any(_is_free(inner, []) for inner in get_args(annotation))
    return annotation is str and not any(_bounds(mark) for mark in marks)


def _bounds(mark: Any) -> bool:
    """A pattern, or a validation of the project, bounds a text. A length alone does not."""
    if isinstance(mark, StringConstraints):
        return mark.pattern is not None
    return getattr(mark, "pattern", None) is not None or getattr(mark, "func", None) is not None


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.kind)
def test_free_text_is_somebodys(event: Event) -> None:
    """A field that anybody can fill freely names its owner. A text field that nobody can fill freely is listed here."""
    assert not [where for name, where in free_texts(type(event), event.kind) if name not in NOT_FREE]


def marked(event: Event) -> Event:
    """An event with a marker in every personal text: of the buyer, or of somebody else."""
    body = event.model_dump(mode="json")
    for spot in spots(event, body):
        spot.write(MARKER if BUYER in (spot.subject, spot.person) else THEIRS)
    return type(event).model_validate(body)


async def test_every_text_of_a_person_goes_with_their_key(database: str) -> None:
    """Holds for every kind of event. The texts of other people stay unchanged."""
    async with world(database) as w:
        streams: dict[UUID, Event] = {uuid4(): marked(event) for event in EXAMPLES}
        for stream_id, event in streams.items():
            fact = Pending(stream_id, 1, None, today.now(), event)
            assert isinstance(await w.log.append(Append(MARKETPLACE, uuid4(), uuid4(), None, (fact,))), Stored)
        async with await AsyncConnection.connect(database) as connection:
            bodies = await (await connection.execute("SELECT body FROM event")).fetchall()
        assert len(bodies) == len(EXAMPLES)
        assert not [body for (body,) in bodies if MARKER.encode() in body or THEIRS.encode() in body]

        async def told() -> dict[str, Any]:
            found = (await w.log.read([(stream_id, 0) for stream_id in streams])).streams
            facts = [found[stream_id][0].event for stream_id in streams]
            return {fact.kind: await w.codec.open(fact.model_dump(mode="json"), MARKETPLACE) for fact in facts}

        before = await told()
        assert before == {event.kind: event.model_dump(mode="json") for event in streams.values()}
        assert str(before).count(MARKER) > 30
        await w.keys.erase(Erasure(BUYER, 1, MARKETPLACE, "person_asked"))
        after = await told()
        assert MARKER not in str(after)
        assert str(after) == str(before).replace(MARKER, ERASED)
