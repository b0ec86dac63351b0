"""The disputes in an incident, and what became of each act addressed to all of them.

`caseload` holds the stage of each dispute. `received` holds, by the number of each act that reached a member (or did
not):

    {act, as_number, status, code, at}

`status` is `open`, `accepted`, `refused`, `lapsed` (not answered in time), `superseded` (replaced by another), `moot`
(decided otherwise), or `not_reached`, with the code of the rule that refused it. A rejected offer is `refused` too.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.incidents.membership_facts import BulkActNotReached, BulkActReached, IncidentJoined, IncidentLeft
from domain.kernel.base import Event
from domain.kernel.money import Money
from domain.kernel.people import Awaiting, Outcome, Side, Stage
from domain.settlement.negotiation_facts import OfferAccepted, OfferExpired, OfferRejected
from domain.settlement.proposal_facts import ProposalAccepted, ProposalLapsed, ProposalRefused
from mediation.store.log.recorded import Recorded
from projections.caseload import CASELOAD
from projections.paging import Page, Where, page
from projections.table import Doc, Pool
from projections.view import Rows, View, kinds, revised


@dataclass(frozen=True, kw_only=True)
class MemberRow:
    """One dispute's time in an incident. `joined_position` shows whether an act to all was addressed to it too."""

    dispute_id: UUID
    incident_id: UUID
    marketplace: str
    joined_at: datetime
    joined_position: int
    left_at: datetime | None
    received: Doc


_ENDS: Mapping[type[Event], tuple[str, str]] = {
    ProposalRefused: ("proposal", "refused"),
    ProposalLapsed: ("proposal", "lapsed"),  # or the reason that the event itself gives
    OfferAccepted: ("offer", "accepted"),
    OfferRejected: ("offer", "refused"),
    OfferExpired: ("offer", "lapsed"),
}


def _fold(rows: Rows[MemberRow], recorded: Recorded) -> Iterable[MemberRow]:
    event = recorded.event
    match event:
        case IncidentJoined():
            return [_joined(rows, event, recorded)]
        case IncidentLeft(incident_id=incident_id):
            return [revised(r, left_at=recorded.occurred_at) for r in rows.values() if r.incident_id == incident_id]
        case BulkActReached() | BulkActNotReached():
            return [_received(r, event, recorded) for r in rows.values() if r.incident_id == event.incident_id]
        case _:
            told = ((row, _answered(row, event)) for row in rows.values())
            return [revised(row, received=received) for row, received in told if received != row.received]


def _joined(rows: Rows[MemberRow], event: IncidentJoined, recorded: Recorded) -> MemberRow:
    assert recorded.dispute_id is not None, "it is a dispute that joins"
    before = next((row for row in rows.values() if row.incident_id == event.incident_id), None)
    return MemberRow(
        dispute_id=recorded.dispute_id,
        incident_id=event.incident_id,
        marketplace=recorded.marketplace,
        joined_at=recorded.occurred_at,
        joined_position=recorded.position,
        left_at=None,
        received=before.received if before else {},
    )


def _received(row: MemberRow, event: BulkActReached | BulkActNotReached, recorded: Recorded) -> MemberRow:
    told: Doc = {
        "act": None,
        "as_number": None,
        "code": None,
        "accepted_by": [],
        "at": recorded.occurred_at.isoformat(),
    }
    if isinstance(event, BulkActReached):
        told |= {"act": event.act, "as_number": event.as_number, "status": "open"}
    else:
        told |= {"code": event.code, "status": "not_reached"}
    return revised(row, received={**row.received, str(event.number): told})


def _answered(row: MemberRow, event: Event) -> Doc:
    """`received` after an event about an offer or a proposal of the incident; unchanged for any other."""
    if isinstance(event, ProposalAccepted):
        act, status = "proposal", "open"
    else:
        act, status = _ENDS[type(event)]
    if isinstance(event, OfferExpired | ProposalLapsed):
        status = event.why
    number: int = event.number  # type: ignore[attr-defined] # all of them have one
    changed = dict(row.received)
    for key, told in row.received.items():
        if (told["act"], told["as_number"], told["status"]) == (act, number, "open"):
            if isinstance(event, ProposalAccepted):
                both = sorted({*told["accepted_by"], event.by.value})
                status = "accepted" if len(both) == len(Side) else "open"
                changed[key] = {**told, "accepted_by": both, "status": status}
            else:
                changed[key] = {**told, "status": status}
    return changed


INCIDENT_MEMBERS = View(
    title="incident_members",
    version=2,
    row=MemberRow,
    key=("dispute_id", "incident_id"),
    concerns=kinds(
        IncidentJoined,
        IncidentLeft,
        BulkActReached,
        BulkActNotReached,
        ProposalAccepted,
        *_ENDS,
    ),
    fold=_fold,
    indexes=("(incident_id, dispute_id) WHERE left_at IS NULL", "(incident_id) WHERE left_at IS NOT NULL"),
)

_STANDING = f"""(SELECT m.*, c.stage, c.awaiting, c.outcome, c.currency, c.minor FROM {INCIDENT_MEMBERS.table} m
JOIN {CASELOAD.table} c ON c.dispute_id = m.dispute_id AND c.ended_position IS NULL WHERE m.left_at IS NULL) member"""


