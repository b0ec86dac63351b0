"""Every catalogue is complete, and says what the English text says."""

import re
from typing import get_args

import pytest
from babel.core import Locale

from api.acts.registry import DECLARED
from api.words import sentences, terms
from api.words.catalogue import catalogue
from api.words.languages import LANGUAGES, language_of
from domain.clocks import names
from domain.commitments.events import CommitmentKind, Participant
from domain.contacts.contact_facts import ContactOutcome, Wanted
from domain.filing.filing_facts import ReliefSought
from domain.kernel.base import Role
from domain.kernel.channels import Channel
from domain.kernel.people import Awaiting, Outcome, Stage
from domain.moves import TAKE_CASE
from domain.policy.reasons import ClaimReason
from tests.api.words.catalogues import TRANSLATED, forms, found, read, texts

NUMBERS = (0, 1, 2, 5, 11, 21, 100)

_FACT = re.compile(r"\{\w+\}")
_CODE = re.compile(r"`[^`]+`")


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_missing_or_left_over(language: str) -> None:
    """`python -m tests.api.words.catalogues` brings new texts in and takes old ones out."""
    said = {(m.context, m.id[0] if isinstance(m.id, tuple) else m.id) for m in read(language) if m.id}
    assert said == {(text.context, text.one) for text in texts()}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_and_keeps_its_facts(language: str) -> None:
    """Names of fields and of headers stay as they are: whoever reads them looks for them in a request."""
    catalog = read(language)
    wrong: list[tuple[str, str]] = []
    for text in texts():
        message = found(catalog, text)
        assert message is not None
        said = forms(message)
        wrong += [(text.one, form) for form in said if not form.strip() or _codes(form) != _codes(text.one)]
        if text.many and {fact for form in said for fact in _FACT.findall(form)} != {*_FACT.findall(text.many)}:
            wrong.append((text.many, " | ".join(said)))
    assert wrong == []


def _codes(text: str) -> list[str]:
    return sorted(_CODE.findall(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_gets_the_form_that_the_language_has_for_it(language: str) -> None:
    """By CLDR's rules: numbers of one category share a form, and a number that the form does not name is in it. Usage differs
    for 0, which nobody is told."""
    words, categories = catalogue(language), Locale.parse(language, sep="-").plural_form
    said = {n: words.count("also", sentences.YOURS_ONE, sentences.YOURS_MANY, n) for n in NUMBERS}
    for n in NUMBERS:
        for other in NUMBERS:
            alike = said[n].replace(str(n), "#") == said[other].replace(str(other), "#")
            if 0 not in (n, other) and categories(n) == categories(other):
                assert alike, (n, other)
        assert str(n) in said[n] or n in (0, 1, 2), said[n]
    if language == "ru":
        assert len({said[n].replace(str(n), "#") for n in (21, 2, 5)}) == 3
    if language == "ar":
        assert len({said[n].replace(str(n), "#") for n in NUMBERS}) >= 5


def test_every_value_has_a_name() -> None:
    """A value that is added needs a name, before anybody can read it."""
    assert terms.STAGES.keys() == {*Stage}
    assert terms.OUTCOMES.keys() == {*Outcome}
    assert terms.REASONS.keys() == {*ClaimReason}
    assert terms.RELIEFS.keys() == {*ReliefSought}
    assert terms.COMMITMENTS.keys() == {*CommitmentKind}
    assert terms.ROLES.keys() == {*Role, *Participant, "both"}
    assert terms.ACTS.keys() == {*DECLARED, TAKE_CASE}
    assert terms.CHANNELS.keys() == {*get_args(Channel)}
    assert terms.WANTS.keys() == {*get_args(Wanted)}
    assert terms.CONTACT_OUTCOMES.keys() == {*get_args(ContactOutcome)}
    assert sentences.MOVES.keys() == {*Awaiting, "buyer", "seller"} - {"claimant", "respondent"}


def test_every_deadline_has_its_sentences() -> None:
    """What is to be done, by whom it is done, and what follows if nobody does it."""
    about = {kind.about for kind in (*names.Running.__args__, names.Answers)}
    assert terms.DEADLINES.keys() == about == sentences.SILENCE.keys()
    assert sentences.YOUR_STEPS.keys() == sentences.STEPS.keys() == about - {"stay"}
    for whose in ("buyer", "seller"):
        assert sentences.steps_of(whose, to_a_party=False).keys() == about - {"stay"}


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("*", "en"),
        ("de-CH, fr;q=0.8", "de"),
        ("fr;q=0.1, it", "it"),
        ("pt-BR", "pt"),
        ("zh-TW", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("ca", "es"),
        ("xx, ar-EG;q=0.5, en;q=0.4", "ar"),
        ("de;q=0, ru;q=0.1", "ru"),
        ("de;q=nan, ru;q=x, it;q=0.1", "it"),
        ("ja, ko", "en"),
        ("!!!, ;;;, \u0000", "en"),
        ("de" * 300, "en"),
    ],
)
def test_the_reader_gets_the_nearest_language(accepted: str | None, language: str) -> None:
    assert language_of(accepted) == language


_TO_ONE = re.compile(
    r"(?<!\w)(?:[وف]?(?:علي|لدي|ل|ب|من|إلي|يمكن|جانب|صفت|رد|تكليف|رسائل|يخص|نفس)كَ?|أنتَ?|لستَ?|\w+تَ)(?!\w)"
)
"""Words that address one person."""


def test_arabic_addresses_its_reader_in_one_way() -> None:
    """In the polite plural, as the catalogue of the console began. Its commas are those of its script."""
    said = [form for message in read("ar") if message.id for form in forms(message)]
    assert [form for form in said if _TO_ONE.search(form)] == []
    assert [form for form in said if re.search(r"[\u0621-\u064a]\s*[,;?]", form)] == []
