"""The metrics, as Prometheus reads them. No label names a person, a marketplace or an address; each has few values.

`prometheus-client` writes the format. It keeps no counts here: its own counters take some thirty calls for each request,
and its way to add up several workers takes a folder of files.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from importlib.metadata import version

import psutil
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from api.metrics import pools
from api.metrics.pools import POOLS
from api.metrics.requests import Place, RequestCounts
from api.metrics.sheet import PID, STARTS, Sheet
from api.metrics.state import State
from mediation.counts import BOUNDS, DURATIONS
from mediation.gateways.counted import CALLS, OUTCOMES, PROVIDERS, GatewayCounts
from mediation.gateways.mail.arrived import OUTCOMES as ARRIVED
from mediation.gateways.mail.counts import OUTCOMES as MAIL_OUTCOMES
from mediation.gateways.webhooks.counts import OUTCOMES as WEBHOOK_OUTCOMES
from mediation.store.log.counts import AppendCounts

_UP_TO = [*(format(bound, "g") for bound in BOUNDS), "+Inf"]


class Families(Collector):
    """What a scrape shows. Without `state`, the database did not answer."""

    def __init__(self, sheet: Sheet, places: Sequence[Place], state: State | None) -> None:
        self._sheet = sheet
        self._places = places
        self._state = state

    def collect(self) -> Iterator[Metric]:
        yield from _requests(self._places, self._sheet.total("requests"))
        yield from _appends(self._sheet.total("append"))
        yield from _gateways(self._sheet.total("gateways"))
        yield from _mails(self._sheet.total("mail"))
        yield _arrived(self._sheet.total("mail_in"))
        yield from _webhook_attempts(self._sheet.total("webhooks"))
        yield from _pools(self._sheet.total("pools"))
        streams = "Streams of server-sent events that are open."
        yield GaugeMetricFamily("mediation_live_streams", streams, sum(self._sheet.total("live")))
        yield from _processes(self._sheet)
        up = "1 if the database answered this scrape. Otherwise it shows no consumers, commitments and deadlines."
        yield GaugeMetricFamily("mediation_database_up", up, float(self._state is not None))
        if self._state is not None:
            yield from _consumers(self._state)
            yield from _owed(self._state)
            yield from _notices(self._state)
            yield from _provider_notices(self._state)
            yield from _webhooks(self._state)


def _requests(places: Sequence[Place], numbers: Sequence[float]) -> Iterable[Metric]:
    count = CounterMetricFamily(
        "mediation_http_requests", "Requests that were answered.", labels=("method", "route", "status")
    )
    took = HistogramMetricFamily(
        "mediation_http_request_duration_seconds",
        "Time from the head of a request to the end of its answer.",
        labels=("method", "route"),
    )
    for found in RequestCounts.read(places, numbers):
        for status, n in found.by_status:
            count.add_metric((*found.place, status), n)
        _add(took, found.place, found.durations)
    return count, took


def _appends(numbers: Sequence[float]) -> Iterable[Metric]:
    yield CounterMetricFamily(
        "mediation_append_batches", "Batches that the database answered.", numbers[AppendCounts.BATCHES]
    )
    yield CounterMetricFamily("mediation_append_events", "Events that were stored.", numbers[AppendCounts.EVENTS])
    failed = "Batches that were given up, because the database was away or refused them."
    yield CounterMetricFamily("mediation_append_failures", failed, numbers[AppendCounts.FAILURES])
    waiting = "Requests that wait to be stored, beside the batch under way."
    yield GaugeMetricFamily("mediation_append_waiting", waiting, numbers[AppendCounts.WAITING])
    took = HistogramMetricFamily(
        "mediation_append_duration_seconds", "Time to store a batch, repetitions included.", labels=()
    )
    _add(took, (), numbers[AppendCounts.TOOK :])
    yield took


def _gateways(numbers: Sequence[float]) -> Iterable[Metric]:
    count = CounterMetricFamily(
        "mediation_gateway_calls", "Calls to payment providers.", labels=("gateway", "call", "outcome")
    )
    took = HistogramMetricFamily(
        "mediation_gateway_call_duration_seconds", "Time of the calls.", labels=("gateway", "call")
    )
    for provider in PROVIDERS:
        for call in CALLS:
            at = GatewayCounts.place(provider, call)
            outcomes = numbers[at : at + len(OUTCOMES)]
            if any(outcomes):
                for outcome, n in zip(OUTCOMES, outcomes, strict=True):
                    count.add_metric((provider, call, outcome), n)
                _add(took, (provider, call), numbers[at + len(OUTCOMES) :])
    return count, took


def _mails(numbers: Sequence[float]) -> Iterable[Metric]:
    count = CounterMetricFamily("mediation_mails", "Mails that went to a mail server.", labels=("outcome",))
    for outcome, n in zip(MAIL_OUTCOMES, numbers, strict=False):
        count.add_metric((outcome,), n)
    took = HistogramMetricFamily("mediation_mail_duration_seconds", "Time until the mail server answered.", labels=())
    _add(took, (), numbers[len(MAIL_OUTCOMES) :])
    return count, took


def _webhook_attempts(numbers: Sequence[float]) -> Iterable[Metric]:
    count = CounterMetricFamily("mediation_webhook_attempts", "Attempts to deliver a webhook.", labels=("outcome",))
    for outcome, n in zip(WEBHOOK_OUTCOMES, numbers, strict=False):
        count.add_metric((outcome,), n)
    took = HistogramMetricFamily("mediation_webhook_duration_seconds", "Time of the attempts.", labels=())
    _add(took, (), numbers[len(WEBHOOK_OUTCOMES) :])
    return count, took


def _webhooks(state: State) -> Iterable[Metric]:
    waiting = "Webhooks that wait to be delivered to endpoints that are not disabled."
    yield GaugeMetricFamily("mediation_webhooks_waiting", waiting, state.webhooks.deliveries)
    oldest = "For how many seconds the oldest of them has waited."
    yield GaugeMetricFamily("mediation_webhooks_oldest_seconds", oldest, state.webhooks.oldest)
    endpoints = GaugeMetricFamily("mediation_webhook_endpoints", "Endpoints, by how they are.", labels=("state",))
    for name in ("well", "failing", "disabled"):
        endpoints.add_metric((name,), state.webhooks.endpoints.get(name, 0))
    yield endpoints


def _arrived(numbers: Sequence[float]) -> Metric:
    count = CounterMetricFamily(
        "mediation_mails_in", "Mails that arrived, by what became of them.", labels=("outcome",)
    )
    for outcome, n in zip(ARRIVED, numbers, strict=True):
        count.add_metric((outcome,), n)
    return count


def _pools(numbers: Sequence[float]) -> Iterable[Metric]:
    most = GaugeMetricFamily("mediation_pool_connections_max", "Connections that a pool may have.", labels=("pool",))
    now = GaugeMetricFamily("mediation_pool_connections", "Connections of a pool.", labels=("pool", "state"))
    waiting = GaugeMetricFamily("mediation_pool_waiting", "Who waits for a connection now.", labels=("pool",))
    waited = CounterMetricFamily("mediation_pool_waits", "How often somebody had to wait.", labels=("pool",))
    seconds = CounterMetricFamily("mediation_pool_wait_seconds", "Time waited for connections.", labels=("pool",))
    failed = CounterMetricFamily("mediation_pool_failures", "How often no connection was had.", labels=("pool",))
    for name in POOLS:
        of = numbers[pools.place(name) :]
        now.add_metric((name, "in_use"), of[pools.OPEN] - of[pools.IDLE])
        now.add_metric((name, "idle"), of[pools.IDLE])
        for family, number in (
            (most, pools.MOST),
            (waiting, pools.WAITING),
            (waited, pools.WAITED),
            (seconds, pools.SECONDS),
            (failed, pools.FAILED),
        ):
            family.add_metric((name,), of[number])
    return most, now, waiting, waited, seconds, failed


def _processes(sheet: Sheet) -> Iterable[Metric]:
    starts = CounterMetricFamily(
        "mediation_worker_starts", "How often a worker was started: once, if it never died.", labels=("worker",)
    )
    memory = GaugeMetricFamily(
        "mediation_worker_memory_bytes", "Resident memory. Workers share a part of it.", labels=("worker",)
    )
    cpu = CounterMetricFamily(
        "mediation_worker_cpu_seconds", "Processor time since the worker's start.", labels=("worker",)
    )
    files = GaugeMetricFamily("mediation_worker_open_files", "Open file descriptors.", labels=("worker",))
    for worker in range(sheet.workers):
        known = sheet.block("process", worker)
        starts.add_metric((str(worker),), known[STARTS])
        with suppress(psutil.Error, OSError):
            process = psutil.Process(int(known[PID]))
            with process.oneshot():
                times = process.cpu_times()
                memory.add_metric((str(worker),), process.memory_info().rss)
                cpu.add_metric((str(worker),), times.user + times.system)
                files.add_metric((str(worker),), process.num_fds())
    build = GaugeMetricFamily("mediation_build_info", "1, with the version of the engine.", labels=("version",))
    build.add_metric((version("mediation-engine"),), 1)
    return starts, memory, cpu, files, build


def _consumers(state: State) -> Iterable[Metric]:
    """A consumer is a view or a process that follows the log."""
    labels = ("consumer", "version")
    end = max((one.position + one.behind for one in state.standings), default=0)
    behind = GaugeMetricFamily("mediation_consumer_behind_events", "Events that it has not taken.", labels=labels)
    lag = GaugeMetricFamily(
        "mediation_consumer_lag_seconds", "How long the first event that it has not taken has waited.", labels=labels
    )
    parked = GaugeMetricFamily(
        "mediation_consumer_parked", "Disputes, or other subjects, that wait because it failed on them.", labels=labels
    )
    for one in state.standings:
        for family, value in ((behind, one.behind), (lag, one.lag), (parked, one.parked)):
            family.add_metric((one.title, one.version), value)
    return GaugeMetricFamily("mediation_log_position", "The last position of the log.", end), behind, lag, parked


def _owed(state: State) -> Iterable[Metric]:
    owed = GaugeMetricFamily(
        "mediation_commitments_open",
        "Commitments that are owed: pending until they are due, then overdue. `imported`: in past cases.",
        labels=("status", "owed_by", "imported"),
    )
    for one in state.commitments:
        owed.add_metric((one.status, one.owed_by, str(one.imported).lower()), one.count)
    late = "How long the earliest deadline, commitment or reminder that is due has waited to be recorded."
    marks = "About how many marks of what was read there are: one for each reader of each dispute."
    return (
        owed,
        GaugeMetricFamily("mediation_clock_late_seconds", late, state.late),
        GaugeMetricFamily("mediation_read_marks", marks, state.read_marks),
        GaugeMetricFamily(
            "mediation_ruling_drafts", "About how many drafts of rulings there are.", state.ruling_drafts
        ),
        GaugeMetricFamily(
            "mediation_contacts_kept", "About how many people's contacts about an order are kept.", state.contacts_kept
        ),
        GaugeMetricFamily("mediation_snoozes", "About how many cases are put aside.", state.snoozes),
        GaugeMetricFamily("mediation_presences", "In how many pages somebody looks at a case now.", state.presences),
        GaugeMetricFamily(
            "mediation_own_desks", "About how many people have saved filters or seen the tour.", state.own_desks
        ),
        GaugeMetricFamily(
            "mediation_console_sessions", "In how many browsers somebody is signed in.", state.console_sessions
        ),
    )


def _notices(state: State) -> Iterable[Metric]:
    """A fact waits until it is told: for what happens soon after, and for the morning of whoever is told."""
    waiting = GaugeMetricFamily("mediation_notices_waiting", "What is to be told and has not left.", labels=("what",))
    waiting.add_metric(("facts",), state.notices.facts)
    waiting.add_metric(("mails",), state.notices.mails)
    oldest = "How long the oldest of them has waited."
    yield waiting
    pile = "Mails that arrived, of which a person has to say where they belong."
    yield GaugeMetricFamily("mediation_mail_pile", pile, state.pile)
    yield GaugeMetricFamily("mediation_notices_oldest_seconds", oldest, state.notices.oldest)


def _provider_notices(state: State) -> Iterable[Metric]:
    """Those about chargebacks and inquiries."""
    found = state.provider_notices
    by_status = GaugeMetricFamily(
        "mediation_provider_notices", "Notices of payment providers that have led to nothing yet.", labels=("status",)
    )
    for status, count in found.by_status.items():
        by_status.add_metric((status,), count)
    for_a_person = "Disputes at payment providers about which a person has to do something."
    full = "Endpoints of payment providers that keep no more notices that are not rightly signed."
    yield by_status
    yield GaugeMetricFamily("mediation_provider_disputes_for_a_person", for_a_person, found.for_a_person)
    yield GaugeMetricFamily("mediation_provider_notices_full", full, found.full)


def _add(family: HistogramMetricFamily, labels: Sequence[str], numbers: Sequence[float]) -> None:
    """Adds up: Prometheus wants how many took at most as long as each bound."""
    buckets, total = list[tuple[str, float]](), 0.0
    for name, n in zip(_UP_TO, numbers, strict=False):
        total += n
        buckets.append((name, total))
    family.add_metric(labels, buckets, numbers[DURATIONS - 1])
