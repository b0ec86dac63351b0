"""Incidents: what is sent about many disputes at once, and what is told of them."""

from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from api.schemas.answers import DONE, Action, Position, Recorded
from api.schemas.base import Act, Answer, Body, Context, Label, Number, Page, Prose, Statement, Title, example, words
from api.schemas.evidence import FormFile, StoredFile
from api.schemas.parts import DISPUTE_ID, Said
from api.schemas.problems import Problem
from domain import incident, membership
from domain.base import Instant
from domain.evidence import File, NewExhibit
from domain.incident import IncidentKind, SameSum, Share
from domain.money import Money
from domain.people import Awaiting, Outcome, Side, Stage, Words
from domain.places import LanguageTag
from domain.reasons import ClaimReason

INCIDENT_ID = "0197c2a4-7d1e-7c3a-9f42-2b1c6f0a9d77"
MAX_LIST = 1000
"""Disputes that join or leave with one request; any number may with several."""

_KIND = {"kind": "customs_seizure"}
_TITLE = {"text": "The batch of 2 May", "language": "en"}
_REASON = {"text": "Customs in Hamburg seized the whole container.", "language": "en"}
_REASONS = {"text": "Neither side is at fault, and both bear half.", "language": "en"}
_EUR = {"amount": "20.00", "currency": "EUR"}


Percent = Annotated[
    str,
    StringConstraints(max_length=6, pattern=r"^(100(\.00?)?|(0|[1-9][0-9]?)(\.[0-9]{1,2})?)$"),
    Field(examples=["50.00"]),
]


class Heading(Body):
    """A title, in the language it is in."""

    text: Title
    language: LanguageTag


class OpenIncident(Act):
    """Opens an incident: many disputes that have something in common."""

    model_config = example({**_KIND, "title": _TITLE, "reason": _REASON})

    kind: IncidentKind
    title: Annotated[Heading, Field(description="Not shown to the parties.")]
    reason: Annotated[Statement, Field(description="Why they belong together. Not shown to the parties.")]

    def command(self, at: Context, *, incident_id: UUID) -> incident.OpenIncident:
        title, reason = Words(text=self.title.text, language=self.title.language), self.reason.words()
        return incident.OpenIncident(**at.common(), incident_id=incident_id, what=self.kind, title=title, reason=reason)


class CloseIncident(Act):
    """Nothing more is shared or said to all. Its disputes go on, each with what was shared."""

    model_config = example({"reason": {"text": "All of them are settled.", "language": "en"}})

    reason: Statement | None = None

    def command(self, at: Context, *, incident_id: UUID) -> incident.CloseIncident:
        return incident.CloseIncident(**at.common(), incident_id=incident_id, reason=words(self.reason))


class JoinIncident(Act):
    """Disputes that join, each by itself: one that may not does not keep the others out."""

    model_config = example({"disputes": [DISPUTE_ID]})

    disputes: Annotated[list[UUID], Field(min_length=1, max_length=MAX_LIST)]

    def command(self, at: Context, *, incident_id: UUID, dispute_id: UUID) -> membership.JoinIncident:
        return membership.JoinIncident(**at.common(), incident_id=incident_id, dispute_id=dispute_id)


class LeaveIncident(Act):
    """Disputes that leave. Both parties read the reason."""

    model_config = example(
        {"disputes": [DISPUTE_ID], "reason": {"text": "It was in another container.", "language": "en"}}
    )

    disputes: Annotated[list[UUID], Field(min_length=1, max_length=MAX_LIST)]
    reason: Statement | None = None

    def command(self, at: Context, *, incident_id: UUID, dispute_id: UUID) -> membership.LeaveIncident:
        reason = words(self.reason)
        return membership.LeaveIncident(**at.common(), incident_id=incident_id, dispute_id=dispute_id, reason=reason)


