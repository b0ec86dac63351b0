"""Two thousand open streams on one worker: what they keep of memory, and how soon their readers hear of an act."""

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from uuid import uuid4

import httpx

from api.http.auth import Tokens
from api.settings import Settings
from domain.kernel.base import Role
from tests.harness.benchmarks.bench import Bench
from tests.harness.benchmarks.console_server import Place, ready, served
from tests.harness.benchmarks.filings import MARKETPLACE, filing
from tests.harness.benchmarks.findings import Findings, Row, milliseconds, percentiles
from tests.harness.benchmarks.serving import LIFE

HEARD = 1.0
"""Seconds from the answer to an act until a reader has the event, for 95 of 100."""

_ROOT = Path(__file__).parents[3]
_PATIENCE = 60.0
_PAUSE = 0.2
"""Seconds between two acts."""


async def streams(bench: Bench) -> Findings:
    few, many, acts = bench.effort.readers, 4 * bench.effort.readers, bench.effort.rounds * bench.effort.turns
    with bench.database() as conninfo, tempfile.TemporaryDirectory() as folder, served(conninfo, Path(folder)) as place:
        await ready(place)
        desk = _Desk(place, Tokens(Settings(data_dir=Path(folder)).secret.token))
        # A dispute for each part: nobody may write too many messages in one dispute within a minute.
        first, alone, apart, silent, *cases = [await desk.filed(number) for number in range(6)]
        await desk.messages(first, acts)  # the first ones bring the worker's memory up
        none, rows = place.memory(), list[Row]()
        quiet = (await desk.messages(alone, acts))[1]
        kept = [f"0: {none / 1e6:.0f} MB"]
        for number, case in zip((few, many), cases, strict=True):
            async with _reading(place, desk.asked("/v1/live", number)) as readers:
                kept.append(f"{number:,}: {place.memory() / 1e6:.0f} MB")
                late, busy = await desk.messages(case, acts, readers, number)
            rows += [
                percentiles(f"{number:,} streams of the desk: answered to heard ({acts} acts)", late, HEARD),
                Row(f"{number:,} streams of the desk: processor for an act", milliseconds(busy), milliseconds(quiet)),
            ]
        async with _reading(place, desk.asked(f"/v1/disputes/{silent}/live", many)):
            _, elsewhere = await desk.messages(apart, acts)
        what = f"{many:,} streams of another dispute: processor for an act"
        rows.append(Row(what, milliseconds(elsewhere), milliseconds(quiet)))
    return Findings(
        "Open streams",
        f"One worker, as `mediation serve` starts it. {few:,} and then {many:,} supervisors, each with a token and a stream of "
        "their own, follow the desk; then as many follow a dispute in which nothing happens. Their readers are another "
        f"process. A buyer writes {acts} messages, one after another. A delay runs from the answer to the message until "
        "the event is at a reader. Beside it: an act without any stream.",
        [Row("memory of the worker, by number of streams", "; ".join(kept)), *rows],
    )


@dataclass(frozen=True, slots=True)
class _Readers:
    process: subprocess.Popen[bytes]

    async def heard(self, number: int) -> list[float]:
        """When so many readers heard of the next message. Raises TimeoutError."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{number}\n".encode())
        self.process.stdin.flush()
        found: list[float] = json.loads(await self.line())
        return found

    async def line(self) -> bytes:
        assert self.process.stdout is not None
        async with asyncio.timeout(_PATIENCE):
            return await asyncio.to_thread(self.process.stdout.readline)


@asynccontextmanager
async def _reading(place: Place, asked: Sequence[tuple[str, str]]) -> AsyncIterator[_Readers]:
    """As long as this is open, all streams are. Raises RuntimeError when one of them is refused."""
    command = [sys.executable, "-m", "tests.harness.benchmarks.stream_readers", str(place.port)]
    process = subprocess.Popen(  # noqa: ASYNC220 - it waits for nothing
        command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        readers = _Readers(process)
        assert process.stdin is not None
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        process.stdin.flush()
        if await readers.line() != b"open\n":
            raise RuntimeError("a stream was refused")
        yield readers
    finally:
        process.kill()
        process.communicate()


@dataclass(frozen=True, slots=True)
class _Desk:
    place: Place
    tokens: Tokens

    def token(self, role: Role) -> str:
        return self.tokens.mint(subject=uuid4(), role=role, marketplace=MARKETPLACE, life=LIFE)

    def asked(self, path: str, number: int) -> list[tuple[str, str]]:
        return [(path, self.token(Role.SUPERVISOR)) for _ in range(number)]

    @asynccontextmanager
    async def backend(self) -> AsyncIterator[httpx.AsyncClient]:
        headers = {"Authorization": f"Bearer {self.token(Role.MARKETPLACE)}"}
        async with httpx.AsyncClient(base_url=self.place.home, headers=headers, timeout=_PATIENCE) as http:
            yield http

    async def filed(self, number: int) -> str:
        async with self.backend() as http:
            filed = await http.post("/v1/disputes", json=filing(number), headers={"Idempotency-Key": str(uuid4())})
            return str(filed.raise_for_status().json()["id"])

    async def messages(
        self, case: str, number: int, readers: _Readers | None = None, hearing: int = 0
    ) -> tuple[list[float], float]:
        """The seconds from each answer until each reader heard of it, and the worker's seconds of processor time for one."""
        late, busy = list[float](), self.place.busy()
        async with self.backend() as http:
            for one in range(number):
                message = {"message": {"text": f"This is act {one}.", "language": "en"}, "channel": "web"}
                headers = {"Idempotency-Key": str(uuid4()), "Mediation-As": "buyer"}
                sent = await http.post(f"/v1/disputes/{case}/messages", json=message, headers=headers)
                sent.raise_for_status()
                answered = monotonic()
                if readers is not None:
                    late += [max(0.0, at - answered) for at in await readers.heard(hearing)]
                await asyncio.sleep(_PAUSE)
        return late, (self.place.busy() - busy) / number
