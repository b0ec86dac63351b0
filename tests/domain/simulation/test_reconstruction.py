"""The simulation loses no act: it knows for every event whether a command led to it."""

import ast
import inspect

import pytest

from domain.kernel.base import Event
from domain.simulation import reconstruction
from domain.simulation.consequences import CONSEQUENCES
from domain.simulation.reconstruction import _TOLD

STORED = sorted(
    (
        kind
        for kind in Event.registry.values()
        if kind.stream in ("dispute", "conversation", "refund") and kind.__module__.startswith("domain.")
    ),
    key=lambda kind: kind.__name__,
)


def _with_an_arm() -> set[str]:
    """The names of the events that the `match` of the reconstruction has an arm for."""
    arms = ast.walk(ast.parse(inspect.getsource(reconstruction._otherwise)))
    return {arm.cls.attr for arm in arms if isinstance(arm, ast.MatchClass) and isinstance(arm.cls, ast.Attribute)}


@pytest.mark.parametrize("kind", STORED, ids=lambda kind: kind.__name__)
def test_an_event_has_a_command_or_follows_by_itself(kind: type[Event]) -> None:
    places = [kind in _TOLD, kind.__name__ in _with_an_arm(), kind in CONSEQUENCES]
    assert any(places), (
        f"what-if would lose the act behind {kind.__name__}: reconstruct it, or list it as a consequence"
    )
    assert places.count(True) == 1, f"{kind.__name__} is in several places"
