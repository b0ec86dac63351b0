"""One worker process behind HTTP: `python -m tests.harness.benchmarks.serving WHAT CONNINFO FOLDER`.

All are served as by `mediation serve`. They take the same token and the same request, and answer in the same form.
"""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import cast
from uuid import uuid4

import psutil
import uvicorn
import uvloop
from fastapi import FastAPI

from api.app import create_app
from api.cli.terminal import collect_rarely, start_log
from api.http.auth import Tokens
from api.services import Services, services
from api.settings import Settings
from domain.commands import AnyCommand
from domain.kernel.base import Role
from mediation.engine import Engine, Handled, Request
from tests import today
from tests.harness.benchmarks.filings import MARKETPLACE
from tests.harness.benchmarks.plain_http import doing_nothing, plain_disputes
from tests.worlds import filing, order

_ROOT = Path(__file__).parents[3]
_BACKLOG = 2048
LIFE = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Worker:
    port: int
    token: str
    process: psutil.Process

    def memory(self) -> int:
        """The process's bytes in memory."""
        return int(self.process.memory_info().rss)

    def busy(self) -> float:
        """The process's seconds of processor time."""
        used = self.process.cpu_times()
        return float(used.user + used.system)


@contextmanager
def serving(what: str, conninfo: str, folder: Path, env: Mapping[str, str] = {}) -> Iterator[Worker]:
    """A worker in a process of its own. `what` is `ours`, with or without views, or without the engine; `plain`; or
    `nothing`.

    `env` holds settings beside its database and folder.
    """
    command = [sys.executable, "-m", "tests.harness.benchmarks.serving", what, conninfo, str(folder)]
    given = {**os.environ, **env}
    log = folder / f"{what}.log"
    with log.open("ab") as told:  # a line for each request, as in use
        process = subprocess.Popen(
            command, cwd=_ROOT, stdout=subprocess.PIPE, stdin=subprocess.PIPE, stderr=told, env=given
        )
    try:
        assert process.stdout is not None
        port = process.stdout.readline()
        if not port:
            raise RuntimeError(f"the worker {what} did not start:\n{log.read_text()}")
        secret = Settings(data_dir=folder).secret.token
        token = Tokens(secret).mint(subject=uuid4(), role=Role.MARKETPLACE, marketplace=MARKETPLACE, life=LIFE)
        yield Worker(int(port), token, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait()


async def _serve(what: str, conninfo: str, folder: Path) -> None:
    settings = Settings(database_url=conninfo, data_dir=folder)
    if what.startswith("ours"):
        async with services(settings, works=what.endswith("+views")) as running:
            await _listen(create_app(await without_engine(running) if what == "ours-engine" else running))
    else:
        tokens = Tokens(settings.secret.token)
        if what == "plain":
            await _listen(plain_disputes(tokens, conninfo), line_for_each=True)
        else:
            await _listen(doing_nothing(tokens))


@dataclass(frozen=True, slots=True)
class _Nothing:
    """Treats every command as one that was carried out before."""

    outcome: Handled

    async def handle(self, command: AnyCommand, request: Request) -> Handled:
        return self.outcome


async def without_engine(running: Services) -> Services:
    outcome = await running.engine.handle(filing(order("129.90", now=today.now())))
    return replace(running, engine=cast(Engine, _Nothing(outcome)))


async def _listen(app: FastAPI, *, line_for_each: bool = False) -> None:
    """The engine writes its own line about each request; the plain application has the server's."""
    collect_rarely()
    with socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG) as listening:
        config = uvicorn.Config(app, log_config=None, log_level="info", access_log=line_for_each, lifespan="off")
        print(listening.getsockname()[1], flush=True)
        await uvicorn.Server(config).serve([listening])


if __name__ == "__main__":
    start_log()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
