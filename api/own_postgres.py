"""The database that the engine works on: the one that the settings name, or a PostgreSQL of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import sleep

import structlog

from api.settings import Settings
from mediation.store.embedded.account import ServerWontStart
from mediation.store.embedded.server import Server, running

KEY_CONNECTIONS = 4
"""How many connections each worker has to the keys."""

_RESTART = 1.0  # seconds
_SPARE_CONNECTIONS = 20
_CONNECTIONS = 100  # as PostgreSQL's own default
_POSTGRES = "postgres"
"""The engine's own PostgreSQL is in this folder of the data folder."""

_ATTEMPTS = 3
"""How often in a row the engine's own PostgreSQL may fail to start again."""

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def database(settings: Settings, *, own: bool) -> AsyncIterator[str]:
    """The conninfo of the database. Without a `database_url` the engine starts its own PostgreSQL, and stops it at the
    end.

    With `own` False, a server that already runs on the same data folder (because the API is being served) is used. A
    server that dies is started again. Where that fails, the task that uses it is cancelled and `ServerWontStart`
    raised.
    """
    if settings.database_url is not None:
        yield settings.database_url
    elif not own and (conninfo := await asyncio.to_thread(running, settings.data_dir / _POSTGRES)) is not None:
        yield conninfo
    else:
        server = own_server(settings)
        await asyncio.to_thread(server.start)
        try:
            async with _kept_alive(server):
                yield server.conninfo
        finally:
            await asyncio.to_thread(server.stop)


def own_server(settings: Settings) -> Server:
    """The engine's own PostgreSQL, not started yet, with connections for all workers and for commands beside them."""
    connections = settings.workers * (settings.pool_size + KEY_CONNECTIONS) + _SPARE_CONNECTIONS
    most = {"max_connections": str(max(connections, _CONNECTIONS))}
    return Server(settings.data_dir / _POSTGRES, settings=most)


@asynccontextmanager
async def _kept_alive(server: Server) -> AsyncIterator[None]:
    user, over = asyncio.current_task(), asyncio.Event()
    assert user is not None, "a database is used by a task"

    async def watch() -> None:
        try:
            while not over.is_set():
                if not server.alive:
                    await asyncio.to_thread(start_again, server)
                with suppress(TimeoutError):
                    async with asyncio.timeout(_RESTART):
                        await over.wait()
        except ServerWontStart:
            user.cancel()
            raise

    watching = asyncio.create_task(watch(), name="postgres")
    try:
        yield
    finally:
        # The task is not cancelled: a start that runs in its thread must end before the server can be stopped.
        over.set()
        await watching


def start_again(server: Server) -> None:
    """Starts a PostgreSQL again that died. It blocks. Raises `ServerWontStart` after several attempts."""
    for attempt in range(1, _ATTEMPTS + 1):
        _log.error("postgres_died", attempt=attempt)
        try:
            server.restart()
        except ServerWontStart as error:
            _log.error("postgres_wont_start", error=str(error))
            sleep(_RESTART)
        else:
            _log.warning("postgres_started_again")
            return
    raise ServerWontStart(
        f"the engine's own PostgreSQL died and would not start again; see {server.data_dir}/server.log"
    )
