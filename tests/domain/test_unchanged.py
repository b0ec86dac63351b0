"""No rule changes the state that it is given. At run time nothing would refuse it: see `domain.kernel.frozen`."""

from copy import deepcopy

import pytest

from domain.commands import AnyCommand
from domain.course import Fact
from domain.kernel.base import Event
from tests.domain.law import reports
from tests.domain.law.reports import Clock, Played, given
from tests.domain.law.world import Stored, World
from tests.domain.test_moves import CASES


class Watched(World):
    """Compares what the rules were given with a copy from before."""

    def do(self, command: AnyCommand) -> list[Fact]:
        case, _ = self.case(command)
        before = deepcopy(case)
        self.would(command)
        assert case == before
        return super().do(command)

    def store(self, stored: Stored, event: Event) -> None:
        state = self.states.get(stored.stream_id)
        before = deepcopy(state)
        super().store(stored, event)
        assert state == before


@pytest.mark.parametrize("story", CASES.values(), ids=CASES)
def test_the_state_that_is_given_stays_as_it_was(
    monkeypatch: pytest.MonkeyPatch, story: tuple[Played | Clock, ...]
) -> None:
    monkeypatch.setattr(reports, "World", Watched)
    assert given(*story).world.log
