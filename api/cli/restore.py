"""`mediation restore`: restores a marketplace from its backups, proves it, erases again, and does nothing twice."""

import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, BinaryIO, cast

from cyclopts import Parameter
from psycopg import AsyncConnection, sql

from api.cli.backup import KEYS, LOG
from api.cli.terminal import Failed, bytes_progress, err, of_another_engine, out, progress, run
from api.marketplace.reconciler import LedgerBehind
from api.own_postgres import database
from api.services import Services, services
from api.settings import Settings
from mediation.gateways.payments import NoAnswer
from mediation.proof import export
from mediation.proof.sealer import Sealer
from mediation.proof.signing import Signer
from mediation.proof.verify import Checkpoint, Key, Unproven, verify_log
from mediation.store.backup import backups
from mediation.store.backup.backups import BLOBS, Manifest, Part, Unusable
from mediation.store.files.place import EvidenceUnavailable
from mediation.store.keys.masters import WrongMasterKey
from mediation.store.postgres.migrate import RESTORING
from mediation.store.postgres.pool import connect
from mediation.store.postgres.tools import NoTools, ToolFailed, tools_for
from mediation.store.tasks import end

_FILLED = """SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1"""
_BEGUN = f"SELECT backup FROM {RESTORING}.begun"
_AFRESH = f"""DELETE FROM public.progress WHERE name <> '{Sealer.name}';
UPDATE public.progress SET holder = NULL, lease_until = NULL;
DELETE FROM public.parked;
"""
"""Views and processes start at the beginning of the log. The sealer keeps its position: the backup holds its tree."""

_THERE = "SELECT to_regclass(%s) IS NOT NULL"
_TELL_AGAIN = "UPDATE keys.erasure SET on_record = false WHERE on_record"
"""The restored log may be older than the fact that says that an erasure is complete."""
_HEARTBEAT = "UPDATE heartbeat SET at = %s"
_CLOCK = """INSERT INTO clock_turn (marketplace, turned_at, ahead) VALUES (%s, %s, make_interval(secs => %s))
ON CONFLICT (marketplace, ahead) DO NOTHING"""
_EPOCH = datetime.fromtimestamp(0, UTC)
_COUNTED = "SELECT count(*), coalesce(max(position), 0) FROM event WHERE position <= %s"
_POSITIONS = "SELECT name, position FROM progress"
_LOOK = 0.2  # seconds


@dataclass(frozen=True, slots=True)
class _Backup:
    """Both parts of a backup, checked to belong together."""

    log_folder: Path
    log: Manifest
    keys_folder: Path
    keys: Manifest
    blobs: Sequence[Part]

    @property
    def name(self) -> str:
        return f"{self.log.digest} {self.keys.digest}"


def restore(
    log: Path,
    keys: Path,
    /,
    *,
    checkpoint: Annotated[tuple[Path, ...], Parameter(negative=())] = (),
    key: Annotated[tuple[str, ...], Parameter(negative=())] = (),
) -> None:
    """Restores both parts of a backup.

    Parameters
    ----------
    log
        A backup of the log, or a folder of them, of which the last is used.
    keys
        The same for the key store: a backup taken after the log's, best the latest.
    checkpoint
        A checkpoint that you kept yourself. The restored log must continue it.
    key
        The log's public key, from a source that you trust. Without it, the key of the signing key given here.
    """
    given = of_another_engine()
    try:
        found = _found(given, log, keys)
        trusted = [Key.of(one) for one in key] or [Key.of(Signer.of(given.log_name, given.secret.signing).vkey)]
        if found.log.checkpoint is not None:
            Checkpoint.of(found.log.checkpoint, trusted)
        outside = [_outside(found.log, path, trusted) for path in checkpoint]
        _check_files(found)
        run(_restore(given, found, outside))
    except (Unusable, NoTools, ToolFailed, EvidenceUnavailable) as error:
        raise Failed(str(error)) from None
    except Unproven as error:
        raise Failed(f"not proven: {error}") from None


# --- before anything is touched ---


def _found(given: Settings, log: Path, keys: Path) -> _Backup:
    """Raises Unusable."""
    log, keys = backups.chosen(log), backups.chosen(keys)
    ours, theirs = Manifest.read(log, "log"), Manifest.read(keys, "keys")
    if theirs.position < ours.position:
        raise Unusable(
            f"the key store's backup {keys} was taken before the log's: the keys of what came in between are missing. Take "
            "a later one"
        )
    if {ours.origin, theirs.origin} != {given.log_name}:
        raise Unusable(f"this is a backup of the log {ours.origin}, and MEDIATION_LOG_NAME says {given.log_name}")
    if ours.blind != backups.known_by(given.secret.blind):
        raise Unusable("it was made under another blind key: give that one as MEDIATION_BLIND_KEY")
    listing = [part for part in ours.files if part.name == backups.LISTED]
    backups.check_files([(log, part) for part in listing], lambda done: None)
    return _Backup(log, ours, keys, theirs, backups.listed(log) if listing else [])


