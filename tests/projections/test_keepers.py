"""A list says what keeps a commitment before it is kept. Whatever then keeps it is among that."""

import asyncio

from domain.commitments.events import CommitmentEvent, CommitmentKept
from domain.commitments.fulfilment import keepers
from domain.commitments.state import Commitments, evolve
from tests.projections.conftest import Views
from tests.projections.plays import STORIES


async def test_what_keeps_a_commitment_was_announced(views: Views) -> None:
    plays = await asyncio.gather(*(story(views.play()) for story in STORIES))
    kept = set[str]()
    for play in plays:
        held = Commitments()
        for event in [fact.event for fact in play.played if isinstance(fact.event, CommitmentEvent)]:
            if isinstance(event, CommitmentKept):
                announced = keepers(held.open[event.commitment_id])
                by = event.kept_by.fact if event.kept_by else None
                if announced is not None and by is not None:
                    assert by in {fact.kind for fact in announced}, held.open[event.commitment_id]
                    kept.add(by)
            held = evolve(held, event)
    assert kept >= {"RefundConfirmed", "RulingIssued", "NeutralAssigned", "ChallengeDecided", "GoodsSent"}
