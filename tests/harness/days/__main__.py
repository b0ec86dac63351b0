"""`make days` prints how many calls and bytes each script takes, against a server over HTTP. It counts, and times nothing."""

import asyncio
import logging
import tempfile
from dataclasses import replace
from pathlib import Path
from shutil import rmtree

import structlog
from httpx import AsyncClient

from mediation.store.embedded.server import Server
from mediation.store.postgres.migrate import migrate
from tests.api.house import House, house
from tests.api.test_morning import sixty_days
from tests.gateways.serving import free_socket, served
from tests.harness.days.scripts import Night, backend, mediator, queue, supervisor

QUEUE, REFUNDS = 33, 12


async def days(conninfo: str, folder: Path) -> None:
    listening, address = free_socket()
    async with (
        house(conninfo, folder) as inside,
        served(inside.app, listening),
        AsyncClient(base_url=address, timeout=60) as http,
    ):
        await show(replace(inside, http=http))


async def show(at: House) -> None:
    print((await mediator(await queue(at, QUEUE))).table(), end="\n\n")
    morning = await sixty_days(at)
    told, waits = await supervisor(morning.by("supervisor"))
    print(told.table(), f"Told apart: {waits}", sep="\n", end="\n\n")
    night = await Night.begins(at)
    await night.conceded(REFUNDS)
    told, facts = await backend(at.backend, night.cursor)
    print(told.table(), f"{len(facts)} facts; {await night.bookkeeping()} of bookkeeping were left out.", sep="\n")


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    folder = Path(tempfile.mkdtemp(prefix="mediation-days-"))
    try:
        with Server(folder / "data") as server:
            asyncio.run(migrate(server.conninfo))
            asyncio.run(days(server.conninfo, folder / "home"))
    finally:
        rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
