"""The result of a benchmark: table rows with both sides, and series for charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    REACHED = "reached"
    MISSED = "missed"
    NO_TARGET = "–"

    @classmethod
    def of(cls, reached: bool) -> "Verdict":
        return cls.REACHED if reached else cls.MISSED


@dataclass(frozen=True, slots=True)
class Row:
    """`beside` is the other side, measured in the same run. `factor` is the engine's value over the other; for a time,
    the other over the engine's."""

    what: str
    ours: str
    beside: str = "–"
    factor: str = "–"
    target: str = "–"
    verdict: Verdict = Verdict.NO_TARGET


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Chart:
    """`logarithmic` is about the x axis. The y axis begins at zero."""

    file: str
    title: str
    x: str
    y: str
    series: Sequence[Series]


@dataclass(frozen=True, slots=True)
class Findings:
    """`how` describes the measurement exactly, so that a reader can doubt it."""

    title: str
    how: str
    rows: Sequence[Row]
    charts: Sequence[Chart] = ()


def rate(per_second: float, unit: str) -> str:
    return f"{per_second:,.0f} {unit}/s"


def milliseconds(seconds: float) -> str:
    shown = 1000 * seconds
    return f"{shown:.1f} ms" if shown < 100 else f"{shown:,.0f} ms"


def times(factor: float) -> str:
    return f"{factor:.2f}×" if factor < 2 else f"{factor:.1f}×"


def percentiles(what: str, late: Sequence[float], at_most: float | None = None) -> Row:
    """A row about times in seconds, of which 95 in 100 may be `at_most`."""
    ordered = sorted(late)
    p50, p95 = (ordered[min(int(len(ordered) * share), len(ordered) - 1)] for share in (0.50, 0.95))
    told = f"p50 {milliseconds(p50)}, p95 {milliseconds(p95)}, at most {milliseconds(ordered[-1])}"
    if at_most is None:
        return Row(what, told)
    return Row(what, told, target=f"p95 ≤ {milliseconds(at_most)}", verdict=Verdict.of(p95 <= at_most))
