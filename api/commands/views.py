"""`mediation views` and `mediation retry`: how far those who follow the log are, what they could not take, and once more."""

from collections import Counter
from collections.abc import Sequence

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from rich.table import Table
from rich.text import Text

from api.bootstrap import Services, services
from api.commands.terminal import Failed, existing, out, run
from mediation.store import parking
from mediation.store.consumer import Consumer
from mediation.store.parking import Parked
from mediation.store.progress import position_of


def views() -> None:
    """All who follow the log."""
    run(_views())


def retry(*consumers: str) -> None:
    """What is parked, once more.

    Parameters
    ----------
    consumers
        Whose, as `mediation views` names them; without a name, everybody's.
    """
    if run(_retry(consumers)):
        raise SystemExit(1)


async def _views() -> None:
    async with services(existing("postgres"), works=False) as running:
        positions = await _positions(running.pool, running.consumers)
        last = await running.log.last_position()  # after the positions: nobody is ever ahead
        waiting = await parking.parked(running.pool)
    disputes = Counter(held.consumer for held in waiting)
    table = Table("consumer", "version", box=None, pad_edge=False, header_style="dim")
    for name in ("position", "behind", "parked"):
        table.add_column(name, justify="right")
    for consumer, position in zip(running.consumers, positions, strict=True):
        title, _, version = consumer.name.partition("@")
        behind, parked = last - position, disputes[consumer.name]
        table.add_row(title, version, f"{position:,}", f"{behind:,}", Text(str(parked), "bold red" if parked else ""))
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


async def _positions(pool: AsyncConnectionPool[AsyncConnection], consumers: Sequence[Consumer]) -> list[int]:
    async with pool.connection() as connection:
        return [await position_of(connection, consumer.name) for consumer in consumers]


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
