"""A refusal's title says what happened and where, as the caller sees it, and never the rule behind it.

Right: "`written_at` is later than the message itself." Wrong: "A message was written before it was posted."
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from api.app import assemble
from api.http.problems import catalogue, title_of
from domain.kernel import refusals
from domain.kernel.refusals import Refusal
from tests import today
from tests.reference import facts_by_code

LONGEST = 130
"""Characters."""

RULE = re.compile(
    r"^(an?|each|every|either|nobody|no one|who|whoever|whom|what|where|while|only|to|two|both|neither)\b"
    r"|\b(may|might|must|shall|should|ought|whoever|whomever|nobody else|nothing else|have to|has to|promise\w*)\b"
    r"|^the [\w, ]+ or an? \w+ \w+s\b"
    r"|\b(we|us|our|ours)\b",
    re.IGNORECASE,
)
"""How a sentence begins that states a rule ("Each party appeals once.", "Only a supervisor reopens."), and typical
words of it.
"""

THINGS = re.compile(
    r"\b(dispute|offer|proposal|ruling|appeal|claim|claimant|respondent|party|person|side|neutral|exhibit|evidence|commitment"
    r"|conversation|message|caucus|incident|finding|challenge|mandate|policy|deadline|window|default|goods|instalment|refund"
    r"|amount|currency|money|order|file|form|body|request|header|query|JSON|token|role|you|response|counterclaim|proceeding"
    r"|representative|recommendation|difference|legal hold|erased|act|fact|sealed|view|database|clock|log|engine|worker"
    r"|notice|line of the import|import|address|marketplace|inadmissible|escalation|outage|periods|time|consent|withdraw"
    r"|cancel|thing|mail|voucher)s?\b",
    re.IGNORECASE,
)
"""Things that a caller knows: words of the domain, and parts of a request."""

STATE = re.compile(
    r"\b(is|are|was|were|has|have|had|does|do|did|can|cannot|would|there is|ended|failed|stopped|begins|stops?|takes?|shares?"
    r"|names|looks|stepped|lies|holds|differs|extends|gives)\b"
)
"""Verbs that state the condition of a thing or a field."""

IN_CODE = re.compile("`([^`]+)`")


@pytest.fixture(scope="module")
def names() -> frozenset[str]:
    """Names that a caller can look up: fields, parameters, headers, values, and the facts of a refusal."""
    told = {name for facts in facts_by_code().values() for name in facts}
    return frozenset(told | {"ETag", "Content-Type", *named(assemble(today.now).openapi())})


def kinds() -> dict[str, type[Exception]]:
    """Includes the four kinds that only group others, because the documentation shows their titles."""
    sorting = (refusals.Malformed, refusals.Conflict, refusals.Forbidden, refusals.Unknown)
    return {**catalogue(), **{kind.__name__: kind for kind in sorting}}


@pytest.mark.parametrize("code", sorted(kinds()))
def test_it_says_what_happened(code: str, names: frozenset[str]) -> None:
    title = title_of(kinds()[code])
    assert title.endswith(".")
    assert len(title) <= LONGEST
    assert RULE.search(title) is None, "this is a rule, and does not say what happened"
    if quoted := IN_CODE.findall(title):
        assert names.issuperset(quoted), "no field, parameter, header, value or fact has this name"
    else:
        assert THINGS.search(title), "this names neither a field nor a thing"
    assert STATE.search(title), "this does not say what is the matter"


@pytest.mark.parametrize("code", sorted(kinds()))
def test_it_names_the_field_that_it_points_to(code: str) -> None:
    kind = kinds()[code]
    pointer = kind.pointer if issubclass(kind, Refusal) else None
    if pointer is not None:
        assert set(pointer.split("/")) & set(IN_CODE.findall(title_of(kind)))


def test_no_two_say_the_same() -> None:
    titles = [title_of(kind) for kind in kinds().values()]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize(
    "rule",
    [
        "A message was written before it was posted.",
        "Each side appeals once in a dispute.",
        "Only a supervisor reopens a dispute.",
        "An offer is answered by the side to which it was made.",
        "Nobody owes anything to themselves.",
        "The parties may agree otherwise.",
        "The marketplace or a supervisor records what is going on elsewhere.",
    ],
)
def test_a_rule_is_no_title(rule: str) -> None:
    assert RULE.search(rule)


def named(document: Any) -> Iterator[str]:
    """The names in an OpenAPI document: of properties and parameters, and the allowed values of fields."""
    match document:
        case dict():
            if isinstance(properties := document.get("properties"), dict):
                yield from properties
            if isinstance(name := document.get("name"), str) and "in" in document:
                yield name
            yield from (value for value in document.get("enum", ()) if isinstance(value, str))
            for part in document.values():
                yield from named(part)
        case list():
            for part in document:
                yield from named(part)
        case _:
            return