class SharedForm(Body):
    """An exhibit for all disputes of an incident, as a form. A file may be left out."""

    model_config = example(
        {"description": "The seizure notice.", "language": "en", "file": "(the content of notice.pdf)"}
    )

    description: Annotated[Prose, Field(description="What it is and what it shows. Every party of a member reads it.")]
    language: LanguageTag
    file: FormFile = None

    def act(self) -> "ShareExhibit":
        return ShareExhibit(description=Statement(text=self.description, language=self.language))


class ShareExhibit(Act):
    """Evidence for all disputes of an incident, recorded once."""

    model_config = example({"description": {"text": "The seizure notice.", "language": "en"}})

    description: Statement

    def command(self, at: Context, *, incident_id: UUID, file: File | None = None) -> incident.ShareExhibit:
        exhibit = NewExhibit(description=self.description.words(), file=file)
        return incident.ShareExhibit(**at.common(), incident_id=incident_id, exhibit=exhibit)


class ShareFinding(Act):
    """What holds for all disputes of an incident."""

    model_config = example(
        {"finding": {"text": "Every parcel of the container was seized on 4 May.", "language": "en"}, "rests_on": [1]}
    )

    finding: Annotated[Statement, Field(description="Every party of a member reads it.")]
    rests_on: Annotated[
        tuple[Number, ...], Field(max_length=100, description="Numbers of what was shared before it.")
    ] = ()

    def command(self, at: Context, *, incident_id: UUID) -> incident.ShareFinding:
        finding = self.finding.words()
        return incident.ShareFinding(**at.common(), incident_id=incident_id, finding=finding, rests_on=self.rests_on)


class _ForAll(Act):
    """Terms that fit disputes of any amount."""

    percent: Annotated[
        Percent | None, Field(description="Of what is in dispute in each, to the claimant; at most two decimals.")
    ] = None
    amount: Annotated[Money | None, Field(description="The same sum in each, to the claimant.")] = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.percent is None) is (self.amount is None):
            raise ValueError("either a percentage or an amount")
        return self

    def terms(self) -> Share | SameSum:
        if self.amount is not None:
            return SameSum(amount=self.amount)
        assert self.percent is not None, "one of them"
        return Share(share=int(Decimal(self.percent) * 100))


class ProposeToAll(_ForAll):
    """The neutral's proposal to all: it becomes a proposal in each dispute that this neutral has."""

    model_config = example({"percent": "50.00", "reasons": _REASONS})

    reasons: Statement

    def command(self, at: Context, *, incident_id: UUID) -> incident.ProposeToAll:
        reasons = self.reasons.words()
        return incident.ProposeToAll(**at.common(), incident_id=incident_id, terms=self.terms(), reasons=reasons)


class OfferToAll(_ForAll):
    """A party's offer to all: it becomes an offer in each dispute in which the party is on this side."""

    model_config = example({"party": "s-9", "amount": _EUR, "message": {"text": "对不起。", "language": "zh-Hans"}})

    party: Annotated[Label, Field(description="The marketplace's id of the buyer or seller for whom it acts.")]
    message: Statement | None = None

    def command(self, at: Context, *, incident_id: UUID) -> incident.OfferToAll:
        party, message = at.party(self.party), words(self.message)
        return incident.OfferToAll(
            **at.common(), incident_id=incident_id, party=party, terms=self.terms(), message=message
        )


class AnswerShared(Act):
    """One side's answer, in its own dispute, to what was shared with all. Without a message: it has seen it."""

    model_config = example({"message": {"text": "Il mio pacco è partito prima.", "language": "it"}})

    message: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID, number: int) -> membership.AnswerShared:
        return membership.AnswerShared(**at.common(), dispute_id=dispute_id, number=number, message=words(self.message))


class OnIncident(Recorded):
    """What an act about an incident led to. `number` is that of what was shared or said to all, where it was."""

    model_config = example({"id": INCIDENT_ID, "position": DONE["position"], "number": 1, "sha256": None})

    id: UUID
    number: int | None = None
    sha256: Annotated[str | None, Field(description="Of the file's content, where there is one.")] = None


