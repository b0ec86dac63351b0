"""The commands, events and refusals of the engine, listed from the code.

python -m tests.reference      writes docs/reference.md anew
"""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from inspect import cleandoc
from pathlib import Path
from sys import modules
from typing import Any, TypeVar

import api
import domain
import mediation
from api.app import ROUTERS, routes_of
from api.http.access import ROLES_BY_ROUTE
from api.http.problems import catalogue, status_of, title_of
from domain.kernel.base import Command, Event
from domain.kernel.refusals import Refusal

PAGE = Path(__file__).parent.parent / "docs" / "reference.md"

INTRODUCTION = """# Reference

Every command, event and refusal, as the code has them. Written by `python -m tests.reference`; a test says when it is stale.
What each act takes and answers is in `/openapi.json`; `GET /problems/{code}` explains a refusal.
"""

PACKAGES = ("domain", "mediation", "api")

K = TypeVar("K", bound=type)

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


def page() -> str:
    """Raises ImportError where a module of the engine cannot be loaded."""
    for package in (domain, mediation, api):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    return "\n".join([INTRODUCTION, *_commands(), *_events(), *_refusals()])


def _commands() -> Iterator[str]:
    yield "## Commands\n\nWho may is whom the route lets in; the rules may ask for more. Without a route: the engine.\n"
    routes = {route.name: route for route in routes_of(ROUTERS)}
    for module, commands in _by_module(_below(Command)):
        yield from _titled(module, "| command | what it asks for | who may | route |", "|---|---|---|---|")
        for command in commands:
            route = routes.get(_WORD.sub("_", command.__name__).lower())
            said = _own(command) or (cleandoc(route.endpoint.__doc__ or "") if route else "")
            who = ", ".join(sorted(ROLES_BY_ROUTE[route.name])) if route else "engine"
            address = f"`POST {route.path}`" if route else "–"
            yield f"| `{command.__name__}` | {_line(said)} | {who} | {address} |"
        yield ""


def _events() -> Iterator[str]:
    yield "## Events\n\nStored under their names for ever; an older version is read as the one given here.\n"
    kinds = [kind for kind in Event.registry.values() if kind.__module__.startswith("domain.")]
    for module, events in _by_module(kinds):
        yield from _titled(module, "| event | what happened | stream | version | fields |", "|---|---|---|---|---|")
        for event in events:
            fields = ", ".join(f"`{name}`" for name in event.model_fields) or "–"
            yield f"| `{event.kind}` | {_line(_own(event))} | {event.stream} | {event.schema_version} | {fields} |"
        yield ""


def _refusals() -> Iterator[str]:
    yield "## Refusals\n\nWith the facts that are told, and a pointer to the field at fault where it is always the same.\n"
    facts = _facts()
    ours = [kind for kind in catalogue().values() if _package(kind) in PACKAGES]
    for module, kinds in _by_module(ours):
        yield from _titled(module, "| code | why | status | facts | pointer |", "|---|---|---|---|---|")
        for kind in kinds:
            told = ", ".join(f"`{name}`" for name in sorted(facts.get(kind.__name__, ()))) or "–"
            pointer = f"`{kind.pointer}`" if issubclass(kind, Refusal) and kind.pointer else "–"
            yield f"| `{kind.__name__}` | {title_of(kind)} | {status_of(kind)} | {told} | {pointer} |"
        yield ""


def _facts() -> Mapping[str, set[str]]:
    """What each refusal is told with, wherever one is made."""
    known: dict[str, set[str]] = {}
    for package in (domain, mediation, api):
        for file in sorted(Path(package.__path__[0]).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    named = (keyword.arg for keyword in node.keywords)
                    known.setdefault(node.func.id, set()).update(name for name in named if name and name != "at")
    return known


def _below(root: type) -> Iterator[type[Any]]:
    kind: type[Any]
    for kind in root.__subclasses__():
        if kind.__module__.startswith("domain."):
            yield kind
        yield from _below(kind)


def _by_module(kinds: Iterable[K]) -> Iterator[tuple[str, list[K]]]:
    def place(kind: K) -> tuple[int, str, str]:
        return PACKAGES.index(_package(kind)), kind.__module__, kind.__name__

    by_module: dict[str, list[K]] = {}
    for kind in sorted(kinds, key=place):
        by_module.setdefault(kind.__module__, []).append(kind)
    yield from by_module.items()


def _package(kind: type) -> str:
    return kind.__module__.partition(".")[0]


def _titled(module: str, *header: str) -> Iterator[str]:
    said = cleandoc(modules[module].__doc__ or "").split("\n\n", maxsplit=1)[0]
    yield f"### `{module}`\n\n{' '.join(said.split())}\n"
    yield from header


def _own(kind: type) -> str:
    """What it says about itself, and not what it is a kind of."""
    return cleandoc(kind.__dict__.get("__doc__") or "")


def _line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|") or "–"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
