"""At the start: the secrets are those that the stored data were made with. None is made anew over stored data.

With another blind key the engine would not recognise known orders, and would refund one twice. Without the master keys
nobody could read a personal text. A lost signing key only ends the chain of signatures, so a new one may be given.
"""

import structlog
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from api.settings import Secrets, Settings
from domain.filing.filing_facts import DisputeFiled
from mediation.store.backup.backups import known_by
from mediation.store.embedded.account import ServerWontStart
from mediation.store.keys.blind import Blind
from mediation.store.keys.masters import Masters, WrongMasterKey
from mediation.store.keys.tokens import ERASED
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog
from mediation.store.postgres.pool import fetch

Pool = AsyncConnectionPool[AsyncConnection]

_FACTS = "SELECT EXISTS (SELECT FROM event)"
_FILED = "SELECT EXISTS (SELECT FROM event WHERE kind = 'DisputeFiled')"
_KEYS = "SELECT EXISTS (SELECT FROM keys.data_key)"
_MASTERS = """SELECT id FROM keys.master m WHERE destroyed_at IS NULL
AND (retired_at IS NULL OR EXISTS (SELECT FROM keys.data_key k WHERE k.master = m.id AND k.wrapped IS NOT NULL))"""
"""Those that still open something, or wrap what is new."""
_FIRST = "SELECT id, subject, wrapped FROM keys.data_key WHERE master IS NULL AND wrapped IS NOT NULL LIMIT 1"
"""A key that an earlier release wrapped, and that does not name its master."""
_KNOWN = "SELECT value FROM secret_check WHERE name = 'blind'"
_KEEP = """INSERT INTO secret_check (name, value) VALUES ('blind', %b)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, since = clock_timestamp() RETURNING value"""

_LOOKED_AT = 50
"""Filings that are looked at. In most, the buyer is not erased."""

_log = structlog.get_logger(__name__)


async def check_none_is_lost_or_weak(pool: Pool, key_pool: Pool, settings: Settings) -> None:
    """Call it before the secrets are read: reading makes those that are missing. Raises ServerWontStart.

    New data are never begun with a key that can be guessed. Data that were made with one are served, and the log says so.
    """
    holds_data = await _is(pool, _FACTS) or await _is(key_pool, _KEYS)
    for name in settings.guessable:
        if not holds_data:
            raise ServerWontStart(f"{name} can be guessed: make one with `openssl rand -hex 32`")
        _log.error("key_can_be_guessed", name=name)
    if (lacking := settings.lacking) and holds_data:
        raise ServerWontStart(
            "the database holds data, and of the engine that made them these secrets are missing: "
            f"{', '.join(lacking)}. Give them, or put them back into {settings.data_dir / 'secrets'}: new ones would not fit "
            "the data. Where the signing key alone is lost, give a new one as MEDIATION_SIGNING_KEY"
        )
    if await _is(pool, _FILED) and not await _is(key_pool, _KEYS):
        raise ServerWontStart(
            "the log holds disputes, and the key store is empty: it is another database than before (MEDIATION_KEYS_URL), or "
            "was lost; restore it from its backup"
        )


async def check_they_fit(pool: Pool, key_pool: Pool, log: EventLog, codec: Codec, secret: Secrets) -> None:
    """Compares the secrets with the check values. A database without these gets them, after what is stored was tried with
    the secrets. Raises ServerWontStart."""
    await _check_masters(key_pool, secret.masters)
    value = known_by(secret.blind)
    known = [row[0] for row in await fetch(pool, _KNOWN)]
    if known == [value]:
        return
    if await _is(pool, _FACTS) and (known or not await _fits(log, codec, Blind(secret.blind))):
        raise ServerWontStart(
            "MEDIATION_BLIND_KEY (or the file secrets/blind) is not the one that the stored data were made with: with another "
            "one, known orders and parties would not be recognised"
        )
    await fetch(pool, _KEEP, (value,))


async def _check_masters(key_pool: Pool, masters: Masters) -> None:
    for last in (False, True):
        try:
            for (master,) in await fetch(key_pool, _MASTERS):
                await masters.unwrap(master, [])
            for id, subject, wrapped in await fetch(key_pool, _FIRST):
                await masters.unwrap(await masters.newest(), [(wrapped, id.bytes + subject.bytes)])
        except WrongMasterKey as error:
            if last:  # otherwise another worker may have replaced a master since the list was read
                raise ServerWontStart(
                    f"the stored data keys need a master key that is not here ({error}): give it as MEDIATION_MASTER_KEY or "
                    "MEDIATION_FORMER_MASTER_KEY, or put the file secrets/masters back"
                ) from None
        else:
            return


async def _fits(log: EventLog, codec: Codec, blind: Blind) -> bool:
    """Whether the ids of stored orders are derived with this key. True if no filing can be read: then nothing shows it."""
    filed = await log.filed(None, 0, await log.last_position(), _LOOKED_AT)
    for fact in await log.at([position for position, _ in filed]):
        if isinstance(fact.event, DisputeFiled) and fact.event.order.order_id is not None:
            order_id = await codec.open(fact.event.order.order_id, fact.marketplace)
            derived = blind.uuid("transaction", fact.marketplace, order_id)
            if derived == fact.event.order.transaction_id:
                return True
            if order_id != ERASED:
                return False
    _log.warning("blind_key_taken_unproven")
    return True


async def _is(pool: Pool, query: str) -> bool:
    ((found,),) = await fetch(pool, query)
    return bool(found)
