"""Finds PostgreSQL's processes in a data folder, and ends those that a killed engine left there."""

import contextlib
import signal
from pathlib import Path

import psutil

PORT = 5432
GENTLY_FIRST = ((signal.SIGINT, 60), (signal.SIGQUIT, 10), (signal.SIGKILL, 10))
"""How a server is stopped (fast, immediate, by force), and the seconds allowed for each."""

_PROGRAMS = frozenset({"postgres", "initdb"})


def pid_file(home: Path) -> list[str]:
    """The lines of the server's pid file: the process id is first, the folder of its socket fifth, its state eighth."""
    try:
        return (home / "cluster" / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def is_ready(lines: list[str]) -> bool:
    """Whether the server answers; a standby answers what only reads."""
    return len(lines) >= 8 and lines[7].strip() in ("ready", "standby")


def living_in(home: Path) -> list[psutil.Process]:
    """PostgreSQL's processes that work in a folder of this home. (The process id in a file may be another program's.)"""
    return [
        process
        for process in psutil.process_iter(["name", "cwd"])
        if process.info["name"] in _PROGRAMS and process.info["cwd"] and Path(process.info["cwd"]).is_relative_to(home)
    ]


def end_orphans(home: Path) -> None:
    """Ends what a killed engine left: first its server in good order, then processes whose server is gone.

    Those processes hold no data. It also deletes the files that name the server: another program may have that process
    id by now, and then PostgreSQL would not start.
    """
    named = pid_file(home)[:1]
    servers = [process for process in living_in(home) if [str(process.pid)] == named]
    for how, patience in GENTLY_FIRST:
        for server in servers:
            with contextlib.suppress(psutil.NoSuchProcess):
                server.send_signal(how)
        servers = psutil.wait_procs(servers, timeout=patience)[1]
    left = living_in(home)
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(left, timeout=10)
    for name in ("cluster/postmaster.pid", f".s.PGSQL.{PORT}.lock"):
        (home / name).unlink(missing_ok=True)
