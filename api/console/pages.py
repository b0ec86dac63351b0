"""Makes pages from templates. A template lies in the folder of its screen and is named from there: `my_day/my_day.html`.

Everything that a template shows is escaped. `say` says a text in the reader's language; `python -m tests.api.words.catalogues`
collects the texts from the templates.
"""

from collections.abc import Mapping
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes

from api.console.shown import CONTEXT, Shown
from api.words import facts
from api.words.catalogue import Catalogue

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_ENVIRONMENT.tests["quiet"] = lambda fact: facts.is_quiet(fact.kind)


def made(template: str, words: Catalogue, zone: ZoneInfo, shown: Mapping[str, Any]) -> str:
    """The page in the reader's language. Instants are on the clock of `zone`."""
    return _ENVIRONMENT.get_template(template).render(
        say=partial(words.say, CONTEXT),
        count=partial(words.count, CONTEXT),
        words=words,
        show=Shown(words, zone),
        static=static,
        **shown,
    )


def parsed(source: str) -> nodes.Template:
    """A template, to look at what it says."""
    return _ENVIRONMENT.parse(source)


@cache
def version() -> str:
    """Of all files in `static/` together."""
    files = sorted(path for path in STATIC.rglob("*") if path.is_file())
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def static(name: str) -> str:
    """The address of a file in `static/`. It changes with the content, so that browsers may keep the file for ever."""
    return f"/console/static/{version()}/{name}"
