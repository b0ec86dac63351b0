"""Incidents: the bodies of acts on many disputes at once. The answers are in `api/marketplace/incident_answers.py`."""

from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from api.acts.declare import Acts
from api.disputes.evidence.exhibit_schemas import FormFile
from api.http.bodies import Act, Body, Context, Id, Number, Prose, Statement, Title, example, words
from api.http.parts import DISPUTE_ID
from api.http.roles import GROUPERS, PARTIES
from domain.evidence.exhibit_facts import File, NewExhibit
from domain.incidents import incident, membership
from domain.incidents.incident_facts import IncidentKind, SameSum, Share
from domain.kernel.money import Money
from domain.kernel.people import Words
from domain.kernel.places import LanguageTag

ACTS = Acts("Incidents")

INCIDENT_ID = "0197c2a4-7d1e-7c3a-9f42-2b1c6f0a9d77"
MAX_LIST = 1000
"""Disputes that join or leave with one request. Several requests can move any number."""

KIND = {"kind": "customs_seizure"}
TITLE = {"text": "The batch of 2 May", "language": "en"}
REASON = {"text": "Customs in Hamburg seized the whole container.", "language": "en"}
REASONS = {"text": "Neither side is at fault, and both bear half.", "language": "en"}
_EUR = {"amount": "20.00", "currency": "EUR"}


Percent = Annotated[
    str,
    StringConstraints(max_length=6, pattern=r"^(100(\.00?)?|(0|[1-9][0-9]?)(\.[0-9]{1,2})?)$"),
    Field(examples=["50.00"]),
]


class Heading(Body):
    """A title, with its language."""

    text: Title
    language: LanguageTag


class OpenIncident(Act):
    """Opens an incident: many disputes that have something in common."""

    model_config = example({**KIND, "title": TITLE, "reason": REASON})

    kind: IncidentKind
    title: Annotated[Heading, Field(description="Not shown to the parties.")]
    reason: Annotated[Statement, Field(description="Why they belong together. Not shown to the parties.")]

    def command(self, at: Context, *, incident_id: UUID) -> incident.OpenIncident:
        title, reason = Words(text=self.title.text, language=self.title.language), self.reason.words()
        return incident.OpenIncident(**at.common(), incident_id=incident_id, what=self.kind, title=title, reason=reason)


class CloseIncident(Act):
    """Closes an incident: nothing more is shared or proposed to all. Its disputes go on, each with what was shared."""

    model_config = example({"reason": {"text": "All of them are settled.", "language": "en"}})

    reason: Statement | None = None

    def command(self, at: Context, *, incident_id: UUID) -> incident.CloseIncident:
        return incident.CloseIncident(**at.common(), incident_id=incident_id, reason=words(self.reason))


@ACTS.by_hand(by=GROUPERS, past=False)
class JoinIncident(Act):
    """Disputes that join. Each is judged alone: one that is refused does not stop the others."""

    model_config = example({"disputes": [DISPUTE_ID]})

    disputes: Annotated[list[UUID], Field(min_length=1, max_length=MAX_LIST)]

    def command(self, at: Context, *, incident_id: UUID, dispute_id: UUID) -> membership.JoinIncident:
        return membership.JoinIncident(**at.common(), incident_id=incident_id, dispute_id=dispute_id)


@ACTS.by_hand(by=GROUPERS, past=False)
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
    """An exhibit for all disputes of an incident, as a form. The file may be left out."""

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
    """A finding that holds for all disputes of an incident."""

    model_config = example(
        {"finding": {"text": "Every parcel of the container was seized on 4 May.", "language": "en"}, "rests_on": [1]}
    )

    finding: Annotated[Statement, Field(description="Every party of a member reads it.")]
    rests_on: Annotated[
        tuple[Number, ...], Field(max_length=100, description="Numbers of items that were shared before it.")
    ] = ()

    def command(self, at: Context, *, incident_id: UUID) -> incident.ShareFinding:
        finding = self.finding.words()
        return incident.ShareFinding(**at.common(), incident_id=incident_id, finding=finding, rests_on=self.rests_on)


class _ForAll(Act):
    """Terms that fit disputes of any amount."""

    percent: Annotated[
        Percent | None,
        Field(description="The claimant's share of the amount in dispute in each; at most two decimals."),
    ] = None
    amount: Annotated[Money | None, Field(description="The same amount to the claimant in each.")] = None

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
    """The neutral's proposal to all. It becomes a proposal in each dispute that is assigned to this neutral."""

    model_config = example({"percent": "50.00", "reasons": REASONS})

    reasons: Statement

    def command(self, at: Context, *, incident_id: UUID) -> incident.ProposeToAll:
        reasons = self.reasons.words()
        return incident.ProposeToAll(**at.common(), incident_id=incident_id, terms=self.terms(), reasons=reasons)


class OfferToAll(_ForAll):
    """A party's offer to all. It becomes an offer in each dispute in which the party is on this side."""

    model_config = example({"party": "s-9", "amount": _EUR, "message": {"text": "对不起。", "language": "zh-Hans"}})

    party: Annotated[Id, Field(description="The marketplace's id of the buyer or seller for whom it acts.")]
    message: Statement | None = None

    def command(self, at: Context, *, incident_id: UUID) -> incident.OfferToAll:
        party, message = at.party(self.party), words(self.message)
        return incident.OfferToAll(
            **at.common(), incident_id=incident_id, party=party, terms=self.terms(), message=message
        )


@ACTS.act(
    "/shared/{number}/answer",
    "Answers, in this dispute, what its incident shares with all, or just says that it was seen.",
    by=PARTIES,
)
class AnswerShared(Act):
    """One side's answer, in its own dispute, to an item shared with all. Without a message it only says that the
    item was seen.
    """

    model_config = example({"message": {"text": "Il mio pacco è partito prima.", "language": "it"}})

    message: Statement | None = None

    def command(self, at: Context, *, dispute_id: UUID, number: int) -> membership.AnswerShared:
        return membership.AnswerShared(**at.common(), dispute_id=dispute_id, number=number, message=words(self.message))
