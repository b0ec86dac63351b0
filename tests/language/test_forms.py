"""A reader sees a date or an amount also as they write it themselves, but only where it is clear what it says."""

import pytest

from mediation.language.forms import own_form


@pytest.mark.parametrize(
    ("token", "language", "form"),
    [
        ("3 novembre 2026", "zh-Hans", "2026年11月3日"),
        ("3 novembre 2026", "pt-PT", "3 de novembro de 2026"),
        ("2026年11月5日", "it", "5 novembre 2026"),
        ("11月3日", "de", "3. November"),
        ("2026-11-03", "ar", "3 نوفمبر 2026"),
        ("٣ نوفمبر ٢٠٢٦", "it", "3 novembre 2026"),
        ("Nov 3rd, 2026", "ru", "3 ноября 2026\u202fг."),
        ("3 de noviembre", "en", "November 3"),
        ("29 февраля", "en", "February 29"),
        ("129,90 €", "en", "€129.90"),
        ("€ 1.299,00", "zh-Hans", "€1,299.00"),
        ("R$5692", "de", "5.692,00\xa0R$"),
        ("¥1187", "it", "1.187 ¥"),
        ("1.2万元", "it", "12.000 元"),
        ("¥3亿", "en", "300,000,000 ¥"),
        ("KWD 1,234.567", "it", "1.234,567\xa0KWD"),
        ("CHF 1'299.50", "fr", "1\u202f299,50\xa0CHF"),
        ("5 000 руб.", "it", "5.000,00\xa0RUB"),
        ("₹ 12,34,567", "en", "₹1,234,567.00"),
    ],
)
def test_as_the_reader_writes_it(token: str, language: str, form: str) -> None:
    assert own_form(token, language) == form


@pytest.mark.parametrize(
    "token",
    [
        "03/11/2026", "3.11.2026", "2026-13-45", "2026年2月30日", "14:30", "¥ 5,800", "29.000 KWD", "1.299 €", "42", "3.5",
        "20%", "LP00123456789CN", "O-2026-4711", "https://example.com/2026-11-03",
        "+55 11 98765-4321", "DE89 3704 0044 0532 0130 00",
        "📦", "Anna Rossi", "", "mar 3", "XYZ 5", "3 novembre, 4 novembre", "1.2.3,4 €", "A4/B7", "...", "€",
    ],
)  # fmt: skip
def test_what_is_not_clear_stays_as_it_is(token: str) -> None:
    """3 November or 11 March; one and a bit or more than a thousand; March or Tuesday."""
    assert own_form(token, "it") is None


def test_what_the_reader_writes_just_so() -> None:
    assert own_form("3 novembre 2026", "it") is None
    assert own_form("129,90 €", "it") is None


@pytest.mark.parametrize("language", ["tlh", "und", "not a tag"])
def test_a_language_without_forms(language: str) -> None:
    assert own_form("3 novembre 2026", language) is None
