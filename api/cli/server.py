"""A server in this process, and what ends it."""

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from api.cli.terminal import out
from api.cli.workers import SIGNALS
from api.http.connections import Connection


class Server(uvicorn.Server):
    """Prints the announcement when it is ready. `ending` ends the answers that would never end by themselves. It leaves signals
    to `until_told`, because more than the server must stop.
    """

    def __init__(
        self,
        app: ASGIApp,
        announcement: list[str],
        *,
        patience: int,
        ending: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        config = uvicorn.Config(
            app, http=Connection, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=patience
        )
        super().__init__(config)
        self._announcement = announcement
        self._ending = ending

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for line in self._announcement:
            out.print(line, soft_wrap=True)  # tokens and addresses are copied, so no line is ever broken
        out.file.flush()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._ending is not None:
            await self._ending()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Until:
    """Ends the work. Before the server exists, that cancels the start. `signals` are those that nobody ignores."""

    def __init__(self, signals: list[signal.Signals], cancel: Callable[[], object]) -> None:
        self.signals = signals
        self.server: Server | None = None
        self._cancel = cancel

    def stop(self) -> None:
        if self.server is None:
            self._cancel()
        else:
            self.server.should_exit = True

    def now(self) -> None:
        """Does not wait for open requests."""
        self.stop()
        if self.server is not None:
            self.server.force_exit = True

    def stop_or_now(self) -> None:
        """The second call does not wait for open requests."""
        if self.server is not None and self.server.should_exit:
            self.now()
        else:
            self.stop()


@contextmanager
def until_told() -> Iterator[Until]:
    loop, starting = asyncio.get_running_loop(), asyncio.current_task()
    assert starting is not None, "serving is a task"
    # A signal that is ignored stays so: `nohup` ignores SIGHUP, and a shell ignores Ctrl-C for background jobs.
    told = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    try:
        yield Until(told, starting.cancel)
    finally:
        for number in told:
            loop.remove_signal_handler(number)
