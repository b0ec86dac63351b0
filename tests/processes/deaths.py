"""Workers that die: at a named point, or as soon as they have stored something."""

import asyncio
from dataclasses import dataclass, field

from domain.commands import AnyCommand
from mediation.engine import ALONE, Engine, Handled, Request


@dataclass
class Dies:
    """The `point` at which a worker hangs for ever, once. None: it lives."""

    point: str | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def at(self, point: str) -> None:
        if self.point == point:
            self.point = None
            self.reached.set()
            await asyncio.Event().wait()


class DiesOnceStored(Engine):
    """The engine of a worker that is killed as soon as it has stored something."""

    async def handle(self, command: AnyCommand, request: Request = ALONE) -> Handled:
        outcome = await super().handle(command, request)
        if outcome.position is not None:
            raise asyncio.CancelledError
        return outcome
