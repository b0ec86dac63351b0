"""A text's language is found, or it is said that it is not known. A wrong language would be translated wrongly."""

import pytest

from mediation.language.identification import UNDETERMINED, detect, identify
from tests.language.sentences import MIXED, SENTENCES, SHORT

CASES = [(language, text) for language, texts in SENTENCES.items() for text in texts]


def test_sentences_in_fourteen_languages() -> None:
    """Of a case in which all fourteen could be spoken, which no case is. At least 95 in 100 are right."""
    right = sum(identify(text, SENTENCES) == language for language, text in CASES)
    assert right / len(CASES) >= 0.95


@pytest.mark.parametrize(("mine", "theirs"), [("it", "zh"), ("pt", "es"), ("ru", "uk"), ("de", "nl"), ("fr", "ar")])
def test_sentences_of_a_case(mine: str, theirs: str) -> None:
    """Two parties and an English desk: none is taken for the other's language, near as that may be."""
    among = (mine, theirs, "en")
    wrong = [
        (text, found)
        for language in (mine, theirs)
        for text in SENTENCES[language]
        if (found := identify(text, among)) not in (language, UNDETERMINED)
    ]
    assert wrong == []


def test_short_texts_are_right_or_not_known() -> None:
    """At most one of twenty is taken for another language."""
    wrong = [
        (text, found)
        for text, language in SHORT
        if (found := identify(text, SENTENCES)) not in (language, UNDETERMINED)
    ]
    assert len(wrong) <= len(SHORT) / 20, wrong


def test_mixed_texts_are_in_one_of_their_languages_or_not_known() -> None:
    wrong = [
        (text, found) for text, either in MIXED if (found := identify(text, either)) not in (*either, UNDETERMINED)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    ["", "129,90 €", "O-2026-4711 LP00123456789CN", "https://example.com/a/b/c", "👍👍👍", "Mario Rossi", "ok ok"],
)
def test_what_is_no_language_is_in_none(text: str) -> None:
    assert identify(text, ("it", "en", "zh"), names=["Mario Rossi"]) == UNDETERMINED


def test_a_case_in_one_language() -> None:
    """Somebody may still write in another one."""
    assert identify("Il pacco è arrivato, ma il vaso era rotto.", ("it",)) == "it"
    assert identify("The parcel arrived, but the vase was broken.", ("it",)) != "it"


def test_tags_with_a_region_or_a_script() -> None:
    assert identify("颜色和你们页面上的图片完全不一样。", ("zh-Hans-CN", "pt-BR")) == "zh"


def test_a_case_of_unknown_languages() -> None:
    assert identify("Il pacco è arrivato, ma il vaso era rotto.", ("tlh", "und")) == UNDETERMINED


def test_an_author_who_declares_another_language_is_contradicted() -> None:
    """A form that declares the language of its page, and somebody who writes in their own."""
    assert detect("Il vaso è arrivato rotto, vorrei il rimborso.", "zh-Hans", ("it", "zh-Hans", "en")) == "it"
    assert detect("花瓶到的时候已经碎了，我要退款。", "en", ("it", "zh-Hans", "en")) == "zh"
    assert detect("Il vaso è arrivato rotto, vorrei il rimborso.", "und", ("it", "zh-Hans", "en")) == "it"


@pytest.mark.parametrize("language", sorted(SENTENCES))
def test_an_author_who_is_right_is_not_contradicted(language: str) -> None:
    """Whatever the parties of the case read. A false contradiction would be translated from the wrong language."""
    contradicted = [
        (text, found)
        for among in (("it", "zh", "en"), ("pt", "es"), ("ru", "uk"), ("de", "nl"), ("fr", "ar"))
        for text in SENTENCES[language]
        if (found := detect(text, language, among)) is not None
    ]
    assert contradicted == []


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        ("Grazie", "en"),  # too short to be sure
        ("129,90 € O-2026-4711", "zh-Hans"),  # in no language
        ("Das Paket kam nie an, bitte erstatten Sie mir das Geld.", "it"),  # in none that anybody here reads
        ("Paket nikada nije stigao, molim vas da mi vratite novac.", "bs"),  # near to another one
        ("Il vaso è arrivato rotto, vorrei il rimborso.", "tlh"),  # nobody here knows the declared one
    ],
)
def test_nobody_is_contradicted_on_a_guess(text: str, declared: str) -> None:
    assert detect(text, declared, ("it", "zh-Hans", "en", "hr")) is None


def test_a_private_sign_in_a_text() -> None:
    """Somebody may write the very sign that stands for an amount."""
    assert identify("Ho pagato 5 € \ue000\ue001\ue002 per il vaso che è arrivato rotto.", ("it", "zh")) == "it"
