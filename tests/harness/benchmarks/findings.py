"""What a benchmark finds: rows of a table with both sides, and series for charts."""

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
    """`beside` is what it is measured against, in the same run; `factor` is ours over theirs, of a time theirs over ours."""

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
    """`logarithmic` is the axis of x; y begins at zero."""

    file: str
    title: str
    x: str
    y: str
    series: Sequence[Series]


@dataclass(frozen=True, slots=True)
class Findings:
    """`how` tells a reader what exactly was done, so that they can doubt it."""

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
