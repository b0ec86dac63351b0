"""The neutral's proposal. It settles the dispute only if both sides accept it; refused or lapsed, the neutral will rule."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, assert_never
from uuid import UUID

from domain.clocks import deadlines
from domain.dispute import division as divisions
from domain.dispute.division import Division
from domain.kernel.base import Command, Event
from domain.kernel.money import CurrencyMismatch
from domain.kernel.people import Side, Stage, Text, Words, side_of
from domain.kernel.refusals import Conflict, DisputeIsClosed, Malformed, NotYourMove, Unknown
from domain.neutral.escalation import check_is_neutral
from domain.policy.book import Policy
from domain.remedies import remedy
from domain.settlement.negotiation import SettlementReached

if TYPE_CHECKING:
    from domain.clocks.deadlines import DeadlineEvent
    from domain.commitments.events import CommitmentEvent
    from domain.dispute.state import Dispute
    from domain.remedies.goods import GoodsEvent

# --- types ---


class ProposalMade(Event, kind="ProposalMade", stream="dispute"):
    schema_version = 2

    number: int
    terms: Division
    reasons: Text


class ProposalAccepted(Event, kind="ProposalAccepted", stream="dispute"):
    number: int
    by: Side


class ProposalRefused(Event, kind="ProposalRefused", stream="dispute"):
    number: int
    by: Side
    message: Text | None = None


class ProposalLapsed(Event, kind="ProposalLapsed", stream="dispute"):
    """Unanswered in time, or moot because the dispute was decided otherwise."""

    number: int
    why: Literal["lapsed", "moot"]


class ImpasseDeclared(Event, kind="ImpasseDeclared", stream="dispute"):
    """The neutral sees no agreement to be had, and will rule."""

    reasons: Text | None = None


ProposalEvent = ProposalMade | ProposalAccepted | ProposalRefused | ProposalLapsed | ImpasseDeclared


class MakeProposal(Command):
    dispute_id: UUID
    terms: Division
    reasons: Words


class AcceptProposal(Command):
    dispute_id: UUID
    number: int


class RefuseProposal(Command):
    dispute_id: UUID
    number: int
    message: Words | None = None


class DeclareImpasse(Command):
    dispute_id: UUID
    reasons: Words | None = None


class UnknownProposal(Unknown):
    """There is no proposal with this number."""


class ProposalIsOpen(Conflict):
    """A proposal is still open; it is answered or lapses before another is made."""


class ProposalNotOpen(Conflict):
    """This proposal was refused, has lapsed or was settled otherwise."""


class DoesNotAddUp(Malformed):
    """The parts do not add up to the amount in dispute."""

    pointer = "/award"


# --- state ---


@dataclass(frozen=True, slots=True)
class Proposal:
    number: int
    terms: Division
    accepted_by: frozenset[Side] = frozenset()
    status: Literal["open", "accepted", "refused", "lapsed"] = "open"


@dataclass(frozen=True, slots=True)
class Proposals:
    """`impasse` is set when mediation has failed: the neutral rules."""

    made: tuple[Proposal, ...] = ()
    impasse: bool = False

    def get(self, number: int) -> Proposal:
        """Raises UnknownProposal."""
        if not 1 <= number <= len(self.made):
            raise UnknownProposal(number=number)
        return self.made[number - 1]

    @property
    def open(self) -> Proposal | None:
        return self.made[-1] if self.made and self.made[-1].status == "open" else None


# --- evolve ---


def evolve(proposals: Proposals, event: ProposalEvent) -> Proposals:
    match event:
        case ProposalMade(number=number, terms=terms):
            return replace(proposals, made=(*proposals.made, Proposal(number, terms)))
        case ProposalAccepted(number=number, by=by):
            last = proposals.made[number - 1]
            both = last.accepted_by | {by}
            return _change(proposals, replace(last, accepted_by=both, status="accepted" if len(both) == 2 else "open"))
        case ProposalRefused(number=number):
            refused = replace(proposals.made[number - 1], status="refused")
            return replace(_change(proposals, refused), impasse=True)
        case ProposalLapsed(number=number, why=why):
            lapsed = _change(proposals, replace(proposals.made[number - 1], status="lapsed"))
            return replace(lapsed, impasse=proposals.impasse or why == "lapsed")
        case ImpasseDeclared():
            return replace(proposals, impasse=True)
        case _:
            assert_never(event)


def _change(proposals: Proposals, changed: Proposal) -> Proposals:
    made = tuple(changed if p.number == changed.number else p for p in proposals.made)
    return replace(proposals, made=made)


# --- decisions ---


def propose(dispute: "Dispute", policy: Policy, command: MakeProposal) -> "list[ProposalEvent | DeadlineEvent]":
    check_is_neutral(dispute, command.actor)
    _check_mediating(dispute)
    check_adds_up(dispute, command.terms)
    terms = divisions.stated(dispute, policy, command.terms)
    divisions.check_terms(dispute, policy, terms, "agreement")
    if (open_one := dispute.proposals.open) is not None:
        if open_one.terms == terms:
            return []
        raise ProposalIsOpen(number=open_one.number)
    number = len(dispute.proposals.made) + 1
    windows = [
        deadlines.for_party(
            f"proposal-{number}-{side}",
            policy.windows.proposal_reply,
            side,
            dispute.party(side),
            policy,
            "proposal_reply",
            command.now,
        )
        for side in Side
    ]
    return [
        ProposalMade(number=number, terms=terms, reasons=dispute.text(command.reasons, command.actor)),
        *windows,
    ]


def accept(
    dispute: "Dispute", policy: Policy, command: AcceptProposal
) -> "list[ProposalEvent | SettlementReached | CommitmentEvent | GoodsEvent]":
    side = side_of(command.actor)
    proposed = dispute.proposals.get(command.number)
    if side in proposed.accepted_by:
        return []
    _check_answerable(dispute, proposed)
    accepted = ProposalAccepted(number=proposed.number, by=side)
    if side.other not in proposed.accepted_by:
        return [accepted]
    settled = SettlementReached(terms=proposed.terms, by="proposal", number=proposed.number)
    return [accepted, settled, *remedy.owed(dispute, policy, proposed.terms, "settlement", command.now)]


def refuse(dispute: "Dispute", command: RefuseProposal) -> list[ProposalEvent]:
    side = side_of(command.actor)
    proposed = dispute.proposals.get(command.number)
    if proposed.status == "refused":
        return []
    _check_answerable(dispute, proposed)
    return [ProposalRefused(number=proposed.number, by=side, message=dispute.text(command.message, command.actor))]


def declare_impasse(dispute: "Dispute", command: DeclareImpasse) -> list[ProposalEvent]:
    check_is_neutral(dispute, command.actor)
    if dispute.proposals.impasse and dispute.stage is Stage.ADJUDICATION:
        return []
    _check_mediating(dispute)
    if dispute.proposals.open is not None:
        raise ProposalIsOpen(number=dispute.proposals.open.number)
    return [ImpasseDeclared(reasons=dispute.text(command.reasons, command.actor))]


def check_adds_up(dispute: "Dispute", terms: Division) -> None:
    for part in (terms.claimant, terms.respondent):
        if part.currency != dispute.in_dispute.currency:
            raise CurrencyMismatch(at="/award", expected=dispute.in_dispute.currency, found=part.currency)
    if terms.total != dispute.in_dispute:
        raise DoesNotAddUp(in_dispute=str(dispute.in_dispute), total=str(terms.total))


def _check_mediating(dispute: "Dispute") -> None:
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if dispute.stage is not Stage.MEDIATION:
        raise NotYourMove(stage=dispute.stage.value)


def _check_answerable(dispute: "Dispute", proposed: Proposal) -> None:
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if proposed.status != "open":
        raise ProposalNotOpen(number=proposed.number, status=proposed.status)
