"""Writes every text of the engine into every catalogue: `python -m tests.api.words.catalogues`.

A new text is added without a translation. A text that the engine no longer says is removed. The others stay as they are.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from babel.core import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

import api.app  # noqa: F401 - loads every module that has a refusal
from api.console.shown import CONTEXT
from api.console.texts import texts as console_texts
from api.http.explanations import explain, plainly
from api.http.problems import catalogue as problems
from api.http.problems import title_of
from api.notices import sentences as notice_sentences
from api.notices.writer import CONTEXT as NOTICES
from api.words import explained, facts, policy_texts, sentences, terms
from api.words.catalogue import path_of
from api.words.languages import ENGLISH, LANGUAGES
from domain.kernel.base import Event
from domain.kernel.disclosure import Audience

_NO_DATE = datetime(2026, 12, 1, tzinfo=UTC)
"""The format asks for dates. They would change with every run, and say nothing that the history of the file does not."""

TRANSLATED = [language for language in LANGUAGES if language != ENGLISH]


class Text(NamedTuple):
    """A text in English. `many` is its plural, if it depends on a number."""

    context: str
    one: str
    many: str | None = None


def texts() -> list[Text]:
    """Everything that the engine says, in a stable order."""
    return list(dict.fromkeys(_texts()))


def _texts() -> Iterator[Text]:
    for kind, names in terms.KINDS.items():
        yield from (Text(kind, name) for name in names.values())
    yield Text("moves", sentences.YOUR_MOVE)
    yield Text("moves", sentences.PAUSED)
    yield from _all("moves", sentences.MOVES)
    for steps in (sentences.YOUR_STEPS, sentences.STEPS, sentences.STEPS_OF_BUYER, sentences.STEPS_OF_SELLER):
        yield from _all("steps", steps)
    yield Text("steps", sentences.YOU_MUST)
    yield Text("steps", sentences.YOU_MAY)
    yield from _all("silence", sentences.SILENCE)
    yield Text("silence", sentences.NOT_BEGUN)
    yield Text("also", sentences.YOU_OWE_ANSWER)
    yield from _all("also", sentences.ANSWER_OWED)
    yield Text("also", sentences.MISSING_ONE, sentences.MISSING_MANY)
    yield Text("also", sentences.YOURS_ONE, sentences.YOURS_MANY)
    yield Text("also", sentences.OVERDUE_ONE, sentences.OVERDUE_MANY)
    told = (kind for kind, event in sorted(Event.registry.items()) if event.told_to is not Audience.NOBODY)
    yield from (Text(facts.CONTEXT, facts.title(kind)) for kind in told)
    yield from (Text(CONTEXT, one, many) for one, many in console_texts())
    yield from _all(NOTICES, notice_sentences.HAPPENED)
    yield Text(NOTICES, notice_sentences.AND_ONE, notice_sentences.AND_MANY)
    yield from (Text(NOTICES, text) for text in notice_sentences.FRAME)
    yield from (Text("policy", text) for text in policy_texts.OWN)
    yield from (Text("refusals", title_of(kind)) for _, kind in sorted(problems().items()))
    for code in explained.CODES:
        explanation = explain(code)
        yield Text(explained.WHY, plainly(explanation.why))
        yield Text(explained.TO_DO, plainly(explanation.what_to_do))


def _all(context: str, names: Mapping[str, str]) -> Iterator[Text]:
    return (Text(context, name) for name in names.values())


def read(language: str) -> Catalog:
    with path_of(language).open("rb") as file:
        return read_po(file, locale=Locale.parse(language, sep="-"))


def found(catalog: Catalog, text: Text) -> Message | None:
    return catalog.get(text.one, text.context)


def forms(message: Message) -> list[str]:
    """The translation; one for each plural form. An empty text is no translation."""
    said: Any = message.string
    return [*said] if isinstance(said, tuple) else [said or ""]


def main() -> None:
    for language in TRANSLATED:
        known = read(language) if path_of(language).exists() else None
        made = Catalog(
            Locale.parse(language, sep="-"),
            header_comment=f"# {language}: what the engine says. `python -m tests.api.words.catalogues` adds new texts.",
            project="mediation-engine",
            version="1",
            creation_date=_NO_DATE,
            revision_date=_NO_DATE,
            charset="utf-8",
            fuzzy=False,
        )
        for text in texts():
            message = known and found(known, text)
            made.add(
                (text.one, text.many) if text.many else text.one,
                message.string if message else None,
                context=text.context,
            )
        with path_of(language).open("wb") as file:
            write_po(file, made, width=0, omit_header=False, sort_output=False)


if __name__ == "__main__":
    main()
