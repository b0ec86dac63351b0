"""The commands that file a dispute. Every rule that applies at filing reads them."""

from uuid import UUID

from domain.evidence.exhibit_facts import NewExhibit
from domain.filing.filing_facts import Claim, Order
from domain.filing.key_question_facts import NewAnswer
from domain.kernel.base import Instant, OnDispute
from domain.kernel.people import Party, Side, Words
from domain.policy.reasons import Forum
from domain.policy.resolution_rules import ResolutionGround

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


class ResolveClaim(FileDispute):
    """Files a buyer's claim and grants it, in the name of the agent who acts. `said` is what the buyer was told."""

    ground: ResolutionGround
    said: Words
