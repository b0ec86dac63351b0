"""Claims that are granted at once, by the fast lane or by an agent on the phone: from the request that files one until the
payment provider has confirmed the money."""

import asyncio
import json
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg

from api.http.auth import Tokens
from api.settings import Settings
from domain.kernel.base import Role
from tests.harness.benchmarks import filings
from tests.harness.benchmarks.bench import Bench
from tests.harness.benchmarks.filings import MARKETPLACE
from tests.harness.benchmarks.findings import Findings, Row, Verdict, milliseconds
from tests.harness.benchmarks.rounds import Timed, alternate, drive, together
from tests.harness.benchmarks.serving import Worker, serving

AT_ONCE = 8
AT_MOST = 2.0
"""Seconds, for 99 of 100 claims of the fast lane."""

ON_THE_PHONE = 1.0
"""Seconds, for 95 of 100 claims that an agent grants: `POST /v1/resolutions`."""

_ROOT = Path(__file__).parents[3]
_KEY, _NOTICES = "benchmark", "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"
_LOOK = 0.02
"""Seconds between two requests of the backend to the feed."""

_POLICY: Mapping[str, Any] = {
    "version": "fast-lane",
    "fast_lane": [
        {"clause": "evidence", "reason": "item_not_received", "up_to": [{"amount": "200.00", "currency": "EUR"}]}
    ],
    "resolutions": [
        {
            "clause": "good_faith",
            "by": ["marketplace"],
            "reasons": ["item_not_received"],
            "grounds": ["proven"],
            "up_to": [{"amount": "200.00", "currency": "EUR"}],
            "per_buyer": {"days": 30, "grants": 1},
        }
    ],
    "abuse": {"limits": [{"of": "buyer", "days": 30, "claims": 1, "beyond": "no_fast_lane"}]},
}
_ON_RECORD = """SELECT extract(epoch FROM paid.recorded_at - filed.occurred_at)::float8
FROM event filed JOIN event paid USING (dispute_id)
WHERE filed.kind = 'DisputeFiled' AND paid.kind = 'RefundConfirmed' AND filed.position > %s"""


async def fast_lane(bench: Bench) -> Findings:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        conninfo, port = stack.enter_context(bench.database()), _free_port()
        sandbox = {"kind": "sandbox", "address": f"http://127.0.0.1:{port}", "key": _KEY, "notice_secret": _NOTICES}
        chosen = {"MEDIATION_GATEWAYS": json.dumps({MARKETPLACE: sandbox})}
        stack.enter_context(_provider(port, folder))
        worker = stack.enter_context(serving("ours+views", conninfo, folder, chosen))
        await _publish(worker, folder)
        async with _backend(worker) as backend:
            await backend.claim(0)
            ways = ((backend.claim, 1), (backend.claim, AT_ONCE), (backend.grant, 1))
            alone, together, granted = await alternate(
                bench.effort.rounds, *(partial(_claims, act, conninfo, n, bench.effort.seconds) for act, n in ways)
            )
            paid = await _paid(port)
    assert len(paid) == len(set(paid)) == backend.claimed, "each paid once"
    return Findings(
        "The fast lane",
        "`POST /v1/disputes` about a parcel that never came, under a policy that grants it at once; and "
        "`POST /v1/resolutions`, with which an agent on the phone files and grants such a claim. The process for refunds "
        "asks the sandbox provider (`mediation sandbox-provider`, a process of its own, over HTTP) and then has it pay. One "
        "worker with all views and processes on. Of each claim, from the sending of the request until the backend reads in "
        f"`GET /v1/events`, which it asks every {1000 * _LOOK:.0f} ms, that the refund is confirmed; and from its receipt "
        "until that is on record. All rounds together.",
        [
            *_rows("one claim after another", alone),
            *_rows(f"{AT_ONCE} at once, all the time", together),
            *_rows("granted on the phone, one after another", granted, of_100=95, at_most=ON_THE_PHONE),
        ],
    )


@dataclass(frozen=True, slots=True)
class _Claims:
    """One round: the seconds until the result was read, and until it was recorded."""

    read: Timed
    on_record: Sequence[float]


async def _claims(act: Callable[[int], Awaitable[None]], conninfo: str, writers: int, seconds: float) -> _Claims:
    async with await psycopg.AsyncConnection.connect(conninfo) as conn:
        (before,) = await (await conn.execute("SELECT max(position) FROM event")).fetchone() or (0,)
        read = await drive(writers, seconds, act)
        recorded = await (await conn.execute(_ON_RECORD, [before])).fetchall()
    return _Claims(read, [late for (late,) in recorded])


