"""Connections to PostgreSQL, each with limits that keep one stuck client from stopping the others."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from time import monotonic
from typing import Any

import structlog
from psycopg import AsyncConnection, InterfaceError, OperationalError, errors
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool
from pydantic_core import from_json

ROLE = "mediation_app"
"""The application role; see roles.sql. On the log it may insert and select, nothing else."""
KEYS_ROLE = "mediation_keys"
"""The role that works on the key store, and on nothing else; see keys_roles.sql."""

TRANSIENT = (
    OperationalError,
    InterfaceError,
    errors.ReadOnlySqlTransaction,
    errors.IdleInTransactionSessionTimeout,
)
"""The connection is lost, the server is starting, a lock took too long, or a standby answered: worth another try."""

_SETTINGS = """SELECT set_config('lock_timeout', '5s', false), set_config('idle_in_transaction_session_timeout', '30s', false),
set_config('timezone', 'UTC', false), set_config('search_path', 'views, public', false)"""
"""Tables created without a schema are in `views`, which belongs to the application and can be built again."""

_log = structlog.get_logger(__name__)


_WRITABLE = "read-write"
"""`DATABASE_URL` may name several hosts: every connection asks for the one that accepts writes, and not the first."""


async def connect(conninfo: str, *, autocommit: bool = False) -> AsyncConnection:
    """One connection outside of a pool, as the owner of the database. Raises `psycopg.OperationalError`."""
    return await AsyncConnection.connect(conninfo, autocommit=autocommit, target_session_attrs=_WRITABLE)


async def open_pool(
    conninfo: str,
    *,
    min_size: int = 2,
    max_size: int = 12,
    timeout: float = 10.0,
    role: str = ROLE,
    check: Callable[[AsyncConnection], Awaitable[None]] | None = None,
) -> AsyncConnectionPool[AsyncConnection]:
    """An open pool of connections in autocommit, as the application role.

    Use `connection.transaction()` for a transaction. `conninfo` may name several hosts: the one that accepts writes is
    used. `check` is called with each new connection before anybody gets it. `timeout` is in seconds, both to connect and
    to wait for a free connection; after it `psycopg_pool.PoolTimeout` is raised.
    """
    pool = AsyncConnectionPool(
        conninfo,
        connection_class=AsyncConnection,
        kwargs={
            "autocommit": True,
            "application_name": "mediation",
            "target_session_attrs": _WRITABLE,
            "connect_timeout": 5,
            "tcp_user_timeout": 10_000,  # milliseconds without an acknowledgement before a dead peer is given up
        },
        min_size=min_size,
        max_size=max_size,
        timeout=timeout,
        configure=partial(_configure, role=role, check=check),
        open=False,
    )
    try:
        await pool.open(wait=True, timeout=timeout)
    except BaseException:
        await pool.close()
        raise
    return pool


async def _configure(
    connection: AsyncConnection, *, role: str, check: Callable[[AsyncConnection], Awaitable[None]] | None
) -> None:
    set_json_loads(from_json, connection)
    await connection.execute(_SETTINGS)
    try:
        await connection.execute(f"SET ROLE {role}")
    except (errors.InvalidParameterValue, errors.InsufficientPrivilege) as error:
        _log.warning("application_role_missing", role=role, error=str(error).strip())
    if check is not None:
        await check(connection)


async def fetch(
    pool: AsyncConnectionPool[AsyncConnection], query: str, parameters: Sequence[Any] = (), *, patience: float = 20.0
) -> list[Any]:
    """The rows of one statement, in a transaction of its own.

    If the connection is lost, it tries again for `patience` seconds. Use it only for statements that may run twice.
    """
    deadline = monotonic() + patience
    pause = 0.02
    while True:
        try:
            async with pool.connection() as connection:
                return await (await connection.execute(query.encode(), parameters, binary=True)).fetchall()
        except TRANSIENT:
            if monotonic() > deadline:
                raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, 1.0)
