"""Who could take over a dispute: for the neutral who hands it over, and for supervisors and administrators."""

from uuid import UUID

from fastapi import APIRouter

from api.http.bodies import Answer, Page, example
from api.http.exact_json import ExactRoute
from api.http.problems import ON_READ, documented
from api.http.reads import Cursor, Limit, Read
from domain.dispute.state import Dispute
from domain.kernel.places import LanguageTag
from domain.neutral.assignment import may_hear
from projections import mandates
from projections.mandates import MANDATES, Office

router = APIRouter(tags=["Neutrals"], route_class=ExactRoute)

_SUCCESSOR = {"neutral": "0f4c5f6e-52a6-4d1c-9d0a-3f1f3f6c2a11", "languages": ["en", "it"]}


class Successor(Answer):
    """A neutral who could take over the dispute."""

    model_config = example(_SUCCESSOR)

    neutral: UUID
    languages: list[LanguageTag]


class Successors(Page[Successor]):
    model_config = example({"items": [_SUCCESSOR], "next": None})


@router.get("/v1/disputes/{dispute_id}/successors", responses=documented(*ON_READ))
async def list_successors(dispute_id: UUID, reading: Read, limit: Limit = 50, cursor: Cursor = None) -> Successors:
    """The neutrals to whom the dispute could be handed over: in office, not on leave, with room for one more, for buyers of
    this tier, and not gone from this dispute before. A page may have fewer items than `limit`.

    The hand-over itself also looks at interests and languages: `POST …/reassignment?dry_run=true` says whether it is refused.
    """
    await reading.case(dispute_id)
    dispute, _, _ = await reading.http.services.engine.dispute(dispute_id, reading.caller.marketplace)
    page = await reading.page(MANDATES, mandates.mandates, limit, cursor)
    could = [row for row in page.rows if _could(row, dispute)]
    items = [Successor(neutral=row.neutral, languages=row.terms["languages"]) for row in could]
    return Successors(items=items, next=page.next)


def _could(row: Office, dispute: Dispute) -> bool:
    most, tiers = row.terms["most_cases"], row.terms["tiers"]
    return (
        row.neutral != dispute.escalation.neutral
        and not row.on_leave
        and (most is None or row.cases < most)
        and (not tiers or dispute.buyer.tier in tiers)
        and may_hear(dispute, row.neutral)
    )
