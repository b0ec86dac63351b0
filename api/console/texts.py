"""Every text of the console, for the catalogues: those of the templates, and those of the modules that say something."""

from collections.abc import Iterator
from itertools import chain

from jinja2 import nodes

from api.console import happened, pages, shown
from api.console.acts import choices, faults, labels


def texts() -> Iterator[tuple[str, str | None]]:
    """The text in English, and its plural if it depends on a number; in a stable order."""
    for path in sorted(pages.FOLDER.rglob("*.html")):
        yield from _of_template(path.read_text("utf-8"))
    own = [
        shown.BY_RULE,
        *shown.UNTOLD.values(),
        *shown.WAYS.values(),
        shown.THERE_NOW,
        choices.CITABLE,
        *shown.ACTS_OF.values(),
    ]
    for text in chain(own, happened.texts(), faults.texts(), labels.texts()):
        yield text, None


def _of_template(source: str) -> Iterator[tuple[str, str | None]]:
    """The literal arguments of `say` and `count`. Raises TypeError for another one: nobody could translate it."""
    for call in pages.parsed(source).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in ("say", "count"):
            said = [one.value for one in call.args if isinstance(one, nodes.Const)]
            if not said:
                raise TypeError(f"line {call.lineno}: a text that is said is written there")
            yield said[0], said[1] if call.node.name == "count" else None
