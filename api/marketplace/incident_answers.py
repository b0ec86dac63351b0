"""What an incident answers: to those who act on it, and to those whose dispute is part of it."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from api.disputes.evidence.exhibit_schemas import StoredFile
from api.http.answers import DONE, Action, Recorded
from api.http.bodies import Answer, Page, example
from api.http.parts import DISPUTE_ID
from api.http.relative import ago
from api.marketplace.incident_schemas import INCIDENT_ID, KIND, REASON, REASONS, TITLE
from domain.incidents.incident_facts import IncidentKind
from domain.kernel.base import Instant
from domain.kernel.money import Money
from domain.kernel.people import Awaiting, Outcome, Side, Stage
from domain.policy.reasons import ClaimReason
from projections.case_story.parts import Said


class OnIncident(Recorded):
    """The result of an act on an incident. `number` is that of the shared item or of the proposal or offer to all,
    if there is one.
    """

    model_config = example({"id": INCIDENT_ID, "position": DONE["position"], "number": 1, "sha256": None})

    id: UUID
    number: int | None = None
    sha256: Annotated[str | None, Field(description="The hash of the file's content, if there is a file.")] = None


_SHARED: dict[str, Any] = {
    "number": 1,
    "form": "exhibit",
    "by": "supervisor",
    "text": {"text": "The seizure notice.", "language": "en"},
    "file": None,
    "rests_on": [],
    "shared_at": ago(days=1),
}
_ACT: dict[str, Any] = {
    "number": 1,
    "act": "proposal",
    "by": "neutral",
    "neutral": "0f4c5f6e-52a6-4d1c-9d0a-3f1f3f6c2a11",
    "percent": "50.00",
    "amount": None,
    "words": REASONS,
    "made_at": ago(hours=1),
    "pending": 12,
    "by_status": {"open": 700, "accepted": 310},
    "not_reached": {"ProposalIsOpen": 4},
}
_WHOLE: dict[str, Any] = {
    "members": 1026,
    "left": 2,
    "by_stage": {"mediation": 716, "execution": 310},
    "by_awaiting": {"both": 716, "marketplace": 310},
    "by_outcome": {"settled": 310},
    "amounts": [
        {
            "disputes": 1026,
            "in_dispute": {"amount": "31500.00", "currency": "EUR"},
            "undecided": {"amount": "22100.00", "currency": "EUR"},
        }
    ],
}
_INCIDENT: dict[str, Any] = {
    "id": INCIDENT_ID,
    **KIND,
    "title": TITLE,
    "reason": REASON,
    "by": "supervisor",
    "opened_at": ago(hours=25),
    "closed_at": None,
}


class SharedShown(Answer):
    """An exhibit or a finding that an incident shares. Both are numbered in one sequence."""

    number: int
    form: Literal["exhibit", "finding"]
    by: str
    text: Said
    file: StoredFile | None
    rests_on: list[int]
    shared_at: Instant


class SharedAnswerShown(Answer):
    by: Side
    message: Said | None
    at: Instant


class SharedInCase(SharedShown):
    """A shared item as a dispute of the incident shows it, with the answers given in that dispute."""

    citable_at: Annotated[
        Instant | None,
        Field(
            description="The instant from which a ruling may cite it even if a side has not answered it; none: at once."
        ),
    ]
    answers: list[SharedAnswerShown]


class SumShown(Answer):
    """The amount in dispute in one currency, and how much of it has no outcome yet."""

    disputes: int
    in_dispute: Money
    undecided: Money


class ProgressShown(Answer):
    """The incident at a glance: counts of its present members."""

    members: int
    left: Annotated[int, Field(description="How many disputes were part of it and have left.")]
    by_stage: dict[Stage, int]
    by_awaiting: dict[Awaiting, int]
    by_outcome: Annotated[dict[Outcome, int], Field(description="Of the members that have an outcome.")]
    amounts: list[SumShown]


class SaidToAll(Answer):
    """A proposal or an offer to all, and its results."""

    number: int
    act: Literal["proposal", "offer"]
    by: str
    neutral: UUID | None
    percent: str | None
    amount: Money | None
    words: Said | None
    made_at: Instant
    pending: Annotated[int, Field(description="How many members it has not reached yet.")]
    by_status: Annotated[
        dict[str, int],
        Field(
            description="Of the members it reached: `open`, `accepted` (by all who must accept), `refused`, `lapsed` "
            "(unanswered in time), `superseded` (replaced by another), `moot` (decided otherwise)."
        ),
    ]
    not_reached: Annotated[
        dict[str, int], Field(description="How many members it could not reach, by the rule that refused it.")
    ]


class ClosureShown(Answer):
    by: str
    reason: Said | None
    at: Instant


class IncidentInList(Answer):
    model_config = example({**_INCIDENT, "members": 1026})

    id: UUID
    kind: IncidentKind
    title: Said
    reason: Said
    by: str
    opened_at: Instant
    closed_at: Instant | None
    members: int


class Incidents(Page[IncidentInList]):
    model_config = example({"items": [{**_INCIDENT, "members": 1026}], "next": None})


class IncidentShown(Answer):
    """One incident: what it shares, its proposals and offers to all, and the state of its disputes."""

    model_config = example(
        {**_INCIDENT, "closure": None, "shared": [_SHARED], "acts": [_ACT], "progress": _WHOLE, "actions": []}
    )

    id: UUID
    kind: IncidentKind
    title: Said
    reason: Said
    by: str
    opened_at: Instant
    closed_at: Instant | None
    closure: ClosureShown | None
    shared: list[SharedShown]
    acts: Annotated[list[SaidToAll], Field(description="The proposals and offers to all.")]
    progress: ProgressShown
    actions: Annotated[list[Action], Field(description="What you may do now.")]


_MEMBER: dict[str, Any] = {
    "id": DISPUTE_ID,
    "marketplace_reference": "MP-2026-000123",
    "reason": "item_not_received",
    "claimant": "buyer",
    "in_dispute": {"amount": "129.90", "currency": "EUR"},
    "stage": "mediation",
    "awaiting": "both",
    "outcome": None,
    "neutral": "0f4c5f6e-52a6-4d1c-9d0a-3f1f3f6c2a11",
    "joined_at": ago(hours=24, minutes=30),
    "received": [
        {"number": 1, "status": "open", "act": "proposal", "as_number": 1, "accepted_by": ["buyer"], "code": None}
    ],
}


class Received(Answer):
    """The result of a proposal or offer to all in one dispute."""

    number: int
    status: Literal["open", "accepted", "refused", "lapsed", "superseded", "moot", "not_reached"]
    act: Literal["proposal", "offer"] | None
    as_number: Annotated[int | None, Field(description="Its number in the dispute.")]
    accepted_by: list[Side]
    code: Annotated[str | None, Field(description="The rule that refused it.")]


class Member(Answer):
    """The state of one dispute of an incident."""

    model_config = example(_MEMBER)

    id: UUID
    marketplace_reference: str | None
    reason: ClaimReason
    claimant: Side
    in_dispute: Money
    stage: Stage
    awaiting: Awaiting
    outcome: Outcome | None
    neutral: UUID | None
    joined_at: Instant
    received: list[Received]


class Members(Page[Member]):
    model_config = example({"items": [_MEMBER], "next": None})