def _outside(log: Manifest, path: Path, trusted: Sequence[Key]) -> Checkpoint:
    try:
        found = Checkpoint.of(path.read_text(encoding="utf-8"), trusted)
    except (OSError, ValueError) as error:
        raise Unusable(f"{path}: {error}") from None
    if found.size > log.position:
        raise Unusable(
            f"your checkpoint is over {found.size:,} facts, and this backup ends after {log.position:,}: it was taken before"
        )
    return found


def _check_files(found: _Backup) -> None:
    parts = [(found.log_folder, part) for part in found.log.files]
    parts += [(found.log_folder.parent / BLOBS, part) for part in found.blobs]
    parts += [(found.keys_folder, part) for part in found.keys.files]
    with bytes_progress() as bars:
        bar = bars.add_task("checking files", total=sum(part.bytes for _, part in parts))
        backups.check_files(parts, lambda done: bars.update(bar, completed=done))


# --- the restore ---


async def _restore(given: Settings, found: _Backup, outside: Sequence[Checkpoint]) -> None:
    await _check_masters(given, found)
    async with database(given, own=True) as conninfo:
        keys = given.keys_url or conninfo
        async with await connect(conninfo, autocommit=True) as connection:
            await _begin(connection, None if keys == conninfo else keys, found)
        await _load(conninfo, found.log, found.log_folder / LOG, "public.event", _AFRESH)
        await _load(keys, found.keys, found.keys_folder / KEYS, "keys.data_key", _TELL_AGAIN)
        reached = given.model_copy(update={"database_url": conninfo})
        async with services(reached, works=False, restoring=True) as running:
            await _copy_blobs(running, found)
            proven = await _prove(running, found, outside)
            await _as_it_was(running, found)
            erased = await running.erasures.reapply(running.log)
            await running.inbox.mailbox.drop_unreadable()
            await running.quarantine.forget_unreadable()
            silent = await running.webhooks.endpoints.restored()
            last = await _made_anew(running)
            differing = await _reconcile(running)
        async with await connect(conninfo, autocommit=True) as connection:
            await connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(RESTORING)))
    _tell(found, proven, erased, last, differing, silent)


async def _check_masters(given: Settings, found: _Backup) -> None:
    """Raises Unusable."""
    for master in found.keys.masters:
        try:
            await given.secret.masters.unwrap(master, [])
        except WrongMasterKey:
            raise Unusable(
                f"its data keys are wrapped by the master key {master}, which is not here: give that one as "
                "MEDIATION_MASTER_KEY or MEDIATION_FORMER_MASTER_KEY. Where it was destroyed, because somebody was erased, a "
                "later backup of the key store opens"
            ) from None


async def _begin(connection: AsyncConnection, keys: str | None, found: _Backup) -> None:
    """Begins in an empty database, or continues this same restore. The same holds for a separate database of the keys.

    Raises Unusable.
    """
    names = await _filled(connection, found.log)
    if f"{RESTORING}.begun" in names:
        begun = await (await connection.execute(_BEGUN.encode())).fetchone()
        if begun is None or begun[0] != found.name:
            raise Unusable(
                "a restore of another backup was begun in this database: go on with that, or take an empty one"
            )
        err.print("[dim]Goes on with the restore that was interrupted.[/]")
        return
    if keys is not None:
        async with await connect(keys, autocommit=True) as other:
            names += await _filled(other, found.keys)
    if names:
        raise Unusable(f"this database is not empty: it has {len(names)} tables, such as {names[0]}. Take an empty one")
    async with connection.transaction():
        schema = sql.Identifier(RESTORING)
        await connection.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
        await connection.execute(sql.SQL("CREATE TABLE {}.begun (backup text NOT NULL)").format(schema))
        await connection.execute(sql.SQL("INSERT INTO {}.begun VALUES (%s)").format(schema), (found.name,))


async def _filled(connection: AsyncConnection, manifest: Manifest) -> list[str]:
    """What the database already holds. Raises Unusable for a server older than the backup."""
    server = connection.info.server_version // 10000
    if server < manifest.postgres:
        raise Unusable(f"the backup is of PostgreSQL {manifest.postgres}, and this server is {server}: take one as new")
    return [name for (name,) in await (await connection.execute(_FILLED)).fetchall()]


