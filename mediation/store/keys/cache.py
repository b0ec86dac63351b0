"""What the key store keeps in memory, and how simultaneous look-ups share one statement."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Generic, TypeVar
from uuid import UUID

T = TypeVar("T")
Q = TypeVar("Q")
A = TypeVar("A")


class Cache(Generic[T]):
    """At most `bound` values; the one unread for longest leaves first."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._values: OrderedDict[UUID, T] = OrderedDict()

    def known(self, keys: Collection[UUID]) -> dict[UUID, T]:
        """The values of those keys that are here. Take them now: another look-up may push them out."""
        known = {key: self._values[key] for key in keys if key in self._values}
        for key in known:
            self._values.move_to_end(key)
        return known

    def put(self, key: UUID, value: T) -> None:
        self._values[key] = value
        self._values.move_to_end(key)
        while len(self._values) > self._bound:
            self._values.popitem(last=False)

    def forget(self, key: UUID) -> None:
        self._values.pop(key, None)

    def forget_all(self) -> None:
        self._values.clear()


class Coalescer(Generic[Q, A]):
    """Gathers what is asked during a look-up, so that the next look-up answers all waiting callers.

    `look_up` gets the questions and returns one answer for each, in order.
    """

    def __init__(self, look_up: Callable[[Sequence[Q]], Awaitable[Sequence[A]]]) -> None:
        self._look_up = look_up
        self._next: list[tuple[Q, asyncio.Future[A]]] = []
        self._running: asyncio.Task[None] | None = None

    async def ask(self, question: Q) -> A:
        """Raises what the look-up raised."""
        answer: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._next.append((question, answer))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await answer

    async def _run(self) -> None:
        while self._next:
            await asyncio.sleep(0)  # questions asked in the same turn of the loop join this look-up
            asked, self._next = self._next, []
            try:
                answers = await self._look_up([question for question, _ in asked])
            except Exception as error:
                for _, waiting in asked:
                    if not waiting.done():
                        waiting.set_exception(error)
            else:
                for (_, waiting), answer in zip(asked, answers, strict=True):
                    if not waiting.done():
                        waiting.set_result(answer)
        self._running = None
