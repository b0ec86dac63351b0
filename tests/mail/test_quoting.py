"""The writer's words and the copy below them are told apart, in each language and for each mail program. Nothing is lost."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.mail.html_text import text_of
from mediation.mail.quoting import own, parts
from tests.mail import replies
from tests.mail.replies import NEW, OLD

PLAIN = [replies.gmail, replies.outlook]
HTML = [replies.gmail_html, replies.outlook_html]
ALL = [pytest.param(make, language, id=f"{make.__name__}-{language}") for make in PLAIN for language in NEW]
ALL_HTML = [pytest.param(make, language, id=f"{make.__name__}-{language}") for make in HTML for language in NEW]
ALL += [pytest.param(replies.qq, language, id=f"qq-{language}") for language in ("zh", "en")]
ALL_HTML += [pytest.param(replies.qq_html, language, id=f"qq_html-{language}") for language in ("zh", "en")]


@pytest.mark.parametrize(("make", "language"), ALL)
def test_a_copy_in_plain_text_is_folded(make: Callable[[str], str], language: str) -> None:
    text = make(language)
    assert own(text) == NEW[language]
    assert OLD in text.removeprefix(parts(text)[0].text)


@pytest.mark.parametrize(("make", "language"), ALL_HTML)
def test_a_copy_in_html_is_folded(make: Callable[[str], str], language: str) -> None:
    text = text_of(make(language))
    assert own(text) == NEW[language]
    assert OLD in text


def test_answers_between_the_lines_stay_the_writers_own() -> None:
    text = (
        "On Mon, Nov 2, 2026 at 10:00 AM Mediation <reply@desk.example> wrote:\n\n> Did it arrive?\n\nNo.\n\n"
        "> Do you want your money back?\n\nYes, all of it.\n"
    )
    assert own(text).split() == ["No.", "Yes,", "all", "of", "it."]
    assert [part.kind for part in parts(text)] == ["copy", "own", "copy", "own"]


def test_thunderbird_names_no_address() -> None:
    assert own("Nein.\n\nAm 02.11.26 um 10:00 schrieb Mediation:\n> Ist es angekommen?\n") == "Nein."


def test_apple_mail_breaks_no_line() -> None:
    assert own("No.\n\n> On 2 Nov 2026, at 10:00, Mediation <a@desk.example> wrote:\n> \n> Did it arrive?\n") == "No."


def test_an_answer_below_the_copy_is_the_writers_own() -> None:
    assert own("Li <li@shop.example> wrote on 2026-11-02:\n> Did it arrive?\n\nNo, it did not.\n") == "No, it did not."


@pytest.mark.parametrize(
    "text",
    [
        "I was there at 10:00, and the driver told me:\nthe parcel is lost.",
        "From: Shenzhen\nI know nothing more.",
        "to: Turin\nfrom: Shenzhen\nThe parcel took 40 days.",
        "--- picture 1 ---\nThe box is torn.\n--- picture 2 ---\nThe lamp is broken.",
        "Order 2026-11-02:\n- lamp 1\n- lamp 2",
        "Mail an li@shop.example: keine Antwort.",
    ],
)
def test_what_is_not_surely_a_copy_is_shown(text: str) -> None:
    assert [part.kind for part in parts(text)] == ["own"]


_LINES = st.sampled_from(
    [
        "",
        "> old",
        "new",
        "On Mon, Nov 2, 2026 at 10:00 Li <li@shop.example> wrote:",
        "From: Li",
        "Sent: 10:00",
        "To: x",
        "____________",
    ]
)


@given(st.one_of(st.text(), st.lists(_LINES).map("\n".join), st.lists(_LINES).map("\r\n".join)))
def test_the_parts_put_together_are_the_text(text: str) -> None:
    assert "".join(part.text for part in parts(text)) == text
