"""A gateway whose calls are counted: by provider, by call and by how they ended, with how long they took."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from time import monotonic

from mediation.counts import DURATIONS, Cells, note_duration
from mediation.gateways.payments import Declined, NoAnswer, Payment, PaymentGateway, Unread, Wanted

PROVIDERS = ("stripe", "sandbox")
"""The names of the gateways that ask a provider. A marketplace that pays by itself is asked nothing."""

CALLS = ("find", "pay", "list")
OUTCOMES = ("answered", "declined", "no_answer", "given_up", "failed")
"""`given_up`: the engine stopped waiting, because its patience ended or because it stops. `failed`: a fault of the engine."""


class GatewayCounts:
    """The numbers of one worker."""

    _PLACE = len(OUTCOMES) + DURATIONS
    SIZE = len(PROVIDERS) * len(CALLS) * _PLACE

    def __init__(self, cells: Cells | None = None) -> None:
        self._cells: Cells = cells if cells is not None else [0.0] * self.SIZE

    def note(self, provider: str, call: str, outcome: str, seconds: float) -> None:
        at = self.place(provider, call)
        self._cells[at + OUTCOMES.index(outcome)] += 1
        note_duration(self._cells, at + len(OUTCOMES), seconds)

    @classmethod
    def place(cls, provider: str, call: str) -> int:
        """Where the numbers of a call begin: one for each of `OUTCOMES`, then its durations."""
        return (PROVIDERS.index(provider) * len(CALLS) + CALLS.index(call)) * cls._PLACE


class CountedGateway:
    """Hands everything on to a gateway. The time of a `list` ends when its reader has taken the last row."""

    asked = True

    def __init__(self, gateway: PaymentGateway, counts: GatewayCounts) -> None:
        """Raises ValueError for a provider without a place among the counts."""
        self.name = gateway.name
        self._gateway = gateway
        self._counts = counts
        PROVIDERS.index(gateway.name)

    async def find(self, wanted: Wanted) -> Sequence[Payment]:
        with self._counted("find"):
            return await self._gateway.find(wanted)

    async def pay(self, wanted: Wanted) -> Payment:
        with self._counted("pay"):
            return await self._gateway.pay(wanted)

    async def payments(self, since: datetime) -> AsyncIterator[Payment | Unread]:
        with self._counted("list"):
            async for payment in self._gateway.payments(since):
                yield payment

    def notice(self, headers: Mapping[str, str], body: bytes) -> Payment | None:
        return self._gateway.notice(headers, body)

    async def close(self) -> None:
        await self._gateway.close()

    @contextmanager
    def _counted(self, call: str) -> Iterator[None]:
        begun, outcome = monotonic(), "failed"
        try:
            yield
            outcome = "answered"
        except Declined:
            outcome = "declined"
            raise
        except NoAnswer:
            outcome = "no_answer"
            raise
        except (asyncio.CancelledError, GeneratorExit):
            outcome = "given_up"
            raise
        finally:
            self._counts.note(self.name, call, outcome, monotonic() - begun)
