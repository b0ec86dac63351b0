"""Texts of a policy in the language of their reader, and the languages that they miss.

The texts of the first policy are the engine's own words. A policy that keeps one of them, letter by letter, has it in every
language of the engine. About any other plain text nobody knows which language it is in.
"""

from collections.abc import Sequence
from typing import NamedTuple

from api.words.catalogue import catalogue
from api.words.languages import LANGUAGES, best, nearest
from domain.policy.book import FIRST_POLICY
from domain.policy.languages import texts_of
from domain.policy.policy import Policy
from domain.policy.texts import PolicyText

OWN = tuple(dict.fromkeys(text for _, text in texts_of(FIRST_POLICY) if isinstance(text, str)))
"""The texts of the first policy, in English. Their context in the catalogues is `policy`."""

_OWN = frozenset(OWN)


class Chosen(NamedTuple):
    """The text for one reader. `language` is the tag of the text; None where nobody knows it."""

    text: str
    language: str | None


def chosen(text: PolicyText, wanted: Sequence[str]) -> Chosen:
    """The nearest text for a reader who wants these languages, the most wanted first."""
    if not isinstance(text, str):
        language = best(wanted, tuple(text))
        return Chosen(text[language], language)
    if text not in _OWN:
        return Chosen(text, None)
    words = catalogue(best(wanted, LANGUAGES))
    return Chosen(words.say("policy", text), words.language)


def all_chosen(policy: Policy, wanted: Sequence[str]) -> dict[str, Chosen]:
    """Every text of the policy for this reader, by its JSON pointer."""
    return {pointer: chosen(text, wanted) for pointer, text in texts_of(policy)}


class Missing(NamedTuple):
    """The languages of the engine whose readers get this text in another language. `has` are the tags that it has."""

    pointer: str
    has: tuple[str, ...]
    missing: tuple[str, ...]


def missing(policy: Policy) -> list[Missing]:
    """The texts that miss a language of the engine. A plain text, which says no language, misses all."""
    told = []
    for pointer, text in texts_of(policy):
        has = _languages_of(text)
        lacks = tuple(language for language in LANGUAGES if nearest(language, has) is None)
        if lacks:
            told.append(Missing(pointer, has, lacks))
    return told


def _languages_of(text: PolicyText) -> tuple[str, ...]:
    if isinstance(text, str):
        return LANGUAGES if text in _OWN else ()
    return tuple(text)
