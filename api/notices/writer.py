"""Writes a notice in the language of whoever is told: the heading, the text, and the HTML with the same words.

    NoticeWriter().write(notice).heading     "7KQ4-M2XR-X: The other side made you an offer."

Each instant is exact, on the clock of the reader, with the name of the time zone. References and numbers stand in isolation, so
that they read the same in a text that runs from right to left.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.notices import sentences as notice_sentences
from api.words import sentences, terms
from api.words.catalogue import Catalogue, catalogue
from api.words.languages import LANGUAGES, best
from mediation.processes.notices.writing import ToWrite, Written

CONTEXT = "notices"

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)

_ISOLATE = "\u2068{}\u2069"
"""FIRST STRONG ISOLATE and its end, for text without markup (Unicode Standard Annex 9)."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something to do: what, until when, and what silence means, if it means something."""

    what: str
    until: str
    silence: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What text and HTML are made of. `facts` are labels with references."""

    language: str
    direction: str
    heading: str
    happened: Sequence[str]
    to_do_title: str
    to_do: Sequence[Item]
    owed_title: str
    owed: Sequence[Item]
    nothing: str | None
    where: str
    link: tuple[str, str] | None
    facts: Sequence[tuple[str, str]]
    why: str


class NoticeWriter:
    """A `mediation.processes.notices.writing.Writer`."""

    def language(self, wanted: str) -> str:
        """The language in which a reader of this language is written to (BCP 47)."""
        return best([wanted], LANGUAGES)

    def write(self, notice: ToWrite) -> Written:
        page = _page(notice, catalogue(self.language(notice.language)))
        html = _PAGES.get_template("notice.html").render(page=page)
        return Written(heading=page.heading, text="\n".join(_lines(page)) + "\n", html=html)


def _page(notice: ToWrite, words: Catalogue) -> Page:
    happened = [words.say(CONTEXT, notice_sentences.HAPPENED[name]) for name in dict.fromkeys(notice.templates)]
    to_do = [*_to_do(notice, words)]
    owed = [
        Item(words.say("commitments", terms.COMMITMENTS[kind]), _by(words, notice_sentences.DUE, at, notice.time_zone))
        for kind, at in notice.promises
    ]
    facts = [(words.say(CONTEXT, notice_sentences.CASE), notice.case_number)]
    if notice.order_id is not None:
        facts.append((words.say(CONTEXT, notice_sentences.ORDER), notice.order_id))
    return Page(
        language=words.language,
        direction=words.direction,
        heading=_heading(notice.case_number, happened, words),
        happened=happened,
        to_do_title=words.say(CONTEXT, notice_sentences.WHAT_NOW),
        to_do=to_do,
        owed_title=words.say(CONTEXT, notice_sentences.YOU_OWE),
        owed=owed,
        nothing=None if to_do or owed else words.say(CONTEXT, notice_sentences.NOTHING_RUNS),
        where=words.say(CONTEXT, notice_sentences.WHERE),
        link=(words.say(CONTEXT, notice_sentences.OPEN), notice.page) if notice.page else None,
        facts=facts,
        why=words.say(CONTEXT, notice_sentences.WHY),
    )


def _heading(case_number: str, happened: Sequence[str], words: Catalogue) -> str:
    """The case number comes first: lists of mails cut off the end."""
    number = _ISOLATE.format(case_number) if words.direction == "rtl" else case_number
    more = len(happened) - 1
    also = words.count(CONTEXT, notice_sentences.AND_ONE, notice_sentences.AND_MANY, more) if more else ""
    return f"{number}: {happened[0]} {also}".strip()


def _to_do(notice: ToWrite, words: Catalogue) -> Iterator[Item]:
    for about, at in notice.deadlines:
        what = words.say("steps", sentences.YOUR_STEPS[about])
        silence = words.say("silence", sentences.SILENCE[about])
        yield Item(what, _by(words, notice_sentences.UNTIL, at, notice.time_zone), silence)


def _by(words: Catalogue, text: str, at: datetime, zone: str) -> str:
    return words.say(CONTEXT, text, instant=words.instant(at, zone))


def _lines(page: Page) -> Iterator[str]:
    """The text: one thought in a line, and an empty line between two."""
    yield from page.happened
    for title, items in ((page.to_do_title, page.to_do), (page.owed_title, page.owed)):
        if items:
            yield from ("", title)
        for item in items:
            yield f"- {item.what}"
            yield f"  {item.until}"
            if item.silence is not None:
                yield f"  {item.silence}"
    if page.nothing is not None:
        yield from ("", page.nothing)
    yield from ("", page.where)
    if page.link is not None:
        yield page.link[1]
    yield ""
    for label, reference in page.facts:
        yield f"{label} {_ISOLATE.format(reference) if page.direction == 'rtl' else reference}"
    yield from ("", page.why)
