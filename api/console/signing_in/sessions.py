"""Sessions of the console: a cookie that names one, and the person behind it.

The cookie `__Host-console` is readable by no script, is sent over HTTPS and to this machine alone (browsers take
`http://127.0.0.1` for safe), and not with requests that another site makes, except when somebody follows a link. A session
lasts 12 hours. It ends sooner when the person signs out, when their tokens are revoked, when a neutral's mandate is closed,
and when the person is erased.
"""

import asyncio
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from uuid import UUID

import structlog
from starlette.requests import Request
from starlette.responses import Response

from api.console.session import Session
from api.console.signing_in.sent_from_here import token_of
from api.http.auth import Principal
from api.http.context import HttpContext, http_context
from domain.kernel.base import Role
from mediation.store.desk.console_sessions import ConsoleSessions, Person, Provided
from mediation.store.keys.cache import Coalescer

COOKIE = "__Host-console"
LIFE = timedelta(hours=12)
ROLES = frozenset({Role.NEUTRAL, Role.SUPERVISOR, Role.AUDITOR, Role.ADMINISTRATOR})
"""Who signs in. Backends are programs, and parties are not served here."""

_LONGEST = 100
_log = structlog.get_logger(__name__)


def store(http: HttpContext) -> ConsoleSessions:
    return ConsoleSessions(http.services.pool, http.services.keys)


async def signed_in(request: Request) -> Session | None:
    """Who is signed in in this browser. A session that has ended is deleted."""
    secret = request.cookies.get(COOKIE, "")
    if not 0 < len(secret) <= _LONGEST:
        return None
    http = http_context(request)
    found = await store(http).find(secret)
    if found is None:
        return None
    person = found.person
    if await is_barred(http, person, since=found.begun_at):
        await store(http).end(found.session_id)
        return None
    principal = Principal(person.subject, Role(person.role), person.marketplace, None, found.expires_at)
    csrf = token_of(http.services.blind, person)
    return Session(principal, csrf, person.name, found.session_id, found.begun_at, found.renewed)


StillIn: TypeAlias = Coalescer[Session, bool]
"""Whether a session goes on. Readers of streams who ask at the same time share one look: each event is for many of them."""


def still_in(http: HttpContext) -> StillIn:
    async def look(asked: Sequence[Session]) -> Sequence[bool]:
        living = await store(http).living({one.id for one in asked if one.id is not None})
        return await asyncio.gather(*(goes_on(one, living) for one in asked))

    async def goes_on(session: Session, living: Collection[UUID]) -> bool:
        who, begun_at = session.principal, session.begun_at
        if session.id not in living or begun_at is None:
            return False
        return not await is_barred(http, Person(who.subject, who.role.value, who.marketplace), since=begun_at)

    return Coalescer(look)


async def is_barred(http: HttpContext, person: Person, *, since: datetime) -> bool:
    """Whether what was given to this person at that instant is good no more."""
    revoked = http.services.revoked.ends(person.subject, person.marketplace, since)
    return revoked or not await is_in_office(http, person)


async def is_in_office(http: HttpContext, person: Person) -> bool:
    """A neutral acts under a mandate. All others need none."""
    if person.role != Role.NEUTRAL.value:
        return True
    mandate = await http.services.engine.mandate(person.subject, person.marketplace or "")
    return mandate is not None and not mandate.closed


async def begin(
    request: Request, answer: Response, person: Person, *, by: str | Provided, life: timedelta = LIFE
) -> None:
    """Signs a person in, in this browser. The session that was there before ends. `by` is an identity provider with its ID
    token, or the name of another way.
    """
    http = http_context(request)
    before = await signed_in(request)
    secret = await store(http).begin(person, min(life, LIFE), by if isinstance(by, Provided) else None)
    if before is not None and before.id is not None:
        await store(http).end(before.id)
    keep(answer, secret, min(life, LIFE))
    _tell(
        "console_signed_in",
        person.subject,
        person.role,
        person.marketplace,
        by=by.key if isinstance(by, Provided) else by,
    )


async def provided(request: Request, session: Session) -> Provided | None:
    """The identity provider that the person signed in with, if it was one."""
    return None if session.id is None else await store(http_context(request)).provided(session.id)


async def end(request: Request, session: Session, answer: Response, *, everywhere: bool) -> None:
    """Signs the person out in this browser, or in all."""
    kept = store(http_context(request))
    if everywhere:
        await kept.end_all(session.principal.subject)
    elif session.id is not None:
        await kept.end(session.id)
    answer.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    one = session.principal
    _tell("console_signed_out", one.subject, one.role.value, one.marketplace, everywhere=everywhere)


def keep(answer: Response, secret: str, life: timedelta) -> None:
    """The browser is to send this secret from now on."""
    seconds = max(0, int(life.total_seconds()))
    answer.set_cookie(COOKIE, secret, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")


def renew(answer: Response, session: Session) -> None:
    """The browser gets the new secret, if the session has one and goes on."""
    if session.renewed is not None and not _says(answer):
        keep(answer, session.renewed, session.principal.expires_at - datetime.now(UTC))


def _says(answer: Response) -> bool:
    """Whether the answer says something of the cookie already."""
    return any(cookie.startswith(f"{COOKIE}=") for cookie in answer.headers.getlist("set-cookie"))


def _tell(what: str, subject: object, role: str, marketplace: str | None, **more: object) -> None:
    _log.info(what, subject=str(subject), role=role, marketplace=marketplace, **more)
