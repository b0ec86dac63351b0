"""`mediation rebuild`: views made anew from the log."""

from functools import partial

from rich.progress import Progress, TaskID

from api.bootstrap import services
from api.commands.terminal import Failed, err, existing, progress, run
from mediation.store.rebuild import AlreadyRebuilding
from projections import VIEWS


def rebuild(*views: str) -> None:
    """Views, made anew.

    Parameters
    ----------
    views
        Which ones; without a name, all of them.
    """
    known = {view.title: view for view in VIEWS}
    if unknown := [name for name in views if name not in known]:
        raise Failed(f"there is no view {', '.join(unknown)}: there are {', '.join(known)}")
    run(_rebuild(views or tuple(known)))


async def _rebuild(names: tuple[str, ...]) -> None:
    known = {view.title: view for view in VIEWS}
    async with services(existing("postgres"), works=False) as running:
        last = await running.log.last_position()
        with progress() as bars:
            for name in names:
                bar = bars.add_task(name, total=last)
                moved = partial(_move, bars, bar, last)
                try:
                    await known[name].rebuild(running.log, running.pool, moved)
                except AlreadyRebuilding:
                    raise Failed(f"somebody else is rebuilding {name}") from None
                bars.update(bar, completed=last)
    err.print(f"Made anew from {last:,} events: {', '.join(names)}.")


def _move(bars: Progress, bar: TaskID, last: int, position: int) -> None:
    bars.update(bar, completed=min(position, last))
