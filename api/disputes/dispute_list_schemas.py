"""The list of disputes as its reader may see it."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from api.disputes.filing.filing_schemas import EXAMPLE
from api.disputes.settlement.conversation_schemas import ReplyOwedSince
from api.http.answers import DONE, CaseNumber
from api.http.bodies import Answer, Page, example
from api.http.relative import ago, ahead
from domain.commitments.events import CommitmentKind
from domain.kernel.base import Instant
from domain.kernel.money import Money
from domain.kernel.people import Awaiting, Outcome, Side, Stage
from domain.policy.reasons import ClaimReason
from mediation import case_numbers
from projections.dispute_list import MOST_COUNTED, Counted
from projections.waiting import Why

_STANDING: dict[str, Any] = {
    "id": DONE["id"],
    "case_number": case_numbers.EXAMPLE,
    "title": "It is the seller's move.",
    "marketplace_reference": "MP-2026-000123",
    "reason": "not_as_described",
    "claimant": "buyer",
    "in_dispute": EXAMPLE["claim"]["amount"],
    "stage": "negotiation",
    "awaiting": "respondent",
    "outcome": None,
    "neutral": None,
    "imported": False,
    "filed_at": ago(days=2),
    "changed_at": ago(days=2, milliseconds=-3.215),
    "waiting": {
        "why": "response",
        "whose": "seller",
        "since": ago(days=2),
        "until": ahead(days=3),
        "number": None,
        "commitment_id": None,
    },
    "due": {
        "what": "response",
        "what_in_words": "Answer to the claim",
        "by": "seller",
        "kind": None,
        "at": ahead(days=3),
    },
    "buyer": {"country": "CN", "language": "zh-Hans", "tier": None},
    "seller": {"country": "IT", "language": "it", "tier": "gold"},
    "reply_owed_since": {"seller": ago(hours=5)},
    "unread": 1,
}


class WaitingShown(Answer):
    """What a dispute waits for.

    - Of the parties: `response`, `negotiation`, `offer_reply`, `proposal_reply`, `consent` (to a neutral who held a caucus),
      `appeal`. `notice`: somebody has to be told before their window begins.
    - Of the neutral: `first_act`, `proposal`, `ruling`, `goods` (a decision about contested goods).
    - Of a supervisor: `assignment`, `challenge`, `co_signature`, `ruling_overdue`, `goods`, `refund` (what becomes of a
      payment that failed).
    - `set_aside`: the answer to a request to set a default aside, or the time in which there may be one.
    - `remedy`: money or goods that are owed.
    - `stay`: nothing happens until the clocks run again.
    """

    why: Why
    whose: Annotated[
        Literal["buyer", "seller", "both", "neutral", "supervisor", "marketplace"],
        Field(description="For whom it waits. Which neutral has the dispute is in `neutral`."),
    ]
    since: Instant
    until: Annotated[
        Instant | None, Field(description="When it is due. It may have passed. Null: nobody has to by then.")
    ]
    number: Annotated[int | None, Field(description="The number of the offer, the proposal or the ruling.")]
    commitment_id: Annotated[UUID | None, Field(description="The commitment to do it, if it is one.")]


class DueShown(Answer):
    """What is due next: the first of all that somebody has to do by an instant, replies to messages included."""

    what: Annotated[
        Why | Literal["reply"], Field(description="As `why` in `waiting`; or `reply`, an answer to a message.")
    ]
    what_in_words: str
    by: Literal[
        "buyer", "seller", "both", "neutral", "supervisor", "marketplace", "carrier", "warehouse", "bank", "insurer"
    ]
    kind: Annotated[CommitmentKind | None, Field(description="The kind of the commitment, if it is one.")]
    at: Annotated[Instant, Field(description="It may have passed.")]


class PartyInList(Answer):
    country: str
    language: str
    tier: Annotated[str | None, Field(description="Not shown to the other party.")]


class DisputeInList(Answer):
    """The state of a dispute, in short."""

    model_config = example(_STANDING)

    id: UUID
    case_number: CaseNumber
    title: Annotated[str, Field(description="Whose move it is, in the language of `Accept-Language`.")]
    marketplace_reference: Annotated[str | None, Field(description="Not shown to the parties.")]
    reason: ClaimReason
    claimant: Side
    in_dispute: Money
    stage: Stage
    awaiting: Awaiting
    outcome: Outcome | None
    neutral: UUID | None
    imported: bool
    filed_at: Instant
    changed_at: Annotated[
        Instant,
        Field(
            description="When the engine last learned something about the dispute, by the clock of the marketplace. A party:"
            " something it was told."
        ),
    ]
    waiting: Annotated[
        WaitingShown | None,
        Field(description="What it waits for. Null when it is closed, and for a party while the desk has the move."),
    ]
    due: Annotated[
        DueShown | None,
        Field(
            description="Null when nothing is due. During a stay only its end is. A party sees it when it sees `waiting`: "
            "then it is what the dispute waits for."
        ),
    ]
    buyer: PartyInList
    seller: PartyInList
    reply_owed_since: ReplyOwedSince
    unread: Annotated[
        int | None,
        Field(
            description="How many messages you have not read. Null for auditors and administrators, and as of an earlier "
            "instant."
        ),
    ]


class Count(Answer):
    """How many disputes have one value of a filter."""

    value: Annotated[str, Field(description="A neutral is told by its id.")]
    count: Annotated[int, Field(le=MOST_COUNTED, description="Exact, if `text` is the same number.")]
    text: Annotated[str, Field(description="The number, or `1,000+` for more than 1,000.")]


class Disputes(Page[DisputeInList]):
    model_config = example({"items": [_STANDING], "next": None, "counts": None})

    counts: Annotated[
        dict[Counted, list[Count]] | None,
        Field(
            description="By each filter in `counts` of the query: the values that any dispute has. The other filters narrow "
            "these numbers, and the filter itself does not."
        ),
    ] = None