class Moved(Answer):
    """What became of one dispute of a list."""

    id: UUID
    problem: Annotated[Problem | None, Field(description="Why it was refused; none where it is so.")] = None


class MovedList(Recorded):
    """In the order of the list, each dispute once."""

    model_config = example({"position": DONE["position"], "done": 1, "items": [{"id": DISPUTE_ID, "problem": None}]})

    position: Position
    done: Annotated[int, Field(description="How many are as they were to be.")]
    items: list[Moved]


_SHARED: dict[str, Any] = {
    "number": 1,
    "form": "exhibit",
    "by": "supervisor",
    "text": {"text": "The seizure notice.", "language": "en"},
    "file": None,
    "rests_on": [],
    "shared_at": "2026-11-05T10:00:00Z",
}
_ACT: dict[str, Any] = {
    "number": 1,
    "act": "proposal",
    "by": "neutral",
    "neutral": "0f4c5f6e-52a6-4d1c-9d0a-3f1f3f6c2a11",
    "percent": "50.00",
    "amount": None,
    "words": _REASONS,
    "made_at": "2026-11-06T10:00:00Z",
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
    **_KIND,
    "title": _TITLE,
    "reason": _REASON,
    "by": "supervisor",
    "opened_at": "2026-11-05T09:00:00Z",
    "closed_at": None,
}


class SharedShown(Answer):
    """An exhibit or a finding that an incident shares; they are numbered in one row."""

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
    """As a dispute of the incident sees it, with the answers given there."""

    citable_at: Annotated[
        Instant | None,
        Field(description="From when on a ruling may cite it though a side has not answered it; none: at once."),
    ]
    answers: list[SharedAnswerShown]


class PartOfIncident(Answer):
    """That the dispute is part of an incident."""

    id: Annotated[UUID | None, Field(description="Not shown to the parties.")]
    joined_at: Instant


class SumShown(Answer):
    """What is in dispute in one currency, and how much of it without an outcome."""

    disputes: int
    in_dispute: Money
    undecided: Money


class ProgressShown(Answer):
    """The whole at a glance: counts of the members as they stand."""

    members: int
    left: Annotated[int, Field(description="How many were part of it and are not any more.")]
    by_stage: dict[Stage, int]
    by_awaiting: dict[Awaiting, int]
    by_outcome: Annotated[dict[Outcome, int], Field(description="Of those that have one.")]
    amounts: list[SumShown]


class SaidToAll(Answer):
    """A proposal or an offer to all, and what came of it."""

    number: int
    act: Literal["proposal", "offer"]
    by: str
    neutral: UUID | None
    percent: str | None
    amount: Money | None
    words: Said | None
    made_at: Instant
    pending: Annotated[int, Field(description="To how many members it is still to come.")]
    by_status: Annotated[
        dict[str, int],
        Field(
            description="Of those it came to: `open`, `accepted` (by all it needs), `refused`, `lapsed` (unanswered in time), "
            "`superseded` (replaced by another), `moot` (decided otherwise)."
        ),
    ]
    not_reached: Annotated[
        dict[str, int], Field(description="To how many it could not come, by the rule that refused it.")
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
    """One incident: what it shares, what was said to all, and how its disputes stand."""

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
    acts: Annotated[list[SaidToAll], Field(description="What was said to all.")]
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
    "joined_at": "2026-11-05T09:30:00Z",
    "received": [
        {"number": 1, "status": "open", "act": "proposal", "as_number": 1, "accepted_by": ["buyer"], "code": None}
    ],
}


class Received(Answer):
    """What became of something said to all in one dispute."""

    number: int
    status: Literal["open", "accepted", "refused", "lapsed", "superseded", "moot", "not_reached"]
    act: Literal["proposal", "offer"] | None
    as_number: Annotated[int | None, Field(description="The number it has in the dispute.")]
    accepted_by: list[Side]
    code: Annotated[str | None, Field(description="The rule that refused it.")]


class Member(Answer):
    """Where one dispute of an incident stands."""

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
