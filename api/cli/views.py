"""`mediation views` and `mediation retry`: the position of each consumer of the log, its parked disputes, and a
retry of them.
"""

from collections.abc import Sequence
from typing import Annotated, Any

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from api.cli.terminal import Failed, existing, line, out, run
from api.services import Services, services
from mediation.store.follow import parking
from mediation.store.follow.consumer import Consumer
from mediation.store.follow.parking import Parked
from mediation.store.follow.standing import Standing, standings

NEEDS_SOMEBODY = 3
"""The exit code if something is parked, or is too far behind."""


def views(*, as_json: Annotated[bool, Parameter(name="--json", negative=())] = False, lag: float = 60.0) -> None:
    """Shows all consumers of the log.

    Parameters
    ----------
    as_json
        Print a JSON object for each consumer, one a line.
    lag
        The exit code is 3 if a consumer is so many seconds behind.
    """
    found, waiting = run(_views())
    if as_json:
        for one in found:
            out.print(line(_told(one, waiting)), soft_wrap=True, markup=False, emoji=False)
    else:
        out.print(_table(found))
        _print_parked(waiting)
    if any(one.parked or one.lag >= lag for one in found):
        raise SystemExit(NEEDS_SOMEBODY)


def retry(*consumers: str) -> None:
    """Feeds parked events again.

    Parameters
    ----------
    consumers
        The consumers, as `mediation views` names them; without a name, all.
    """
    if run(_retry(consumers)):
        raise SystemExit(1)


async def _views() -> tuple[list[Standing], list[Parked]]:
    async with services(existing("postgres"), works=False) as running:
        found = await standings(running.pool, [consumer.name for consumer in running.consumers])
        return found, await parking.parked(running.pool)


def _told(one: Standing, waiting: Sequence[Parked]) -> dict[str, Any]:
    parked = [
        {
            "subject": held.subject,
            "position": held.position,
            "events": held.facts,
            "since": held.at,
            "error": held.error,
        }
        for held in waiting
        if held.consumer == one.name
    ]
    return {
        "consumer": one.title,
        "version": one.version,
        "position": one.position,
        "behind": one.behind,
        "lag_seconds": round(one.lag, 1),
        "parked": parked,
    }


def _table(found: Sequence[Standing]) -> Table:
    table = Table("consumer", "version", box=None, pad_edge=False, header_style="dim")
    for name in ("position", "behind", "lag", "parked"):
        table.add_column(name, justify="right")
    for one in found:
        table.add_row(
            one.title,
            one.version,
            f"{one.position:,}",
            f"{one.behind:,}",
            f"{one.lag:,.1f} s",
            Text(str(one.parked), "bold red" if one.parked else ""),
        )
    return table


async def _retry(names: Sequence[str]) -> bool:
    """Whether anything is still parked."""
    async with services(existing("postgres"), works=False) as running:
        chosen = _chosen(running, names)
        for consumer in chosen:
            taken, left = await parking.retry(running.log, running.pool, consumer)
            if taken or left:
                out.print(f"{consumer.name}: {len(taken)} taken, {len(left)} still parked", soft_wrap=True)
        asked = {consumer.name for consumer in chosen}
        waiting = [held for held in await parking.parked(running.pool) if held.consumer in asked]
    if not waiting:
        out.print("Nothing is parked.")
    _print_parked(waiting)
    return bool(waiting)


def _chosen(running: Services, names: Sequence[str]) -> list[Consumer]:
    known = {consumer.name.partition("@")[0]: consumer for consumer in running.consumers}
    titles = [name.partition("@")[0] for name in names]
    if unknown := [title for title in titles if title not in known]:
        raise Failed(f"nobody called {', '.join(unknown)} follows the log: there are {', '.join(known)}")
    return [known[title] for title in titles or known]


def _print_parked(waiting: Sequence[Parked]) -> None:
    for held in waiting:
        facts = f"{held.facts} event{'' if held.facts == 1 else 's'} from {held.position:,} on"
        out.print(
            Text.assemble(
                "\n", (held.consumer, "bold"), f"  {held.subject}  {facts}, since {held.at:%Y-%m-%d %H:%M:%S} UTC"
            ),
            Text(f"  {held.error}"),
            sep="\n",
            soft_wrap=True,
        )
