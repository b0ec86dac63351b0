"""`mediation serve`: the API, with views and processes, until Ctrl-C."""

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Annotated

import uvicorn
from cyclopts import Parameter
from rich.markup import escape

from api.app import create_app
from api.cli.demo import MARKETPLACE, file_samples, tokens
from api.cli.terminal import Failed, collect_rarely, out, run, settings
from api.http.connections import Connection
from api.services import Services, database, services
from api.settings import Settings
from projections import VIEWS

_PATIENCE = 5  # seconds in which open requests may end
_VIEWS = 3  # seconds in which views may catch up before the first request
_BACKLOG = 2048
_LAST = "Ctrl-C stops it; the data stay."


def serve(
    *,
    demo: bool = False,
    host: Annotated[str | None, Parameter(help="Address to listen on. [default: 127.0.0.1, or MEDIATION_HOST]")] = None,
    port: Annotated[int | None, Parameter(help="Port to listen on. [default: 8000, or MEDIATION_PORT]")] = None,
) -> None:
    """Serves the API until Ctrl-C.

    Parameters
    ----------
    demo
        File a few sample disputes, once, and print a ready token for each role.
    """
    chosen = settings(host=host, port=port)
    with _listen(chosen.host, chosen.port) as listening:
        run(_serve(chosen, listening, demo=demo))


def _listen(host: str, port: int) -> socket.socket:
    """Takes the port before anything else is started, so that a port in use is known at once."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise Failed(
            f"cannot listen on {host}, port {port}: {error.strerror}. Choose another with --port or --host, "
            "or MEDIATION_PORT or MEDIATION_HOST."
        ) from None


async def _serve(chosen: Settings, listening: socket.socket, *, demo: bool) -> None:
    """Starts in order, and stops in reverse: first the requests end, then views and processes, then the database."""
    with _until_told() as until, suppress(asyncio.CancelledError):
        async with database(chosen, own=True) as conninfo:
            tests = chosen.test_marketplaces | ({MARKETPLACE} if demo else set())
            reached = chosen.model_copy(update={"database_url": conninfo, "test_marketplaces": tests})
            if demo:
                # Before any clock runs: the samples are filed into the past, one act at a time.
                async with services(reached, works=False) as still:
                    await file_samples(still)
            async with services(reached) as running:
                await _views_are_there(running)
                app = create_app(running)
                collect_rarely()
                config = uvicorn.Config(
                    app,
                    http=Connection,
                    log_config=None,
                    access_log=False,
                    lifespan="off",
                    timeout_graceful_shutdown=_PATIENCE,
                )
                announcement = _announcement(chosen, running, app.docs_url or "", demo=demo)
                server = _Server(config, announcement)
                until.stop = server.stop
                await server.serve([listening])


async def _views_are_there(running: Services) -> None:
    """Waits until the views show what is stored, for the first request. A view that needs longer is not waited for."""
    position = await running.log.last_position()
    with suppress(TimeoutError):
        async with asyncio.timeout(_VIEWS):
            for view in VIEWS:
                await running.follow.caught_up(view.name, position, _VIEWS)


class _Server(uvicorn.Server):
    """Prints the announcement when it is ready. It leaves signals to `_until_told`, because more than the server must stop."""

    def __init__(self, config: uvicorn.Config, announcement: list[str]) -> None:
        super().__init__(config)
        self._announcement = announcement

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for line in self._announcement:
            out.print(line, soft_wrap=True)  # tokens and addresses are copied, so no line is ever broken
        out.file.flush()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def stop(self) -> None:
        """The second call does not wait for open requests."""
        self.force_exit = self.should_exit
        self.should_exit = True


class _Until:
    """What a signal does. Before the server exists, it cancels the start."""

    def __init__(self, stop: Callable[[], object]) -> None:
        self.stop = stop

    def __call__(self) -> None:
        self.stop()


@contextmanager
def _until_told() -> Iterator[_Until]:
    loop, starting = asyncio.get_running_loop(), asyncio.current_task()
    assert starting is not None, "serving is a task"
    until = _Until(starting.cancel)
    # A signal that is ignored stays so: `nohup` ignores SIGHUP, and a shell ignores Ctrl-C for background jobs.
    told = [
        number
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN
    ]
    for number in told:
        loop.add_signal_handler(number, until)
    try:
        yield until
    finally:
        for number in told:
            loop.remove_signal_handler(number)


def _announcement(chosen: Settings, running: Services, docs: str, *, demo: bool) -> list[str]:
    url = f"http://{f'[{chosen.host}]' if ':' in chosen.host else chosen.host}:{chosen.port}"
    own = f"{chosen.data_dir}, in a PostgreSQL of its own"
    head = [
        "[bold green]The mediation engine is ready.[/]",
        f"  API page  {url}{docs}",
        f"  data      {'in DATABASE_URL' if chosen.database_url else escape(own)}",
    ]
    if not demo:
        return [*head, "  tokens    mediation token --role administrator --marketplace NAME", "", _LAST]
    lines = [*head, "", f"Marketplace [bold]{MARKETPLACE}[/] has sample disputes. Tokens for it, good for a day:", ""]
    for name, who, token in tokens(running):
        lines += [f"[dim]# {who}[/]", f"{name}={token}"]
    curl = f'curl -H "Authorization: Bearer $BACKEND" {url}/v1/disputes'
    return [*lines, "", "Paste the first one, and then", f"  {curl}", "", _LAST]
