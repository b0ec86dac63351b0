"""One worker process behind HTTP: `python -m tests.benchmarks.serving ours|plain|nothing CONNINFO FOLDER`.

All three are served as `mediation serve` does it, and take the same token, the same request and give the same form of answer.
"""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psutil
import uvicorn
import uvloop
from fastapi import FastAPI

from api.app import create_app
from api.auth import Tokens
from api.bootstrap import services
from api.commands.terminal import collect_rarely, readable_logs
from api.settings import Settings
from domain.base import Role
from tests.benchmarks.filings import MARKETPLACE
from tests.benchmarks.plain_http import doing_nothing, plain_disputes

_ROOT = Path(__file__).parents[2]
_BACKLOG = 2048
_LIFE = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Worker:
    port: int
    token: str
    process: psutil.Process

    def memory(self) -> int:
        """Bytes of it that are in memory."""
        return int(self.process.memory_info().rss)

    def busy(self) -> float:
        """Seconds of processor time it has used."""
        used = self.process.cpu_times()
        return float(used.user + used.system)


@contextmanager
def serving(what: str, conninfo: str, folder: Path) -> Iterator[Worker]:
    """A worker of its own process. `what`: `ours`, `ours+views`, `plain` or `nothing`."""
    command = [sys.executable, "-m", "tests.benchmarks.serving", what, conninfo, str(folder)]
    process = subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, stdin=subprocess.PIPE, env=dict(os.environ))
    try:
        assert process.stdout is not None
        port = process.stdout.readline()
        if not port:
            raise RuntimeError(f"the worker {what} did not start")
        secret = Settings(data_dir=folder).secret.token
        token = Tokens(secret).mint(subject=uuid4(), role=Role.MARKETPLACE, marketplace=MARKETPLACE, life=_LIFE)
        yield Worker(int(port), token, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait()


async def _serve(what: str, conninfo: str, folder: Path) -> None:
    settings = Settings(database_url=conninfo, data_dir=folder)
    if what.startswith("ours"):
        async with services(settings, works=what.endswith("+views")) as running:
            await _listen(create_app(running))
    else:
        tokens = Tokens(settings.secret.token)
        await _listen(plain_disputes(tokens, conninfo) if what == "plain" else doing_nothing(tokens))


async def _listen(app: FastAPI) -> None:
    collect_rarely()
    with socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG) as listening:
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
        print(listening.getsockname()[1], flush=True)
        await uvicorn.Server(config).serve([listening])


if __name__ == "__main__":
    readable_logs()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
