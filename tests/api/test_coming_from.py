"""The pages for those who know another system name routes, fields and values that the API has."""

import re
from functools import cache
from pathlib import Path

import pytest

from api.app import assemble
from tests import today
from tests.api.test_titles import named

BACKEND = Path(__file__).parents[2] / "docs" / "how-to" / "backend"
PAGES = sorted(BACKEND.glob("coming-from-*.md"))

_ROUTE = re.compile(r"`(GET|POST|PUT) (/v1/[^`\s]+)`")
_CODE = re.compile(r"`([a-z_]+)`")


@cache
def known() -> frozenset[str]:
    """Fields, parameters and values."""
    return frozenset(named(assemble(today.now).openapi()))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_route_exists(page: Path) -> None:
    paths = assemble(today.now).openapi()["paths"]
    routes = [route for line in _engine_side(page) for route in _ROUTE.findall(line)]
    assert len(routes) > 5
    assert [(how, path) for how, path in routes if how.lower() not in paths.get(path, {})] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_field_and_value_exists(page: Path) -> None:
    words = {word for line in _engine_side(page) for word in _CODE.findall(line)}
    assert len(words) > 20
    assert words - known() == set()


def _engine_side(page: Path) -> list[str]:
    """What the page says about this engine: the tables without their first column, and the rest of the text."""
    lines = page.read_text("utf-8").splitlines()
    return [line.split("|", 2)[2] if line.startswith("|") else line for line in lines]
