"""The list of disputes: filtered, sorted, in pages, and counted. Its rows are those of `projections.caseload`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, TypeAlias, get_args
from uuid import UUID

from domain.kernel.people import Awaiting, Side, Stage
from domain.policy.reasons import ClaimReason
from projections.caseload import CASELOAD, NEVER, Standing
from projections.lives import NOW, Asked, alive
from projections.paging import Page, UnknownCursor, Where, page
from projections.table import Pool
from projections.waiting import Why

Sort: TypeAlias = Literal["due", "filed", "changed", "amount"]
Counted: TypeAlias = Literal["all", "stage", "awaiting", "waiting", "reason", "neutral"]

MOST_COUNTED = 1000
"""A greater number is told as `1,000+`: nobody works through so many."""

_VALUES: Mapping[Counted, Sequence[str]] = {
    "stage": [stage.value for stage in Stage],
    "awaiting": [awaiting.value for awaiting in Awaiting],
    "waiting": get_args(Why),
    "reason": [reason.value for reason in ClaimReason],
}

_FOR_A_NEUTRAL = (
    f"(neutral IS NULL AND awaiting = '{Awaiting.SUPERVISOR}' "
    f"AND stage IN ('{Stage.MEDIATION}', '{Stage.ADJUDICATION}', '{Stage.APPEAL}'))"
)


@dataclass(frozen=True, slots=True)
class Named:
    """The ids that one text may stand for. A dispute is found by any of them. `parties` are on either side."""

    disputes: Sequence[UUID] = ()
    transactions: Sequence[UUID] = ()
    references: Sequence[UUID] = ()
    buyers: Sequence[UUID] = ()
    sellers: Sequence[UUID] = ()

    def narrow(self, where: Where) -> None:
        columns = {
            "dispute_id": self.disputes,
            "transaction_id": self.transactions,
            "reference_key": self.references,
            "buyer_subject": self.buyers,
            "seller_subject": self.sellers,
        }
        known = {column: list(ids) for column, ids in columns.items() if ids}
        where.add(f"({' OR '.join(f'{column} = ANY(%s)' for column in known) or 'false'})", *known.values())


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which disputes of a marketplace are listed. None filters nothing.

    Of several values of one filter, a dispute has any. `changed_after` is inclusive: what was recorded at one instant may
    reach the view in two steps. A caller that asks again from the last `changed_at` sees some disputes twice and misses
    none. `due_before` is not inclusive. `party` is on either side. `for_neutral`: what is assigned to this neutral, and
    what waits for a neutral. `only` and `without` are
    disputes. `up_to`: as `awaiting`, but while the neutral waits for a reply it is up to whoever was asked
    (`waiting.asked`). `to`: the party that asks; everything is compared as this party sees it. An order, a reference
    and a seller may be on record under several ids: see `mediation.store.spellings`.
    """

    marketplace: str
    stage: Sequence[Stage] | None = None
    awaiting: Sequence[Awaiting] | None = None
    up_to: Sequence[Awaiting] | None = None
    waiting: Sequence[Why] | None = None
    reason: Sequence[ClaimReason] | None = None
    neutral: Sequence[UUID] | None = None
    transaction_ids: Sequence[UUID] | None = None
    reference_keys: Sequence[UUID] | None = None
    sellers: Sequence[UUID] | None = None
    party: UUID | None = None
    for_neutral: UUID | None = None
    named: Named | None = None
    only: Sequence[UUID] | None = None
    without: Sequence[UUID] = ()
    changed_after: datetime | None = None
    due_before: datetime | None = None
    to: Side | None = None

    def column(self, counted: Counted) -> str:
        """The column of a filter, as whoever asks sees it."""
        column = "why" if counted == "waiting" else counted
        return f"told_{column}" if self.to is not None and counted in ("awaiting", "waiting") else column

    @property
    def only_sorts(self) -> bool:
        """Whether nothing narrows the list but the columns by which disputes are counted."""
        return self == Filters(
            marketplace=self.marketplace, to=self.to, **{name: getattr(self, name) for name in _VALUES}
        )

    def where(self) -> Where:
        where = Where()
        where.equal(marketplace=self.marketplace)
        for name in _VALUES:
            _any_of(where, self.column(name), getattr(self, name))
        if self.to is not None:  # what a party is told follows from these, and they have the indexes
            _any_of(where, "awaiting", self.awaiting and _told_as(self.awaiting))
            _any_of(where, "why", self.waiting)
        if self.up_to is not None:
            self._narrow_up_to(where, self.up_to)
        _any_of(where, "neutral", self.neutral)
        where.among(dispute_id=self.only)
        if self.without:
            where.add("dispute_id <> ALL(%s)", list(self.without))
        where.among(transaction_id=self.transaction_ids, reference_key=self.reference_keys, seller_subject=self.sellers)
        if self.party is not None:
            where.add("(buyer_subject = %s OR seller_subject = %s)", self.party, self.party)
        if self.for_neutral is not None:
            where.add(f"(neutral = %s OR {_FOR_A_NEUTRAL})", self.for_neutral)
        if self.named is not None:
            self.named.narrow(where)
        if self.changed_after is not None:
            where.add("changed_at >= %s", self.changed_after)
            if self.to is not None:
                where.add(f"changed_for_{self.to.value} >= %s", self.changed_after)
        if self.due_before is not None:
            where.add(f"{self.due_column} < %s", min(self.due_before, NEVER))
        return where

    def _narrow_up_to(self, where: Where, up_to: Sequence[Awaiting]) -> None:
        """Whose move it is has the indexes, so it is compared by itself."""
        if self.to is not None:
            _any_of(where, self.column("awaiting"), up_to)
        elif _ASKED.isdisjoint(up_to):
            _any_of(where, "awaiting", up_to)
            where.add("asked IS NULL")
        else:
            where.add("coalesce(asked, awaiting) = ANY(%s)", [*up_to])

    @property
    def due_column(self) -> str:
        return "due_at" if self.to is None else "told_due_at"

    def order(self, sort: Sort) -> tuple[tuple[str, ...], bool]:
        """The columns of an order, and whether it begins with the greatest."""
        match sort:
            case "due":
                return (self.due_column, "dispute_id"), False
            case "filed":
                return ("filed_at", "dispute_id"), True
            case "changed":
                return ("changed_at" if self.to is None else f"changed_for_{self.to.value}", "dispute_id"), True
            case "amount":
                return ("currency", "-minor", "dispute_id"), False


