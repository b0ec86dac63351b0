"""HTML becomes the text that a person reads, and nothing that only programs read."""

import pytest

from mediation.mail.html_text import text_of


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("One<br>Two<div>Three</div>", "One\nTwo\nThree"),
        ("<script>alert(1)</script><style>p {}</style>Text<!-- no -->", "Text"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("<ul><li>One</li><li>Two</li></ul>", "- One\n- Two"),
        ("<table><tr><td>Price</td><td>10</td></tr><tr><td>Sum</td><td>20</td></tr></table>", "Price 10\nSum 20"),
        ('<a href="https://evil.example/x">your bank</a>', "your bank <https://evil.example/x>"),
        ('<a href="https://shop.example">https://shop.example</a>', "https://shop.example"),
        ('<a href="javascript:alert(1)">press</a>', "press"),
        ("<blockquote>old<blockquote>older</blockquote></blockquote>new", "> old\n>> older\nnew"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<div>unclosed <b>bold", "unclosed bold"),
        ("<div dir=rtl>مرحبا <b>بك</b></div>", "مرحبا بك"),
    ],
)
def test_the_text_of_html(html: str, text: str) -> None:
    assert text_of(html) == text
