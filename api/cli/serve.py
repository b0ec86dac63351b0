"""`mediation serve`: the API, with views and processes, until Ctrl-C. In one process, or in several workers."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter
from rich.markup import escape

from api.app import create_app, places
from api.cli.demo.people import MARKETPLACE, OTHER_MARKETPLACE, PEOPLE, sign_in_link, token
from api.cli.demo.samples import POOL, file_samples
from api.cli.server import Server, Until, until_told
from api.cli.terminal import Failed, collect_rarely, faults_as_failed, run, settings, start_log
from api.cli.workers import GO, NOW, READY, STOP, Supervisor
from api.console.reader import AT
from api.http.connections import allow_descriptors
from api.metrics.page import PATH, metrics_page
from api.metrics.sheet import Sheet
from api.own_postgres import database, own_server, start_again
from api.services import Services, services
from api.settings import Settings
from mediation.gateways.mail.lmtp import Handler, lmtp_server
from mediation.gateways.pictures.chosen import tell_of_pictures
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
    workers: Annotated[
        int | None, Parameter(help="Processes that share the port. [default: 1, or MEDIATION_WORKERS]")
    ] = None,
) -> None:
    """Serves the API until Ctrl-C.

    Parameters
    ----------
    demo
        File a few sample disputes, once, and print a ready token for each role.
    """
    chosen = settings(host=host, port=port, workers=workers)
    allow_descriptors()
    with ExitStack() as stack:
        listening = stack.enter_context(_listen(chosen.host, chosen.port, "PORT"))
        metrics = None
        if chosen.metrics_port is not None:
            metrics = stack.enter_context(_listen(chosen.metrics_host, chosen.metrics_port, "METRICS_PORT"))
        lmtp = None
        if chosen.lmtp_port is not None:
            lmtp = stack.enter_context(_listen(chosen.lmtp_host, chosen.lmtp_port, "LMTP_PORT"))
        served = _Served(chosen, listening, metrics, lmtp, Sheet.of_server(places(), chosen.workers), demo)
        if chosen.workers == 1:
            run(_alone(served))
        else:
            _in_workers(served)


def _listen(host: str, port: int, setting: str) -> socket.socket:
    """Takes the port before anything else is started, so that a port in use is known at once."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        options = "--port or --host, or MEDIATION_PORT or MEDIATION_HOST"
        named = options if setting == "PORT" else f"MEDIATION_{setting} or MEDIATION_{setting.replace('PORT', 'HOST')}"
        raise Failed(f"cannot listen on {host}, port {port}: {error.strerror}. Choose another with {named}.") from None


@dataclass(frozen=True, slots=True)
class _Served:
    """What is served: the settings, the ports, the counts of all workers, and whether with samples."""

    chosen: Settings
    listening: socket.socket
    metrics: socket.socket | None
    lmtp: socket.socket | None
    sheet: Sheet
    demo: bool

    def reached(self, conninfo: str) -> Settings:
        """The settings with the database that has been started, if it is the engine's own."""
        tests = self.chosen.test_marketplaces | ({MARKETPLACE, OTHER_MARKETPLACE} if self.demo else set())
        return self.chosen.model_copy(update={"database_url": conninfo, "test_marketplaces": tests})


async def _alone(served: _Served) -> None:
    """Starts in order, and stops in reverse: first the requests end, then views and processes, then the database."""
    with until_told() as until, suppress(asyncio.CancelledError):
        for number in until.signals:
            asyncio.get_running_loop().add_signal_handler(number, until.stop_or_now)
        async with database(served.chosen, own=True) as conninfo:
            await _work(served, conninfo, until)


def _in_workers(served: _Served) -> None:
    """The parent of the workers. It owns the database, if that is the engine's own."""
    start_log()
    collect_rarely()
    server = own_server(served.chosen) if served.chosen.database_url is None else None
    conninfo = served.chosen.database_url or ""

    def work(number: int, line: socket.socket, first: bool) -> int:
        run(_one_of_several(served, conninfo, number, line, first=first), worker=number)
        return 0

    def look() -> None:
        if server is not None and not server.alive:
            start_again(server)

    def forked() -> None:
        if server is not None:
            server.leave()

    stopping = served.listening.close  # from then on a new connection is refused, and does not wait in vain
    supervisor = Supervisor(served.chosen.workers, work, forked=forked, look=look, stopping=stopping)
    with faults_as_failed(), supervisor.watching_signals(), ExitStack() as stack:
        if server is not None:
            stack.callback(server.stop)
            server.start()
            conninfo = server.conninfo
        supervisor.run()


