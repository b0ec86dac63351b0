"""A PostgreSQL server and a standby that follows it, until the standby is promoted in its place.

The address names both, so a client that asks for the host that takes writes finds the one that is the server now.
"""

import shutil
import subprocess
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Self

import psutil
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from mediation.store.embedded.account import claim
from mediation.store.embedded.server import Server

_SETTINGS = {"wal_retrieve_retry_interval": "100ms", "wal_keep_size": "256MB", "recovery_init_sync_method": "syncfs"}
_PATIENCE = 60.0
_LOOK = 0.02

_FLUSH = "SELECT pg_logical_emit_message(true, 'standby', 'flush')"
_END = "SELECT pg_current_wal_flush_lsn()"
"""What is not on the primary's disk is not sent to a standby either."""
_REACHED = "SELECT coalesce(pg_last_wal_replay_lsn() >= %s::pg_lsn, false)"
_SYNCHRONOUS = "SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'"
_RECEIVES = "SELECT count(*) > 0 FROM pg_stat_wal_receiver"
_REPLAYED = "SELECT pg_last_wal_receive_lsn() IS NULL OR pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn()"


class Pair:
    """`primary` takes writes, `standby` follows it. `settings` are PostgreSQL's, for both. `alone`: there is no standby."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None, *, alone: bool = False) -> None:
        self._alone = alone
        self._settings = {**_SETTINGS, **(settings or {})}
        self.primary = Server(folder / "a", settings=self._settings)
        self.standby = Server(folder / "b", settings=self._settings)

    def __enter__(self) -> Self:
        self.primary.start()
        try:
            if not self._alone:
                self.renew()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        self.standby.stop()
        self.primary.stop()

    @property
    def conninfo(self) -> str:
        own = conninfo_to_dict(self.primary.conninfo)
        if self._alone:
            return self.primary.conninfo
        hosts = [str(server.data_dir.resolve()) for server in (self.primary, self.standby)]
        own |= {"host": ",".join(sorted(hosts)), "port": f"{own['port']},{own['port']}"}
        return make_conninfo("", **own, target_session_attrs="read-write")

    def renew(self) -> None:
        """Makes the standby anew, as a copy of the primary that follows it."""
        self.standby.stop()
        home, account = self.standby.data_dir, self.primary._account
        shutil.rmtree(home / "cluster", ignore_errors=True)
        home = claim(home, account, frozenset({"engine.lock", "server.log", "server.log.1", "binaries"}))
        where = conninfo_to_dict(self.primary.conninfo)
        command = [self.primary._bin / "pg_basebackup", "--host", where["host"], "--port", where["port"]]
        command += ["--username", where["user"], "--pgdata", home / "cluster"]
        command += ["--wal-method=none", "--checkpoint=fast", "--write-recovery-conf", "--no-sync", "--no-password"]
        environment = self.primary._environment
        done = subprocess.run(
            list(map(str, command)), cwd=home, env=environment, check=False, capture_output=True, **account.process
        )
        assert done.returncode == 0, done.stderr
        _order(self.primary, _FLUSH)  # the standby waits for the end of the backup, which may not be on the disk yet
        self.standby.start()
        self.in_step()

    def in_step(self) -> None:
        """Returns when the standby has everything that is stored now."""
        (end,) = _ask(self.primary, _END)
        _until(lambda: _ask(self.standby, _REACHED, end)[0])

    def lag(self) -> None:
        """From now on the standby gets nothing more."""
        _order(self.standby, "ALTER SYSTEM SET primary_conninfo = ''", "SELECT pg_reload_conf()")
        _until(lambda: not _ask(self.standby, _RECEIVES)[0])
        _until(lambda: _ask(self.standby, _REPLAYED)[0])

    def synchronise(self) -> None:
        """From now on the primary acknowledges nothing that the standby does not have."""
        _order(self.primary, "ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
        _until(lambda: _ask(self.primary, _SYNCHRONOUS)[0])
        self.in_step()

    def last_of_standby(self) -> int:
        """The last position of the log that the standby has."""
        return int(_ask(self.standby, "SELECT coalesce(max(position), 0) FROM event")[0])

    def kill(self) -> None:
        """Kills the primary and all its processes at once."""
        kill(processes_of(self.primary))
        self.primary.stop()

    def promote(self) -> None:
        """Makes the standby the primary. The former one has ended; `renew` makes it the standby."""
        _order(self.standby, "SELECT pg_promote(true, 60)")
        self.primary, self.standby = self.standby, self.primary


def processes_of(server: Server) -> list[psutil.Process]:
    """The postmaster first."""
    postmaster = psutil.Process(int((server.data_dir / "cluster" / "postmaster.pid").read_text().split()[0]))
    return [postmaster, *postmaster.children(recursive=True)]


def kill(processes: Iterable[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def _ask(server: Server, query: str, *values: Any) -> tuple[Any, ...]:
    with psycopg.connect(server.conninfo, autocommit=True) as connection:
        row = connection.execute(query.encode(), values).fetchone()
        assert row is not None
        return row


def _order(server: Server, *statements: str) -> None:
    with psycopg.connect(server.conninfo, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def _until(holds: Any) -> None:
    patient = monotonic() + _PATIENCE
    while not holds():
        assert monotonic() < patient, "the standby does not get there"
        sleep(_LOOK)
