"""The command `mediation`, run as a user runs it: in its own process, judged by its output and exit code."""

import importlib
import multiprocessing
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import pytest

from api.cli import terminal
from api.cli.main import main
from tests import today

ROOT = Path(__file__).parents[2]
WIDTH = 160
COMMAND = (sys.executable, "-m", "api.cli")


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended. `out` and `err` are what it printed."""

    code: int
    out: str
    err: str


def environment(data_dir: Path, database: str | None = None) -> dict[str, str]:
    """The environment of a command whose engine keeps everything in `data_dir`. Without a database it starts one there.

    A server writes no line about each request: nobody reads the pipe while it runs, and a full pipe would stop it.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MEDIATION_", "DATABASE_"))}
    given = {"MEDIATION_DATA_DIR": str(data_dir), "PYTHONPATH": str(ROOT), "COLUMNS": str(WIDTH)}
    given["MEDIATION_LOG_LEVEL"] = "warning"
    return {**kept, **today.SETTING, **given, **({"DATABASE_URL": database} if database else {})}


_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload(["tests.api.every_command"])


def mediation(*arguments: str | Path, env: Mapping[str, str], dies: tuple[str, int] | None = None) -> Done:
    """Runs the command in a process of its own. It is forked from one that has imported every command, which saves a second
    each time. With `dies`, such as `("api.cli.restore:_load", 2)`, it is killed when it calls that function for the third time.
    """
    with TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        process = _FORKED.Process(target=_run, args=([*map(str, arguments)], dict(env), out, err, dies))
        process.start()
        process.join(100)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(f"mediation {' '.join(map(str, arguments))}: {out.read_text()}{err.read_text()}")
        return Done(process.exitcode, out.read_text(), err.read_text())


def _run(arguments: Sequence[str], env: Mapping[str, str], out: Path, err: Path, dies: tuple[str, int] | None) -> None:
    for file, number in ((out, 1), (err, 2)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), number)
    os.environ.clear()
    os.environ.update(env)
    terminal.out.width = terminal.err.width = int(env["COLUMNS"])
    sys.argv = ["mediation", *arguments]
    if dies is not None:
        _dies(*dies)
    main()


def _dies(place: str, after: int) -> None:
    module, name = importlib.import_module(place.partition(":")[0]), place.partition(":")[2]
    real, calls = getattr(module, name), count()

    def killed(*arguments: object, **named: object) -> object:
        if next(calls) >= after:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **named)

    setattr(module, name, killed)


class Typed:
    """Runs commands in this process, which is much faster."""

    def __init__(
        self, env: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for name in ("DATABASE_URL", "MEDIATION_URL", "MEDIATION_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("api.cli.terminal.start_log", lambda worker=None: None)  # this process has its own logs
        monkeypatch.setattr(terminal.out, "width", WIDTH)
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, *arguments: str | Path) -> Done:
        self._monkeypatch.setattr(sys, "argv", ["mediation", *map(str, arguments)])
        self._capsys.readouterr()
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        else:
            code = 0
        said = self._capsys.readouterr()
        return Done(code, said.out, said.err)


class Serving:
    """A running `mediation serve` that is ready for requests."""

    def __init__(self, process: "subprocess.Popen[str]", announced: str) -> None:
        self.process = process
        self.announced = announced
        found = re.search(r"http://\S+?(?=/docs)", announced)
        assert found is not None, announced
        self.url = found[0]

    def token(self, name: str) -> str:
        found = re.search(rf"^{name}=(\S+)$", self.announced, re.MULTILINE)
        assert found is not None, self.announced
        return found[1]

    @property
    def links(self) -> list[str]:
        """The sign-in links to the console."""
        return re.findall(r"http://\S+/console/sign-in/\S+", self.announced)

    def interrupt(self) -> Done:
        """Sends Ctrl-C, and returns all output until the end."""
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=60)
        return Done(self.process.returncode, out, err or "")


@contextmanager
def serving(
    *options: str, env: Mapping[str, str], through: Sequence[str] = (), log: Path | None = None
) -> Iterator[Serving]:
    """Starts `mediation serve`, `through` another program if one is given, and waits until it is ready. Its log goes to a
    pipe, or to the file `log`.
    """
    with ExitStack() as stack:
        process = subprocess.Popen(
            [*through, *COMMAND, "serve", *options],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if log is None else stack.enter_context(log.open("wb")),
            text=True,
            start_new_session=True,
        )
    try:
        yield Serving(process, _announced(process))
    finally:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=60)


def _announced(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    said: list[str] = []
    for line in _lines(process.stdout):
        said.append(line)
        if line.startswith("Ctrl-C"):
            return "".join(said)
    raise AssertionError(f"it never was ready:\n{''.join(said)}{process.stderr.read() if process.stderr else ''}")


def _lines(stream: IO[str]) -> Iterator[str]:
    yield from iter(stream.readline, "")
