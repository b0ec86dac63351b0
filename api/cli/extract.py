"""`mediation extract`: everything of one marketplace, or of all, as files that other tools read."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from api.audit.extracts import Form, streamed, whole
from api.cli.terminal import err, existing, run
from api.services import services


def extract(
    form: Form,
    /,
    *,
    marketplace: str | None = None,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
) -> None:
    """Writes what is on record.

    Parameters
    ----------
    form
        jsonl: a fact on each line. csv: a fact in each row. ocel: an object-centric event log, OCEL 2.0 in JSON.
    marketplace
        Only the facts of this marketplace.
    out
        The file to write, instead of standard output.
    """
    run(_extract(form, marketplace, out))


async def _extract(form: Form, marketplace: str | None, out: Path | None) -> None:
    async with services(existing("postgres"), works=False) as running:
        parts = streamed(form, running.log, marketplace, whole(running.codec))
        file = sys.stdout.buffer if out is None else out.open("wb")
        written = 0
        try:
            async for part in parts:
                file.write(part)
                written += len(part)
        finally:
            file.flush() if out is None else file.close()
    if out is not None:
        err.print(f"{written:,} bytes in {out}.")
    if not written:
        err.print("Nothing like that is on record.")
