"""The buyer and the seller of each dispute, for lists. Their texts are sealed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from domain.filing.filing_facts import DisputeFiled
from mediation.store.log.recorded import Recorded
from projections.table import Doc, Pool
from projections.view import Rows, View, kinds


@dataclass(frozen=True, kw_only=True)
class Parties:
    dispute_id: UUID
    buyer: Doc
    seller: Doc


def _fold(rows: Rows[Parties], recorded: Recorded) -> Iterable[Parties]:
    event = recorded.event
    assert isinstance(event, DisputeFiled), "the only fact that this view concerns"
    buyer, seller = event.buyer.model_dump(mode="json"), event.seller.model_dump(mode="json")
    return [Parties(dispute_id=event.dispute_id, buyer=buyer, seller=seller)]


PARTIES = View(
    title="parties",
    version=1,
    row=Parties,
    key=("dispute_id",),
    concerns=kinds(DisputeFiled),
    fold=_fold,
    needs=None,
)


async def parties(pool: Pool, dispute_ids: Collection[UUID]) -> dict[UUID, Doc]:
    """{"buyer", "seller"} of each of these disputes, sealed."""
    query = f"SELECT dispute_id, buyer, seller FROM {PARTIES.table} WHERE dispute_id = ANY(%s)"
    async with pool.connection() as connection:
        rows = await (await connection.execute(query.encode(), [list(dispute_ids)])).fetchall()
    return {dispute_id: {"buyer": buyer, "seller": seller} for dispute_id, buyer, seller in rows}
