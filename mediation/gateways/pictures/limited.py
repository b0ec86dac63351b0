"""Runs a program on hostile input: a process of its own, without a shell, that may use so much and no more.

`prlimit` (Debian: util-linux) sets the limits before the program starts. The program may write no file at all, so what it is
given is on no disk. It may use one gigabyte and a half of memory, some seconds of the processor, and somewhat longer by the
clock; then it is killed. It yields to everything else on the machine (`nice`), has none of the engine's environment and open
files, and where the engine runs as root it runs as `nobody`.

Python's own `subprocess` starts it, in threads: uvloop leaves files open to a program, and runs none as somebody else.
"""

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any, TypeVar

from mediation.gateways.pictures.port import NotReadable, Unwell

T = TypeVar("T")

MEMORY = 1536 * 1024 * 1024
"""The address space in bytes. A picture of 64 million points needs about a third of it."""

SECONDS = 60
"""Of one processor."""

_CLOCK = 1.5
"""By the clock it may take so many times as long: the processor may be busy with more important work."""

_MOST_OUTPUT = 96 * 1024 * 1024
"""A picture of the most points that are taken, and more than any text."""

_KEPT = ("PATH", "TESSDATA_PREFIX", "LD_LIBRARY_PATH")
"""The only variables of the engine's environment that the program sees."""

_THREADS = ThreadPoolExecutor(12, "pictures")
"""A program takes three, for its pipes, and a worker runs one program at a time."""

_TOO_LONG = frozenset({-signal.SIGXCPU, -signal.SIGKILL})


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended that came to an end by itself."""

    code: int
    output: bytes
    errors: str


async def run(
    command: Sequence[str],
    content: bytes = b"",
    *,
    seconds: int = SECONDS,
    memory: int = MEMORY,
    as_nobody: bool = True,
) -> Ended:
    """Gives the program `content` and takes what it answers. `as_nobody` False: a program of the engine's own, which may lie
    where only the engine's account can read.

    Raises NotReadable if it needed too much time or memory, Unwell if it could not be started.
    """
    process = await _in_thread(lambda: _start(command, seconds, memory, as_nobody=as_nobody))
    try:
        async with asyncio.timeout(seconds * _CLOCK):
            _, output, errors = await asyncio.gather(
                _in_thread(lambda: _give(process, content)),
                _in_thread(lambda: _take(process, process.stdout)),
                _in_thread(lambda: _take(process, process.stderr)),
            )
            code = await _in_thread(process.wait)
    except TimeoutError:
        raise NotReadable("took_too_long") from None
    finally:
        # Nothing is left behind, also when the engine itself stops: the program and whatever it started are killed.
        if process.returncode is None:
            _kill(process)
            await _in_thread(process.wait)
    if code in _TOO_LONG and output is not None:
        raise NotReadable("took_too_long")
    if output is None or errors is None or code == -signal.SIGABRT or b"bad_alloc" in errors:
        raise NotReadable("too_large")
    return Ended(code, output, errors.decode("utf-8", "replace"))


def is_there(*programs: str) -> bool:
    return all(shutil.which(program) for program in ("nice", "prlimit", *programs))


async def _in_thread(what: Callable[[], T]) -> T:
    """The threads are its own: a program that takes its time stops nothing else."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, what)


def _start(command: Sequence[str], seconds: int, memory: int, *, as_nobody: bool) -> "subprocess.Popen[bytes]":
    # One second more than the soft limit: at the hard one the system kills it at once.
    limits = (f"--as={memory}", f"--cpu={seconds}:{seconds + 1}", "--fsize=0", "--core=0", "--nofile=64")
    try:
        return subprocess.Popen(
            ("nice", "-n", "10", "prlimit", *limits, "--", *command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd="/",
            env=_environment(),
            start_new_session=True,
            **(_account() if as_nobody else {}),
        )
    except OSError as error:
        raise Unwell(f"{command[0]} does not start: {error}") from None


def _give(process: "subprocess.Popen[bytes]", content: bytes) -> None:
    """A program that has seen enough closes its end."""
    assert process.stdin is not None
    with suppress(BrokenPipeError):
        process.stdin.write(content)
    with suppress(BrokenPipeError):
        process.stdin.close()


def _take(process: "subprocess.Popen[bytes]", stream: IO[bytes] | None) -> bytes | None:
    """What it answers. None if that has no end: then it is killed."""
    assert stream is not None
    taken = bytearray()
    with stream:
        while piece := stream.read(64 * 1024):
            taken += piece
            if len(taken) > _MOST_OUTPUT:
                _kill(process)
                return None
    return bytes(taken)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _environment() -> Mapping[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "OMP_THREAD_LIMIT": "1"}


def _account() -> dict[str, Any]:
    """Arguments that run the program as `nobody` where the engine is root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
