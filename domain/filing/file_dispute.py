"""The command that files a dispute. Every rule that applies at filing reads it."""

from uuid import UUID

from domain.evidence.exhibit_facts import NewExhibit
from domain.filing.filing_facts import Claim, Order
from domain.filing.key_question_facts import NewAnswer
from domain.kernel.base import Instant, OnDispute
from domain.kernel.people import Party, Side
from domain.policy.reasons import Forum

# --- types ---


class FileDispute(OnDispute):
    reference: str
    reference_key: UUID
    order: Order
    buyer: Party
    seller: Party
    claimant: Side
    claim: Claim
    exhibits: tuple[NewExhibit, ...] = ()
    follows: UUID | None = None
    seller_contacted_at: Instant | None = None
    other_forum: Forum | None = None
    answers: tuple[NewAnswer, ...] = ()