def _rows(what: str, rounds: Sequence[_Claims], *, of_100: int = 99, at_most: float = AT_MOST) -> list[Row]:
    read = together([one.read for one in rounds])
    recorded = Timed(read.elapsed, [late for one in rounds for late in one.on_record])
    slowest = read.percentile(of_100)
    told = f"{len(read.latencies):,} claims, {read.rate:.1f}/s"
    return [
        Row(
            f"{what}: filed to read as confirmed, p50 and p{of_100} ({told})",
            f"{milliseconds(read.percentile(50))}, {milliseconds(slowest)}",
            target=f"≤ {milliseconds(at_most)}",
            verdict=Verdict.of(slowest <= at_most),
        ),
        Row(
            f"{what}: filed to confirmed on record, p50 and p{of_100}",
            f"{milliseconds(recorded.percentile(50))}, {milliseconds(recorded.percentile(of_100))}",
        ),
    ]


@dataclass
class _Backend:
    """Files claims, and learns from the feed when each is paid."""

    http: httpx.AsyncClient
    waiting: dict[str, asyncio.Event] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    claimed: int = 0

    async def claim(self, _: int) -> None:
        """Waits until the claim is paid."""
        await self._file("/v1/disputes")

    async def grant(self, _: int) -> None:
        """Waits until the grant is paid."""
        await self._file(
            "/v1/resolutions", ground="proven", said={"text": "Your money is on its way.", "language": "en"}
        )

    async def _file(self, path: str, **granted: Any) -> None:
        body = filings.filing(next(self.numbers)) | granted
        body["claim"]["reason"] = "item_not_received"
        filed = await self.http.post(path, json=body, headers={"Idempotency-Key": str(uuid4())})
        if filed.status_code != httpx.codes.CREATED or filed.json()["outcome"] != "granted_by_default":
            raise RuntimeError(f"the worker answered {filed.status_code}: {filed.text}")
        self.claimed += 1
        await self.waiting.setdefault(filed.json()["id"], asyncio.Event()).wait()

    async def follow(self) -> None:
        """Runs until cancelled."""
        cursor: dict[str, str] = {}
        while True:
            asked = await self.http.get("/v1/events", params={"limit": "100", **cursor})
            page = asked.raise_for_status().json()
            cursor = {"cursor": page["next"]}
            for fact in page["items"]:
                if fact["kind"] == "RefundConfirmed":
                    self.waiting.setdefault(fact["dispute_id"], asyncio.Event()).set()
            if len(page["items"]) < 100:
                await asyncio.sleep(_LOOK)


@asynccontextmanager
async def _backend(worker: Worker) -> AsyncIterator[_Backend]:
    headers = {"Authorization": f"Bearer {worker.token}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{worker.port}", headers=headers, timeout=30) as http:
        backend = _Backend(http)
        following = asyncio.create_task(backend.follow())
        try:
            yield backend
        finally:
            following.cancel()


async def _publish(worker: Worker, folder: Path) -> None:
    tokens = Tokens(Settings(data_dir=folder).secret.token)
    token = tokens.mint(subject=uuid4(), role=Role.ADMINISTRATOR, marketplace=MARKETPLACE)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{worker.port}", headers=headers) as http:
        (await http.post("/v1/policies", json=_POLICY)).raise_for_status()


async def _paid(port: int) -> list[str]:
    """Everything that the provider has paid, by refund."""
    headers, found, after = {"Authorization": f"Bearer {_KEY}"}, list[str](), 0
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers) as http:
        while True:
            page = (await http.get("/v1/refunds", params={"after": after})).raise_for_status().json()
            found += [payment["refund_id"] for payment in page["items"]]
            if page["next"] is None:
                return found
            after = page["next"]


@contextmanager
def _provider(port: int, folder: Path) -> Iterator[None]:
    """Returns when the provider listens."""
    kept = ["--store", str(folder / "sandbox.sqlite"), "--key", _KEY, "--notice-secret", _NOTICES]
    command = [sys.executable, "-m", "api.cli", "sandbox-provider", "--port", str(port), *kept]
    process = subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.DEVNULL)
    try:
        with httpx.Client(transport=httpx.HTTPTransport(retries=10)) as http:
            http.get(f"http://127.0.0.1:{port}/v1/refunds")
        yield
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
