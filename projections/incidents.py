"""The incidents of a marketplace: what each is about, what it shares, and the acts addressed to all of its members.

The document's fields, with personal texts sealed and instants in ISO 8601 (UTC):

    id what title reason by opened_at
    shared    [{number, form, by, text, file, rests_on, shared_at}]                 (form: exhibit, finding)
    acts      [{number, act, by, neutral, party, terms, words, made_at, position}]  (act: proposal, offer)
    closure   {by, reason, at}
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from uuid import UUID

from domain.evidence.exhibits import citable_at
from domain.incidents.incident_facts import (
    ExhibitShared,
    FindingShared,
    IncidentClosed,
    IncidentEvent,
    IncidentKind,
    IncidentOpened,
    OfferedToAll,
    ProposedToAll,
)
from domain.kernel.base import Role
from domain.policy.policy import Policy
from mediation.store.log.recorded import Recorded
from projections.case_story.items import instant
from projections.paging import Page, Where, page
from projections.table import Doc, Pool
from projections.view import Rows, View, kinds, revised


@dataclass(frozen=True, kw_only=True)
class IncidentRow:
    """One incident. Its members are rows of `incident_members`."""

    stream_id: UUID
    marketplace: str
    what: str
    opened_at: datetime
    closed_at: datetime | None
    doc: Doc


def _fold(rows: Rows[IncidentRow], recorded: Recorded) -> Iterable[IncidentRow]:
    event = recorded.event
    assert isinstance(event, IncidentEvent), "a fact that this view concerns"
    if isinstance(event, IncidentOpened):
        return [_opened(event, recorded)]
    before = next(iter(rows.values()), None)
    if before is None:
        return []  # the facts end before it was opened
    closed_at = recorded.occurred_at if isinstance(event, IncidentClosed) else before.closed_at
    return [revised(before, closed_at=closed_at, doc={**before.doc, **_changes(before.doc, event, recorded)})]


def _opened(event: IncidentOpened, recorded: Recorded) -> IncidentRow:
    told = event.model_dump(mode="json", exclude={"incident_id"})
    doc = {"id": str(event.incident_id), **told, "opened_at": instant(recorded.occurred_at)}
    return IncidentRow(
        stream_id=recorded.stream_id,
        marketplace=recorded.marketplace,
        what=event.what.value,
        opened_at=recorded.occurred_at,
        closed_at=None,
        doc={**doc, "shared": [], "acts": [], "closure": None},
    )


def _changes(doc: Doc, event: IncidentEvent, recorded: Recorded) -> Doc:
    told, at = event.model_dump(mode="json"), instant(recorded.occurred_at)
    match event:
        case ExhibitShared():
            item = {**told, "form": "exhibit", "text": told["description"], "rests_on": []}
            return {"shared": [*doc["shared"], _without(item, "description")]}
        case FindingShared():
            item = {**told, "form": "finding", "text": told["finding"], "file": None}
            return {"shared": [*doc["shared"], _without(item, "finding")]}
        case ProposedToAll():
            said = {**told, "act": "proposal", "by": Role.NEUTRAL.value, "party": None, "words": told["reasons"]}
            return {"acts": [*doc["acts"], _said(_without(said, "reasons"), recorded)]}
        case OfferedToAll():
            said = {**told, "act": "offer", "neutral": None, "words": told["message"]}
            return {"acts": [*doc["acts"], _said(_without(said, "message"), recorded)]}
        case IncidentClosed():
            return {"closure": {**told, "at": at}}
        case IncidentOpened():
            raise AssertionError("an incident is opened once")
        case _:
            assert_never(event)


def _said(act: Doc, recorded: Recorded) -> Doc:
    return {**act, "made_at": instant(recorded.occurred_at), "position": recorded.position}


def _without(item: Doc, name: str) -> Doc:
    return {key: value for key, value in item.items() if key != name}


INCIDENTS = View(
    title="incidents",
    version=1,
    row=IncidentRow,
    key=("stream_id",),
    concerns=kinds(IncidentEvent),
    fold=_fold,
    indexes=("(marketplace, opened_at, stream_id)",),
    of_each="stream_id",
)


async def incidents(
    pool: Pool,
    marketplace: str,
    *,
    what: IncidentKind | None = None,
    closed: bool | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[IncidentRow]:
    """The latest opened first."""
    where = Where()
    where.equal(marketplace=marketplace, what=what)
    where.filled(closed_at=closed)
    order = ("opened_at", "stream_id")
    return await page(pool, INCIDENTS, where, order=order, descending=True, limit=limit, cursor=cursor)


def of(facts: Iterable[Recorded]) -> Doc | None:
    """The document after these facts of one incident; None if they do not open it."""
    rows = INCIDENTS.of(facts)
    return rows[0].doc if rows else None


def shared(doc: Doc, incident: Doc | None, policy: Policy) -> Doc:
    """A dispute's case file with what its incident shares: when each item becomes citable in it, and its answers there."""
    joined_at = datetime.fromisoformat(doc["incident"]["joined_at"])
    told = []
    for item in incident["shared"] if incident else []:
        since = max(joined_at, datetime.fromisoformat(item["shared_at"]))
        ripe_at = None if doc["imported"] else instant(citable_at(policy, since))
        answers = [a for a in doc["shared_answers"] if _answers(a, doc, item)]
        told.append({**item, "citable_at": ripe_at, "answers": answers})
    return {**doc, "shared": told}


def _answers(answer: Doc, doc: Doc, item: Doc) -> bool:
    return bool((answer["incident_id"], answer["number"]) == (doc["incident"]["id"], item["number"]))
