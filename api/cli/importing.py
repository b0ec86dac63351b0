"""`mediation import FILE`: sends past cases to a running server."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.text import Text

from api.cli.client import over_network
from api.cli.sending import sent
from api.cli.terminal import Failed, out, progress, run
from api.imports.import_schemas import LineResult

URL = "http://127.0.0.1:8000"
Token = Annotated[
    str | None,
    Parameter(
        env_var="MEDIATION_TOKEN", help="A token of the marketplace's administrator or backend; see `mediation token`."
    ),
]


def import_file(
    file: Path, /, *, url: Annotated[str, Parameter(env_var="MEDIATION_URL")] = URL, token: Token = None
) -> None:
    """Sends past cases to a running server.

    Parameters
    ----------
    file
        The file with the lines.
    url
        The address of the server.
    """
    if token is None:
        raise Failed("a token is needed: --token, or MEDIATION_TOKEN; `mediation token` makes one")
    try:
        with file.open("rb") as lines:
            total = sum(1 for line in lines if line.strip())
    except OSError as error:
        raise Failed(f"cannot read {file}: {error.strerror}") from None
    counts = run(_import(file, total, url, token))
    told = ", ".join(f"{counts[status]:,} {status}" for status in ("stored", "repeated", "refused", "skipped"))
    out.print(f"{counts.total():,} lines: {told}.")
    if counts["refused"]:
        raise SystemExit(1)


async def _import(file: Path, total: int, url: str, token: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    async with over_network(url, token) as api:
        with progress() as bars:
            bar = bars.add_task("lines", total=total)
            async for result in sent(api, _lines(file)):
                counts[result.status] += 1
                bars.advance(bar)
                if result.status == "refused":
                    bars.console.print(refusal(result), soft_wrap=True)
    return counts


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    """The lines with their numbers, without blank lines."""
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield number, line.rstrip(b"\r\n")


def refusal(result: LineResult) -> Text:
    """Which line was refused, and why."""
    problem = result.problem
    assert problem is not None, "a refusal says why"
    case = f", case {result.case}" if result.case else ""
    where = f" at {problem.pointer}" if problem.pointer else ""
    why = "; ".join([f"{fault.pointer}: {fault.detail}" for fault in problem.errors or []] or [problem.title])
    facts = f" {json.dumps(problem.facts, ensure_ascii=False)}" if problem.facts else ""
    return Text.assemble((f"line {result.line}{case}: ", "bold"), (problem.code, "red"), f"{where}: {why}{facts}")
