"""What no translation may touch comes through it letter by letter, or the translation is called unsafe."""

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.language.masking import Masked, mask, unmask
from tests.language.messages import message

HUNDREDS = 300


def placeholder(number: int) -> str:
    return f"XQ{number}"


def masked(text: str, *names: str) -> Masked:
    return mask(text, placeholder=placeholder, names=names)


def test_amounts_dates_and_references_of_300_messages() -> None:
    """Nothing of any of them is left for an engine to change."""
    random, left = Random(4711), []
    for _ in range(HUNDREDS):
        text, facts = message(random)
        sent = masked(text)
        if any(any(map(str.isdigit, piece)) for piece in _without_placeholders(sent)):
            left.append((text, sent.text))
        back = unmask(sent, sent.text)
        assert all(fact in back.text for fact in facts)
    assert left == []


def _without_placeholders(sent: Masked) -> list[str]:
    rest = sent.text
    for one in sorted(sent.placeholders, key=len, reverse=True):
        rest = rest.replace(one, " ", 1)
    return rest.split()


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Ho pagato 129,90 € il 3 novembre 2026.", ("129,90 €", "3 novembre 2026")),
        ("我于2026年11月3日付款¥1187", ("2026年11月3日", "¥1187")),
        ("Оплатил 5 000 руб.", ("5 000 руб.",)),
        ("دفعت ١٢٣٫٥٠ درهم", ("١٢٣٫٥٠ درهم",)),
        ("See https://a.example/b?c=1.", ("https://a.example/b?c=1",)),
        ("Size 42 or 3.5?", ("42", "3.5")),
        ("单号LP00123456789CN已签收", ("LP00123456789CN",)),
        ("价格USD 20的花瓶", ("USD 20",)),
        ("账号DE89 3704 0044 0532 0130 00。", ("DE89 3704 0044 0532 0130 00",)),
        ("付了1.2万元", ("1.2万元",)),
        ("CN¥ 399.00", ("CN¥ 399.00",)),
        ("5800円です", ("5800円",)),
        ("may I have it in May?", ()),
        ("", ()),
    ],
)
def test_what_is_taken_out(text: str, tokens: tuple[str, ...]) -> None:
    assert masked(text).tokens == tokens


def test_names_of_people_and_goods() -> None:
    """Whole words, in any case: Rosa is not taken out of Rosario."""
    assert masked("ROSA bought the Vaso Blu for Rosario", "Rosa", "vaso blu", "").tokens == ("ROSA", "Vaso Blu")


def test_names_where_words_have_no_spaces() -> None:
    assert masked("我是王小明，我找Anna Rossi的包裹", "王小明", "Anna Rossi").tokens == ("王小明", "Anna Rossi")
    assert masked("김철수는 왔다", "김철수").tokens == ("김철수",)


def test_capitals_are_lowered_and_come_back() -> None:
    """Engines take a text in capitals for names, and leave it untranslated."""
    sent = masked("WHERE IS MY MONEY? ORDER O-2026-7")
    assert sent.text == "where is my money? order XQ1"
    assert unmask(sent, "dov'è il mio denaro? ordine XQ1").text == "DOV'È IL MIO DENARO? ORDINE O-2026-7"
    assert masked("OK, see A4").text == "OK, see XQ1"


def test_a_text_that_has_a_placeholder_already() -> None:
    sent = masked("XQ1 costs 5 €")
    assert unmask(sent, sent.text).text == "XQ1 costs 5 €"
    assert unmask(sent, sent.text).spans[0].length == len("XQ1")


def test_where_the_originals_characters_stand() -> None:
    """A page shows them apart, in their own direction."""
    back = unmask(masked("Ho pagato 129,90 €."), "أنا دفعت XQ1.")
    (span,) = back.spans
    assert back.text[span.start : span.start + span.length] == "129,90 €"


@pytest.mark.parametrize(
    ("translated", "fault"),
    [
        (lambda text: "", "empty"),
        (lambda text: " \n", "empty"),
        (lambda text: text, "not_translated"),
        (lambda text: text.replace("XQ2", ""), "lost"),
        (lambda text: text.replace("XQ2", "XQ1"), "doubled"),
        (lambda text: text.replace("XQ2", "xq2"), "lost"),
        (lambda text: text.replace("XQ2", "XQ٢"), "lost"),
        (lambda text: text.replace("XQ2", "XQ 2"), "lost"),
        (lambda text: text.replace("XQ1", "XQ1 (139,90 $)"), "number_added"),
        (lambda text: text.replace("XQ1", "XQ1 XQ1"), "doubled"),
    ],
)
def test_an_engine_that_changes_something(translated: Callable[[str], str], fault: str) -> None:
    sent = masked("Ho pagato 129,90 € il 3 novembre 2026.")
    assert fault in unmask(sent, translated(sent.text)).faults


def test_an_engine_that_changes_the_order_is_safe() -> None:
    """Languages differ in that. Which is which stays clear."""
    sent = masked("Ho pagato 129,90 € il 3 novembre 2026.")
    back = unmask(sent, "On XQ2, I paid XQ1.")
    assert (back.text, back.safe) == ("On 3 novembre 2026, I paid 129,90 €.", True)


def test_ten_and_more_tokens() -> None:
    """`XQ1` is not found in `XQ12`."""
    text = " und ".join(f"{n} Stück" for n in range(100, 115))
    sent = masked(text)
    assert unmask(sent, sent.text.replace("Stück", "pieces")).safe


@given(st.text(max_size=200))
def test_nothing_is_lost_of_any_text(text: str) -> None:
    """An engine that returns what it was sent gives the original, but for the case of a text in capitals."""
    sent = masked(text)
    back = unmask(sent, sent.text)
    assert back.text == text or sent.shouted
    assert not {"lost", "doubled"} & {*back.faults}
