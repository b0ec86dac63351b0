"""Facts about key questions: which side answered which question."""

from collections.abc import Mapping
from dataclasses import field

from domain.kernel.base import Event, Value
from domain.kernel.disclosure import Audience, Told
from domain.kernel.frozen import frozen
from domain.kernel.people import Side, Text, Words
from domain.policy.reasons import AskedName

# --- types ---


class NewAnswer(Value):
    question: AskedName
    answer: Words


class KeyQuestionAnswered(Event, kind="KeyQuestionAnswered", stream="dispute", told_to=Audience.ALL):
    """A side answered a key question. `edition` counts from 1. Earlier editions stay on record."""

    question: Told[str]
    by: Told[Side]
    edition: Told[int]
    answer: Told[Text]


# --- state ---


@frozen
class KeyQuestions:
    """`editions` holds how often each question was answered, `by` the sides that answered any."""

    editions: Mapping[str, int] = field(default_factory=dict)
    by: frozenset[Side] = frozenset()


# --- evolve ---


def evolve(known: KeyQuestions, event: KeyQuestionAnswered) -> KeyQuestions:
    return KeyQuestions({**known.editions, event.question: event.edition}, known.by | {event.by})
