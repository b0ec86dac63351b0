"""The order of the lines of an import: which may run in parallel, and which must wait for another."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeAlias

from api.imports.import_schemas import LineResult, PastAct


@dataclass(frozen=True, slots=True)
class Line:
    """A parsed line, or the error that made it unreadable; and its case, if that is known."""

    number: int
    act: PastAct | Exception
    case: str | None


UnderWay: TypeAlias = asyncio.Future[LineResult]
"""A line in progress."""


class Lanes:
    """Queues of lines: acts of one case, and of cases about one order, run one after the other."""

    def __init__(self) -> None:
        self._of_case: dict[str, str] = {}
        self._of_order: dict[str, str] = {}
        self._last: dict[str, UnderWay] = {}

    def enter(
        self, line: Line, in_turn: Callable[[Line, UnderWay | None], Coroutine[Any, Any, LineResult]]
    ) -> UnderWay:
        lane = self._lane(line)
        task = asyncio.create_task(in_turn(line, self._last.get(lane)))
        self._last[lane] = task
        task.add_done_callback(lambda done: self._last.pop(lane) if self._last.get(lane) is done else None)
        return task

    def _lane(self, line: Line) -> str:
        """The name of a lane is the first case in it."""
        case = line.case or ""
        if case not in self._of_case:
            self._of_case[case] = case
            if isinstance(line.act, PastAct) and isinstance(order := line.act.body.get("transaction"), dict):
                self._of_case[case] = self._of_order.setdefault(str(order.get("order_id")), case)
        return self._of_case[case]
