"""Mails that arrived: how a backend hands one in, and where a person says to which dispute one belongs."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query
from starlette.requests import Request
from starlette.responses import StreamingResponse

from api.http.addresses import MAIL
from api.http.exact_json import ExactRoute
from api.http.problem_kinds import UnsupportedContent
from api.http.problems import ON_READ, ON_WRITE, documented
from api.http.reads import Cursor, Limit, Read, Reading
from api.marketplace.mail_schemas import EraseSender, MailMatched, Mails, MailShown, MailTaken, MatchMail, SenderErased
from domain.kernel.base import Role
from domain.kernel.people import Side
from domain.kernel.refusals import Conflict, Unknown, UnknownDispute
from mediation.store.mail_in import Item, Opened, Status

router = APIRouter(tags=["Mail"], route_class=ExactRoute)

_READ_TEXT = frozenset({Role.NEUTRAL, Role.SUPERVISOR})

_AS_SENT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The mail, byte for byte.",
        "content": {MAIL: {"schema": {"type": "string", "maxLength": 100 * 1024 * 1024, "contentMediaType": MAIL}}},
    }
}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {MAIL: {"schema": {"type": "string", "maxLength": 100 * 1024 * 1024, "contentMediaType": MAIL}}},
    }
}


class UnknownMail(Unknown):
    """No mail with this id is kept.

    Why: A mail that nobody matched is destroyed after 30 days, and what a person sent is destroyed when they are erased.

    What to do: Take the id from `GET /v1/mail`. If the mail was destroyed, ask the sender to write again.

    Example: {"mail_id": "6f0c4bda-1a2b-8c3d-8e4f-9a0b1c2d3e4f"}
    """


class MailIsSettled(Conflict):
    """This mail cannot be matched: it is `status`.

    Why: A mail becomes one message of one dispute. One that is `posted` is a message already, and one that is `new` is being
    read at this moment. One that is `being_matched` is being assigned by somebody else.

    What to do: Look at `GET /v1/mail?status=posted` for the message that it became. Otherwise wait some seconds.

    Example: {"status": "posted"}
    """


@router.post("/v1/mail", status_code=202, responses=documented(*ON_WRITE), openapi_extra=_BODY)
async def take_mail(
    request: Request, reading: Read, content_type: Annotated[str, Header(include_in_schema=False)] = ""
) -> MailTaken:
    """Takes a mail that arrived at the marketplace's own mail server, as it is (RFC 5322). It is stored when this answers. The
    same bytes again are the same mail. Whose it is, its recipients and references say; who wrote it, its header `From`.
    """
    if content_type.partition(";")[0].strip().lower() != MAIL:
        raise UnsupportedContent(expected=MAIL)
    raw = await request.body()
    return MailTaken(id=await reading.http.services.inbox.take(reading.caller.marketplace, None, (), raw))


@router.get("/v1/mail", responses=documented(*ON_READ))
async def list_mail(
    reading: Read,
    status: Annotated[
        Status,
        Query(
            description="`pile`: a person has to say where it belongs. `noted`: a program sent it, and it is no answer. "
            "`posted`: it is a message of a dispute. `new`: nobody has read it yet."
        ),
    ] = "pile",
    sender: Annotated[str | None, Query(max_length=254, description="Only mails from this address.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Mails:
    """The mails that arrived, the oldest first. A neutral sees those of no dispute, and those of their own disputes."""
    mailbox, marketplace = reading.http.services.inbox.mailbox, reading.caller.marketplace
    found = await mailbox.page(marketplace, status, sender, _after(reading.cursor(cursor)), limit + 1)
    page = found[:limit]
    more = f"{page[-1].received_at.isoformat()} {page[-1].id}" if len(found) > limit else None
    return Mails(items=[_shown(one, reading) for one in page if await _may_see(one, reading)], next=reading.next(more))


@router.get("/v1/mail/{mail_id}", response_class=StreamingResponse, responses=_AS_SENT | documented(*ON_READ))
async def get_mail(mail_id: UUID, reading: Read) -> StreamingResponse:
    """A mail as it arrived, byte for byte. A browser saves it and does not display it."""
    opened = await _opened(mail_id, reading)
    headers = {
        "Content-Disposition": f'attachment; filename="{mail_id}.eml"',
        "Content-Length": str(len(opened.raw)),
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return StreamingResponse(_pieces(opened.raw), media_type=MAIL, headers=headers)


@router.post("/v1/mail/{mail_id}/match", responses=documented(*ON_WRITE))
async def match_mail(mail_id: UUID, body: MatchMail, reading: Read) -> MailMatched:
    """Says to which dispute a mail belongs, and whose it is. It becomes a message of that party, and everybody in the dispute
    is shown that a person said so.
    """
    opened = await _opened(mail_id, reading)
    await reading.case(body.dispute_id)
    services, mailbox = reading.http.services, reading.http.services.inbox.mailbox
    if not await mailbox.hold(mail_id):
        status = opened.item.status
        raise MailIsSettled(status="being_matched" if status in ("pile", "noted") else status)
    try:
        number = await services.inbox.arriving.assign(opened, body.dispute_id, body.side, reading.caller.subject)
    except BaseException:
        await mailbox.release(mail_id)
        raise
    if number is None:  # the party was erased since it arrived
        raise UnknownMail(mail_id=str(mail_id))
    last = str(await services.log.last_position())
    position = reading.http.opaque.seal("position", reading.caller.marketplace, last)
    return MailMatched(id=mail_id, **dict(body), message=number, position=position)


@router.post("/v1/mail/erasures", responses=documented(*ON_WRITE))
async def erase_sender(body: EraseSender, reading: Read) -> SenderErased:
    """Destroys all mails from an address that are no messages. For people who took part in no dispute: they are known by their
    address alone. Messages of a party are erased with the party.
    """
    mailbox = reading.http.services.inbox.mailbox
    return SenderErased(erased=await mailbox.forget_sender(reading.caller.marketplace, [body.address]))


async def look_at(mail_id: UUID, reading: Reading) -> tuple[MailShown, list[tuple[UUID, Side | None]]]:
    """A mail; and if it can be matched, the disputes that it names, each with the party whose mail it then is, as far as it
    says. Raises UnknownMail.
    """
    opened = await _opened(mail_id, reading)
    open_still = opened.item.status in ("pile", "noted") and opened.item.why != "unreadable"
    named = await reading.http.services.inbox.arriving.named(opened) if open_still else []
    return _shown(opened.item, reading), named


async def _opened(mail_id: UUID, reading: Reading) -> Opened:
    """Raises UnknownMail, also for a mail of a dispute that this reader may not see."""
    opened = await reading.http.services.inbox.mailbox.open(mail_id, reading.caller.marketplace)
    if opened is None or not await _may_see(opened.item, reading):
        raise UnknownMail(mail_id=str(mail_id))
    return opened


async def _may_see(item: Item, reading: Reading) -> bool:
    if item.dispute_id is None or reading.caller.role is not Role.NEUTRAL:
        return True
    try:
        await reading.case(item.dispute_id)
    except UnknownDispute:
        return False
    return True


def _shown(item: Item, reading: Reading) -> MailShown:
    head = item.head or {}
    return MailShown.model_validate(
        {
            **{name: getattr(item, name) for name in ("id", "status", "why", "received_at", "size")},
            **{name: getattr(item, name) for name in ("dispute_id", "side", "message")},
            **{name: head.get(name) for name in ("sender", "subject", "written_at", "verdict")},
            "recipients": head.get("recipients", []),
            "files": head.get("files", []),
            "text": head.get("text") if reading.caller.role in _READ_TEXT else None,
        }
    )


def _after(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    at, _, mail_id = cursor.partition(" ")
    return datetime.fromisoformat(at), UUID(mail_id)


async def _pieces(raw: bytes) -> AsyncIterator[bytes]:
    yield raw
