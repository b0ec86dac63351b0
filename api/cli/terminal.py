"""What all commands share: their output, how they fail, and how they run.

The result goes to standard output, so that it can be piped. Progress, warnings and errors go to standard error.
"""

import asyncio
import gc
import os
import re
import sys
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from typing import Any, Literal, NoReturn, TypeVar

import uvloop
from psycopg import OperationalError
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json
from pydantic_settings import SettingsError
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.prompt import Confirm
from rich.text import Text

from api.cli.logs import write_logs
from api.http.bodies import When
from api.settings import LogSettings, Settings
from domain.kernel.places import TimeZone
from mediation.store.embedded.account import ServerWontStart
from mediation.store.keys.masters import WrongMasterKey

T = TypeVar("T")
S = TypeVar("S", bound=LogSettings)

_PIPED_WIDTH = 140  # columns, where no terminal gives its width
_FIELD = re.compile(r'field "(\w+)"')
INTERRUPTED = 130  # as a shell reports a command that Ctrl-C ended
HUNG_UP = 141  # as a shell reports a command whose reader went away, such as `head -1` (SIGPIPE)


class Failed(Exception):
    """The command could not do what it was asked to. The message says why, in a line or two. Exit code 1."""


def tell(failure: Failed) -> None:
    """Prints why a command failed."""
    err.print(Text.assemble(("mediation: ", "bold red"), str(failure)), soft_wrap=True)


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Raises BrokenPipeError, and does not end the process here: a command first closes what it has opened."""
        raise  # noqa: PLE0704 - called while the error is handled


def _console(*, stderr: bool = False) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else _PIPED_WIDTH
    return _Console(stderr=stderr, highlight=False, width=width)


out = _console()
err = _console(stderr=True)


def settings(**given: Any) -> Settings:
    """Settings from the environment and from the given options. Raises Failed for an invalid one."""
    return _checked(_made(Settings, given))


def existing(part: Literal["secrets", "postgres"]) -> Settings:
    """The settings of an engine that has been served before. Raises Failed where there is none: a command would
    otherwise make new secrets or a new PostgreSQL there.
    """
    made = _made(Settings, {})
    known = made.database_url is not None or (part == "secrets" and made.token_key is not None)
    if not known and not (made.data_dir / part).exists():
        raise Failed(
            f"there is no engine's data in {made.data_dir}: run this where `mediation serve` runs, or set "
            "MEDIATION_DATA_DIR or DATABASE_URL"
        )
    return _checked(made)


def of_another_engine() -> Settings:
    """The settings of an engine whose data are elsewhere and whose secrets are here. Raises Failed where secrets are
    missing.
    """
    made = _made(Settings, {})
    if lacking := made.lacking:
        raise Failed(
            f"{' and '.join(lacking)} of the engine that was backed up: give that, or put it back into "
            f"{made.data_dir / 'secrets'}; a new one would not open the data"
        )
    return _checked(made)


def _made(kind: type[S], given: Mapping[str, Any]) -> S:
    try:
        return kind(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        problems = [f"{_place(p['loc'])}: {p['msg'].removeprefix('Value error, ')}" for p in error.errors()]
        raise Failed("a setting makes no sense: " + "; ".join(problems)) from None
    except SettingsError as error:
        found = _FIELD.search(str(error))
        raise Failed(f"a setting makes no sense: {_place([found[1]]) if found else error}: it is not JSON") from None


def _place(loc: Sequence[int | str]) -> str:
    """The name of the setting, and the path to the fault in it: MEDIATION_GATEWAYS.bazaar.sandbox.key."""
    first, *rest = map(str, loc)
    return ".".join([first if first.isupper() else f"MEDIATION_{first.upper()}", *rest])


def _checked(made: Settings) -> Settings:
    try:
        made.check_secrets()
    except (ValueError, OSError) as error:
        raise Failed(str(error)) from None
    return made


def time_zone(name: str) -> TimeZone:
    """Raises Failed for an unknown time zone."""
    try:
        return TypeAdapter(TimeZone).validate_python(name)
    except ValidationError as error:
        raise Failed(error.errors()[0]["msg"].replace("Value error,", f"{name}:")) from None


def instant(written: str | None) -> datetime | None:
    """Reads an instant as the API does. Raises Failed for a malformed one, and for one in the future."""
    if written is None:
        return None
    try:
        found: datetime = TypeAdapter(When).validate_python(written)
    except ValidationError as error:
        raise Failed(f"{written}: {error.errors()[0]['msg'].replace('Value error, ', '')}") from None
    if found > max(_made(Settings, {}).now(), datetime.now(UTC)):
        raise Failed(f"{written} is yet to come: nobody can tell how things will stand then")
    return found


def line(value: Any) -> str:
    """One line of JSON. Where standard output cannot write every character, the others are escaped: nothing is lost."""
    return to_json(value, ensure_ascii=not sys.stdout.encoding.lower().startswith("utf")).decode()


def replace_unwritable() -> None:
    """From now on, a character that a terminal cannot write, such as one in cp1252, is written as `?`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def hang_up() -> NoReturn:
    """Ends the process quietly. Its reader has gone, so what was not written yet goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
            continue
        os.dup2(nowhere, stream.fileno())
    sys.exit(HUNG_UP)


def run(command: Coroutine[Any, Any, T], *, worker: int | None = None) -> T:
    """Runs a command to its end, with its log. A fault outside of it, such as a database that does not answer, becomes Failed.
    `worker` is the number of this process among several.

    Raises BrokenPipeError when the reader of the output has gone.
    """
    try:
        start_log(worker)
    except Failed:
        command.close()
        raise
    collect_rarely()
    with faults_as_failed(), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(command)


@contextmanager
def faults_as_failed() -> Iterator[None]:
    try:
        yield
    except ServerWontStart as error:
        raise Failed(str(error)) from None
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Failed(f"{error.filename}: {error.strerror}" if error.filename else str(error)) from None
    except OperationalError as error:
        raise Failed(f"the database does not answer: {str(error).strip()}") from None
    except WrongMasterKey:
        raise Failed("the data were sealed under another master key: give that one as MEDIATION_MASTER_KEY") from None


def start_log(worker: int | None = None) -> None:
    """From now on, the log is written as the settings say. Raises Failed for an invalid setting."""
    write_logs(_made(LogSettings, {}), worker=worker)


def agreed(question: str) -> bool:
    """Raises Failed where nobody can answer."""
    try:
        return bool(Confirm.ask(question, console=err, default=False))
    except EOFError:
        err.print()
        raise Failed("nothing was done: nobody is here to be asked; --yes goes on without") from None


def collect_rarely() -> None:
    """Lets Python search for reference cycles after 50,000 new objects. The default, 700, costs a busy worker a fifth
    of its time.

    What exists now (modules, classes, models) is not searched again. Call this again when more lasting objects have
    been made.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def progress() -> Progress:
    """A progress bar on standard error, if that is a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=err, disable=not err.is_terminal)


def bytes_progress() -> Progress:
    """The same for a count of bytes."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    return Progress(*columns, console=err, disable=not err.is_terminal)
