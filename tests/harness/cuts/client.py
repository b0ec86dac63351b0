"""A client that sends commands and is cut off. It repeats each command under the same key until there is an answer."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any, Literal, get_args
from uuid import UUID, uuid4

from api.http.auth import Tokens
from domain.kernel.base import Role
from mediation.store.keys.blind import Blind
from tests.harness.cuts.crew import SECRET, Crew, Worker
from tests.harness.cuts.relay import Cut, When
from tests.harness.cuts.script import MARKETPLACE, Act

Where = Literal["client", "before commit", "within commit", "after commit", "killed", "killed at the provider"]
_MARKED: dict[Where, When] = {"before commit": "before", "within commit": "within", "after commit": "after"}
_BLIND, _TOKENS = Blind(SECRET), Tokens(SECRET)
_LIFE = timedelta(hours=12)
_PATIENCE = 15.0
_PAUSE = 0.05
_WITHIN = 0.06
"""A command is cut off at most so many seconds after it was sent."""

GONE_FOR_GOOD = 0.08
"""The share of senders who, once cut off, never come back."""


@dataclass(frozen=True, slots=True)
class Person:
    subject: UUID
    role: Role
    speaks_for: str | None = None

    def headers(self) -> dict[str, str]:
        token = _TOKENS.mint(subject=self.subject, role=self.role, marketplace=MARKETPLACE, life=_LIFE)
        return {"Authorization": f"Bearer {token}"} | ({"Mediation-As": self.speaks_for} if self.speaks_for else {})


@dataclass
class Done:
    """The result of a command as its sender knows it. `status` None: the sender went away and never came back."""

    key: bytes
    act: Act
    dispute: UUID | None
    status: int | None = None
    where: Where | None = None
    cut: bool = False
    attempts: int = 0


class Refused(Exception):
    """An unforeseen answer."""


@dataclass
class Client:
    """`cuts` weighs the kinds of cuts. `enough` is the number of commands to cut off."""

    crew: Crew
    random: Random
    cuts: Mapping[Where, float]
    enough: int
    known: list[Done] = field(default_factory=list)

    async def play(self, script: Iterable[Act], people: Mapping[str, Person]) -> None:
        """Plays a whole dispute, or the part before its sender goes away for good."""
        dispute: UUID | None = None
        version = 0
        for act in script:
            done, answer = await self.send(act, people[act.by], dispute, version)
            if answer is None:
                return
            done.dispute, version = UUID(answer["id"]), answer["version"]
            dispute = done.dispute

    async def send(
        self, act: Act, person: Person, dispute: UUID | None = None, version: int = 0, *, cut: bool = True
    ) -> tuple[Done, dict[str, Any] | None]:
        key = str(uuid4())
        path, body = act.path(dispute), b"" if act.body is None else json.dumps(act.body).encode()
        done = Done(_BLIND.digest("idempotency", MARKETPLACE, act.route, str(person.subject), key), act, dispute)
        self.known.append(done)
        mark = _BLIND.digest("request", "POST", path, person.speaks_for or "", body)
        headers = person.headers() | {"Idempotency-Key": key} | ({"If-Match": f'"{version}"'} if act.matches else {})
        request = _request(path, headers, body)
        if cut and self.going:
            done.where = self._wished(act)
        while True:
            worker = await self.crew.any(self.random)
            where = done.where if done.attempts == 0 else None
            done.attempts += 1
            answer = await self._attempt(done, worker, request, mark, where)
            if answer is not None and answer[0] < 500:
                break
            if answer is not None and answer[0] != 503:
                raise Refused(f"{path}: {answer[0]} {answer[1]}")
            if done.attempts == 1 and done.where is not None and self.random.random() < GONE_FOR_GOOD:
                return done, None
            await asyncio.sleep(_PAUSE)
        done.status = answer[0]
        if answer[0] >= 400:
            raise Refused(f"{path}: {answer[0]} {answer[1]}")
        return done, answer[1]

    @property
    def going(self) -> bool:
        """True until enough commands were cut off, in each way at least once."""
        cut = [done.where for done in self.known if done.cut]
        met = {*cut} - {"killed at the provider"}  # another kill may cut off the command that asked for this one
        if self.crew.unheard:
            met.add("killed at the provider")
        return len(cut) < self.enough or not self.cuts.keys() <= met

    def _wished(self, act: Act) -> Where:
        wishes = {where: often for where, often in self.cuts.items() if where != "killed at the provider" or act.owed}
        return self.random.choices(list(wishes), list(wishes.values()))[0]

    async def _attempt(
        self, done: Done, worker: Worker, request: bytes, mark: bytes, where: Where | None
    ) -> tuple[int, dict[str, Any]] | None:
        def strike() -> None:
            done.cut = True

        def kill() -> None:
            done.cut = True
            worker.kill()

        timer: asyncio.TimerHandle | None = None
        gone: float | None = None
        match where:
            case "client":
                gone = self.random.uniform(-_WITHIN / 2, _WITHIN)
            case "before commit" | "within commit" | "after commit":
                worker.database.marks[mark] = Cut(_MARKED[where], strike)
            case "killed":
                when: When | None = self.random.choice((*get_args(When), None))
                if when is None:
                    timer = asyncio.get_running_loop().call_later(self.random.uniform(0, _WITHIN), kill)
                else:
                    worker.database.marks[mark] = Cut(when, kill)
            case "killed at the provider":
                self.crew.kill_when_paid()
        try:
            return await _exchange(worker.port, request, gone, self.random)
        except (OSError, EOFError, TimeoutError):
            done.cut = True
            return None
        finally:
            worker.database.marks.pop(mark, None)
            if timer is not None:
                timer.cancel()


def _request(path: str, headers: dict[str, str], body: bytes) -> bytes:
    lines = {"Host": "engine", "Connection": "close", "Content-Length": str(len(body)), **headers}
    if body:
        lines["Content-Type"] = "application/json"
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


async def _exchange(port: int, request: bytes, gone: float | None, random: Random) -> tuple[int, dict[str, Any]]:
    """Status and body. `gone`: the sender disconnects so many seconds after sending; below 0, in the middle of sending.

    Raises OSError, EOFError and TimeoutError if no complete answer comes back.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        if gone is not None and gone < 0:
            writer.write(request[: random.randrange(len(request))])
            await asyncio.sleep(random.uniform(0, _WITHIN))
            raise EOFError
        writer.write(request)
        async with asyncio.timeout(_PATIENCE if gone is None else gone):
            answer = await reader.read()
        head, there, body = answer.partition(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), -1
        )
        if not there or len(body) != length:
            raise EOFError
        return int(head.split()[1]), json.loads(body)
    finally:
        with suppress(OSError):
            writer.transport.abort()
