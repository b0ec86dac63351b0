"""Runs a program on hostile input: a process of its own, without a shell, that may use so much and no more.

`prlimit` (Debian: util-linux) sets the limits before the program starts. The program may write no file at all, so what it is
given is on no disk. It may use one gigabyte and a half of memory, some seconds of the processor, and somewhat longer by the
clock; then it is killed. It yields to everything else on the machine (`nice`), sees none of the engine's environment, and
where the engine runs as root it runs as `nobody`.
"""

import asyncio
import os
import pwd
import shutil
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from mediation.gateways.pictures.port import NotReadable, Unwell

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

_TOO_LONG = frozenset({-signal.SIGXCPU, -signal.SIGKILL})


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended that came to an end by itself."""

    code: int
    output: bytes
    errors: str


async def run(command: Sequence[str], content: bytes = b"", *, seconds: int = SECONDS, memory: int = MEMORY) -> Ended:
    """Gives the program `content` and takes what it answers.

    Raises NotReadable if it needed too much time or memory, Unwell if it could not be started.
    """
    # One second more than the soft limit: at the hard one the system kills it at once.
    limits = (f"--as={memory}", f"--cpu={seconds}:{seconds + 1}", "--fsize=0", "--core=0", "--nofile=64")
    whole = ("nice", "-n", "10", "prlimit", *limits, "--", *command)
    try:
        process = await asyncio.create_subprocess_exec(
            *whole,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd="/",
            env=_environment(),
            start_new_session=True,
            **_account(),
        )
    except OSError as error:
        raise Unwell(f"{command[0]} does not start: {error}") from None
    try:
        async with asyncio.timeout(seconds * _CLOCK):
            output, errors = await _through(process, content)
    except TimeoutError:
        raise NotReadable("took_too_long") from None
    finally:
        await _end(process)
    code = process.returncode
    assert code is not None, "it has ended"
    if code in _TOO_LONG:
        raise NotReadable("took_too_long")
    if code == -signal.SIGABRT or "bad_alloc" in errors:
        raise NotReadable("too_large")
    return Ended(code, output, errors)


def is_there(*programs: str) -> bool:
    return all(shutil.which(program) for program in ("nice", "prlimit", *programs))


async def _through(process: asyncio.subprocess.Process, content: bytes) -> tuple[bytes, str]:
    assert process.stdin is not None
    _, output, errors = await asyncio.gather(
        _give(process.stdin, content), _take(process, process.stdout), _take(process, process.stderr)
    )
    await process.wait()
    if output is None or errors is None:
        raise NotReadable("too_large")
    return output, errors.decode("utf-8", "replace")


async def _give(stdin: asyncio.StreamWriter, content: bytes) -> None:
    """A program that has seen enough closes its end."""
    with suppress(BrokenPipeError, ConnectionResetError):
        stdin.write(content)
        await stdin.drain()
    with suppress(BrokenPipeError, ConnectionResetError):
        stdin.close()
        await stdin.wait_closed()


async def _take(process: asyncio.subprocess.Process, stream: asyncio.StreamReader | None) -> bytes | None:
    """What it answers. None if that has no end: then it is killed."""
    assert stream is not None
    taken = bytearray()
    while piece := await stream.read(64 * 1024):
        if len(taken) <= _MOST_OUTPUT:
            taken += piece
        else:
            _kill(process)
    return bytes(taken) if len(taken) <= _MOST_OUTPUT else None


async def _end(process: asyncio.subprocess.Process) -> None:
    """Nothing is left behind, also when the engine itself stops: the program and whatever it started are killed."""
    if process.returncode is None:
        _kill(process)
        await asyncio.gather(_take(process, process.stdout), _take(process, process.stderr))  # or it counts as running
        await process.wait()


def _kill(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _environment() -> Mapping[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "OMP_THREAD_LIMIT": "1"}


def _account() -> dict[str, Any]:
    """Arguments that run the program as `nobody` where the engine is root."""
    if os.geteuid() != 0:
        return {}
    with suppress(KeyError):
        nobody = pwd.getpwnam("nobody")
        return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    return {}
