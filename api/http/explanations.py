"""Explains each kind of problem: what happened, why there is such a rule, what to do, and an example of the answer.

All of it stands in the docstring of the kind, in paragraphs that begin with these words:

    class ClaimExceedsHeld(Malformed):
        \"""`amount` of the `claim` is more than the sum held in escrow.

        Why: Where money is held in escrow, only that money can be divided.

        What to do: Claim at most what is `held`.

        Example: {"amount": "200.00 EUR", "held": "129.90 EUR"}
        \"""

The first line is the title. What follows it, if anything, belongs to what happened. The example has the facts.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from inspect import cleandoc
from typing import Any
from uuid import UUID

from api.http.problem_kinds import NoSuchResource
from api.http.problem_schemas import Explanation, Problem
from api.http.problems import catalogue, status_of, title_of
from api.words import explained
from api.words.catalogue import Catalogue
from api.words.catalogue import catalogue as catalogue_of
from api.words.languages import ENGLISH
from domain.kernel.refusals import Refusal

_WHY, _TO_DO, _EXAMPLE = "Why: ", "What to do: ", "Example: "
_NUMBER = UUID("5b0f2f0e-52a6-4d1c-9d0a-3f1f3f6c2a11")
_CODE = re.compile(r"`([^`]+)`")
_SENTENCE = re.compile(r"(?<=[.:;]) (?=[A-Z`])")
_ADDRESS = re.compile(r",? (?:with |from |\()?(?:or from )?`(?:GET|POST|PUT) /v1/[^`]*`\)?")
_ABOUT_ADDRESS = re.compile(r"`(?:GET|POST|PUT) /v1/|.*`(?:Mediation-As|At-Least|ETag|Idempotency-Key|Retry-After)`")
_ENGLISH = catalogue_of(ENGLISH)


@dataclass(frozen=True, slots=True)
class Sections:
    """The paragraphs of a kind's docstring, each on one line. `facts` are those of the example."""

    happened: tuple[str, ...]
    why: str
    to_do: str
    facts: dict[str, Any]

    @classmethod
    def of(cls, kind: type[Exception]) -> "Sections":
        """A section that is missing is empty. Raises ValueError for an example that is not JSON."""
        paragraphs = [" ".join(told.split()) for told in cleandoc(kind.__doc__ or "").split("\n\n")]

        def beginning(word: str) -> str:
            return next((told.removeprefix(word) for told in paragraphs if told.startswith(word)), "")

        return cls(
            happened=tuple(told for told in paragraphs if not told.startswith((_WHY, _TO_DO, _EXAMPLE))),
            why=beginning(_WHY),
            to_do=beginning(_TO_DO),
            facts=json.loads(beginning(_EXAMPLE) or "{}"),
        )


def explain(code: str) -> Explanation:
    """Raises NoSuchResource for an unknown code."""
    kind = catalogue().get(code)
    if kind is None:
        raise NoSuchResource
    told = Sections.of(kind)
    return Explanation(
        code=code,
        status=status_of(kind),
        title=title_of(kind),
        explanation="\n\n".join(told.happened),
        why=told.why,
        what_to_do=told.to_do,
        example=_example(kind, told.facts),
        pointer=_pointer(kind),
    )


def _example(kind: type[Exception], facts: dict[str, Any]) -> dict[str, Any]:
    """An answer as it is sent."""
    code = kind.__name__
    return Problem(
        type=f"/problems/{code}",
        title=title_of(kind),
        status=status_of(kind),
        code=code,
        facts=facts or None,
        pointer=_pointer(kind),
        correlation_id=_NUMBER,
    ).model_dump(mode="json", exclude_none=True)


def _pointer(kind: type[Exception]) -> str | None:
    return kind.pointer if issubclass(kind, Refusal) else None


@dataclass(frozen=True, slots=True)
class Said:
    """A text for a person, and its language (BCP 47)."""

    text: str
    language: str


def remedies(code: str, words: Catalogue) -> tuple[Said | None, Said | None]:
    """Why there is this rule, and what helps, in the reader's language where it is said in it, and otherwise in English. None
    for a text that nobody has written. Raises NoSuchResource for an unknown code.
    """
    told = explain(code)
    known = code in explained.CODES
    return (
        _said(explained.WHY, plainly(told.why), words if known else _ENGLISH),
        _said(explained.TO_DO, plainly(told.what_to_do), words if known else _ENGLISH),
    )


def _said(context: str, text: str, words: Catalogue) -> Said | None:
    return Said(words.say(context, text), words.language) if text else None


def plainly(text: str) -> str:
    """The text for somebody who sends no requests: without the addresses of the API."""
    sentences = [_ADDRESS.sub("", one) for one in _SENTENCE.split(text) if not _ABOUT_ADDRESS.match(one)]
    return " ".join(sentences)


def page(told: Explanation) -> str:
    """The same for a person with a browser."""
    return "\n".join(_page(told))


def _page(told: Explanation) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">'
    yield f"<title>{escape(told.code)}</title>\n<h1>{escape(told.code)}</h1>\n<p>Status {told.status}</p>"
    yield "<h2>What happened</h2>"
    yield from (f"<p>{_marked(paragraph)}</p>" for paragraph in told.explanation.split("\n\n"))
    yield f"<h2>Why there is this rule</h2>\n<p>{_marked(told.why)}</p>"
    yield f"<h2>What to do</h2>\n<p>{_marked(told.what_to_do)}</p>"
    example = json.dumps(told.example, indent=2, ensure_ascii=False)
    yield f"<h2>An example of the answer</h2>\n<pre>{escape(example)}</pre>\n</html>\n"


def _marked(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(text))
