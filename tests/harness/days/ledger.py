"""What a script asked of the API: for each of its steps the number of calls, and the bytes of the answers' bodies."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from httpx import AsyncClient, Response


@dataclass
class Step:
    what: str
    calls: int = 0
    size: int = 0


@dataclass
class Ledger:
    """A script's steps. `before` says what the same took when the engine was first tried at a desk."""

    title: str
    before: str
    steps: list[Step] = field(default_factory=list)
    now: Step | None = None

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """What is sent meanwhile counts. Anything else the script only prepares."""
        self.now = Step(what)
        self.steps.append(self.now)
        try:
            yield
        finally:
            self.now = None

    @property
    def total(self) -> Step:
        return Step("in all", sum(step.calls for step in self.steps), sum(step.size for step in self.steps))

    def calls(self) -> list[int]:
        return [step.calls for step in self.steps]

    def table(self) -> str:
        """In Markdown."""
        rows = [f"| {step.what} | {step.calls} | {step.size / 1000:,.1f} kB |" for step in (*self.steps, self.total)]
        return "\n".join(
            [f"**{self.title}**", "", "| step | calls | answers |", "|---|---|---|", *rows, "", self.before]
        )


@asynccontextmanager
async def counted(http: AsyncClient, ledger: Ledger) -> AsyncIterator[Ledger]:
    """Every answer that the client gets is counted."""

    async def note(response: Response) -> None:
        body = await response.aread()
        if ledger.now is not None:
            ledger.now.calls += 1
            ledger.now.size += len(body)

    before = http.event_hooks
    http.event_hooks = {**before, "response": [*before["response"], note]}
    try:
        yield ledger
    finally:
        http.event_hooks = before
