"""Counts of requests: by route and status, with how long they took."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from fastapi.routing import APIRoute

from mediation.counts import BOUNDS, DURATIONS, Cells

NONE = "none"
"""The label of what has no route: an address that does not exist, a wrong method, a preflight."""

_STATUSES = ("none", *(str(status.value) for status in HTTPStatus if status >= HTTPStatus.OK), "other")
"""`none`: the client went away before it got an answer."""

_PLACE_OF_STATUS = {0: 0} | {int(name): place for place, name in enumerate(_STATUSES) if name.isdecimal()}
_OTHER = len(_STATUSES) - 1
_WIDTH = len(_STATUSES) + DURATIONS

Place = tuple[str, str]
"""The method and the path of a route, with the names of its parameters."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The requests of one place: how many by status, and the numbers of their durations."""

    place: Place
    by_status: Sequence[tuple[str, float]]
    durations: Sequence[float]


class RequestCounts:
    """The numbers of one worker. `places` are the same, in the same order, in every worker."""

    def __init__(self, places: Sequence[Place], cells: Cells | None = None) -> None:
        self._places = places
        self._cells: Cells = cells if cells is not None else [0.0] * self.size(places)
        self._at = {place: _WIDTH * number for number, place in enumerate(places, 1)}

    @staticmethod
    def size(places: Sequence[Place]) -> int:
        return _WIDTH * (len(places) + 1)

    def note(self, method: str, path: str | None, status: int, seconds: float) -> None:
        """`path` is None where no route was found, and `status` 0 where nothing was answered."""
        cells, at = self._cells, self._at.get((method, path or ""), 0)
        cells[at + _PLACE_OF_STATUS.get(status, _OTHER)] += 1
        at += len(_STATUSES)  # as `note_duration` does: one function less to call for each request
        cells[at + bisect_left(BOUNDS, seconds)] += 1
        cells[at + DURATIONS - 1] += seconds

    @staticmethod
    def read(places: Sequence[Place], numbers: Sequence[float]) -> Iterator[Counted]:
        """What was counted, without the places that nobody asked for."""
        for number, place in enumerate(((NONE, NONE), *places)):
            row = numbers[number * _WIDTH : (number + 1) * _WIDTH]
            by_status = [(name, count) for name, count in zip(_STATUSES, row, strict=False) if count]
            if by_status:
                yield Counted(place, by_status, row[len(_STATUSES) :])


def places_of(routes: Iterable[APIRoute], pages: Iterable[str]) -> list[Place]:
    """The places of the routes, and of the pages that are read with GET."""
    found = {(method, route.path) for route in routes for method in route.methods or ()}
    return sorted(found | {("GET", page) for page in pages})
