"""HTML as plain text: paragraphs are lines, and the lines of a quotation begin with ">"."""

import re
from html.parser import HTMLParser

import nh3

_BLOCKS = frozenset(
    {"p", "div", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote"}
)
_KEPT = _BLOCKS | {"a", "br", "hr", "td", "th", "b", "i", "span", "font"}
_NEVER = {"script", "style", "title", "textarea", "noscript", "template"}
"""What stands inside of these was never shown as text."""

RULE = "_" * 32
"""A horizontal line. Outlook draws one above the copy of an older mail."""

_SPACES = re.compile(r"[ \t\r\n\f]+")
_EMPTY_LINES = re.compile(r"\n{3,}")


def text_of(html: str) -> str:
    """What a person reads of it. Scripts, styles and pictures are left out; a link shows its address when its text hides it."""
    clean = nh3.clean(
        html, tags=set(_KEPT), clean_content_tags=_NEVER, attributes={"a": {"href"}}, link_rel=None, strip_comments=True
    )
    reader = _Reader()
    reader.feed(clean)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Reads the cleaned HTML, in which every tag is closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line = ""
        self._depth = 0
        self._links: list[tuple[str, int]] = []
        self._preformatted = 0

    def text(self) -> str:
        self._end_line()
        return _EMPTY_LINES.sub("\n\n", "\n".join(self._lines)).strip("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        match tag:
            case "br":
                self._lines.append(self._quoted(self._line))
                self._line = ""
            case "hr":
                self._end_line()
                self._lines.append(self._quoted(RULE))
            case "td" | "th":
                self._line += " " if self._line else ""
            case "a":
                self._links.append((dict(attrs).get("href") or "", len(self._line)))
            case "li":
                self._end_line()
                self._line = "- "
            case _ if tag in _BLOCKS:
                self._end_line()
                self._paragraph(tag)
        self._depth += tag == "blockquote"
        self._preformatted += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._links:
            href, since = self._links.pop()
            shown = self._line[since:].strip()
            if href.startswith(("http://", "https://")) and shown and shown not in href and href.rstrip("/") != shown:
                self._line += f" <{href}>"
        elif tag in _BLOCKS:
            self._end_line()
            self._depth -= tag == "blockquote"
            self._preformatted -= tag == "pre"
            self._paragraph(tag)

    def handle_data(self, data: str) -> None:
        if self._preformatted:
            *whole, last = data.split("\n")
            for line in whole:
                self._lines.append(self._quoted(self._line + line))
                self._line = ""
            self._line += last
            return
        text = _SPACES.sub(" ", data)
        self._line += text.lstrip(" ") if not self._line or self._line.endswith(" ") else text

    def _paragraph(self, tag: str) -> None:
        if tag in {"p", "table", "h1", "h2", "h3"} and self._lines and self._lines[-1].strip("> "):
            self._lines.append(self._quoted(""))

    def _end_line(self) -> None:
        if self._line.strip():
            self._lines.append(self._quoted(self._line.rstrip(" ")))
        self._line = ""

    def _quoted(self, line: str) -> str:
        return f"{'>' * self._depth} {line}".rstrip(" ") if self._depth else line
