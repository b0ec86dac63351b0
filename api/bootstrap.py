"""The one place that wires everything: from settings to a running engine, and down again in order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from api.auth import Tokens
from api.settings import Settings
from mediation.engine import Engine
from mediation.gateways.payments import MarketplaceGateway
from mediation.processes import deadlines, refunds
from mediation.processes.deadlines import DeadlineClock
from mediation.processes.refunds import RefundProcess
from mediation.store.blobs import Blobs
from mediation.store.codec import Codec
from mediation.store.follow import Follow
from mediation.store.keys import Blind, KeyStore
from mediation.store.log import EventLog
from mediation.store.migrate import migrate
from mediation.store.pool import open_pool
from mediation.store.server import Server, running
from mediation.store.tasks import end
from projections import VIEWS
from projections.view import create_tables

_RESTART = 1.0  # seconds

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """What the ways in work with."""

    settings: Settings
    pool: AsyncConnectionPool[AsyncConnection]
    keys: KeyStore
    codec: Codec
    log: EventLog
    engine: Engine
    follow: Follow
    blind: Blind
    blobs: Blobs
    tokens: Tokens


@asynccontextmanager
async def database(settings: Settings, *, own: bool) -> AsyncIterator[str]:
    """The database's conninfo; where none is set, of the engine's own PostgreSQL, started for as long as it is needed.

    Not `own`: one that already runs over the same data folder, because the API is being served, is used as it is.
    """
    folder = settings.data_dir / "postgres"
    if settings.database_url is not None:
        yield settings.database_url
    elif not own and (conninfo := await asyncio.to_thread(running, folder)) is not None:
        yield conninfo
    else:
        server = Server(folder)
        await asyncio.to_thread(server.start)
        try:
            yield server.conninfo
        finally:
            await asyncio.to_thread(server.stop)


@asynccontextmanager
async def services(settings: Settings, *, works: bool = True) -> AsyncIterator[Services]:
    """Everything up to date and running. `works`: views are kept and processes act; False to only look and send commands.

    Raises `ServerWontStart` (and `AlreadyRunning`), `psycopg.OperationalError`, and ValueError for a secret that is not one.
    """
    async with AsyncExitStack() as stack:
        conninfo = await stack.enter_async_context(database(settings, own=works))
        await migrate(conninfo)
        pool = await open_pool(conninfo, max_size=settings.pool_size)
        stack.push_async_callback(pool.close)
        secret = settings.secret
        keys = KeyStore(pool, secret.master)
        codec = Codec(keys)
        log = await stack.enter_async_context(EventLog(pool, codec))
        engine = Engine(log)
        clock = DeadlineClock(pool, engine)
        refunding = RefundProcess(pool, engine, MarketplaceGateway())
        await _make_tables(pool)
        follow = Follow(log, pool, (*VIEWS, clock, refunding))
        if works:
            begin = await stack.enter_async_context(_background())
            for name, run in (("follow", follow.run), ("deadlines", clock.run), ("refunds", refunding.run)):
                begin(name, run)
        yield Services(
            settings=settings,
            pool=pool,
            keys=keys,
            codec=codec,
            log=log,
            engine=engine,
            follow=follow,
            blind=Blind(secret.blind),
            blobs=Blobs.in_folder(settings.data_dir / "blobs", keys, max_bytes=settings.max_file_bytes),
            tokens=Tokens(secret.token),
        )


async def _make_tables(pool: AsyncConnectionPool[AsyncConnection]) -> None:
    await create_tables(pool, VIEWS)
    async with pool.connection() as conn:
        await conn.execute(deadlines.TABLE)
        await conn.execute(refunds.TABLE)


@asynccontextmanager
async def _background() -> AsyncIterator[Callable[[str, Callable[[], Awaitable[None]]], None]]:
    """Runs things beside everything else. One that fails is logged and started again; at the end all are cancelled."""
    tasks: list[asyncio.Task[None]] = []

    async def keep_running(name: str, run: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await run()
            except Exception:
                _log.exception("restarting", what=name)
                await asyncio.sleep(_RESTART)

    def begin(name: str, run: Callable[[], Awaitable[None]]) -> None:
        tasks.append(asyncio.create_task(keep_running(name, run), name=name))

    try:
        yield begin
    finally:
        await end(tasks)
