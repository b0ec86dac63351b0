"""The servers under test: several `mediation serve`, each behind relays of its own, and the payment provider.

A killed server comes back at once, forked from a process that has loaded everything.
"""

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import forkserver, get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random

import httpx
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.harness.cuts.relay import Cut, Relay, answered, committed
from tests.harness.cuts.script import MARKETPLACE
from tests.harness.soak.crew import ROOT

SECRET = bytes(range(32))
PROVIDER_KEY, NOTICES = "key", "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"

_FORKS = get_context("forkserver")
_LOOK = 0.02
_PATIENCE = 60.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@dataclass
class Worker:
    """One server. It keeps its port over all its lives."""

    port: int
    env: dict[str, str]
    database: Relay
    provider: Relay
    log: Path
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    killed: int = 0
    deaths: int = 0
    _process: ForkServerProcess | None = None

    def start(self) -> None:
        self._process = _FORKS.Process(target=_serve, args=(self.env, self.port, str(self.log)))
        self._process.start()

    def kill(self) -> None:
        """Kills it at once. `keep` starts it again."""
        if self._process is not None and self.ready.is_set() and self._process.is_alive():
            self.ready.clear()
            self.killed += 1
            self._process.kill()

    async def stop(self) -> int:
        """Stops it in good order, and returns its exit code."""
        assert self._process is not None
        self._process.terminate()
        await asyncio.to_thread(self._process.join, _PATIENCE)
        code = self._process.exitcode
        self.end()
        return -1 if code is None else code

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self.ready.clear()

    async def keep(self) -> None:
        """Until cancelled: starts the server again whenever it has ended."""
        while True:
            assert self._process is not None
            if self._process.is_alive():
                if not self.ready.is_set() and await _answers(self.port, "/health"):
                    self.ready.set()
            else:
                if self.ready.is_set():
                    self.deaths += 1
                self.ready.clear()
                self.start()
            await asyncio.sleep(_LOOK)


@dataclass
class Crew:
    """`unheard` counts the payments whose result never reached the worker that made them."""

    workers: Sequence[Worker]
    provider: httpx.AsyncClient
    unheard: int = 0

    @property
    def kills(self) -> int:
        return sum(worker.killed for worker in self.workers)

    async def any(self, random: Random) -> Worker:
        """A worker that is ready."""
        async with asyncio.timeout(_PATIENCE):
            while True:
                if ready := [worker for worker in self.workers if worker.ready.is_set()]:
                    return random.choice(ready)
                await asyncio.sleep(_LOOK)

    def kill_when_paid(self) -> None:
        """Kills the worker that makes the next payment, when the provider has paid but the worker has not had the
        answer."""

        def strike(worker: Worker) -> None:
            for one in self.workers:
                one.provider.marks.clear()
            self.unheard += 1
            worker.kill()

        for worker in self.workers:
            worker.provider.marks[b"POST /v1/refunds"] = Cut("after", partial(strike, worker))

    async def faults(self, **told: object) -> None:
        """The faults of the provider from now on. It always ignores idempotency keys."""
        (await self.provider.put("/control/faults", json={"forget_keys": True, **told})).raise_for_status()

    async def paid(self) -> list[dict[str, object]]:
        """The complete list of the provider."""
        found: list[dict[str, object]] = []
        after = 0
        while True:
            page = (await self.provider.get("/v1/refunds", params={"after": after})).raise_for_status().json()
            found += page["items"]
            if (after := page["next"]) is None:
                return found


@asynccontextmanager
async def crew(conninfo: str, folder: Path, workers: int, random: Random) -> AsyncIterator[Crew]:
    ports = [free_port() for _ in range(workers)]
    notify = f"http://127.0.0.1:{ports[0]}/notices/{MARKETPLACE}"
    async with AsyncExitStack() as stack:
        _FORKS.set_forkserver_preload(["api.cli", "api.cli.serve"])
        forkserver.ensure_running()
        provider = await stack.enter_async_context(_provider(folder, notify))
        made: list[Worker] = []
        for number, at in enumerate(ports):
            database = Relay(lambda: _postgres(conninfo), committed, random)
            paying = Relay(lambda: asyncio.open_connection("127.0.0.1", provider), answered, random)
            ports_of = [await stack.enter_async_context(relay.listening()) for relay in (database, paying)]
            env = _environment(conninfo, folder, *ports_of)
            worker = Worker(at, env, database, paying, folder / f"worker-{number}.log")
            stack.callback(worker.end)
            worker.start()
            made.append(worker)
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{provider}", headers={"Authorization": f"Bearer {PROVIDER_KEY}"}
        ) as http:
            yield Crew(made, http)


@asynccontextmanager
async def _provider(folder: Path, notify: str) -> AsyncIterator[int]:
    """Runs `mediation sandbox-provider` in a process of its own. Yields its port."""
    at = free_port()
    options = ["--port", str(at), "--notify", notify, "--store", str(folder / "provider.sqlite")]
    given = {"SANDBOX_KEY": PROVIDER_KEY, "SANDBOX_NOTICE_SECRET": NOTICES}
    command = (sys.executable, "-m", "api.cli", "sandbox-provider", *options)
    with (folder / "provider.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=os.environ | given, stdout=log, stderr=log
        )
    try:
        async with asyncio.timeout(_PATIENCE):
            while not await _answers(at, "/docs"):
                assert process.returncode is None, (folder / "provider.log").read_text()
                await asyncio.sleep(_LOOK)
        yield at
    finally:
        process.terminate()
        await process.wait()


async def _answers(port: int, path: str) -> bool:
    """Written by hand, because it is asked many times a second: a library's client costs more to make than the
    request."""
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(f"GET {path} HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n".encode())
                return (await reader.readline()).startswith(b"HTTP/1.1 ")
            finally:
                writer.transport.abort()
    return False


async def _postgres(conninfo: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    known = conninfo_to_dict(conninfo)
    return await asyncio.open_unix_connection(f"{known['host']}/.s.PGSQL.{known['port']}")


def _environment(conninfo: str, folder: Path, database: int, provider: int) -> dict[str, str]:
    by_wire: dict[str, str | int] = {
        "host": "127.0.0.1",
        "port": database,
        "sslmode": "disable",
        "gssencmode": "disable",
    }
    sandbox = {
        "kind": "sandbox",
        "address": f"http://127.0.0.1:{provider}",
        "key": PROVIDER_KEY,
        "notice_secret": NOTICES,
    }
    return {
        "DATABASE_URL": make_conninfo(conninfo, **by_wire),
        "MEDIATION_DATA_DIR": str(folder / "data"),
        "MEDIATION_GATEWAYS": json.dumps({MARKETPLACE: sandbox}),
        "MEDIATION_TEST_MARKETPLACES": json.dumps([MARKETPLACE]),
        **{f"MEDIATION_{name}_KEY": SECRET.hex() for name in ("MASTER", "BLIND", "TOKEN")},
    }


def _serve(env: dict[str, str], port: int, log: str) -> None:
    """Runs in the forked process, like a typed command."""
    from api.cli import serve
    from api.cli.main import main

    serve._VIEWS = 0  # the views' leases of a killed server run on for a while
    os.environ.update(env)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(file, stream)
    sys.argv = ["mediation", "serve", "--port", str(port)]
    main()
