"""Several workers on one port: the parent process starts them, watches them, passes signals on, and stops them.

The parent runs no event loop and no thread, so that it may fork at any time: a worker shares the memory of everything that
was imported. It opens the port and owns the engine's own PostgreSQL, but serves no request. Parent and worker talk over a
pair of sockets, one byte at a time:

    worker → parent  READY  everything runs; the worker waits before it takes requests
    parent → worker  GO     take requests: all workers are ready
                     STOP   end open requests, then everything
                     NOW    do not wait for open requests

The end of the socket says that the other one is gone. A worker whose parent is gone stops.
"""

import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import NoReturn

import structlog

from api.cli.terminal import HUNG_UP, Failed, tell

READY, GO, STOP, NOW = b"r", b"g", b"s", b"n"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_LOOK = 1.0
"""Seconds between two looks at the engine's own PostgreSQL."""
_PAUSES = (0.1, 1.0, 5.0, 30.0)
"""Seconds before a worker is started again: after its first death, and after each further start that failed."""
_HOPELESS = 3
"""So many starts in a row that failed, while no worker serves, end the parent."""
_PATIENCE = 60.0
"""Seconds in which workers may stop before they are killed."""

_log = structlog.get_logger(__name__)

Work = Callable[[int, socket.socket, bool], int]
"""What a worker does: with its number, its end of the sockets, and whether it is the first to have this number. Returns its
exit code."""


@dataclass(slots=True)
class _Worker:
    number: int
    pid: int
    line: socket.socket
    ready: bool = False


class Supervisor:
    """Use `run` within `watching_signals`. `forked` is called in each child, to leave alone what is the parent's; `look`
    about every second; `stopping` when the workers are about to stop.
    """

    def __init__(
        self,
        count: int,
        work: Work,
        *,
        forked: Callable[[], None],
        look: Callable[[], None],
        stopping: Callable[[], None],
    ) -> None:
        self._count = count
        self._work = work
        self._forked = forked
        self._look = look
        self._stopping = stopping
        self._selector = selectors.DefaultSelector()
        self._workers: dict[int, _Worker] = {}
        self._due: dict[int, float] = {}
        self._failures = 0
        self._signals = 0
        self._serving = False

    def run(self) -> None:
        """Until a signal, which may have come before. Raises Failed if the workers can't be started, SystemExit if one failed
        to start and said why, and what `look` raises.
        """
        try:
            # The first worker makes what is missing: tables, secrets, samples. Then the others start together.
            for numbers in (range(1), range(1, self._count)):
                for number in numbers if not self._signals else ():
                    self._fork(number)
                while not self._signals and not all(worker.ready for worker in self._workers.values()):
                    self._turn()
                    self._look()
            self._serving = True
            for worker in self._workers.values():
                _say(worker, GO)
            while not self._signals:
                self._turn()
                self._look()
                self._start_those_due()
        finally:
            self._stop()

    def _turn(self) -> None:
        """Waits for news of a worker or for a signal, and takes it in."""
        due = min((at - monotonic() for at in self._due.values()), default=_LOOK)
        for key, _ in self._selector.select(min(max(due, 0.0), _LOOK)):
            if isinstance(worker := key.data, _Worker):
                self._hear(worker)
            else:
                with suppress(BlockingIOError):
                    key.data.recv(64)

    def _hear(self, worker: _Worker) -> None:
        try:
            said = worker.line.recv(64)
        except OSError:
            said = b""
        if not said:
            self._bury(worker)
        elif READY in said:
            worker.ready = True
            self._failures = 0
            if self._serving:
                _say(worker, GO)

    def _bury(self, worker: _Worker) -> None:
        self._selector.unregister(worker.line)
        worker.line.close()
        _, status = os.waitpid(worker.pid, 0)
        del self._workers[worker.number]
        code = os.waitstatus_to_exitcode(status)
        if self._signals:
            return
        if not self._serving:
            if code > 0:
                raise SystemExit(code)  # it has said why
            raise Failed(f"worker {worker.number} ended while it was started (exit code {code})")
        if code == 0:
            _log.warning("worker_ended", worker=worker.number, pid=worker.pid)
        else:
            _log.error("worker_died", worker=worker.number, pid=worker.pid, exit_code=code, was_ready=worker.ready)
        self._failures += not worker.ready
        if self._failures >= _HOPELESS and not any(other.ready for other in self._workers.values()):
            raise Failed("no worker serves any more, and none could be started again")
        self._due[worker.number] = monotonic() + _PAUSES[min(self._failures, len(_PAUSES) - 1)]

    def _start_those_due(self) -> None:
        for number, at in list(self._due.items()):
            if at <= monotonic():
                del self._due[number]
                self._fork(number, again=True)

    def _fork(self, number: int, *, again: bool = False) -> None:
        ours, theirs = socket.socketpair()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            ours.close()
            self._be_worker(number, theirs, first=not again)
        theirs.close()
        if again:
            _log.warning("worker_started_again", worker=number, pid=pid)
        worker = self._workers[number] = _Worker(number, pid, ours)
        self._selector.register(ours, selectors.EVENT_READ, worker)

    def _be_worker(self, number: int, line: socket.socket, *, first: bool) -> NoReturn:
        """In the child. A session of its own keeps Ctrl-C of the terminal from reaching it twice."""
        code = 1
        try:
            os.setsid()
            signal.set_wakeup_fd(-1)
            for one in SIGNALS:
                if signal.getsignal(one) is not signal.SIG_IGN:
                    signal.signal(one, signal.SIG_DFL)
            for other in self._workers.values():
                other.line.close()
            self._selector.close()
            self._forked()
            code = self._work(number, line, first)
        except Failed as failure:
            tell(failure)
        except BrokenPipeError:
            code = HUNG_UP
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            with suppress(OSError, ValueError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    @contextmanager
    def watching_signals(self) -> Iterator[None]:
        """A signal that is ignored stays so, as under `nohup`."""
        here, there = socket.socketpair()
        here.setblocking(False)
        there.setblocking(False)
        former = {one: signal.getsignal(one) for one in SIGNALS if signal.getsignal(one) is not signal.SIG_IGN}
        for one in former:
            signal.signal(one, self._told)
        signal.set_wakeup_fd(there.fileno(), warn_on_full_buffer=False)
        self._selector.register(here, selectors.EVENT_READ, here)
        try:
            yield
        finally:
            signal.set_wakeup_fd(-1)
            for one, handler in former.items():
                signal.signal(one, handler)
            here.close()
            there.close()
            self._selector.close()

    def _told(self, *_: object) -> None:
        """The first signal stops the workers; from the second on they do not wait for open requests."""
        self._signals += 1
        for worker in self._workers.values():
            _say(worker, STOP if self._signals == 1 else NOW)

    def _stop(self) -> None:
        self._stopping()
        self._signals = max(self._signals, 1)
        for worker in self._workers.values():  # also those that were started while the signal came
            _say(worker, STOP if self._signals == 1 else NOW)
        deadline = monotonic() + _PATIENCE
        while self._workers:
            if monotonic() > deadline:
                for worker in self._workers.values():
                    _log.error("worker_killed", worker=worker.number, pid=worker.pid)
                    os.kill(worker.pid, signal.SIGKILL)
            self._turn()


def _say(worker: _Worker, what: bytes) -> None:
    """A worker that is gone hears nothing: its end of the socket says so."""
    with suppress(OSError):
        worker.line.send(what)
