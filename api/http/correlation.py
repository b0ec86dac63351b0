"""What lines of the log share: the id of the request that is carried out, also in its tasks; and where an error was raised."""

from contextvars import ContextVar
from traceback import extract_tb
from uuid import UUID

CORRELATION: ContextVar[UUID] = ContextVar("correlation_id")
"""There is none in what the engine does by itself."""


def frames(error: BaseException) -> list[str]:
    """Where an error was raised, for a log: the file and line of each call, and no value."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)]
