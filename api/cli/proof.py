"""`mediation export`, `verify` and `checkpoint`: proofs of the signed log, written to files and verified."""

import json
from pathlib import Path
from typing import Annotated
from uuid import UUID

from cyclopts import Parameter

from api.cli.terminal import Failed, err, existing, out, progress, run
from api.services import services
from mediation.proof import export
from mediation.proof.verify import Checkpoint, Key, Told, Unproven, note_in, report

_LOST = 10
_DISPUTE = "SELECT marketplace FROM event WHERE dispute_id = %b LIMIT 1"


def export_proof(
    dispute: UUID | None = None,
    /,
    *,
    log: Path | None = None,
    against: Annotated[tuple[Path, ...], Parameter(negative=())] = (),
) -> None:
    """Writes what can be verified elsewhere.

    Parameters
    ----------
    dispute
        The id of the dispute whose facts are printed with their proofs.
    log
        The file that the complete log is written to.
    against
        Checkpoints kept elsewhere. The export proves that the dispute's log continues them.
    """
    if (dispute is None) is (log is None):
        raise Failed("name a dispute, or a file for the whole log: --log FILE")
    try:
        if dispute is not None:
            run(_export_dispute(dispute, against))
        elif log is not None:
            run(_export_log(log))
    except export.NothingSealed:
        raise Failed("nothing has been sealed yet: that happens where `mediation serve` runs") from None


def verify(
    file: Path,
    /,
    *,
    key: Annotated[tuple[str, ...], Parameter(negative=())] = (),
    log: bool = False,
    checkpoint: Annotated[tuple[Path, ...], Parameter(negative=())] = (),
) -> None:
    """Verifies an export.

    Parameters
    ----------
    file
        The facts of a dispute, as `mediation export` printed them; with --log, a complete log.
    key
        The log's public key, from a source that you trust. After a change of keys, each key that signed. Without it the keys
        in the file are used.
    log
        The file is a complete log.
    checkpoint
        A checkpoint that you kept yourself. The log must continue it.
    """
    try:
        with progress() as bars:
            bar = bars.add_task("facts", total=None) if log else None
            told: Told = lambda done, of: bars.update(bar, completed=done, total=of) if bar is not None else None  # noqa: E731
            lines = report(file, key, checkpoint, log=log, told=told)
    except Unproven as error:
        raise Failed(f"not proven: {error}") from None
    except OSError as error:
        raise Failed(f"cannot read {error.filename}: {error.strerror}") from None
    for text in lines:
        out.print(text, soft_wrap=True, markup=False, emoji=False)
    if not key:
        err.print(
            "The key that came with it was used. Compare it with the one that is published: --key", soft_wrap=True
        )


def checkpoint() -> None:
    """Prints the last checkpoint."""
    try:
        run(_checkpoint())
    except export.NothingSealed:
        raise Failed("nothing has been sealed yet: that happens where `mediation serve` runs") from None


async def _export_dispute(dispute: UUID, against: tuple[Path, ...]) -> None:
    async with services(existing("postgres"), works=False) as running, running.pool.connection() as connection:
        row = await (await connection.execute(_DISPUTE, (dispute,))).fetchone()
        if row is None:
            raise Failed(f"there is no dispute {dispute} here")
        keys = [Key.of(vkey) for vkey, _ in await export.keys(connection)]
        try:
            ties = [Checkpoint.of(note_in(path), keys).size for path in against]
        except Unproven as error:
            raise Failed(f"not proven: {error}") from None
        size, _ = await export.latest(connection)
        if max(ties, default=0) > size:
            raise Failed(
                f"your checkpoint is over {max(ties):,} facts, and {size:,} are sealed here: some were lost since, or put "
                "back to an earlier state"
            )
        bundle = await export.bundle(connection, row[0], dispute, ties)
    out.print(json.dumps(bundle, indent=1), soft_wrap=True, markup=False, emoji=False)


async def _export_log(path: Path) -> None:
    async with services(existing("postgres"), works=False) as running, running.pool.connection() as connection:
        with progress() as bars:
            bar = bars.add_task("facts", total=None)
            with path.open("wb") as file:
                facts = await export.whole(
                    connection, file, lambda done, of: bars.update(bar, completed=done, total=of)
                )
    err.print(f"{facts:,} facts in {path}, as they were sealed.")


async def _checkpoint() -> None:
    async with services(existing("postgres"), works=False) as running, running.pool.connection() as connection:
        _, note = await export.latest(connection)
        keys, lost = await export.keys(connection), await export.lost(connection, limit=_LOST)
    out.print(note, end="", soft_wrap=True, markup=False, emoji=False)
    for size, _, end, found_at in lost:
        err.print(
            f"facts are lost: the log does not continue a checkpoint over {size:,} facts that was signed. Found on "
            f"{found_at:%Y-%m-%d}, when the log ended at {end:,}",
            soft_wrap=True,
        )
    for key, since in keys:
        err.print(f"key since {since:%Y-%m-%d}: {key}", soft_wrap=True)
