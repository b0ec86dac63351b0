"""The filing of each dispute, for lists: who the parties are, and what order it is about. The texts are sealed.

It is read from the log, where it is the first fact of the dispute. So no list waits for another view.
"""

from collections.abc import Collection
from uuid import UUID

from domain.filing.filing_facts import DisputeFiled
from domain.payments.refund_facts import RefundInstructed
from mediation.store.log.log import EventLog


async def filings(log: EventLog, dispute_ids: Collection[UUID]) -> dict[UUID, DisputeFiled]:
    """The filings of these disputes, with one query."""
    return {dispute_id: filed for dispute_id, (filed, _) in (await filings_at(log, dispute_ids)).items()}


async def filings_at(log: EventLog, dispute_ids: Collection[UUID]) -> dict[UUID, tuple[DisputeFiled, int]]:
    """The same, each with its position in the log, which is what its case number is made of."""
    first = await log.first_of(dispute_ids)
    return {fact.stream_id: (fact.event, fact.position) for fact in first if isinstance(fact.event, DisputeFiled)}


async def instructions(log: EventLog, refund_ids: Collection[UUID]) -> dict[UUID, RefundInstructed]:
    """What is to be paid by each of these refunds, with one query."""
    first = await log.first_of(refund_ids)
    return {fact.stream_id: fact.event for fact in first if isinstance(fact.event, RefundInstructed)}