async def _one_of_several(served: _Served, conninfo: str, number: int, line: socket.socket, *, first: bool) -> None:
    loop, go = asyncio.get_running_loop(), asyncio.Event()
    with until_told() as until, suppress(asyncio.CancelledError):

        def hear() -> None:
            said = line.recv(64)
            if not said:
                loop.remove_reader(line)
            if GO in said:
                go.set()
            if NOW in said:
                until.now()
            elif STOP in said or not said:
                until.stop()

        async def all_ready() -> None:
            line.send(READY)
            await go.wait()

        for one in until.signals:
            loop.add_signal_handler(one, until.stop)
        loop.add_reader(line, hear)
        once = first and number == 0
        await _work(served, conninfo, until, number, announced=once, before_requests=all_ready)


async def _nothing_to_wait_for() -> None:
    pass


async def _work(
    served: _Served,
    conninfo: str,
    until: Until,
    number: int = 0,
    *,
    announced: bool = True,
    before_requests: Callable[[], Awaitable[None]] = _nothing_to_wait_for,
) -> None:
    """What each worker does, on a database that runs."""
    reached, sheet = served.reached(conninfo), served.sheet
    sheet.begin(number)
    if served.demo:
        # Before any clock runs: the samples are filed into the past, act by act.
        ample = reached.model_copy(update={"pool_size": max(reached.pool_size, POOL)})
        async with services(ample, works=False) as still:
            await file_samples(still)
    async with services(reached, counts=sheet.blocks(number)) as running:
        await _views_are_there(running)
        tell_of_pictures(running.settings.reads_pictures)
        app = create_app(running, counts=sheet.block("requests", number), streams=sheet.block("live", number))
        collect_rarely()
        announcement = await _announcement(served, running, app.docs_url or "") if announced else []
        await before_requests()
        async with _metrics_served(running, sheet, served.metrics), mail_taken(running, served.lmtp):
            until.server = server = Server(app, announcement, patience=_PATIENCE, ending=app.state.http.live.close)
            await server.serve([served.listening])


@asynccontextmanager
async def _metrics_served(running: Services, sheet: Sheet, listening: socket.socket | None) -> AsyncIterator[None]:
    if listening is None:
        yield
        return
    server = Server(metrics_page(running, sheet), [], patience=1)
    serving = asyncio.create_task(server.serve([listening]), name="metrics")
    try:
        yield
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def mail_taken(running: Services, listening: socket.socket | None) -> AsyncIterator[None]:
    """Takes mails over LMTP on this socket, which the workers share."""
    if listening is None:
        yield
        return
    chosen, inbox = running.settings, running.inbox
    handler = Handler(inbox.whose, inbox.take, inbox.refused)
    async with lmtp_server(handler, listening, most=chosen.max_mail_bytes, name="mediation"):
        yield


async def _views_are_there(running: Services) -> None:
    """Waits until the views show what is stored, for the first request. A view that needs longer is not waited for."""
    position = await running.log.last_position()
    with suppress(TimeoutError):
        async with asyncio.timeout(_VIEWS):
            for view in VIEWS:
                await running.follow.caught_up(view.name, position, _VIEWS)


async def _announcement(served: _Served, running: Services, docs: str) -> list[str]:
    chosen = served.chosen
    url = chosen.reached_at
    own = f"{chosen.data_dir}, in a PostgreSQL of its own"
    head = [
        "[bold green]The mediation engine is ready.[/]",
        f"  API page  {url}{docs}",
        f"  data      {'in DATABASE_URL' if chosen.database_url else escape(own)}",
    ]
    if chosen.workers > 1:
        head.append(f"  workers   {chosen.workers}")
    if chosen.metrics_port is not None:
        head.append(f"  metrics   {_url(chosen.metrics_host, chosen.metrics_port)}{PATH}")
    if chosen.lmtp_port is not None:
        head.append(f"  mail      LMTP on {chosen.lmtp_host}, port {chosen.lmtp_port}")
    if chosen.console:
        head.append(f"  console   {url}{AT}/")
    if not served.demo:
        tokens = "  tokens    mediation token --role administrator --marketplace NAME"
        link = ["  sign in   mediation sign-in-link --role supervisor --marketplace NAME"] if chosen.console else []
        return [*head, tokens, *link, "", _LAST]
    lines = [*head, "", f"Marketplace [bold]{MARKETPLACE}[/] has sample disputes. Tokens for it, good for a day:", ""]
    for person in PEOPLE:
        lines += [f"[dim]# {person.who}[/]", f"{person.variable}={token(running, person)}"]
    curl = f'curl -H "Authorization: Bearer $BACKEND" {url}/v1/disputes'
    lines += ["", "Paste the first one, and then", f"  {curl}", ""]
    if chosen.console:
        lines += ["Or open the console. Each link signs one person in, once, within a day:", ""]
        lines += [
            f"  {await sign_in_link(running, person)}  [dim]{person.who}[/]" for person in PEOPLE if person.signs_in
        ]
        lines.append("")
    return [*lines, _LAST]


def _url(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
