"""Notices that payment providers sent: which ones came, what was read of them, and how one is read again.

How they arrive is in `api.marketplace.notices`.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query

from api.http.exact_json import ExactRoute
from api.http.problems import ON_READ, ON_WRITE, documented
from api.http.reads import Cursor, Limit, Read
from api.marketplace.provider_notice_schemas import (
    NoticeReadAgain,
    NoticeSaid,
    ProviderNotice,
    ProviderNoticeOpened,
    ProviderNotices,
    ReadNoticeAgain,
)
from domain.kernel.refusals import Conflict, Unknown
from domain.payments.provider_disputes import Provider
from mediation.processes.provider_notices.looked_at import Said, said
from mediation.store.notice_in import Item, Status

router = APIRouter(tags=["Provider notices"], route_class=ExactRoute)


class UnknownProviderNotice(Unknown):
    """No notice of a payment provider with this id is kept, or its bytes were destroyed.

    Why: A notice is kept sealed. Its bytes are destroyed after 30 days if no dispute is about its payment, and when the buyer
    is erased.

    What to do: Take the id from `GET /v1/provider-notices`, and look whether `kept` is true.

    Example: {"provider_notice_id": "3b8f2a64-9c1d-8e5f-a0b1-c2d3e4f5a6b7"}
    """


class NoticeNotReadYet(Conflict):
    """This notice is `status`, so it was not read and cannot be read again.

    Why: What is not rightly signed is never read: anybody could have sent it. What is new is read within seconds.

    What to do: For a `new` one wait some seconds. For a `refused` one correct the secret in the settings, and let the provider
    send the notice again: its console has a button for that.

    Example: {"status": "refused"}
    """


@router.get("/v1/provider-notices", responses=documented(*ON_READ))
async def list_provider_notices(
    reading: Read,
    status: Annotated[Status | None, Query(description="Only those of this status.")] = None,
    provider: Annotated[Provider | None, Query(description="Only those of this provider.")] = None,
    for_a_person: Annotated[
        bool,
        Query(
            description="Only those about which a person has to do something: contradictions, and what a rule refuses."
        ),
    ] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ProviderNotices:
    """The notices that payment providers sent, the oldest first."""
    quarantine, after = reading.http.services.quarantine, _after(reading.cursor(cursor))
    found = await quarantine.page(
        reading.caller.marketplace, status, provider, after, limit + 1, contradicted=for_a_person
    )
    page = found[:limit]
    told = await said(quarantine.pool, [one.id for one in page])
    more = f"{page[-1].received_at.isoformat()} {page[-1].id}" if len(found) > limit else None
    return ProviderNotices(items=[_shown(one, told[one.id]) for one in page], next=reading.next(more))


@router.get("/v1/provider-notices/{provider_notice_id}", responses=documented(*ON_READ))
async def get_provider_notice(provider_notice_id: UUID, reading: Read) -> ProviderNoticeOpened:
    """A notice as the provider sent it, with its headers."""
    quarantine = reading.http.services.quarantine
    opened = await quarantine.open(provider_notice_id, reading.caller.marketplace)
    if opened is None:
        raise UnknownProviderNotice(provider_notice_id=str(provider_notice_id))
    told = await said(quarantine.pool, [provider_notice_id])
    shown = _shown(opened.item, told[provider_notice_id])
    return ProviderNoticeOpened(
        **dict(shown), headers=dict(opened.headers), text=opened.raw.decode("utf-8", "backslashreplace")
    )


@router.post("/v1/provider-notices/{provider_notice_id}/again", status_code=202, responses=documented(*ON_WRITE))
async def read_notice_again(
    provider_notice_id: UUID, reading: Read, _: Annotated[ReadNoticeAgain, Body(default_factory=ReadNoticeAgain)]
) -> NoticeReadAgain:
    """Lets a notice be read again, for example after the engine has learned a new code. It answers before that is done. What
    was done because of the notice is not done twice. After an update, all unknown ones are read again anyway.
    """
    quarantine, marketplace = reading.http.services.quarantine, reading.caller.marketplace
    opened = await quarantine.open(provider_notice_id, marketplace)
    if opened is None:
        raise UnknownProviderNotice(provider_notice_id=str(provider_notice_id))
    if not await quarantine.again(provider_notice_id, marketplace):
        raise NoticeNotReadYet(status=opened.item.status)
    return NoticeReadAgain(id=provider_notice_id)


def _shown(item: Item, told: list[Said]) -> ProviderNotice:
    parts = [
        NoticeSaid(
            **{name: getattr(one.notice, name) for name in ("code", "says", "stage", "at", "amount", "answer_by")},
            dispute_id=one.dispute_id,
            problem=one.problem,
        )
        for one in told
    ]
    names = ("id", "provider", "status", "why", "received_at", "size", "kept")
    return ProviderNotice(**{name: getattr(item, name) for name in names}, said=parts)


def _after(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    at, _, notice_id = cursor.partition(" ")
    return datetime.fromisoformat(at), UUID(notice_id)
