"""The log of a process: one line for each entry, on standard error, as text for people or as JSON for programs.

A line never holds a traceback with values or the message of an unexpected error: both may quote personal data.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

import structlog
from pydantic_core import to_json
from structlog.stdlib import ProcessorFormatter
from structlog.typing import Processor

from api.http.correlation import CORRELATION, frames
from api.settings import LogSettings

Entry = MutableMapping[str, Any]

_BARE = re.compile(r"[!#-&(-<>-\[\]-~]+")
"""What a line of text shows as it is: no blank, quote, `=`, backslash or control, and nothing beyond ASCII."""
_COLOURS = {"warning": "\x1b[33m", "error": "\x1b[31m", "critical": "\x1b[31m"}
_PLAIN = "\x1b[0m"


def write_logs(chosen: LogSettings, *, worker: int | None = None) -> None:
    """From now on, what is logged is written. `worker` is this process's number, where a server has several.

    Of libraries, only warnings and errors are written, whatever the level: their other lines may hold addresses.
    """
    level = logging.getLevelNamesMapping()[chosen.log_level.upper()]
    as_text = _text_in_colour if sys.stderr.isatty() else _text
    ends: list[Processor] = [_without_values, _json if chosen.log_format == "json" else as_text]
    begins: list[Processor] = [with_correlation, _headed if worker is None else _numbered(worker)]
    structlog.configure(
        processors=[*begins, *ends],
        logger_factory=_Line,
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[*begins, _first_line], processors=[ProcessorFormatter.remove_processors_meta, *ends]
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(level, logging.WARNING))  # not `root.level`: loggers remember what was enabled before


class _Line:
    """Writes each line in one piece, so that lines of several workers don't mix. A reader who went away stops nothing."""

    def __init__(self, name: str = "") -> None:
        self.name = name

    def msg(self, line: str) -> None:
        try:
            sys.stderr.write(line + "\n")
        except (OSError, ValueError):
            return

    debug = info = warning = error = critical = msg


def with_correlation(_: object, __: str, entry: Entry) -> Entry:
    """Adds the id of the request that is being carried out."""
    if (correlation_id := CORRELATION.get(None)) is not None:
        entry["correlation_id"] = str(correlation_id)
    return entry


def _headed(logger: Any, method: str, entry: Entry) -> Entry:
    """Adds when, how important and by which module. A library's entry has a record in place of a logger."""
    entry["timestamp"] = datetime.now(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
    entry["level"] = method
    entry["logger"] = entry["_record"].name if logger is None else logger.name
    return entry


def _numbered(worker: int) -> Processor:
    def numbered(logger: Any, method: str, entry: Entry) -> Entry:
        entry["worker"] = worker
        return _headed(logger, method, entry)

    return numbered


def _first_line(_: object, __: str, entry: Entry) -> Entry:
    """Of a library's message: the lines after the first quote what it failed on."""
    entry["event"] = str(entry["event"]).partition("\n")[0]
    return entry


def _without_values(_: object, __: str, entry: Entry) -> Entry:
    """Replaces an error by its type and where it was raised."""
    if (error := entry.pop("exc_info", None)) is None or error is False:
        return entry
    found = sys.exc_info()[1] if error is True else error[1] if isinstance(error, tuple) else error
    if isinstance(found, BaseException):
        entry["error"] = type(found).__name__
        entry["frames"] = frames(found)
    return entry


def _json(_: object, __: str, entry: Entry) -> str:
    head = {name: entry.pop(name, None) for name in ("timestamp", "level", "logger", "event")}
    return _quoted({**head, **entry})


def _text(_: object, __: str, entry: Entry) -> str:
    event, name = entry.pop("event"), entry.pop("logger", "")
    line = f"{entry.pop('timestamp')} [{entry.pop('level')}] {event if event.isprintable() else _quoted(event)}"
    for key, value in entry.items():
        if value is not None:
            line += f" {key}={value if type(value) is str and _BARE.fullmatch(value) else _quoted(value)}"
    return f"{line} [{name}]"


def _quoted(value: object) -> str:
    """JSON in ASCII, so that no value begins a line or turns the direction of writing."""
    return to_json(value, ensure_ascii=True, serialize_unknown=True).decode()


def _text_in_colour(logger: object, method: str, entry: Entry) -> str:
    colour = _COLOURS.get(entry["level"], "")
    return f"{colour}{_text(logger, method, entry)}{_PLAIN}" if colour else _text(logger, method, entry)
