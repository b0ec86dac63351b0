"""What is cut is said, and every file has one place or a reason why not."""

from hypothesis import given
from hypothesis import strategies as st

from domain.payments.defence import CUT, cut
from domain.payments.defence_files import Document, Limits, kind_of, placed

LIMITS = Limits({"application/pdf": 100, "image/png": 50}, together=120)


@given(st.text(max_size=60), st.integers(min_value=10, max_value=60))
def test_a_text_is_within_its_limit_and_every_sign_is_accounted_for(text: str, limit: int) -> None:
    kept, left_out = cut("notes", text, limit)
    assert len(kept) <= limit
    if not left_out:
        assert kept == text
        return
    (left,) = left_out
    assert (left.what, left.why) == ("notes", "too_long")
    head = kept.removesuffix(CUT)
    assert kept != head
    assert text.startswith(head)
    assert left.signs == len(text) - len(head)


def test_a_letter_keeps_its_marks() -> None:
    """A bare letter at the end would be another word in Arabic, and half of a family is another picture."""
    shadda = "مزهريّة"
    assert cut("notes", shadda + "x" * 20, len(CUT) + 5)[0] == f"مزهر{CUT}"
    family = "👨\u200d👩\u200d👧"
    assert cut("notes", f"ab{family}{'x' * 20}", len(CUT) + 4)[0] == f"ab{CUT}"


def test_a_file_goes_where_it_belongs_and_else_where_there_is_room() -> None:
    files = [_file(1), _file(2), _file(3)]
    assert [(one.field, one.taken, one.why) for one in placed(files, lambda kind: (kind, "any"), LIMITS)] == [
        ("delivery", True, None),
        ("any", True, None),
        ("delivery", False, "no_field_left"),
    ]


def test_a_file_that_is_not_taken_takes_no_room() -> None:
    files = [
        _file(1, size=101),
        _file(2, media_type="video/mp4"),
        _file(3, size=51, media_type="image/png"),
        _file(4, size=100),
        _file(5, size=21),
        _file(6, size=20),
    ]
    told = placed(files, lambda kind: (kind,), LIMITS, one_each=False)
    assert [one.why for one in told] == [
        "too_large",
        "media_type",
        "too_large",
        None,
        "too_large_together",
        None,
    ]


def test_an_exhibit_is_what_the_policy_calls_it() -> None:
    assert kind_of("tracking") == "delivery"
    assert kind_of("of_this_marketplace_alone") == "other"
    assert kind_of(None) == "other"


def _file(exhibit: int, *, size: int = 10, media_type: str = "application/pdf") -> Document:
    return Document("delivery", f"/{exhibit}", f"{exhibit}.pdf", media_type, size, exhibit=exhibit)