async def _load(conninfo: str, manifest: Manifest, file: Path, makes: str, after: str) -> None:
    """Loads a dump completely or not at all. If the object `makes` exists, it is loaded already."""
    async with await connect(conninfo, autocommit=True) as connection:
        row = await (await connection.execute(_THERE, (makes,))).fetchone()
        if row is not None and row[0]:
            return
        tools = tools_for(connection.info.server_version // 10000, manifest.tools)
        if file.name == KEYS:
            await connection.execute("CREATE SCHEMA IF NOT EXISTS keys")
    with bytes_progress() as bars:
        bar = bars.add_task(f"loading {file.stem}", total=None)
        await tools.load(conninfo, file, after, lambda done: bars.update(bar, completed=done))


async def _copy_blobs(running: Services, found: _Backup) -> None:
    evidence, from_ = running.evidence, found.log_folder.parent / BLOBS
    await evidence.take()  # raises if the place is another database's, before anything is copied there
    with progress() as bars:
        bar = bars.add_task("evidence files", total=len(found.blobs))
        told = lambda done: bars.update(bar, completed=done)  # noqa: E731
        await asyncio.to_thread(backups.restore_blobs, found.blobs, from_, evidence.place, told)


async def _prove(running: Services, found: _Backup, outside: Sequence[Checkpoint]) -> int:
    """Verifies the complete log against its signatures and the outside checkpoints, and counts its facts. Raises Unproven."""
    async with running.pool.connection() as connection:
        row = await (await connection.execute(_COUNTED, (found.log.position,))).fetchone()
        if row != (found.log.position, found.log.position):
            raise Unproven(
                f"the backup says that it has {found.log.position:,} facts, and {row[0] if row else 0:,} came"
            )
        try:
            _, note = await export.latest(connection)
        except export.NothingSealed:
            if outside:
                raise Unproven("nothing was sealed in this backup, so nothing ties it to your checkpoint") from None
            return 0
        if note != found.log.checkpoint:
            raise Unproven("the last checkpoint in the log is not the one that the backup names")
        with tempfile.TemporaryFile(dir=running.settings.data_dir) as file, progress() as bars:
            reading, checking = bars.add_task("reading the log", total=None), bars.add_task("proving it", total=None)
            written = cast(BinaryIO, file)
            await export.whole(connection, written, lambda n, of: bars.update(reading, completed=n, total=of))
            file.seek(0)
            keys = [Key.of(one) for one in found.log.public_keys]
            told = lambda n, of: bars.update(checking, completed=n, total=of)  # noqa: E731
            proven = await asyncio.to_thread(verify_log, written, keys, outside, told)
    return proven.size


async def _as_it_was(running: Services, found: _Backup) -> None:
    """Turns the test clocks to where they stood, and sets the heartbeat to the time of the backup.

    The time since then is an outage. It is recorded before anything else, so that nothing lapses by it.
    """
    async with running.pool.connection() as connection:
        await connection.execute(_HEARTBEAT, (found.log.taken_at,))
        since_ever = ((marketplace, _EPOCH, seconds) for marketplace, seconds in found.log.ahead.items())
        for turn in (*found.log.turns, *since_ever):
            await connection.execute(_CLOCK, turn)
    await running.engine.returned()


async def _made_anew(running: Services) -> int:
    """Every view, and the work list of every process, from the beginning of the log. No process acts during that."""
    last = await running.log.last_position()
    names = {consumer.name for consumer in running.consumers}
    following = asyncio.create_task(running.follow.run())
    try:
        with progress() as bars:
            tasks = {name: bars.add_task(name.split("@")[0], total=last) for name in sorted(names)}
            while True:
                async with running.pool.connection() as connection:
                    rows = await (await connection.execute(_POSITIONS)).fetchall()
                reached = {name: position for name, position in rows if name in names}
                for name, position in reached.items():
                    bars.update(tasks[name], completed=min(position, last))
                if set(reached) == names and min(reached.values()) >= last:
                    return last
                if following.done():
                    following.result()
                await asyncio.sleep(_LOOK)
    finally:
        await end([following])


async def _reconcile(running: Services) -> dict[str, int | None]:
    """For each marketplace whose provider has a list: the number of differences; None where the provider does not answer."""
    differing: dict[str, int | None] = {}
    following = asyncio.create_task(running.follow.run())
    try:
        for marketplace in running.reconciler.marketplaces:
            differing[marketplace] = None
            with suppress(NoAnswer, LedgerBehind):
                # no money moves during a restore
                compared = await running.reconciler.compare(marketplace, settles=timedelta(0))
                differing[marketplace] = len(compared.differences)
    finally:
        await end([following])
    return differing


def _tell(found: _Backup, proven: int, erased: int, last: int, differing: dict[str, int | None], silent: int) -> None:
    taken = f"{found.log.taken_at:%Y-%m-%d %H:%M:%S} UTC"
    out.print(
        f"Restored as of {taken}: {last:,} facts, {proven:,} of them proven against the last checkpoint; "
        f"evidence files: {len(found.blobs):,}; persons who stay erased: {erased:,}.",
        soft_wrap=True,
    )
    err.print(
        f"What came after {taken} is lost. Whoever holds a checkpoint over more than {proven:,} facts will find that this "
        "log does not continue it.",
        soft_wrap=True,
    )
    for marketplace, count in differing.items():
        if count is None:
            err.print(
                f"{marketplace}: its payment provider does not answer; run `mediation reconcile` before you serve."
            )
        elif count:
            err.print(f"{marketplace}: {count} payments differ, each for a person: `mediation reconcile` shows them.")
    if silent:
        err.print(
            f"{silent} webhook endpoints are gone: the backup of the keys has no secrets of theirs. Make them again."
        )
    err.print(
        "Of a marketplace that moves its money itself nobody here knows what it has paid since: have it compare first.",
        soft_wrap=True,
    )
