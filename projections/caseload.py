"""Where every dispute stands: one row per life of its standing. `projections.dispute_list` lists, filters and counts them.

A standing is the stage, whose move it is and what is awaited, the outcome, the neutral, the amount in dispute, and since when
it is stayed.
`changed_at` is when the engine last recorded anything about the dispute, messages included. It changes without ending a
life. For a party it is when the engine last recorded anything that this party is told.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.clocks.stay_facts import DisputeResumed, DisputeStayed
from domain.dispute import telling
from domain.dispute.events import DisputeEvent, MovePassed
from domain.dispute.outcome import DECIDING
from domain.dispute.telling import Telling
from domain.filing.filing_facts import DisputeFiled
from domain.filing.response_facts import Answer, ResponseGiven
from domain.kernel.base import Event
from domain.kernel.money import Money
from domain.kernel.people import Awaiting, Side, Stage
from domain.neutral.escalation_facts import NeutralAssigned, NeutralReleased
from domain.payments.refund_facts import RefundEvent
from domain.remedies.elsewhere_facts import RefundedElsewhere, RefundElsewhereTakenBack
from domain.ruling.ruling_facts import (
    AppealWithdrawn,
    CoSignatureRefused,
    RulingCoSigned,
    RulingIssued,
    UnsignedRulingEnded,
)
from domain.settlement.conversation_facts import MessagePosted
from mediation.store.log.recorded import Recorded
from projections import waiting
from projections.lives import NOW, Asked, Life, alive, succeed
from projections.outcomes import outcome_of
from projections.paging import Where, select
from projections.table import Doc, Pool
from projections.totals import Totals
from projections.view import Rows, View, kinds, revised
from projections.waiting import AWAITED, Due, Waiting, kept, unsigned

NEVER = datetime(9000, 1, 1, tzinfo=UTC)
"""The due instant, in the order of the list, of a dispute in which nothing is due."""

OF_DESK = frozenset({Awaiting.NEUTRAL.value, Awaiting.SUPERVISOR.value})
"""While one of these has the move, a party is not told what a dispute waits for: it could reveal a ruling that awaits its
co-signature."""


@dataclass(frozen=True, kw_only=True)
class Standing(Life):
    """`reference` is sealed. `minor` is the amount still in dispute, in minor units of `currency`. `ruled` is the
    outcome in each ruling, by number; it becomes the outcome of the dispute once that ruling is final. `awaited` is what
    `projections.waiting` keeps, `moved_at` when it became somebody's move, `unsigned` the ruling that awaits a co-signature,
    `asked` whom the neutral has asked for a reply (`waiting.asked`). `known_since` is when the engine recorded that this life
    began. `telling` is what decides which later facts the parties are told (`domain.dispute.telling`), without the counts.
    """

    dispute_id: UUID
    marketplace: str
    reference: str
    reference_key: UUID
    transaction_id: UUID
    reason: str
    claimant: str
    buyer_subject: UUID
    seller_subject: UUID
    imported: bool
    stage: str
    awaiting: str
    outcome: str | None = None
    ruled: Doc = field(default_factory=dict)
    awaited: Doc = field(default_factory=dict)
    unsigned: Doc | None = None
    neutral: UUID | None = None
    stayed_since: datetime | None = None
    minor: int
    currency: str
    filed_at: datetime
    changed_at: datetime
    moved_at: datetime
    known_since: datetime
    changed_for_buyer: datetime
    changed_for_seller: datetime
    telling: Doc
    parties: Doc
    messages: int = 0
    told_awaiting: str
    why: str | None = None
    told_why: str | None = None
    asked: str | None = None
    due_at: datetime = NEVER
    told_due_at: datetime = NEVER
    filed_position: int

    @property
    def waits_for_a_neutral(self) -> bool:
        """Whether it is in the list of every neutral: nobody has it yet."""
        waiting = (Stage.MEDIATION.value, Stage.ADJUDICATION.value, Stage.APPEAL.value)
        return self.neutral is None and self.awaiting == Awaiting.SUPERVISOR.value and self.stage in waiting

    def changed_for(self, side: Side | None) -> datetime:
        if side is None:
            return self.changed_at
        return self.changed_for_buyer if side is Side.BUYER else self.changed_for_seller

    @property
    def in_dispute(self) -> Money:
        return Money(self.minor, self.currency)

    @property
    def reply_owed_since(self) -> dict[str, datetime]:
        """Whose answer a message waits for, and since when."""
        return waiting.replies(self.awaited)

    @property
    def waiting(self) -> Waiting | None:
        """Why it waits, as of this life."""
        move = (self.awaited, self.stage, self.awaiting, self.claimant, self.moved_at)
        return waiting.waiting(*move, self.unsigned, self.neutral)

    @property
    def due(self) -> Due | None:
        """What is due next, as of this life."""
        return waiting.next_due(self.awaited, self.awaiting)

    @property
    def due_as_told(self) -> Due | None:
        """What is due next of what the parties are told."""
        told = None if self.awaiting in OF_DESK else self.waiting
        if told is None or told.until is None:
            return None
        owed = self.awaited.get(str(told.commitment_id))
        return Due(told.until, told.why, told.whose[0] if len(told.whose) == 1 else "both", owed and owed["kind"])


def _fold(rows: Rows[Standing], recorded: Recorded) -> Iterable[Standing]:
    event = recorded.event
    if isinstance(event, DisputeFiled):
        return [_filed(event, recorded)]
    before = _living(rows)
    now = revised(before, changed_at=recorded.recorded_at, **_told(before, recorded))
    if isinstance(event, MessagePosted):
        return [revised(now, messages=event.number)]
    changes = _changes(now, event, recorded)
    if isinstance(event, DisputeStayed | DisputeResumed):
        changes["stayed_since"] = event.since if isinstance(event, DisputeStayed) else None
    if recorded.kind in _DECIDING:
        ruled = {int(number): outcome for number, outcome in now.ruled.items()}
        if (outcome := outcome_of(event, now.outcome, ruled)) != now.outcome:
            changes["outcome"] = outcome
    if not changes:
        return [now]
    if (now.known_since, now.began_at) == (recorded.recorded_at, max(now.began_at, recorded.occurred_at)):
        return [_sorted(revised(now, **changes))]  # nobody can ask for an instant between the two facts
    ended, begun = succeed(now, recorded, known_since=recorded.recorded_at, **changes)
    return ended, _sorted(begun)


def _sorted(row: Standing) -> Standing:
    """The row, with the columns that follow from the others."""
    due, told, waits = row.due, row.due_as_told, row.waiting
    why = waits and waits.why
    return revised(
        row,
        told_awaiting=telling.as_shown(Stage(row.stage), Awaiting(row.awaiting), row.neutral is not None).value,
        why=why,
        told_why=None if row.awaiting in OF_DESK else why,
        asked=waiting.asked(row.awaited, row.awaiting, row.claimant),
        due_at=due.at if due else NEVER,
        told_due_at=told.at if told else NEVER,
    )


def _told(now: Standing, recorded: Recorded) -> dict[str, Any]:
    """For which parties this is a change, and what it means for what they are told later."""
    event, at = recorded.event, recorded.recorded_at
    if telling.is_plain(event):
        return {"changed_for_buyer": at, "changed_for_seller": at}
    before = Telling.of_json(now.telling)
    told: dict[str, Any] = {f"changed_for_{side.value}": at for side in Side if before.tells(event, side)}
    return told | {"telling": telling.evolve(before, event).as_json()}


def _changes(now: Standing, event: Event, recorded: Recorded) -> dict[str, Any]:
    """What an event changes in the standing, except the outcome. Most events change nothing."""
    if isinstance(event, AWAITED):
        awaited = kept(now.awaited, event, recorded)
        return {"awaited": awaited} if awaited != now.awaited else {}
    match event:
        case MovePassed():
            moved = {"stage": event.stage.value, "awaiting": event.awaiting.value}
            same = now.awaiting == event.awaiting.value
            return moved | ({} if same else {"moved_at": max(now.began_at, recorded.occurred_at)})
        case ResponseGiven(answer=Answer.CONCEDE_PART, conceded=Money() as part):
            return {"minor": now.minor - part.minor}
        case RefundedElsewhere(resolves=False, off_claim=part) if not part.is_zero:
            return {"minor": now.minor - part.minor}
        case RefundElsewhereTakenBack(on_claim=part) if not part.is_zero:
            return {"minor": now.minor + part.minor}
        case NeutralAssigned():
            return {"neutral": event.neutral}
        case NeutralReleased():
            return {"neutral": None}
        case RulingIssued():
            ruled = {**now.ruled, str(event.number): event.outcome.value}
            return {"ruled": ruled, "unsigned": unsigned(event)}
        case RulingCoSigned() | CoSignatureRefused() | UnsignedRulingEnded() | AppealWithdrawn():
            return {"unsigned": None} if now.unsigned else {}
        case _:
            return {}


def _filed(event: DisputeFiled, recorded: Recorded) -> Standing:
    parties = {side.value: event.party(side) for side in Side}
    filed = Standing(
        n=1,
        began_at=recorded.occurred_at,
        began_position=recorded.position,
        dispute_id=event.dispute_id,
        marketplace=recorded.marketplace,
        reference=event.reference,
        reference_key=event.reference_key,
        transaction_id=event.order.transaction_id,
        reason=event.claim.reason.value,
        claimant=event.claimant.value,
        buyer_subject=event.buyer.subject,
        seller_subject=event.seller.subject,
        imported=event.imported,
        stage=Stage.NEGOTIATION.value,
        awaiting=Awaiting.RESPONDENT.value,
        told_awaiting=Awaiting.RESPONDENT.value,
        minor=event.in_dispute.minor,
        currency=event.in_dispute.currency,
        filed_at=recorded.occurred_at,
        changed_at=recorded.recorded_at,
        moved_at=recorded.occurred_at,
        known_since=recorded.recorded_at,
        changed_for_buyer=recorded.recorded_at,
        changed_for_seller=recorded.recorded_at,
        telling=telling.FILED.as_json(),
        parties={side: {name: getattr(who, name) for name in _OF_PARTY} for side, who in parties.items()},
        filed_position=recorded.position,
    )
    return _sorted(filed)


def _living(rows: Rows[Standing]) -> Standing:
    for row in rows.values():
        if row.ended_position is None:
            return row
    raise LookupError("a dispute that was never filed")


_DECIDING = kinds(DECIDING)
_OF_PARTY = ("country", "language", "tier")

_SORTS = ("marketplace", "stage", "awaiting", "told_awaiting", "why", "told_why", "reason")
"""The columns by which disputes are counted."""

_NARROWED = "stage, awaiting, why, reason"

CASELOAD = View(
    title="caseload",
    version=11,
    row=Standing,
    key=("dispute_id", "n"),
    concerns=kinds(DisputeEvent, MessagePosted, RefundEvent),
    fold=_fold,
    needs="ended_position IS NULL",
    totals=Totals(by=_SORTS, counts=lambda row: row.ended_position is None),
    indexes=(
        *(
            f"{columns} WHERE ended_position IS NULL"
            for columns in (
                # in the orders of the list; what narrows it ends the index, so that rows that do not match are skipped unread
                "(marketplace, filed_at, dispute_id)",
                f"(marketplace, due_at, dispute_id, {_NARROWED})",
                f"(marketplace, told_due_at, dispute_id, {_NARROWED})",
                f"(marketplace, changed_at, dispute_id, {_NARROWED})",
                f"(marketplace, changed_for_buyer, dispute_id, {_NARROWED})",
                f"(marketplace, changed_for_seller, dispute_id, {_NARROWED})",
                f"(marketplace, currency, (-minor), dispute_id, {_NARROWED})",
                # most disputes are closed, and the latest filed of all are not
                "(marketplace, stage, filed_at, dispute_id)",
                "(marketplace, awaiting, filed_at, dispute_id)",
                # for what few disputes have; equal values share their entries, so these are small
                "(marketplace, why)",
                "(marketplace, reason)",
                "(buyer_subject)",
                "(seller_subject)",
                "(transaction_id)",
                "(reference_key)",
            )
        ),
        "(marketplace, neutral, due_at, dispute_id) WHERE ended_position IS NULL AND neutral IS NOT NULL",
        "(marketplace, filed_at, dispute_id)",
    ),
)


async def standings(pool: Pool, dispute_ids: Collection[UUID], asked: Asked = NOW) -> dict[UUID, Standing]:
    """The standings of these disputes."""
    where = Where()
    where.among(dispute_id=list(dispute_ids))
    await alive(where, asked, pool)
    query = f"SELECT {CASELOAD.selected} FROM {CASELOAD.table} WHERE {where.sql}"
    rows = await select(pool, CASELOAD, query, where.values)
    return {row.dispute_id: row for row in rows}


async def imported(pool: Pool, dispute_ids: Collection[UUID]) -> set[UUID]:
    """Which of these disputes are imported past cases."""
    query = f"SELECT DISTINCT dispute_id FROM {CASELOAD.table} WHERE dispute_id = ANY(%s) AND imported"
    async with pool.connection() as connection:
        rows = await (await connection.execute(query, [list(dispute_ids)])).fetchall()
    return {dispute_id for (dispute_id,) in rows}


async def past_cases(pool: Pool, dispute_ids: Collection[UUID], asked: Asked = NOW) -> dict[UUID, datetime | None]:
    """Of these disputes the imported past cases, and since when each was stayed at that instant, if it was."""
    where = Where()
    where.among(dispute_id=list(dispute_ids))
    where.add("imported")
    await alive(where, asked, pool)
    query = f"SELECT dispute_id, stayed_since FROM {CASELOAD.table} WHERE {where.sql}"
    async with pool.connection() as connection:
        return dict(await (await connection.execute(query.encode(), where.values)).fetchall())
