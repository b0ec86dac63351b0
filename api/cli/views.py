"""`mediation views` and `mediation retry`: the position of each consumer of the log, its parked disputes, and a
retry of them.
"""

from collections import Counter
from collections.abc import Sequence

from psycopg import AsyncConnection
from rich.table import Table
from rich.text import Text

from api.cli.terminal import Failed, existing, out, run
from api.services import Services, services
from mediation.store.follow import parking
from mediation.store.follow.consumer import Consumer
from mediation.store.follow.parking import Parked
from mediation.store.follow.progress import position_of

_WAITS = "SELECT extract(epoch FROM clock_timestamp() - recorded_at) FROM event WHERE position = %b"


def views() -> None:
    """Shows all consumers of the log."""
    run(_views())


def retry(*consumers: str) -> None:
    """Feeds parked events again.

    Parameters
    ----------
    consumers
        The consumers, as `mediation views` names them; without a name, all.
    """
    if run(_retry(consumers)):
        raise SystemExit(1)


async def _views() -> None:
    async with services(existing("postgres"), works=False) as running:
        async with running.pool.connection() as connection:
            positions = [await position_of(connection, consumer.name) for consumer in running.consumers]
            lags = [await _lag(connection, position) for position in positions]
        last = await running.log.last_position()  # after the positions, so that no position is ahead of it
        waiting = await parking.parked(running.pool)
    disputes = Counter(held.consumer for held in waiting)
    table = Table("consumer", "version", box=None, pad_edge=False, header_style="dim")
    for name in ("position", "behind", "lag", "parked"):
        table.add_column(name, justify="right")
    for consumer, position, lag in zip(running.consumers, positions, lags, strict=True):
        title, _, version = consumer.name.partition("@")
        behind, parked = last - position, disputes[consumer.name]
        table.add_row(
            title,
            version,
            f"{position:,}",
            f"{behind:,}",
            f"{lag:,.1f} s",
            Text(str(parked), "bold red" if parked else ""),
        )
    out.print(table)
    _print_parked(waiting)


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


async def _lag(connection: AsyncConnection, position: int) -> float:
    """The seconds that the first event after a position has waited."""
    row = await (await connection.execute(_WAITS, [position + 1])).fetchone()
    return 0.0 if row is None else max(float(row[0]), 0.0)


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
