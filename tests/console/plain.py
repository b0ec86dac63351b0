"""Pages as trees, and forms that are filled in and sent as a browser does that runs no script."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from httpx import Response

from tests.console.browsers import SITE, Browser

VOID = frozenset({"input", "meta", "link", "br", "img", "hr"})


@dataclass(slots=True)
class Element:
    tag: str
    attributes: dict[str, str]
    inside: list["Element | str"] = field(default_factory=list)

    def all(self, tag: str = "", **attributes: str) -> list["Element"]:
        """The elements inside that have this tag and these attributes; `class_` is one of the classes."""
        found = []
        for one in self.inside:
            if isinstance(one, Element):
                if (not tag or one.tag == tag) and one._has(attributes):
                    found.append(one)
                found += one.all(tag, **attributes)
        return found

    def one(self, tag: str = "", **attributes: str) -> "Element":
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} of {tag} {attributes}"
        return found[0]

    def _has(self, attributes: Mapping[str, str]) -> bool:
        for name, value in attributes.items():
            if name == "class_":
                if value not in self.attributes.get("class", "").split():
                    return False
            elif self.attributes.get(name) != value:
                return False
        return True

    @property
    def text(self) -> str:
        """What is shown, with single blanks."""
        return " ".join("".join(one if isinstance(one, str) else f" {one.text} " for one in self.inside).split())

    @property
    def written(self) -> str:
        """The text of a text area, as it is."""
        text = "".join(one for one in self.inside if isinstance(one, str))
        return text.removeprefix("\n")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(made)
        if tag not in VOID:
            self.open.append(made)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open[-1].tag == tag, f"{self.open[-1].tag} is closed by {tag}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def tree(html: str) -> Element:
    """Also checks that every element is closed where it must be."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == [reader.root], f"not closed: {[one.tag for one in reader.open[1:]]}"
    return reader.root


def typed(form: Element) -> list[tuple[str, str]]:
    """What a browser sends of a form in which nobody changes anything, without files and buttons."""
    return [pair for one in form.all() for pair in _typed(one) if pair[0]]


def _typed(one: Element) -> Iterable[tuple[str, str]]:
    name, kind = one.attributes.get("name", ""), one.attributes.get("type", "text")
    if one.tag == "textarea":
        yield name, one.written
    elif one.tag == "select":
        options = one.all("option")
        chosen = [option for option in options if "selected" in option.attributes] or options[:1]
        yield from ((name, option.attributes["value"]) for option in chosen)
    elif one.tag == "input" and kind in ("checkbox", "radio"):
        if "checked" in one.attributes:
            yield name, one.attributes["value"]
    elif one.tag == "input" and kind != "file":
        yield name, one.attributes.get("value", "")


async def opened(browser: Browser, path: str, headers: Mapping[str, str] = {}) -> Element:
    return page(await browser.get(path, headers=headers))


async def send(
    browser: Browser,
    form: Element,
    changes: Mapping[str, str | list[str] | None] = {},
    *,
    step: str = "",
    files: Sequence[tuple[str, tuple[str, bytes]]] = (),
    headers: Mapping[str, str] = {},
) -> Response:
    """Sends a form with what stands in it, and the changes. None takes an input away."""
    pairs = [(name, value) for name, value in typed(form) if name not in changes]
    for name, value in changes.items():
        pairs += [(name, one) for one in ([value] if isinstance(value, str) else value or ())]
    address = form.attributes["action"] + (f"?step={step}" if step else "")
    if form.attributes.get("enctype") == "multipart/form-data":
        parts: list[Any] = [(name, (None, value)) for name, value in pairs]
        return await browser.post(address, files=[*parts, *files], headers={"Origin": SITE, **headers})
    by_name: dict[str, list[str]] = {}
    for name, value in pairs:
        by_name.setdefault(name, []).append(value)
    return await browser.post(address, data=by_name, headers={"Origin": SITE, **headers})


def page(response: Response, status: int = 200) -> Element:
    assert response.status_code == status, response.text
    return tree(response.text)
