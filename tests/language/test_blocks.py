"""Which language each block of a picture's text is in: by its script, by itself, and by what stands around it."""

import pytest

from mediation.language.blocks import languages_of


@pytest.mark.parametrize(
    ("text", "among", "language"),
    [
        ("易碎", ("it", "zh-Hans", "en"), "zh-Hans"),
        ("收件人：Maria Bianchi", ("it", "zh-Hans", "en"), "zh-Hans"),
        ("شكرا", ("ar", "en"), "ar"),
        ("хрупкое", ("ru", "de", "en"), "ru"),
        ("易碎", ("it", "en"), "und"),
        ("Il vaso è arrivato rotto in tre pezzi", ("it", "zh-Hans", "en"), "it"),
        ("SF1024337781 18", ("it", "zh-Hans", "en"), "und"),
        ("129.90", ("ar", "en"), "und"),
        ("", ("ar", "en"), "und"),
    ],
)
def test_a_block_by_itself(text: str, among: tuple[str, ...], language: str) -> None:
    """A script that only one language of the case has says enough. Amounts and references are in no language."""
    assert languages_of([text], among) == [language]


def test_a_short_block_is_in_the_language_of_the_others() -> None:
    """One word says little, and stands on a receipt in Italian."""
    texts = ["Ricevuta", "Il vaso è arrivato rotto in tre pezzi", "Totale", "请轻放"]
    assert languages_of(texts, ("it", "zh-Hans", "en")) == ["it", "it", "it", "zh-Hans"]
