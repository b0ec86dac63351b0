"""A translation for a web page: what is kept has its own direction, and nothing in it is markup."""

from api.disputes.settlement.translation import for_page


def test_an_amount_in_an_arabic_sentence() -> None:
    """Without its own direction `129,90 €` would be shown as `€ 129,90`, and `O-2026-4711` as `4711-2026-O`."""
    shown = for_page({"text": "دفعت 129,90 € في 2026-11-03 للطلب O-2026-4711.", "language": "ar"})
    assert '<bdi dir="ltr">129,90 €</bdi>' in shown["html"]
    assert '<bdi dir="ltr">2026-11-03</bdi> [<bdi>3 نوفمبر 2026</bdi>]' in shown["html"]
    assert '<bdi dir="ltr">O-2026-4711</bdi>.' in shown["html"]
    assert [one["text"] for one in shown["kept"]] == ["129,90 €", "2026-11-03", "O-2026-4711"]
    assert shown["kept"][1] == {"text": "2026-11-03", "own_form": "3 نوفمبر 2026"}


def test_an_arabic_date_in_an_italian_sentence() -> None:
    """Its month stands between two numbers: read from the left it would follow both."""
    shown = for_page({"text": "Ho pagato il 3 نوفمبر 2026.", "language": "it"})
    assert shown["html"] == 'Ho pagato il <bdi dir="rtl">3 نوفمبر 2026</bdi> [<bdi>3 novembre 2026</bdi>].'


def test_markup_is_shown_and_not_obeyed() -> None:
    shown = for_page({"text": '<script>alert("5 €")</script> & <b>http://a.example/?a=1&b=<2></b>', "language": "en"})
    assert "<script>" not in shown["html"]
    assert "<b>" not in shown["html"]
    assert '&lt;script&gt;alert(&quot;<bdi dir="ltr">5 €</bdi>' in shown["html"]


def test_a_text_that_nobody_translated() -> None:
    assert for_page({"text": None, "language": "it"}) == {"html": None, "kept": []}