async def members(
    pool: Pool,
    marketplace: str,
    incident_id: UUID,
    *,
    stage: Stage | None = None,
    awaiting: Awaiting | None = None,
    outcome: Outcome | None = None,
    act: int | None = None,
    status: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[MemberRow]:
    """The present members. `act`: only those that it reached or failed to reach; `status`: only those where it has it, or
    where any act has it."""
    where = Where()
    where.equal(marketplace=marketplace, incident_id=incident_id, stage=stage, awaiting=awaiting, outcome=outcome)
    match act, status:
        case None, str():
            where.add("EXISTS (SELECT FROM jsonb_each(received) r WHERE r.value ->> 'status' = %s)", status)
        case int(), None:
            where.add("received ? %s::text", str(act))
        case int(), str():
            where.add("received -> %s ->> 'status' = %s", str(act), status)
        case _:
            pass
    order = ("dispute_id",)
    return await page(pool, INCIDENT_MEMBERS, where, order=order, limit=limit, cursor=cursor, source=_STANDING)


@dataclass(frozen=True, slots=True)
class Sum:
    """The amounts in dispute in one currency: over all members, and over those without an outcome yet."""

    disputes: int
    in_dispute: Money
    undecided: Money


@dataclass(slots=True)
class Answers:
    """What became of one act: how many members have still to get it, how many have each status, and why others did not."""

    pending: int = 0
    by_status: dict[str, int] = field(default_factory=dict)
    not_reached: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Progress:
    """An incident as a whole. `answers` are by the number of the act."""

    members: int = 0
    left: int = 0
    by_stage: dict[str, int] = field(default_factory=dict)
    by_awaiting: dict[str, int] = field(default_factory=dict)
    by_outcome: dict[str, int] = field(default_factory=dict)
    amounts: list[Sum] = field(default_factory=list)
    answers: dict[int, Answers] = field(default_factory=dict)


_STANDINGS = f"""SELECT stage, awaiting, outcome, currency, count(*), sum(minor)::bigint FROM {_STANDING}
WHERE marketplace = %s AND incident_id = %s GROUP BY 1, 2, 3, 4"""
_LEFT = f"""SELECT count(*) FROM {INCIDENT_MEMBERS.table}
WHERE marketplace = %s AND incident_id = %s AND left_at IS NOT NULL"""
_RECEIVED = f"""SELECT r.key::int, r.value ->> 'status', r.value ->> 'code', count(*)
FROM {INCIDENT_MEMBERS.table} m, jsonb_each(m.received) r
WHERE marketplace = %s AND incident_id = %s AND left_at IS NULL GROUP BY 1, 2, 3"""
_PENDING = f"""SELECT a.number, count(*) FROM unnest(%s::int[], %s::bigint[]) a (number, position)
JOIN {INCIDENT_MEMBERS.table} m ON m.joined_position < a.position AND NOT m.received ? a.number::text
WHERE marketplace = %s AND incident_id = %s AND left_at IS NULL GROUP BY 1"""


async def progress(pool: Pool, marketplace: str, incident_id: UUID, acts: Collection[Doc]) -> Progress:
    """Counted by the database over the present members. `acts` are those of the incident's document."""
    about = (marketplace, incident_id)
    numbers, positions = [act["number"] for act in acts], [act["position"] for act in acts]
    async with pool.connection() as connection:
        standings = await (await connection.execute(_STANDINGS, about)).fetchall()
        left = await (await connection.execute(_LEFT, about)).fetchone()
        received = await (await connection.execute(_RECEIVED, about)).fetchall()
        pending = await (await connection.execute(_PENDING, (numbers, positions, *about))).fetchall()
    whole = Progress(left=left[0] if left else 0, answers={number: Answers() for number in numbers})
    _count(whole, standings)
    for number, status, code, count in received:
        answers = whole.answers.setdefault(number, Answers())
        if code is None:
            answers.by_status[status] = count
        else:
            answers.not_reached[code] = count
    for number, count in pending:
        whole.answers[number].pending = count
    return whole


async def sizes(pool: Pool, incident_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many members each of these incidents has now."""
    query = f"""SELECT incident_id, count(*) FROM {INCIDENT_MEMBERS.table}
    WHERE incident_id = ANY(%s) AND left_at IS NULL GROUP BY 1"""
    async with pool.connection() as connection:
        return dict(await (await connection.execute(query, (list(incident_ids),))).fetchall())


def _count(whole: Progress, standings: Iterable[tuple[Any, ...]]) -> None:
    sums: dict[str, list[int]] = {}
    for stage, awaiting, outcome, currency, count, minor in standings:
        whole.members += count
        for tally, name in ((whole.by_stage, stage), (whole.by_awaiting, awaiting), (whole.by_outcome, outcome)):
            if name is not None:
                tally[name] = tally.get(name, 0) + count
        disputes, total, undecided = sums.get(currency, [0, 0, 0])
        sums[currency] = [disputes + count, total + minor, undecided + (minor if outcome is None else 0)]
    whole.amounts = [Sum(n, Money(total, c), Money(open_, c)) for c, (n, total, open_) in sorted(sums.items())]
