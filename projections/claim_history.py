"""What each buyer and each seller has claimed, and what was claimed against them. Hidden from the parties.

One row per dispute. A person's history is counted when somebody asks for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.clocks import names
from domain.clocks.deadline_facts import DeadlineLapsed
from domain.dispute.outcome import DECIDING
from domain.filing.fast_lane_facts import FastLaneContested, FastLaneGranted
from domain.filing.filing_facts import DisputeFiled
from domain.filing.resolution_facts import ResolutionGranted
from domain.filing.response_facts import Answer, DefaultGranted, ResponseGiven
from domain.filing.set_aside_facts import DefaultSetAside
from domain.filing.vexatious_facts import ClaimFoundVexatious
from domain.kernel.base import Event
from domain.kernel.money import Money
from domain.kernel.people import Side
from domain.remedies.reopening_facts import DisputeReopened
from domain.ruling.ruling_facts import AppealSentBack, RulingBecameFinal, RulingCoSigned, RulingIssued
from domain.settlement.negotiation_facts import SettlementReached
from mediation.store.log.recorded import Recorded
from projections.outcomes import outcome_of
from projections.paging import Where
from projections.table import Doc, Pool
from projections.view import Rows, View, kinds, revised


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """One claim. Sums are in minor units of `currency`.

    `claimed` is the claim, `conceded` the part that was conceded, and `granted` what the outcome gave beside that.
    `rulings` are, by number, what each ruling gives the claimant and what it did on appeal. `appeals` counts decided
    appeals, `affirmed` those that left the ruling in place. `vexatious`: finally found so. `at_once` is the clause
    under which the fast lane granted the claim. `contested` and `uncontested` say whether the respondent contested
    that, as soon as it is known.
    """

    dispute_id: UUID
    marketplace: str
    buyer_subject: UUID
    seller_subject: UUID
    claimant: str
    reason: str
    filed_at: datetime
    claimed: int
    currency: str
    conceded: int = 0
    granted: int = 0
    outcome: str | None = None
    rulings: Doc = field(default_factory=dict)
    appeals: int = 0
    affirmed: int = 0
    vexatious: bool = False
    at_once: str | None = None
    contested: bool = False
    uncontested: bool = False


def _fold(rows: Rows[Claimed], recorded: Recorded) -> Iterable[Claimed]:
    event = recorded.event
    if isinstance(event, DisputeFiled):
        return [_filed(event, recorded)]
    before = next(iter(rows.values()), None)
    if before is None:
        raise LookupError("a dispute that was never filed")
    rulings = {int(number): ruling["outcome"] for number, ruling in before.rulings.items()}
    return [revised(before, **_changes(before, event), outcome=outcome_of(event, before.outcome, rulings))]


def _filed(event: DisputeFiled, recorded: Recorded) -> Claimed:
    return Claimed(
        dispute_id=event.dispute_id,
        marketplace=recorded.marketplace,
        buyer_subject=event.buyer.subject,
        seller_subject=event.seller.subject,
        claimant=event.claimant.value,
        reason=event.claim.reason.value,
        filed_at=recorded.occurred_at,
        claimed=event.claim.amount.minor,
        currency=event.claim.amount.currency,
    )


def _changes(now: Claimed, event: Event) -> dict[str, Any]:  # noqa: C901 - one arm a kind of change
    """What an event changes in the row, except the outcome."""
    match event:
        case ResponseGiven(answer=Answer.CONCEDE, conceded=Money() as whole):
            return {"granted": whole.minor, "uncontested": bool(now.at_once)}
        case ResponseGiven(conceded=Money() as part):
            return {"conceded": part.minor}
        case DefaultGranted(claimant_receives=amount) | ResolutionGranted(claimant_receives=amount):
            return {"granted": amount.minor}
        case FastLaneGranted(claimant_receives=amount, clause=clause):
            return {"granted": amount.minor, "at_once": clause}
        case FastLaneContested():
            return {"granted": 0, "contested": True}
        case DeadlineLapsed(name=name) if name == names.Response():
            return {"uncontested": True} if now.at_once and not now.contested else {}
        case SettlementReached(terms=terms):
            return {"granted": terms.claimant.minor}
        case RulingIssued():
            issued = {
                "granted": event.award.claimant.minor,
                "outcome": event.outcome.value,
                "on_appeal": event.on_appeal,
                "vexatious": False,
            }
            known = {"rulings": {**now.rulings, str(event.number): issued}}
            return known if event.awaits_co_signature else known | _heard(now, event.on_appeal)
        case RulingCoSigned(number=number):
            return _heard(now, now.rulings[str(number)]["on_appeal"])
        case AppealSentBack():
            return {"appeals": now.appeals + 1}
        case RulingBecameFinal(number=number):
            ruling = now.rulings[str(number)]
            return {"granted": ruling["granted"], "vexatious": ruling["vexatious"]}
        case ClaimFoundVexatious(ruling=None):
            return {"vexatious": True}
        case ClaimFoundVexatious(ruling=number):
            found_so = {**now.rulings[str(number)], "vexatious": True}
            return {"rulings": {**now.rulings, str(number): found_so}}
        case DefaultSetAside() | DisputeReopened(bounced=None):
            return {"granted": 0, "vexatious": False}
        case _:
            return {}


def _heard(now: Claimed, on_appeal: str | None) -> dict[str, Any]:
    """The ruling on an appeal decides it, once that ruling is in effect."""
    if on_appeal is None:
        return {}
    return {"appeals": now.appeals + 1, "affirmed": now.affirmed + (on_appeal == "affirms")}


CLAIM_HISTORY = View(
    title="claim_history",
    version=3,
    row=Claimed,
    key=("dispute_id",),
    concerns=kinds(
        DECIDING, DisputeFiled, DeadlineLapsed, RulingIssued, RulingCoSigned, AppealSentBack, ClaimFoundVexatious
    ),
    fold=_fold,
    indexes=("(buyer_subject, filed_at)", "(seller_subject, filed_at)"),
)


@dataclass(frozen=True, slots=True)
class Tally:
    """Claims with the same filer, reason, outcome and currency. `filed` is True if the person filed them."""

    filed: bool
    reason: str
    outcome: str | None
    currency: str
    claims: int
    claimed: int
    granted: int
    appeals: int
    affirmed: int
    vexatious: int
    first: datetime
    last: datetime


_TALLIES = """SELECT claimant = %s, reason, outcome, currency, count(*), sum(claimed)::bigint, sum(conceded + granted)::bigint,
  sum(appeals)::bigint, sum(affirmed)::bigint,
  count(*) FILTER (WHERE vexatious), min(filed_at), max(filed_at)
FROM {table} WHERE {where} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"""


async def tallies(
    pool: Pool,
    marketplace: str,
    side: Side,
    subject: UUID,
    *,
    filed_after: datetime | None = None,
    filed_before: datetime | None = None,
) -> list[Tally]:
    """All tallies of one buyer or one seller. `filed_after` is inclusive, `filed_before` is not."""
    where = Where()
    where.equal(**{"marketplace": marketplace, f"{side.value}_subject": subject})
    if filed_after is not None:
        where.add("filed_at >= %s", filed_after)
    if filed_before is not None:
        where.add("filed_at < %s", filed_before)
    query = _TALLIES.format(table=CLAIM_HISTORY.table, where=where.sql)
    async with pool.connection() as connection:
        rows = await (await connection.execute(query, [side.value, *where.values])).fetchall()
    return [Tally(*row) for row in rows]
