"""`mediation rebuild`: makes views again from the log."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from rich.progress import Progress, TaskID

from api.cli.terminal import Failed, err, existing, progress, run
from api.services import services
from mediation.store.follow.catch_up import CatchUpBuffer
from mediation.store.follow.rebuild import AlreadyRebuilding
from projections import VIEWS
from projections.view import View

_BATCH, _KEPT = 1000, 4
"""How many facts are read at once, and how many such batches the views may be apart, so that each fact is decoded once."""


def rebuild(*views: str, afresh: bool = False) -> None:
    """Makes views again.

    Parameters
    ----------
    views
        The views to make; without a name, all.
    afresh
        Drop the unfinished result of an interrupted rebuild instead of continuing it. Use it if the fold was mended since.
    """
    known = {view.title: view for view in VIEWS}
    if unknown := [name for name in views if name not in known]:
        raise Failed(f"there is no view {', '.join(unknown)}: there are {', '.join(known)}")
    run(_rebuild([known[name] for name in views or known], afresh=afresh))


async def _rebuild(views: list[View[Any]], *, afresh: bool) -> None:
    async with services(existing("postgres"), works=False) as running:
        last = await running.log.last_position()
        past = CatchUpBuffer(running.log, batch=_BATCH, kept=_KEPT)

        async def one(view: View[Any], told: Callable[[int], None]) -> None:
            try:
                await view.rebuild(past.reader(), running.pool, told, afresh=afresh)
            except AlreadyRebuilding:
                raise Failed(f"somebody else is rebuilding {view.title}") from None
            told(last)

        with progress() as bars:
            moves = [partial(_move, bars, bars.add_task(view.title, total=last), last) for view in views]
            try:
                async with asyncio.TaskGroup() as tasks:
                    for view, told in zip(views, moves, strict=True):
                        tasks.create_task(one(view, told))
            except* Failed as failures:
                raise failures.exceptions[0] from None
    err.print(f"Made anew from {last:,} events: {', '.join(view.title for view in views)}.")


def _move(bars: Progress, bar: TaskID, last: int, position: int) -> None:
    bars.update(bar, completed=min(position, last))
