"""`mediation backup`: the log with its evidence files in one folder, the key store in another."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter
from cyclopts.types import PositiveInt
from psycopg import AsyncConnection

from api.cli.terminal import Failed, bytes_progress, err, existing, out, progress, run
from api.own_postgres import database
from api.services import services
from api.settings import Settings
from mediation.proof import export
from mediation.store.backup import backups
from mediation.store.backup.backups import Manifest, Part, Unusable
from mediation.store.files.place import EvidenceUnavailable, Place
from mediation.store.postgres.pool import connect
from mediation.store.postgres.tools import NoTools, ToolFailed, Tools, tools_for

LOG, KEYS = "log.dump", "keys.dump"
_NOT_KEYS = (
    "--exclude-schema=keys",
    "--exclude-table=public.keys_version",
    "--exclude-table=views.*",
    "--exclude-table-data=public.console_session",
    "--exclude-table-data=public.sign_in_link",
    "--exclude-table-data=public.presence",
)
"""Views and the work lists of processes are left out: they are made again from the log. Nobody is signed in after a
restore, and nobody looks at a dispute."""

_ONLY_KEYS = ("--table=keys.*", "--table=public.keys_version")
_STANDS = "SELECT clock_timestamp(), current_setting('server_version_num')::int / 10000"
_POSITION = "SELECT coalesce(max(position), 0) FROM event"
_MASTERS = "SELECT DISTINCT master FROM keys.data_key WHERE wrapped IS NOT NULL AND master IS NOT NULL ORDER BY 1"
_TURNS = "SELECT marketplace, turned_at, extract(epoch FROM ahead)::float8 FROM views.clock_turn ORDER BY 1, 2"


def backup(
    to: Path,
    /,
    *,
    keys: Annotated[Path, Parameter(negative=())],
    keep: PositiveInt = 30,
) -> None:
    """Backs up the log, and separately the key store.

    Parameters
    ----------
    to
        The folder for the log's backups, and for the evidence files.
    keys
        The folder for the key store's backups: on another medium, in the hands of other people.
    keep
        Days after which a backup of the key store is deleted; the last one always stays. For so long the key of an erased
        person may survive in a backup. The log's backups are never deleted: that is for you.
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
    except (Unusable, NoTools, ToolFailed, EvidenceUnavailable) as error:
        raise Failed(str(error)) from None


@dataclass(frozen=True, slots=True)
class _Taking:
    """One part of a backup while it is taken. The tool and the manifest both describe `snapshot`."""

    conninfo: str
    connection: AsyncConnection
    snapshot: str
    manifest: Manifest
    tools: Tools

    @classmethod
    @asynccontextmanager
    async def of(
        cls, conninfo: str, given: Settings, what: Literal["log", "keys"], position: int | None = None
    ) -> "AsyncIterator[_Taking]":
        async with await connect(conninfo) as connection, connection.transaction():
            await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            snapshot = await _one(connection, "SELECT pg_export_snapshot()")
            taken_at, server = await _row(connection, _STANDS)
            tools = tools_for(server)
            manifest = Manifest(
                of=what,
                taken_at=taken_at,
                engine=version("mediation-engine"),
                postgres=server,
                tools=tools.major,
                origin=given.log_name,
                position=await _one(connection, _POSITION) if position is None else position,
            )
            yield cls(conninfo, connection, snapshot, manifest, tools)

    async def dump(self, options: Sequence[str], file: Path) -> Part:
        options = [*options, f"--snapshot={self.snapshot}"]
        with bytes_progress() as bars:
            bar = bars.add_task(file.stem, total=None)
            return await self.tools.dump(self.conninfo, options, file, lambda done: bars.update(bar, completed=done))


async def _backup(to: Path, keys: Path, keep: timedelta) -> None:
    given = existing("postgres")
    async with database(given, own=False) as conninfo:
        async with services(given.model_copy(update={"database_url": conninfo}), works=False) as running:
            # Now the database has the schema of this release.
            await running.evidence.check(marks=False)
        log = await _log(conninfo, given, to)
        # After the log's: each key is stored before anything is sealed under it.
        kept, taken_at = await _keys(conninfo, given, keys)
    gone = backups.outlived(keys, keep, taken_at)
    out.print(f"{log}\n{kept}", soft_wrap=True, highlight=False)
    if gone:
        err.print(f"Deleted as older than {keep.days} days: {', '.join(map(str, gone))}", soft_wrap=True)


async def _log(conninfo: str, given: Settings, to: Path) -> Path:
    async with _Taking.of(conninfo, given, "log") as taking:
        connection, folder = taking.connection, backups.begin(to, taking.manifest.taken_at)
        try:
            _, note = await export.latest(connection)
        except export.NothingSealed:
            note = None
        public = [key for key, _ in await export.keys(connection)]
        turns = await (await connection.execute(_TURNS)).fetchall()
        dump = await taking.dump(_NOT_KEYS, folder / LOG)
    files = [dump, _blobs(Place(given.evidence), to, folder)]
    about = {"checkpoint": note, "public_keys": public, "turns": turns}
    blind = backups.known_by(given.secret.blind)
    taking.manifest.model_copy(update={"files": files, "blind": blind, **about}).write(folder)
    return backups.finish(folder)


def _blobs(from_: Place, to: Path, folder: Path) -> Part:
    """Runs after the log's dump: by then every file that the dump refers to exists."""
    before = backups.whole(to)
    known = {part.name: part for part in backups.listed(before[-1])} if before else {}
    try:
        names = from_.paths()
    except FileNotFoundError:
        names = []  # no file was ever stored, or the check before this would have said so
    with progress() as bars:
        bar = bars.add_task("evidence files", total=len(names))
        told = lambda done: bars.update(bar, completed=done)  # noqa: E731
        parts = backups.copy_blobs(from_, names, to / backups.BLOBS, known, told)
    return backups.list_blobs(parts, folder)


async def _keys(conninfo: str, given: Settings, to: Path) -> tuple[Path, datetime]:
    async with await connect(conninfo) as connection:
        position = await _one(connection, _POSITION)
    async with _Taking.of(given.keys_url or conninfo, given, "keys", position) as taking:
        folder = backups.begin(to, taking.manifest.taken_at)
        masters = [id for (id,) in await (await taking.connection.execute(_MASTERS)).fetchall()]
        dump = await taking.dump(_ONLY_KEYS, folder / KEYS)
    taking.manifest.model_copy(update={"files": [dump], "masters": masters}).write(folder)
    return backups.finish(folder), taking.manifest.taken_at


async def _row(connection: AsyncConnection, query: str) -> tuple[Any, ...]:
    row = await (await connection.execute(query.encode())).fetchone()
    assert row is not None, "a row there always is"
    return row


async def _one(connection: AsyncConnection, query: str) -> Any:
    return (await _row(connection, query))[0]
