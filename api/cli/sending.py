"""Sends lines of past cases to the API, one request at a time, and sends them again where a server was busy or went away."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Iterator

from api.cli.client import Api, Interrupted
from api.cli.terminal import Failed
from api.imports.import_schemas import LineResult

_BATCH_LINES = 500
_BATCH_BYTES = 4 * 1024 * 1024
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between attempts that make no progress."""

Lines = list[tuple[int, bytes]]


async def sent(api: Api, lines: Iterable[tuple[int, bytes]]) -> AsyncIterator[LineResult]:
    """The result of each line, under its own number. Raises Failed where the server takes no more.

    After a refused line, the later lines of its case are not sent: each request would judge them again.
    """
    refused: set[str] = set()
    for batch in _batches(lines):
        left, pauses = batch, iter(_PAUSES)
        while left:
            for number, line in left:
                if _case(line) in refused:
                    yield LineResult(line=number, case=_case(line), status="skipped")
            left = [numbered for numbered in left if _case(numbered[1]) not in refused]
            answered = 0
            async for result in _once(api, left):
                if result.status == "refused" and result.case is not None:
                    refused.add(result.case)
                answered += 1
                yield result
            left = left[answered:]
            if left and not answered:
                await _wait(pauses, left[0][0])


async def _once(api: Api, lines: Lines) -> AsyncIterator[LineResult]:
    """The results of one request, as far as they came."""
    if not lines:
        return
    numbers = [number for number, _ in lines]
    try:
        async for result in api.imported([line for _, line in lines]):
            if result.worth_repeating:
                return
            yield result.model_copy(update={"line": numbers[result.line - 1]})
    except Interrupted:
        return


async def _wait(pauses: Iterator[float], number: int) -> None:
    pause = next(pauses, None)
    if pause is None:
        raise Failed(
            f"the server takes no more at the moment. All before line {number} is done; run this again to go on."
        )
    await asyncio.sleep(pause)


def _batches(lines: Iterable[tuple[int, bytes]]) -> Iterator[Lines]:
    batch: Lines = []
    size = 0
    for number, line in lines:
        batch.append((number, line))
        size += len(line)
        if len(batch) == _BATCH_LINES or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _case(line: bytes) -> str | None:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    case = told.get("case") if isinstance(told, dict) else None
    return case if isinstance(case, str) else None
