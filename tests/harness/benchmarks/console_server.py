"""`mediation serve` in a process of its own, and people who are signed in to its console."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psutil

from api.cli.demo.people import BACKEND, MARKETPLACE, subject
from api.console.signing_in.sessions import COOKIE, LIFE
from api.console.tour.tour import OVER
from api.services import Services, services
from api.settings import Settings
from domain.kernel.base import Role
from mediation.store.desk.console_sessions import ConsoleSessions, Person
from mediation.store.desk.own_desks import OwnDesk
from tests.gateways.serving import free_socket
from tests.harness.benchmarks.busy_desk import BusyDesk

_ROOT = Path(__file__).parents[3]
_PATIENCE = 60.0

_STORED = """SELECT extract(epoch FROM recorded_at)::float8 FROM event WHERE dispute_id = %s AND kind = %s
ORDER BY position DESC LIMIT 1"""


@dataclass(frozen=True, slots=True)
class Place:
    """`port` is that of the one worker."""

    port: int
    process: psutil.Process

    @property
    def home(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def memory(self) -> int:
        """Bytes."""
        return int(self.process.memory_info().rss)

    def busy(self) -> float:
        """Seconds of processor time."""
        used = self.process.cpu_times()
        return float(used.user + used.system)


@contextmanager
def served(conninfo: str, folder: Path) -> Iterator[Place]:
    """One worker with all views and processes, on a free port, as people start it."""
    listening, _ = free_socket()
    port = listening.getsockname()[1]
    listening.close()
    env = {**os.environ, "DATABASE_URL": conninfo, "MEDIATION_DATA_DIR": str(folder)}
    log = folder / "serve.log"
    with log.open("ab") as told:
        command = [sys.executable, "-m", "api.cli", "serve", "--port", str(port)]
        process = subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.DEVNULL, stderr=told, env=env)
    try:
        yield Place(port, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait()


async def ready(place: Place) -> None:
    """Returns when the console answers. Raises TimeoutError."""
    async with asyncio.timeout(_PATIENCE), httpx.AsyncClient(base_url=place.home) as http:
        while True:
            try:
                if (await http.get("/console/sign-in")).is_success:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.05)


async def signed_in(services: Services, subject: UUID, role: Role) -> str:
    """The secret of a new session, of somebody who has seen the tour: they are nearly everybody."""
    await OwnDesk(services.pool, services.keys, MARKETPLACE, subject).keep_tour(OVER)
    person = Person(subject, role.value, MARKETPLACE, f"{role.value} {str(subject)[:4]}")
    return await ConsoleSessions(services.pool, services.keys).begin(person, LIFE)


@asynccontextmanager
async def person(place: Place, secret: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that runs no script, of somebody who is signed in. Nothing is compressed unless the server does so."""
    cookies = {COOKIE: secret, "console-zone": "Europe/Rome"}
    async with httpx.AsyncClient(
        base_url=f"{place.home}/console", cookies=cookies, headers={"Accept-Encoding": "gzip, br"}, timeout=30
    ) as http:
        yield http


@dataclass(frozen=True, slots=True)
class Console:
    """What is measured: the worker, and those who are signed in. `act` sends acts as the marketplace's backend."""

    place: Place
    services: Services
    conninfo: str
    desk: BusyDesk
    secrets: Mapping[Role, str]
    act: httpx.AsyncClient

    async def message(self, dispute_id: UUID, text: str) -> None:
        """The buyer writes to the seller."""
        message = {"message": {"text": text, "language": "en"}, "channel": "web"}
        await self.send(f"/v1/disputes/{dispute_id}/messages", message, {"Mediation-As": "buyer"})

    async def send(self, path: str, body: Any = None, headers: Mapping[str, str] = {}) -> Any:
        headers = {"Idempotency-Key": str(uuid4()), **headers}
        try:
            answer = await self.act.post(path, json=body, headers=headers)
        except httpx.TransportError:  # the server closed the connection, which was idle: again under the same key
            answer = await self.act.post(path, json=body, headers=headers)
        if not answer.is_success:
            raise RuntimeError(f"{path} was answered with {answer.status_code}: {answer.text}")
        return answer.json()

    async def stored(self, dispute_id: UUID, kind: str) -> float:
        """When the last fact of this kind was stored, in seconds since 1970."""
        async with self.services.pool.connection() as connection:
            row = await (await connection.execute(_STORED, [dispute_id, kind])).fetchone()
        assert row is not None
        return float(row[0])


@asynccontextmanager
async def opened(conninfo: str, settings: Settings, desk: BusyDesk) -> AsyncIterator[Console]:
    """The worker, with a neutral, a supervisor and an auditor who are signed in."""
    async with AsyncExitStack() as stack:
        place = stack.enter_context(served(conninfo, settings.data_dir))
        await ready(place)
        beside = await stack.enter_async_context(services(settings, works=False))
        people = {Role.NEUTRAL: desk.neutral, Role.SUPERVISOR: desk.supervisor, Role.AUDITOR: uuid4()}
        secrets = {role: await signed_in(beside, who, role) for role, who in people.items()}
        backend = subject(beside, BACKEND)
        token = beside.tokens.mint(subject=backend, role=Role.MARKETPLACE, marketplace=MARKETPLACE, life=LIFE)
        headers = {"Authorization": f"Bearer {token}"}
        act = await stack.enter_async_context(httpx.AsyncClient(base_url=place.home, headers=headers, timeout=30))
        yield Console(place, beside, conninfo, desk, secrets, act)
