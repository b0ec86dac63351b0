"""`mediation backup`: the log with its evidence files, and the key store, each to a place of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from cyclopts.types import PositiveInt
from psycopg import AsyncConnection

from api.bootstrap import Services, database, services
from api.commands.terminal import Failed, bytes_progress, err, existing, out, progress, run
from mediation.proof import export
from mediation.store import backups
from mediation.store.backups import Manifest, Part, Unusable
from mediation.store.postgres_tools import NoTools, ToolFailed, Tools, tools_for

LOG, KEYS = "log.dump", "keys.dump"
_NOT_KEYS = ("--exclude-schema=keys", "--exclude-table=public.keys_version", "--exclude-table=views.*")
"""Views and what processes have to do follow from the log, and are made from it anew."""

_ONLY_KEYS = ("--table=keys.*", "--table=public.keys_version")
_STANDS = """SELECT clock_timestamp(), current_setting('server_version_num')::int / 10000,
(SELECT coalesce(max(position), 0) FROM event)"""
_AHEAD = "SELECT marketplace, extract(epoch FROM ahead)::float8 FROM views.turned_clock"


def backup(
    to: Path,
    /,
    *,
    keys: Annotated[Path, Parameter(negative=())],
    keep: PositiveInt = 30,
) -> None:
    """The log, and apart from it the key store.

    Parameters
    ----------
    to
        The folder for the log's backups, and for the evidence files.
    keys
        The folder for those of the key store: on another medium, under other hands.
    keep
        Days after which a backup of the key store is deleted, but never the last one: so long somebody's key may outlive
        their erasure. The log's backups are yours to delete.
    """
    if (
        keys.resolve() == to.resolve()
        or keys.resolve() in to.resolve().parents
        or to.resolve() in keys.resolve().parents
    ):
        raise Failed("whoever has both can read everything: the log and the key store go to folders of their own")
    try:
        with backups.alone(to), backups.alone(keys):
            run(_backup(to, keys, timedelta(days=keep)))
    except (Unusable, NoTools, ToolFailed) as error:
        raise Failed(str(error)) from None


@dataclass(frozen=True, slots=True)
class _Taking:
    """What both parts of a backup have in common."""

    running: Services
    conninfo: str
    connection: AsyncConnection

    async def manifest(self, of: Literal["log", "keys"]) -> tuple[Manifest, Tools]:
        """As it stands in the transaction that is open."""
        row = await (await self.connection.execute(_STANDS)).fetchone()
        assert row is not None, "a row of constants"
        taken_at, server, position = row
        tools = tools_for(server)
        secret = self.running.settings.secret
        known = {"master": secret.master} if of == "keys" else {"blind": secret.blind}
        manifest = Manifest(
            of=of,
            taken_at=taken_at,
            engine=version("mediation-engine"),
            postgres=server,
            tools=tools.major,
            origin=self.running.settings.log_name,
            position=position,
            secrets={name: backups.known_by(value) for name, value in known.items()},
            files=(),
        )
        return manifest, tools


async def _backup(to: Path, keys: Path, keep: timedelta) -> None:
    given = existing("postgres")
    async with database(given, own=False) as conninfo:
        reached = given.model_copy(update={"database_url": conninfo})
        async with services(reached, works=False) as running:
            async with await AsyncConnection.connect(conninfo) as connection:
                taking = _Taking(running, conninfo, connection)
                log = await _log(taking, to)
                # After the log's: each key is there before anything is sealed under it.
                kept, taken_at = await _keys(taking, keys)
            gone = backups.outlived(keys, keep, taken_at)
    out.print(f"{log}\n{kept}", soft_wrap=True, highlight=False)
    if gone:
        err.print(f"Deleted as older than {keep.days} days: {', '.join(map(str, gone))}", soft_wrap=True)


async def _log(taking: _Taking, to: Path) -> Path:
    connection = taking.connection
    async with _snapshot(connection) as snapshot:
        manifest, tools = await taking.manifest("log")
        folder = backups.begin(to, manifest.taken_at)
        try:
            _, note = await export.latest(connection)
        except export.NothingSealed:
            note = None
        public = [key for key, _ in await export.keys(connection)]
        ahead: dict[str, float] = dict(await (await connection.execute(_AHEAD)).fetchall())
        dump = await _dump(taking, tools, [*_NOT_KEYS, f"--snapshot={snapshot}"], folder / LOG)
    files = [dump, _blobs(taking.running.settings.data_dir / backups.BLOBS, to, folder)]
    update = {"files": files, "checkpoint": note, "public_keys": public, "ahead": ahead}
    manifest.model_copy(update=update).write(folder)
    return backups.finish(folder)


def _blobs(from_: Path, to: Path, folder: Path) -> Part:
    """After the log's dump: all that it refers to is there by then."""
    before = backups.whole(to)
    known = {part.name: part for part in backups.listed(before[-1])} if before else {}
    with progress() as bars:
        bar = bars.add_task("evidence files", total=sum(1 for _ in backups.blobs_in(from_)))
        parts = backups.copy_blobs(from_, to / backups.BLOBS, known, lambda done: bars.update(bar, completed=done))
    return backups.list_blobs(parts, folder)


async def _keys(taking: _Taking, to: Path) -> tuple[Path, datetime]:
    async with _snapshot(taking.connection) as snapshot:
        manifest, tools = await taking.manifest("keys")
        folder = backups.begin(to, manifest.taken_at)
        dump = await _dump(taking, tools, [*_ONLY_KEYS, f"--snapshot={snapshot}"], folder / KEYS)
    manifest.model_copy(update={"files": [dump]}).write(folder)
    return backups.finish(folder), manifest.taken_at


@asynccontextmanager
async def _snapshot(connection: AsyncConnection) -> AsyncIterator[str]:
    """What the tool and the manifest both tell of."""
    async with connection.transaction():
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        row = await (await connection.execute("SELECT pg_export_snapshot()")).fetchone()
        assert row is not None, "it has a name"
        yield row[0]


async def _dump(taking: _Taking, tools: Tools, options: list[str], file: Path) -> Part:
    with bytes_progress() as bars:
        bar = bars.add_task(file.stem, total=None)
        return await tools.dump(taking.conninfo, options, file, lambda done: bars.update(bar, completed=done))
