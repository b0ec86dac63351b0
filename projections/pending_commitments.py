"""What is owed: every commitment from the event that made it to the event that ended it. No commitment is ever lost.

    pending → overdue → kept | kept_late | waived | replaced | discharged

One row per life of a commitment. An overdue commitment stays overdue until an event says how it ended. In an imported
past case no event says that a commitment was broken: there it is overdue from its due instant on, by the instant asked
for (`_overdue_at`). While such a case is stayed, nothing falls due in it, as in any other.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias, assert_never
from uuid import UUID

from psycopg.rows import class_row

from domain.commitments.events import (
    CommitmentBreached,
    CommitmentClass,
    CommitmentDeferred,
    CommitmentDischarged,
    CommitmentEvent,
    CommitmentKept,
    CommitmentKind,
    CommitmentMade,
    CommitmentPassed,
    CommitmentReplaced,
    CommitmentWaived,
    Matter,
    Origin,
    Participant,
)
from domain.commitments.state import Commitment
from domain.kernel.money import Money
from domain.kernel.people import Text
from domain.payments.execution_facts import (
    ExecutionEvent,
    RefundReferred,
    RefundReturned,
    RefundStalled,
    RefundUnderway,
)
from mediation.store.log.recorded import Recorded
from projections.caseload import CASELOAD, past_cases
from projections.lives import NOW, Asked, Life, alive, succeed
from projections.mandates import MANDATES
from projections.paging import Page, Where, page
from projections.table import Doc, Pool
from projections.totals import Totals
from projections.view import Rows, View, kinds, revised

Status: TypeAlias = Literal["open", "pending", "overdue", "ended", "all"]

_OPEN = "status IN ('pending', 'overdue')"
_UNCOUNTED = frozenset({"waived", "replaced", "discharged"})
"""What ended in one of these ways counts for nobody, unless it was broken before."""
_NARROWED = "status, kind, owed_by, owed_to, commitment_class"
"""The columns that filter a list. They end the index, so that rows that do not match are skipped unread."""

_IMPORTED = f"dispute_id IN (SELECT c.dispute_id FROM {CASELOAD.table} c WHERE c.imported)"

_STATUS: Mapping[Status, str] = {
    "open": _OPEN,
    "pending": "status = 'pending'",
    "overdue": "status = 'overdue'",
    "ended": f"NOT {_OPEN}",
    "all": "true",
}


@dataclass(frozen=True, kw_only=True)
class OwedCommitment(Life):
    """`minor` are minor units of `currency`. `by` is who ended it, and `end_note` what they said; notes are sealed.

    `refund_id` is the refund that carries it out, once that has begun. `because_of` is the broken commitment from which
    this one follows. `message` is the number of the message in which it was made. `about` is a
    `domain.commitments.events.Matter`, `kept_by` a `domain.commitments.events.KeptBy`. `about_refund` is the refund that
    failed, or came back, about which somebody has to decide. `falls_due_at` is when it falls
    due for its present debtor: not before that one owed it. `broken`: this is the last life in which its debtor owed it,
    overdue, before it passed on, was waived, replaced or discharged.
    """

    commitment_id: UUID
    dispute_id: UUID
    marketplace: str
    number: int
    commitment_class: str
    kind: str
    owed_by: str
    owed_to: str
    subject: UUID | None
    minor: int | None
    currency: str | None
    due_at: datetime
    proof: Doc | None
    arises_from: str
    note: Doc | None
    status: str
    by: str | None = None
    end_note: Doc | None = None
    replaced_by: UUID | None = None
    refund_id: UUID | None = None
    because_of: UUID | None = None
    message: int | None = None
    about: Doc | None = None
    kept_by: Doc | None = None
    about_refund: UUID | None = None
    falls_due_at: datetime
    broken: bool = False

    @property
    def amount(self) -> Money | None:
        return None if self.minor is None or self.currency is None else Money(self.minor, self.currency)

    @property
    def owed(self) -> Commitment:
        """The commitment, without what only decisions need."""
        owed_by = Participant(self.owed_by)
        return Commitment(
            id=self.commitment_id,
            number=self.number,
            commitment_class=CommitmentClass(self.commitment_class),
            kind=CommitmentKind(self.kind),
            owed_by=owed_by,
            owed_to=Participant(self.owed_to),
            amount=self.amount,
            due_at=self.due_at,
            arises_from=Origin(self.arises_from),
            subject=self.subject,
            passed=owed_by is not Participant.NEUTRAL,
            about=Matter.model_validate(self.about) if self.about else None,
        )


_Event: TypeAlias = CommitmentEvent | ExecutionEvent


def _fold(  # noqa: C901 - one arm a kind of fact
    rows: Rows[OwedCommitment], recorded: Recorded
) -> Iterable[OwedCommitment]:
    event = recorded.event
    assert isinstance(event, _Event), "a fact that this view concerns"
    match event:
        case CommitmentMade():
            return [_made(event, recorded)]
        case CommitmentDeferred():
            row = _living(rows, event.commitment_id)
            got_at = row.falls_due_at if row.falls_due_at > row.due_at else event.due_at
            changes: dict[str, Any] = {"due_at": event.due_at, "falls_due_at": max(event.due_at, got_at)}
        case CommitmentBreached():
            changes = {"status": "overdue"}
        case CommitmentKept():
            status = "kept_late" if event.late else "kept"
            changes = {"status": status, "by": event.by.value, "end_note": _note(event.note)}
            changes["kept_by"] = event.kept_by.model_dump(mode="json") if event.kept_by else None
            if event.refund_id is not None:
                changes["refund_id"] = event.refund_id
        case CommitmentWaived():
            changes = {"status": "waived", "by": event.by.value, "end_note": _note(event.note)}
        case CommitmentReplaced():
            changes = {"status": "replaced", "by": event.by.value, "replaced_by": event.replaced_by}
        case CommitmentPassed():
            row = _living(rows, event.commitment_id)
            changes = {"owed_by": event.owed_by.value, "subject": event.subject}
            changes["falls_due_at"] = max(row.due_at, recorded.occurred_at)
        case CommitmentDischarged():
            changes = {"status": "discharged"}
        case RefundUnderway():
            changes = {"refund_id": event.refund_id}
        case RefundReferred():
            # of the same act as the commitment to decide
            return [revised(_living(rows, event.decision_id), about_refund=event.refund_id)]
        case RefundStalled() | RefundReturned():
            return []  # still owed, as before; money that came back is owed again in a row of its own
        case _:
            assert_never(event)
    ended, begun = succeed(_living(rows, event.commitment_id), recorded, **changes)
    left = begun.status in _UNCOUNTED or (begun.owed_by, begun.subject) != (ended.owed_by, ended.subject)
    return (revised(ended, broken=True) if left and ended.status == "overdue" else ended), begun


def _made(event: CommitmentMade, recorded: Recorded) -> OwedCommitment:
    promise = event.promise
    assert recorded.dispute_id is not None, "a commitment belongs to a dispute"
    return OwedCommitment(
        n=1,
        began_at=recorded.occurred_at,
        began_position=recorded.position,
        commitment_id=event.commitment_id,
        dispute_id=recorded.dispute_id,
        marketplace=recorded.marketplace,
        number=event.number,
        commitment_class=event.commitment_class.value,
        kind=promise.kind.value,
        owed_by=promise.owed_by.value,
        owed_to=promise.owed_to.value,
        subject=promise.subject,
        minor=promise.amount.minor if promise.amount else None,
        currency=promise.amount.currency if promise.amount else None,
        due_at=promise.due_at,
        falls_due_at=promise.due_at,
        proof=promise.proof.model_dump(mode="json") if promise.proof else None,
        arises_from=event.arises_from.value,
        because_of=event.because_of,
        message=event.message,
        about=promise.about.model_dump(mode="json") if promise.about else None,
        note=_note(promise.note),
        status="pending",
    )


def _living(rows: Rows[OwedCommitment], commitment_id: UUID) -> OwedCommitment:
    for row in rows.values():
        if row.commitment_id == commitment_id and row.ended_position is None:
            return row
    raise LookupError("a commitment that was never made, or has ended")


def _note(text: Text | None) -> Doc | None:
    return text.model_dump(mode="json") if text else None


PENDING_COMMITMENTS = View(
    title="pending_commitments",
    version=8,
    row=OwedCommitment,
    key=("commitment_id", "n"),
    concerns=kinds(CommitmentEvent, ExecutionEvent),
    fold=_fold,
    needs=f"ended_position IS NULL AND {_OPEN}",
    indexes=(
        f"(marketplace, due_at, commitment_id, {_NARROWED}) WHERE ended_position IS NULL AND {_OPEN}",
        f"(subject, due_at, commitment_id) WHERE ended_position IS NULL AND {_OPEN}",
        "(marketplace, due_at, commitment_id)",
        "(marketplace, falls_due_at) WHERE ended_position IS NULL OR broken",
        "(dispute_id)",
    ),
    totals=Totals(
        by=("marketplace", "commitment_class", "kind", "owed_by", "owed_to", "status", "currency"),
        of="minor",
        counts=lambda row: row.ended_position is None,
    ),
)


async def commitments(
    pool: Pool,
    marketplace: str | None,
    *,
    status: Status = "open",
    dispute_id: UUID | None = None,
    owed_by: Participant | None = None,
    owed_to: Participant | None = None,
    subject: UUID | None = None,
    commitment_class: CommitmentClass | None = None,
    kind: CommitmentKind | None = None,
    due_after: datetime | None = None,
    due_before: datetime | None = None,
    desk: str | None = None,
    without: Sequence[Mapping[str, Collection[str]]] = (),
    asked: Asked = NOW,
    at: datetime | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[OwedCommitment]:
    """What is owed, the first due first; `due_after` is included, `due_before` is not. `at` is the instant at which it
    counts whether something in an imported past case is overdue; None is now.

    Without a marketplace it covers the whole cell. `desk`: what its neutrals owe. `without` leaves out what the
    reader may not see, the rows with all values of one of these; no page is shorter because of that. The others are
    numbered among themselves.
    """
    where = Where()
    at = at or asked.as_of or asked.known_at or datetime.now(UTC)
    match status:
        case "pending":
            past_due, *values = await _past_due(pool, PENDING_COMMITMENTS.table, at, asked)
            where.add(f"{_STATUS[status]} AND NOT ({past_due})", *values)
        case "overdue":
            past_due, *values = await _past_due(pool, PENDING_COMMITMENTS.table, at, asked)
            where.add(f"({_STATUS[status]} OR (status = 'pending' AND {past_due}))", *values)
        case _:
            where.add(_STATUS[status])
    where.equal(marketplace=marketplace, dispute_id=dispute_id, owed_by=owed_by, owed_to=owed_to)
    where.equal(subject=subject, commitment_class=commitment_class, kind=kind)
    _due_within(where, due_after, due_before)
    if desk is not None:
        where.add(
            f"(marketplace, subject) IN (SELECT marketplace, neutral FROM {MANDATES.table} WHERE desk = %s)", desk
        )
    _leave_out(where, without)
    await alive(where, asked, pool)
    order = ("due_at", "commitment_id")
    found = await page(pool, PENDING_COMMITMENTS, where, order=order, limit=limit, cursor=cursor)
    rows = await _overdue_at(pool, found.rows, at, asked)
    if without and rows:
        numbers = await _numbers(pool, {row.dispute_id for row in rows}, without)
        rows = [revised(row, number=numbers[row.commitment_id]) for row in rows]
    return replace(found, rows=rows)


async def _numbers(
    pool: Pool, dispute_ids: Collection[UUID], without: Sequence[Mapping[str, Collection[str]]]
) -> dict[UUID, int]:
    """The numbers of the commitments of these disputes among those that the reader may see. `without`: see `commitments`."""
    where = Where()
    where.add("n = 1 AND dispute_id = ANY(%s)", list(dispute_ids))
    _leave_out(where, without)
    query = (
        "SELECT commitment_id, row_number() OVER (PARTITION BY dispute_id ORDER BY number) "
        f"FROM {PENDING_COMMITMENTS.table} WHERE {where.sql}"
    )
    async with pool.connection() as connection:
        return dict(await (await connection.execute(query.encode(), where.values)).fetchall())


def _leave_out(where: Where, without: Sequence[Mapping[str, Collection[str]]]) -> None:
    for untold in without:
        where.add(f"NOT ({' AND '.join(f'{column} = ANY(%s)' for column in untold)})", *map(sorted, untold.values()))


async def _past_due(pool: Pool, owed: str, at: datetime, asked: Asked = NOW) -> tuple[Any, ...]:
    """The condition that a commitment of an imported past case is past due, and its values. `owed` names the rows.

    What was to fall due later than a stay began has not fallen due.
    """
    stayed = Where()
    await alive(stayed, asked, pool)
    condition = (
        f"{owed}.due_at <= %s AND {owed}.{_IMPORTED} AND NOT EXISTS (SELECT FROM {CASELOAD.table} s "
        f"WHERE s.dispute_id = {owed}.dispute_id AND s.stayed_since < {owed}.due_at AND {stayed.sql})"
    )
    return condition, at, *stayed.values


async def _overdue_at(pool: Pool, rows: list[OwedCommitment], at: datetime, asked: Asked) -> list[OwedCommitment]:
    """The rows, where those of imported past cases are overdue from their due instant on: nothing lapses there."""
    past_due = {row.dispute_id for row in rows if row.status == "pending" and row.due_at <= at}
    stayed_since = await past_cases(pool, past_due, asked) if past_due else {}

    def overdue(row: OwedCommitment) -> bool:
        if row.status != "pending" or row.due_at > at or row.dispute_id not in stayed_since:
            return False
        since = stayed_since[row.dispute_id]
        return since is None or row.due_at <= since

    return [
        revised(row, status="overdue", began_at=max(row.began_at, row.due_at)) if overdue(row) else row for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Owed:
    """How many commitments of a marketplace have one status, and their sum in minor units of `currency`, if any."""

    status: str
    currency: str | None
    count: int
    minor: int | None


async def totals(
    pool: Pool,
    marketplace: str,
    *,
    owed_by: Participant | None = None,
    owed_to: Participant | None = None,
    commitment_class: CommitmentClass | None = None,
    kind: CommitmentKind | None = None,
    at: datetime | None = None,
) -> list[Owed]:
    """How many commitments have each status, by currency, of all that were ever made. Read from the stored totals.

    Of imported past cases, what is past due at `at` is counted again, because the totals know no breach of it.
    """
    where = Where()
    where.equal(marketplace=marketplace, owed_by=owed_by, owed_to=owed_to, commitment_class=commitment_class, kind=kind)
    kept = PENDING_COMMITMENTS.totals
    assert kept is not None, "this view keeps totals"
    query = (
        f"SELECT status, currency, sum(rows)::bigint AS count, sum(minor)::bigint AS minor "
        f"FROM {kept.table(PENDING_COMMITMENTS.table)} WHERE {where.sql} "
        "GROUP BY status, currency HAVING sum(rows) > 0 ORDER BY status, currency NULLS FIRST"
    )
    async with pool.connection() as connection:
        found = await (await connection.execute(query.encode(), where.values)).fetchall()
        past_due, *values = await _past_due(pool, PENDING_COMMITMENTS.table, at or datetime.now(UTC))
        where.add(f"ended_position IS NULL AND status = 'pending' AND {past_due}", *values)
        recounted = (
            f"SELECT currency, count(*), coalesce(sum(minor), 0)::bigint FROM {PENDING_COMMITMENTS.table} "
            f"WHERE {where.sql} GROUP BY currency"
        )
        moved = await (await connection.execute(recounted.encode(), where.values)).fetchall()
    counted = {(status, currency): (count, minor or 0) for status, currency, count, minor in found}
    for currency, count, minor in moved:
        for status, sign in (("pending", -1), ("overdue", 1)):
            before = counted.get((status, currency), (0, 0))
            counted[status, currency] = (before[0] + sign * count, before[1] + sign * minor)
    by_name = sorted(counted.items(), key=lambda one: (one[0][0], one[0][1] or ""))
    return [Owed(s, currency, n, minor if currency else None) for (s, currency), (n, minor) in by_name if n]


Whose: TypeAlias = Literal["marketplace", "desk", "neutral", "seller"]

_DEBTORS: Mapping[Whose, tuple[str, str, str]] = {
    "marketplace": ("c.marketplace", "", "true"),
    "desk": (
        "m.desk",
        "JOIN {mandates} m ON (m.marketplace, m.neutral) = (c.marketplace, c.subject)",
        "m.desk IS NOT NULL",
    ),
    "neutral": ("c.subject::text", "", "c.owed_by = 'neutral' AND c.subject IS NOT NULL"),
    "seller": ("c.subject::text", "", "c.owed_by = 'seller'"),
}
"""For each kind of debtor: the column that identifies it, the join for that, and the filter for its commitments."""


@dataclass(frozen=True, slots=True)
class Punctuality:
    """Of what fell due in a period: how much was kept on time, kept late, or not kept yet. `broken` was broken by this
    debtor, who owes it no more: it passed on, was waived, replaced or discharged. Before it is broken, what ends so counts
    for nobody. `dispute_id` is one of the disputes in which it was owed."""

    who: str
    on_time: int
    late: int
    overdue: int
    broken: int
    dispute_id: UUID

    @property
    def share(self) -> float | None:
        """The part kept on time, of all that counts; None if nothing counts."""
        of = self.on_time + self.late + self.overdue + self.broken
        return self.on_time / of if of else None


async def punctuality(
    pool: Pool,
    marketplace: str,
    by: Whose,
    *,
    due_after: datetime | None = None,
    due_before: datetime | None = None,
    at: datetime | None = None,
    limit: int = 100,
) -> list[Punctuality]:
    """How punctually each debtor kept commitments, the worst first; `due_after` is included, `due_before` is not.

    A commitment that passed on counts for each of its debtors: for the first from its due instant, for the next from when
    they got it, if that was later. `at`: see `commitments`.
    """
    who, join, theirs = _DEBTORS[by]
    whose = Where()
    whose.add("c.marketplace = %s", marketplace)
    whose.add(theirs)
    _due_within(whose, due_after, due_before, "falls_due_at")
    past_due, *values = await _past_due(pool, "c", at or datetime.now(UTC))
    counts = f"status IN ('kept', 'kept_late', 'overdue') OR (status = 'pending' AND {past_due})"
    table = f"{PENDING_COMMITMENTS.table} c {join.format(mandates=MANDATES.table)} WHERE {whose.sql}"
    query = f"""SELECT who, count(*) FILTER (WHERE status = 'kept') AS on_time,
        count(*) FILTER (WHERE status = 'kept_late') AS late,
        count(*) FILTER (WHERE status IN ('overdue', 'pending') AND NOT broken) AS overdue,
        count(*) FILTER (WHERE broken) AS broken,
        (array_agg(dispute_id))[1] AS dispute_id
        FROM (SELECT {who} AS who, status, broken, c.dispute_id FROM {table}
              AND (broken OR (c.ended_position IS NULL AND ({counts})))
              UNION ALL SELECT {who}, status, true, c.dispute_id FROM {table} AND {_broken_in_the_past()}) counted
        GROUP BY who
        ORDER BY count(*) FILTER (WHERE status = 'kept')::numeric / count(*), count(*) DESC, who LIMIT {limit}"""
    values = [*whose.values, *values, *whose.values, sorted(_UNCOUNTED)]
    async with pool.connection() as connection, connection.cursor(row_factory=class_row(Punctuality)) as cursor:
        return await (await cursor.execute(query.encode(), values)).fetchall()


def _broken_in_the_past() -> str:
    """The condition that a life of an imported past case ended past its due instant, and its debtor owed it no more. The
    fold cannot tell: no event says of an imported commitment that it was broken. Its value are the uncounted statuses.
    """
    return (
        "c.ended_position IS NOT NULL AND NOT c.broken AND c.status = 'pending' AND c.due_at <= c.ended_at "
        f"AND c.{_IMPORTED} AND EXISTS (SELECT FROM {PENDING_COMMITMENTS.table} later "
        "WHERE (later.commitment_id, later.n) = (c.commitment_id, c.n + 1) AND (later.status = ANY(%s) "
        "OR (later.owed_by, later.subject) IS DISTINCT FROM (c.owed_by, c.subject))) "
        f"AND NOT EXISTS (SELECT FROM {CASELOAD.table} s WHERE s.dispute_id = c.dispute_id "
        "AND s.stayed_since < c.due_at AND s.began_at <= c.ended_at AND (s.ended_at IS NULL OR s.ended_at > c.ended_at))"
    )


def _due_within(where: Where, due_after: datetime | None, due_before: datetime | None, column: str = "due_at") -> None:
    if due_after is not None:
        where.add(f"{column} >= %s", due_after)
    if due_before is not None:
        where.add(f"{column} < %s", due_before)


@dataclass(frozen=True, slots=True)
class OpenCommitments:
    """How many open commitments of all marketplaces a kind of debtor owes, pending or overdue."""

    status: str
    owed_by: str
    imported: bool
    count: int


async def open_commitments(pool: Pool, at: datetime) -> list[OpenCommitments]:
    """For the metrics. Those of imported past cases stand apart: nobody can keep most of them any more."""
    kept = PENDING_COMMITMENTS.totals
    assert kept is not None, "this view keeps totals"
    table = kept.table(PENDING_COMMITMENTS.table)
    every = f"SELECT status, owed_by, sum(rows)::bigint FROM {table} WHERE {_OPEN} GROUP BY 1, 2"
    past = (
        f"SELECT status, owed_by, status = 'pending' AND due_at <= %s, count(*) FROM {PENDING_COMMITMENTS.table} "
        f"WHERE ended_position IS NULL AND {_OPEN} AND {_IMPORTED} GROUP BY 1, 2, 3"
    )
    async with pool.connection() as connection:
        counted = Counter({(s, who, False): n for s, who, n in await (await connection.execute(every)).fetchall()})
        for status, who, past_due, count in await (await connection.execute(past, (at,))).fetchall():
            counted[status, who, False] -= count
            counted["overdue" if past_due else status, who, True] += count
    return [OpenCommitments(*key, count) for key, count in sorted(counted.items()) if count > 0]
