"""One act on each of many disputes: each is judged alone, under a key of its own."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from api.http.answers import DONE, Position, Recorded
from api.http.bodies import Answer, example
from api.http.parts import DISPUTE_ID
from api.http.problem_schemas import Problem
from api.http.problems import problem
from api.http.writes import DryRun, Writing
from api.words.catalogue import spoken_to
from domain.kernel.refusals import Refusal
from mediation.engine import Handled, Rehearsed

_AT_ONCE = 16
"""Disputes at a time. Their facts share the log's commits."""


class Moved(Answer):
    """The result for one dispute of a list."""

    id: UUID
    problem: Annotated[Problem | None, Field(description="Why it was refused; none where it was done.")] = None


class MovedList(Recorded):
    """In the order of the list, each dispute once. It is always sent: it alone says which disputes were refused."""

    spared: ClassVar[bool] = False

    model_config = example({"position": DONE["position"], "done": 1, "items": [{"id": DISPUTE_ID, "problem": None}]})

    position: Position
    done: Annotated[int, Field(description="How many disputes are now in the requested state.")]
    items: list[Moved]


async def of_each(writing: Writing, disputes: Sequence[UUID], act: Callable[[UUID], Awaitable[Handled]]) -> MovedList:
    """Carries out the act on each dispute; one that is refused does not stop the others. `act` does it on one of them.

    Raises DryRun, with what it would do to each.
    """
    turn = asyncio.Semaphore(_AT_ONCE)

    async def one(dispute_id: UUID) -> Handled | Rehearsed | Refusal:
        async with turn:
            try:
                return await act(dispute_id)
            except DryRun as run:
                return run.would[0]
            except Refusal as refusal:
                return refusal

    ids = [*dict.fromkeys(disputes)]
    async with asyncio.TaskGroup() as group:
        moves = [group.create_task(one(dispute_id)) for dispute_id in ids]
    told = [move.result() for move in moves]
    if writing.dry:
        raise DryRun(writing, [move for move in told if not isinstance(move, Handled)], ids)
    led = [move for move in told if isinstance(move, Handled)]
    last = max((move.position or 0 for move in led), default=0)
    words = spoken_to(writing.request.headers.get("accept-language"))
    items = [
        Moved(id=dispute_id, problem=problem(move, words=words) if isinstance(move, Refusal) else None)
        for dispute_id, move in zip(ids, told, strict=True)
    ]
    return MovedList(position=await writing.place(last or None), done=len(led), items=items)
