"""The one place that wires everything. It turns settings into a running engine, and stops the parts in order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog

from api import secret_checks
from api.http.auth import Tokens
from api.http.issuers import Issuers
from api.http.revocations import RevokedTokens
from api.marketplace.reconciler import Reconciler
from api.marketplace.webhook_teller import WebhookTeller
from api.metrics.pools import PoolCounts
from api.metrics.sheet import SIZES, Sheet
from api.notices.writer import NoticeWriter
from api.own_postgres import KEY_CONNECTIONS, database
from api.settings import Settings
from domain.payments.provider_disputes import Provider
from mediation.case_numbers import CaseNumbers
from mediation.counts import Cells
from mediation.engine import Engine
from mediation.gateways.chosen import gateways
from mediation.gateways.counted import GatewayCounts
from mediation.gateways.mail.arrived import ArrivedCounts
from mediation.gateways.mail.chosen import posts
from mediation.gateways.mail.counts import MailCounts
from mediation.gateways.mail.reply_address import ReplyAddresses
from mediation.gateways.notices_chosen import Check, checks
from mediation.gateways.payments import Gateways
from mediation.gateways.pictures.chosen import NotInstalled, picture_reader
from mediation.gateways.pictures.port import PictureReader
from mediation.gateways.translation.chosen import translators
from mediation.gateways.webhooks.addresses import Addresses as WebhookAddresses
from mediation.gateways.webhooks.counts import WebhookCounts
from mediation.gateways.webhooks.post import Post
from mediation.processes import (
    contacts_kept,
    deadlines,
    departures,
    erasures,
    incidents,
    machine_readings,
    refunds,
    repeat_offenders,
    rulings_owed,
    standing_rules,
    translations,
)
from mediation.processes.attempts import Attempts
from mediation.processes.contacts_kept import ContactsKept
from mediation.processes.deadlines import DeadlineClock
from mediation.processes.departures import Departures
from mediation.processes.erasures import Erasures
from mediation.processes.incidents import IncidentProcess
from mediation.processes.machine_readings import MachineReadingProcess
from mediation.processes.mail.arriving import MailArriving
from mediation.processes.mail.inbox import Inbox, MailForgetting
from mediation.processes.mail.matching import Matching
from mediation.processes.mail.posting import Posting
from mediation.processes.notices import tables as notice_tables
from mediation.processes.notices.addresses import Addresses
from mediation.processes.notices.making import NoticeMaking
from mediation.processes.notices.readable import Readable
from mediation.processes.notices.sending import NoticeSending
from mediation.processes.outages import Heartbeat
from mediation.processes.provider_notices import tables as provider_notice_tables
from mediation.processes.provider_notices.process import ProviderNotices
from mediation.processes.refunds import RefundProcess
from mediation.processes.repeat_offenders import RepeatOffenders
from mediation.processes.rotations import Rotations
from mediation.processes.rulings_owed import RulingsOwed
from mediation.processes.standing_rules import StandingRulesProcess
from mediation.processes.translations import TranslationProcess
from mediation.processes.webhooks.deliveries import Deliveries
from mediation.processes.webhooks.endpoints import Endpoints
from mediation.processes.webhooks.making import WebhookMaking
from mediation.processes.webhooks.record import Record
from mediation.processes.webhooks.sending import WebhookSending
from mediation.processes.webhooks.webhooks import Webhooks
from mediation.proof.sealer import Sealer
from mediation.proof.signing import Signer
from mediation.store import clocks
from mediation.store.clocks import Clocks
from mediation.store.desk import console_sessions, presences
from mediation.store.embedded.account import ServerWontStart
from mediation.store.files.blobs import Blobs
from mediation.store.files.evidence import Evidence
from mediation.store.files.place import EvidenceUnavailable, Place
from mediation.store.follow.consumer import PASSING, Consumer, describe
from mediation.store.follow.follow import Follow
from mediation.store.keys.blind import Blind
from mediation.store.keys.keys import KeyStore
from mediation.store.log.codec import Codec
from mediation.store.log.counts import AppendCounts
from mediation.store.log.log import EventLog
from mediation.store.log.memory import Memory
from mediation.store.mail_in import Mailbox
from mediation.store.notice_in import Quarantine
from mediation.store.postgres import probe
from mediation.store.postgres.migrate import is_being_restored, migrate
from mediation.store.postgres.pool import KEYS_ROLE, open_pool
from mediation.store.spellings import Spellings
from mediation.store.tasks import end
from projections import TABLES, VIEWS
from projections.table import Pool, create_tables

_LOCK = 7305
"""Advisory lock: one worker creates the tables at a time. The other workers wait, and find them."""

_RESTART = 1.0  # seconds


_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """What the API and the command line work with."""

    settings: Settings
    pool: Pool
    keys: KeyStore
    codec: Codec
    log: EventLog
    engine: Engine
    clocks: Clocks
    consumers: Sequence[Consumer]
    follow: Follow
    blind: Blind
    case_numbers: CaseNumbers
    spellings: Spellings
    gateways: Gateways
    attempts: Attempts
    erasures: Erasures
    key_pool: Pool
    rotations: Rotations
    reconciler: Reconciler
    evidence: Evidence
    blobs: Blobs
    tokens: Tokens
    pools: PoolCounts
    revoked: RevokedTokens
    issuers: Issuers
    inbox: Inbox
    quarantine: Quarantine
    notice_checks: Mapping[tuple[str, Provider], Check]
    webhooks: Webhooks


@asynccontextmanager
async def services(
    settings: Settings, *, works: bool = True, restoring: bool = False, counts: Mapping[str, Cells] | None = None
) -> AsyncIterator[Services]:
    """Everything up to date and running. With `works`, views are kept and processes act; without, one only looks and
    commands. `counts` are this worker's blocks of a `Sheet`.

    A database whose restore is not finished is refused, unless `restoring`. Raises `ServerWontStart` (and
    `AlreadyRunning`; also for secrets, or evidence files, that don't fit the stored data),
    `psycopg.OperationalError`, and ValueError for a malformed secret.
    """
    async with AsyncExitStack() as stack:
        memory = Memory()
        pool, key_pool = await _pools(stack, settings, memory, works=works, restoring=restoring)
        await secret_checks.check_none_is_lost_or_weak(pool, key_pool, settings)
        secret = settings.secret
        secret.read()
        keys = KeyStore(key_pool, secret.masters)
        memory.on_drop(keys.drop)
        codec = Codec(keys)
        counted = counts or Sheet(SIZES).blocks(0)
        log = await stack.enter_async_context(
            EventLog(pool, codec, memory=memory, counts=AppendCounts(counted["append"]))
        )
        await secret_checks.check_they_fit(pool, key_pool, log, codec, secret)
        times = Clocks(pool, settings.test_marketplaces, real=settings.now, apart=settings.apart)
        engine = Engine(log, Heartbeat(pool, times))
        blind = Blind(secret.blind)
        paying = gateways(settings.gateways, GatewayCounts(counted["gateways"]))
        stack.push_async_callback(paying.close)
        attempts = Attempts(engine, paying, log, codec, blind, times)
        translating = translators(settings.translators)
        stack.push_async_callback(translating.close)
        addresses = Addresses(engine, log, codec)
        mailbox, quarantine = Mailbox(pool, keys, blind), Quarantine(pool, keys, blind)
        erasing = Erasures(pool, engine, keys, times, MailForgetting(addresses, mailbox))
        evidence = Evidence(pool, log, Place(settings.evidence))
        blobs = Blobs(evidence, keys, max_bytes=settings.max_file_bytes)
        making = WebhookMaking(pool, log, blind)
        acting = (
            DeadlineClock(pool, engine, times),
            RefundProcess(pool, engine, attempts),
            Departures(pool, engine, times),
            IncidentProcess(pool, engine, times),
            RepeatOffenders(pool, engine, times),
            erasing,
            ContactsKept(pool, engine, keys, times),
            RulingsOwed(pool, engine, times),
            StandingRulesProcess(pool, engine, times),
            TranslationProcess(pool, engine, log, codec, blind, times, translating),
            *_notices(settings, pool, engine, log, codec, times, blind, counted["mail"]),
            ProviderNotices(pool, engine, log, codec, times, quarantine),
            MachineReadingProcess(pool, engine, log, codec, blind, times, blobs, _picture_reader(settings)),
            making,
        )
        inbox = _inbox(settings, mailbox, addresses, engine, log, times, blind, blobs, counted["mail_in"])
        rotating = Rotations(key_pool, secret.masters, engine, times, every=60 * settings.rotate_minutes)
        await _make_tables(pool)
        consumers: tuple[Consumer, ...] = (*VIEWS, *acting)
        follow = Follow(log, pool, consumers)
        webhooks = _webhooks(stack, settings, pool, keys, log, follow, times, blind, making, counted["webhooks"])
        reconciler = Reconciler(pool, log, follow, engine, attempts, blind, timedelta(hours=settings.reconcile_hours))
        signing = [key for key in (secret.signing, secret.former_signing) if key is not None]
        sealer = Sealer(pool, [Signer.of(settings.log_name, key) for key in signing])
        pools = PoolCounts({"log": pool, "keys": key_pool}, counted["pools"])
        revoked, issuers = RevokedTokens(log), Issuers(settings.issuers, blind)
        stack.push_async_callback(issuers.close)
        tokens = await _gate(settings, revoked, issuers)
        if works:
            await _evidence_is_there(evidence)
            await engine.returned()
            begin = await stack.enter_async_context(_background())
            begin("follow", follow.run)
            for process in (*acting, webhooks.sending, rotating, sealer):
                begin(process.name, process.run)
            beside = (("reconciliation", reconciler), ("revocations", revoked), ("issuers", issuers), ("pools", pools),
                      ("console_sessions", console_sessions.Sweeper(pool)),
                      ("presences", presences.Sweeper(pool, times.real)), (inbox.arriving.name, inbox.arriving))  # fmt: skip
            for name, one in beside:
                begin(name, one.run)
        yield Services(
            settings=settings,
            pool=pool,
            keys=keys,
            codec=codec,
            log=log,
            engine=engine,
            clocks=times,
            consumers=consumers,
            follow=follow,
            blind=blind,
            case_numbers=CaseNumbers(blind, log),
            spellings=Spellings(log, keys, blind),
            gateways=paying,
            attempts=attempts,
            erasures=erasing,
            key_pool=key_pool,
            rotations=rotating,
            reconciler=reconciler,
            evidence=evidence,
            blobs=blobs,
            tokens=tokens,
            pools=pools,
            revoked=revoked,
            issuers=issuers,
            inbox=inbox,
            quarantine=quarantine,
            notice_checks=checks(settings.provider_notices, settings.gateways),
            webhooks=webhooks,
        )


async def _pools(
    stack: AsyncExitStack, settings: Settings, memory: Memory, *, works: bool, restoring: bool
) -> tuple[Pool, Pool]:
    """The connections to the log and to the keys, over a database that is up to date. Raises what `services` raises."""
    conninfo = await stack.enter_async_context(database(settings, own=works))
    if not restoring and await is_being_restored(conninfo):
        raise ServerWontStart("a restore was begun here and is not done: run the same `mediation restore` again")
    if settings.minutes_ahead:
        _log.warning("clock_set_apart", minutes_ahead=settings.minutes_ahead)
    await migrate(conninfo, settings.keys_url)
    pool = await open_pool(conninfo, max_size=settings.pool_size, check=memory.check_log)
    stack.push_async_callback(pool.close)
    key_pool = await open_pool(
        settings.keys_url or conninfo,
        min_size=1,
        max_size=KEY_CONNECTIONS,
        role=KEYS_ROLE,
        check=memory.check_keys,
    )
    stack.push_async_callback(key_pool.close)
    return pool, key_pool


async def _gate(settings: Settings, revoked: RevokedTokens, issuers: Issuers) -> Tokens:
    """Knows every token that was revoked, before the first request."""
    secret = settings.secret
    tokens = Tokens(secret.token, *secret.accepted_tokens, foreign=issuers, revoked=revoked.end)
    revoked.changed = issuers.changed = tokens.forget
    await revoked.learn()
    return tokens


def _notices(
    settings: Settings,
    pool: Pool,
    engine: Engine,
    log: EventLog,
    codec: Codec,
    times: Clocks,
    blind: Blind,
    mailed: Cells,
) -> tuple[NoticeMaking, NoticeSending]:
    post, replies = posts(settings.mail, MailCounts(mailed)), ReplyAddresses(blind.digest("reply address"))
    numbers, writer = CaseNumbers(blind, log), NoticeWriter()
    readable = Readable(engine, log, codec, blind)
    return (
        NoticeMaking(pool, engine, log, codec, times, numbers, readable, post, writer),
        NoticeSending(pool, engine, log, codec, times, numbers, post, replies, writer),
    )


def _inbox(
    settings: Settings,
    mailbox: Mailbox,
    addresses: Addresses,
    engine: Engine,
    log: EventLog,
    times: Clocks,
    blind: Blind,
    blobs: Blobs,
    counted: Cells,
) -> Inbox:
    counts, replies = ArrivedCounts(counted), ReplyAddresses(blind.digest("reply address"))
    matching = Matching(engine, addresses, CaseNumbers(blind, log), replies)
    posting = Posting(engine, blobs, blind, times)
    arriving = MailArriving(engine, times, mailbox, matching, posting, settings.mail, counts)
    return Inbox(settings.mail, replies, addresses, mailbox, arriving, times, counts)


def _webhooks(
    stack: AsyncExitStack,
    settings: Settings,
    pool: Pool,
    keys: KeyStore,
    log: EventLog,
    follow: Follow,
    times: Clocks,
    blind: Blind,
    making: WebhookMaking,
    counted: Cells,
) -> Webhooks:
    addresses = WebhookAddresses(settings.webhook_networks)
    post = Post(addresses, WebhookCounts(counted))
    stack.callback(post.close)
    endpoints, teller = Endpoints(pool, keys, blind, making.name), WebhookTeller(pool, log, follow, blind)
    sending = WebhookSending(Deliveries(pool), endpoints, times, teller, post, making.made)
    return Webhooks(endpoints, Record(pool), making, sending, addresses)


def _picture_reader(settings: Settings) -> PictureReader | None:
    """Raises `ServerWontStart` if pictures must be read and cannot be."""
    try:
        return picture_reader(settings.reads_pictures)
    except NotInstalled as error:
        raise ServerWontStart(str(error)) from None


async def _evidence_is_there(evidence: Evidence) -> None:
    """Raises `ServerWontStart` if the place of the evidence files is missing, or another database's.

    Where it only takes no files at this moment, or is out of reach, everything else is served.
    """
    try:
        await evidence.check()
    except EvidenceUnavailable as error:
        if error.why in ("missing", "another_database"):
            raise ServerWontStart(str(error)) from None
        _log.error("evidence_unavailable_at_start", why=error.why, error=str(error))


async def _make_tables(pool: Pool) -> None:
    """The tables beside the log. `IF NOT EXISTS` is not enough where several workers start at once on a new database."""
    await create_tables(pool, TABLES)
    async with pool.connection() as conn, conn.transaction():
        await conn.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        await conn.execute(clocks.TABLE)
        await conn.execute(probe.TABLE)
        await conn.execute(deadlines.TABLE)
        await conn.execute(refunds.TABLE)
        await conn.execute(departures.TABLE)
        await conn.execute(incidents.TABLE)
        await conn.execute(repeat_offenders.TABLE)
        await conn.execute(erasures.TABLE)
        await conn.execute(contacts_kept.TABLE)
        await conn.execute(rulings_owed.TABLE)
        await conn.execute(standing_rules.TABLE)
        await conn.execute(translations.TABLE)
        await conn.execute(machine_readings.TABLE)
        await conn.execute(notice_tables.TABLES)
        await conn.execute(provider_notice_tables.TABLES)


@asynccontextmanager
async def _background() -> AsyncIterator[Callable[[str, Callable[[], Awaitable[None]]], None]]:
    """Runs tasks in the background. A task that fails is logged and started again; at the end all are cancelled."""
    tasks: list[asyncio.Task[None]] = []

    async def keep_running(name: str, run: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await run()
            except PASSING as error:
                _log.warning("restarting", what=name, error=describe(error))
                await asyncio.sleep(_RESTART)
            except Exception:
                _log.exception("restarting", what=name)
                await asyncio.sleep(_RESTART)

    def begin(name: str, run: Callable[[], Awaitable[None]]) -> None:
        tasks.append(asyncio.create_task(keep_running(name, run), name=name))

    try:
        yield begin
    finally:
        await end(tasks)
