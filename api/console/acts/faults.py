"""What is wrong with a form, by the place of the input."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from api.console.acts import fact_values, labels
from api.console.acts.clocks import Astray
from api.console.shown import CONTEXT
from api.http.explanations import Said, remedies
from api.http.problem_kinds import InvalidRequest
from api.http.problem_schemas import Problem
from api.words.catalogue import Catalogue, catalogue
from api.words.languages import ENGLISH

_NEEDED = "This is needed."
_OF_CODES: Mapping[str, str] = {"missing": _NEEDED, "string_too_short": _NEEDED, "too_short": _NEEDED}
_ASTRAY: Mapping[str, str] = {
    "unreadable": "This is no date with a time.",
    "skipped": "This time does not exist: the clock is put forward then. Choose an earlier or a later time.",
    "no_percentage": "This is no percentage from 0 to 100.",
    "not_a_whole": "The two percentages do not add up to 100.",
    "missing": _NEEDED,
    "twice": "The clock shows this time twice: it is put back then. Choose which of the two you mean.",
}
_NAME = re.compile(r"`([a-z][a-z_]*)`")
FORM_REFUSED = "Something in the form is missing, or cannot be read."


@dataclass(frozen=True, slots=True)
class Fault:
    """`language` is that of the text."""

    text: str
    language: str


Faults = Mapping[str, Fault]


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an act was not done, as a page shows it. `why` and `to_do` are None where nobody has written them."""

    title: str
    why: Fault | None
    to_do: Fault | None
    facts: Mapping[str, str]
    faults: Faults


def refused(problem: Problem, words: Catalogue, zone: ZoneInfo) -> Refused:
    """Instants are on the clock of `zone`."""
    told = dict(_told(problem))
    values = {name: fact_values.said(name, value, words, zone) for name, value in told.items()}
    fits = {name for name, value in told.items() if fact_values.fits_a_sentence(value) and not labels.is_field(name)}
    title = _spoken(problem.title, words, {name: values[name] for name in fits})
    faults = dict(_faults(problem, title, words))
    if problem.code == InvalidRequest.__name__:  # it speaks of a request, to programmers
        return Refused(words.say(CONTEXT, FORM_REFUSED), None, None, {}, faults)
    why, to_do = (_in_words(said) if said else None for said in remedies(problem.code, words))
    facts = {labels.named(name, words): value for name, value in values.items()}
    return Refused(title, why, to_do, facts, faults)


def _in_words(said: Said) -> Fault:
    return Fault(_spoken(said.text, catalogue(said.language), {}), said.language)


def _told(problem: Problem) -> Iterator[tuple[str, Any]]:
    """The facts that say something to a person: an id says nothing, and the present time they know."""
    for name, value in (problem.facts or {}).items():
        if name != "now" and value is not None and not fact_values.is_id(value):
            yield name, value


def _faults(problem: Problem, title: str, words: Catalogue) -> Iterator[tuple[str, Fault]]:
    for one in problem.errors or ():
        if one.pointer is not None:
            said = _OF_CODES.get(one.code)
            yield one.pointer, _said(said, words) if said else Fault(one.detail, ENGLISH)
    if not problem.errors and problem.pointer is not None:
        yield problem.pointer, Fault(title, words.language)


def _spoken(text: str, words: Catalogue, values: Mapping[str, str]) -> str:
    """A text for programmers, with the names of fields as the form calls them, and with `values` for the names of facts."""
    return _NAME.sub(lambda found: values.get(found[1]) or f"“{labels.named(found[1], words)}”", text).replace("`", "")


def of_typing(astray: Mapping[str, Astray], words: Catalogue) -> Refused:
    """What cannot be read before it is sent anywhere."""
    faults = {at: _said(_ASTRAY[one.why], words) for at, one in astray.items()}
    return Refused(words.say(CONTEXT, FORM_REFUSED), None, None, {}, faults)


def _said(text: str, words: Catalogue) -> Fault:
    return Fault(words.say(CONTEXT, text), words.language)


def texts() -> Iterator[str]:
    yield FORM_REFUSED
    yield from dict.fromkeys(_OF_CODES.values())
    yield from _ASTRAY.values()
