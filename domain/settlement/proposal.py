"""The neutral's proposal. It settles the dispute only if both sides accept it. If it is refused or lapses, a ruling
follows.
"""

from collections.abc import Sequence
from typing import assert_never

from domain.clocks import deadlines, names
from domain.clocks.deadline_facts import DeadlineEvent
from domain.commitments.events import Origin
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.kernel.base import Event, OnDispute, Role
from domain.kernel.money import CurrencyMismatch
from domain.kernel.people import Side, Stage, Words, side_of
from domain.kernel.refusals import Conflict, DisputeIsClosed, Malformed, NotYourMove
from domain.neutral.escalation import check_is_neutral
from domain.policy.policy import Policy
from domain.remedies import divisions, remedy
from domain.remedies.division_facts import Division, RemedyEvent
from domain.settlement.negotiation_facts import SettlementReached
from domain.settlement.proposal_facts import (
    ImpasseDeclared,
    Proposal,
    ProposalAccepted,
    ProposalEvent,
    ProposalMade,
    ProposalRefused,
)

# --- types ---


class MakeProposal(OnDispute, halted_by_stay=True, recorded_as=ProposalMade, given_by=Role.NEUTRAL):
    terms: Division
    reasons: Words


class AcceptProposal(OnDispute, halted_by_stay=True, recorded_as=ProposalAccepted):
    number: int


class RefuseProposal(OnDispute, halted_by_stay=True, recorded_as=ProposalRefused):
    number: int
    message: Words | None = None


class DeclareImpasse(OnDispute, halted_by_stay=True, recorded_as=ImpasseDeclared, given_by=Role.NEUTRAL):
    reasons: Words | None = None


ProposalCommand = MakeProposal | AcceptProposal | RefuseProposal | DeclareImpasse


class ProposalIsOpen(Conflict):
    """There is still an open proposal in this dispute.

    Why: Both sides are still asked about proposal `number`. A second one, or an impasse, beside it would leave unclear
    what they answer.

    What to do: Wait until both have answered, or until its time is over.

    Example: {"number": 1}
    """


class ProposalNotOpen(Conflict):
    """The proposal is no longer open: it was accepted, refused or lapsed.

    Why: A proposal ends when one side refuses it, both accept it, or its time is over.

    What to do: Read `status` of the proposal in the case file. An offer with the same terms is still possible while the
    dispute is open.

    Example: {"number": 1, "status": "lapsed"}
    """


class DoesNotAddUp(Malformed):
    """The parts of the `award` do not add up to the amount in dispute.

    Why: An award divides the whole sum in dispute, so that nothing of it stays undecided.

    What to do: Correct the two parts so that they add up to `in_dispute`. `total` is what you sent.

    Example: {"in_dispute": "129.90 EUR", "total": "129.91 EUR"}
    """

    pointer = "/award"


# --- decisions ---


def decide(basis: Basis, command: ProposalCommand) -> Sequence[Event]:
    match command:
        case MakeProposal():
            return propose(basis.dispute, basis.policy, command)
        case AcceptProposal():
            return accept(basis.dispute, basis.policy, command)
        case RefuseProposal():
            return refuse(basis.dispute, command)
        case DeclareImpasse():
            return declare_impasse(basis.dispute, command)
        case _:
            assert_never(command)


def propose(dispute: Dispute, policy: Policy, command: MakeProposal) -> list[ProposalEvent | DeadlineEvent]:
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
            names.ProposalReply(number, side), policy, "proposal_reply", dispute.party(side), command.now
        )
        for side in Side
    ]
    return [
        ProposalMade(number=number, terms=terms, reasons=dispute.text(command.reasons, command.actor)),
        *windows,
    ]


def accept(
    dispute: Dispute, policy: Policy, command: AcceptProposal
) -> list[ProposalEvent | SettlementReached | RemedyEvent]:
    side = side_of(command.actor)
    proposed = dispute.proposals.get(command.number)
    if side in proposed.accepted_by:
        return []
    _check_answerable(dispute, proposed)
    accepted = ProposalAccepted(number=proposed.number, by=side)
    if side.other not in proposed.accepted_by:
        return [accepted]
    settled = SettlementReached(terms=proposed.terms, by="proposal", number=proposed.number)
    return [accepted, settled, *remedy.commitments_of(dispute, policy, proposed.terms, Origin.SETTLEMENT, command.now)]


def refuse(dispute: Dispute, command: RefuseProposal) -> list[ProposalEvent]:
    side = side_of(command.actor)
    proposed = dispute.proposals.get(command.number)
    if proposed.status == "refused":
        return []
    _check_answerable(dispute, proposed)
    return [ProposalRefused(number=proposed.number, by=side, message=dispute.text(command.message, command.actor))]


def declare_impasse(dispute: Dispute, command: DeclareImpasse) -> list[ProposalEvent]:
    check_is_neutral(dispute, command.actor)
    if dispute.proposals.impasse and dispute.stage is Stage.ADJUDICATION:
        return []
    _check_mediating(dispute)
    if dispute.proposals.open is not None:
        raise ProposalIsOpen(number=dispute.proposals.open.number)
    return [ImpasseDeclared(reasons=dispute.text(command.reasons, command.actor))]


def check_adds_up(dispute: Dispute, terms: Division) -> None:
    for part in (terms.claimant, terms.respondent):
        if part.currency != dispute.in_dispute.currency:
            raise CurrencyMismatch(at="/award", expected=dispute.in_dispute.currency, found=part.currency)
    if terms.total != dispute.in_dispute:
        raise DoesNotAddUp(in_dispute=str(dispute.in_dispute), total=str(terms.total))


def _check_mediating(dispute: Dispute) -> None:
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if dispute.stage is not Stage.MEDIATION:
        raise NotYourMove(stage=dispute.stage.value)


def _check_answerable(dispute: Dispute, proposed: Proposal) -> None:
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if proposed.status != "open":
        raise ProposalNotOpen(number=proposed.number, status=proposed.status)