_ASKED = {Awaiting.CLAIMANT, Awaiting.RESPONDENT, Awaiting.BOTH}
"""Whom a neutral may have asked for a reply: `waiting.asked`."""


def _told_as(awaiting: Sequence[Awaiting]) -> Sequence[Awaiting]:
    """Whose move it may be while a party is told one of these: see `domain.dispute.telling.as_shown`."""
    return [*awaiting, *([Awaiting.SUPERVISOR] if Awaiting.NEUTRAL in awaiting else [])]


def _any_of(where: Where, column: str, values: Sequence[Any] | None) -> None:
    """One value is compared with `=`, so that an index over the column and the order gives the rows in order."""
    if values is not None:
        match list(values):
            case [value]:
                where.add(f"{column} = %s", value)
            case several:
                where.add(f"{column} = ANY(%s)", several)


async def disputes(
    pool: Pool,
    filters: Filters,
    *,
    sort: Sort = "filed",
    asked: Asked = NOW,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[Standing]:
    """`due`: the first due first, and last those in which nothing is due. `filed`: the latest filed first; no later event
    changes that order. `changed`: the latest changed first. `amount`: by currency, the greatest amount in dispute first.

    Raises UnknownCursor, also for the cursor of another order.
    """
    order, descending = filters.order(sort)
    mark = "" if sort == "filed" else f"{sort}."
    if cursor is not None:
        before, dot, place = cursor.rpartition(".")
        if before + dot != mark:
            raise UnknownCursor
        cursor = place
    where = filters.where()
    await alive(where, asked, pool)
    found = await page(pool, CASELOAD, where, order=order, descending=descending, limit=limit, cursor=cursor)
    return replace(found, next=found.next and mark + found.next)


async def counts(
    pool: Pool, filters: Filters, counted: Sequence[Counted], asked: Asked = NOW
) -> dict[Counted, dict[str, int]]:
    """How many disputes have each value of a filter.

    The other filters narrow what is counted. The filter itself does not. A value that no dispute has is left out. Numbers of
    the whole marketplace come from the totals of the view. Anything else is counted in one pass over what the filters leave.
    """
    return {name: await _counts(pool, filters, name, asked) for name in counted}


async def _counts(pool: Pool, filters: Filters, name: Counted, asked: Asked) -> dict[str, int]:
    lifted: dict[str, Any] = {} if name == "all" else {name: None}
    others = replace(filters, **lifted)
    value, where = "'all'" if name == "all" else others.column(name), others.where()
    kept = CASELOAD.totals
    assert kept is not None, "this view keeps totals"
    if asked == NOW and name != "neutral" and others.only_sorts:
        source, number = kept.table(CASELOAD.table), "sum(rows)::bigint"
    else:
        source, number = CASELOAD.table, "count(*)"
        await alive(where, asked, pool)
    query = f"SELECT {value}, {number} FROM {source} WHERE {where.sql} AND {value} IS NOT NULL GROUP BY 1 HAVING {number} > 0"
    async with pool.connection() as connection:
        rows = await (await connection.execute(query.encode(), where.values, prepare=False)).fetchall()
    found = {str(value): int(number) for value, number in rows}
    if values := _VALUES.get(name):
        return {value: found[value] for value in values if value in found}
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))
