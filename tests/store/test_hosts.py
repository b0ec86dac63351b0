"""An address of several hosts, the standby first: every connection goes to the host that accepts writes."""

import asyncio
import re
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

import api
import mediation
from mediation.store.postgres.migrate import is_being_restored, migrate
from mediation.store.postgres.pool import open_pool
from tests.postgres import Servers


def test_a_standby_that_is_named_first_is_passed_over(servers: Servers) -> None:
    """The first host only reads, as a standby does."""
    name = f"hosts_{uuid4().hex[:8]}"
    reads, writes = (servers.server(version).create_database(name) for version in ("15", "18"))
    with psycopg.connect(reads, autocommit=True) as owner:
        owner.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
    first, second = conninfo_to_dict(reads), conninfo_to_dict(writes)
    both = {field: f"{first[field]},{second[field]}" for field in ("host", "port") if field in first}
    asyncio.run(_starts(make_conninfo(writes, **both)))


async def _starts(conninfo: str) -> None:
    await migrate(conninfo)
    assert not await is_being_restored(conninfo)
    pool = await open_pool(conninfo, min_size=1)
    await pool.close()


def test_no_connection_is_opened_without_that_setting() -> None:
    """One function opens connections, beside the pools. The engine's own server has one host."""
    allowed = {"pool.py", "server.py"}
    modules = (path for package in (api, mediation) for path in Path(package.__path__[0]).rglob("*.py"))
    found = {path.name for path in modules if re.search(r"\b(Connection|psycopg)\.connect\(", path.read_text())}
    assert found <= allowed
