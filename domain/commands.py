"""All commands, and the module that decides each. A new module takes one line in a union and one `if` below."""

from collections.abc import Sequence
from typing import assert_never

from domain.access import revocation
from domain.clocks import extensions, proceedings, stay
from domain.commitments import acts as commitment_acts
from domain.contacts import contacts
from domain.dispute.case import Basis, Case
from domain.evidence import attachments, exhibits, machine_reading
from domain.evidence import requests as evidence_requests
from domain.filing import (
    admissibility,
    delivery,
    key_questions,
    pleadings,
    recommendations,
    representation,
    response,
    review,
    set_aside,
)
from domain.filing.file_dispute import FileDispute
from domain.incidents import incident, membership
from domain.kernel.base import Event
from domain.neutral import assignment, escalation, independence, mandate
from domain.notices import notices, otherwise
from domain.payments import execution, failure, reconciliation, referral
from domain.policy import book, outages
from domain.privacy import access, erasure, rectification
from domain.remedies import closure, elsewhere, handover, reopening
from domain.ruling import appeal, co_signature, ruling_owed, rulings
from domain.settlement import caucus, conversation, negotiation, notes, party_requests, proposal, replies, translation
from domain.silence import RecordLapses

DisputeCommand = (
    response.ResponseCommand
    | admissibility.AdmissibilityCommand
    | key_questions.KeyQuestionCommand
    | pleadings.PleadingCommand
    | representation.RepresentationCommand
    | recommendations.RecommendationCommand
    | set_aside.SetAsideCommand
    | review.ReviewCommand
    | exhibits.ExhibitCommand
    | attachments.AttachmentCommand
    | evidence_requests.EvidenceRequestCommand
    | machine_reading.MachineReadingCommand
    | negotiation.NegotiationCommand
    | proposal.ProposalCommand
    | caucus.CaucusCommand
    | conversation.ConversationCommand
    | translation.TranslationCommand
    | replies.ReplyCommand
    | party_requests.PartyRequestCommand
    | notes.WriteNote
    | notices.NoticeCommand
    | otherwise.OtherwiseCommand
    | escalation.EscalationCommand
    | assignment.AssignmentCommand
    | independence.IndependenceCommand
    | rulings.RulingCommand
    | co_signature.CoSignatureCommand
    | appeal.AppealCommand
    | commitment_acts.CommitmentCommand
    | stay.StayCommand
    | extensions.ExtensionCommand
    | proceedings.ProceedingCommand
    | handover.HandoverCommand
    | elsewhere.ElsewhereCommand
    | delivery.DeliveryCommand
    | closure.ClosureCommand
    | reopening.ReopeningCommand
    | execution.ExecutionCommand
    | failure.FailureCommand
    | referral.ReferralCommand
    | membership.MembershipCommand
    | erasure.ErasureCommand
    | access.AccessCommand
    | rectification.RectificationCommand
    | RecordLapses
)
"""Commands on one dispute that was filed."""
StreamCommand = (
    book.PolicyCommand
    | outages.OutageCommand
    | mandate.MandateCommand
    | incident.IncidentCommand
    | reconciliation.ReconciliationCommand
    | contacts.ContactCommand
    | erasure.PersonCommand
    | revocation.RevocationCommand
)
"""Commands on a stream other than a dispute's."""
AnyCommand = FileDispute | DisputeCommand | StreamCommand


def decide_on_dispute(basis: Basis, command: DisputeCommand) -> Sequence[Event]:  # noqa: C901 - one arm a stage
    if isinstance(command, response.ResponseCommand):
        return response.decide(basis, command)
    if isinstance(command, admissibility.AdmissibilityCommand):
        return admissibility.decide(basis, command)
    if isinstance(command, key_questions.KeyQuestionCommand):
        return key_questions.decide(basis, command)
    if isinstance(command, pleadings.PleadingCommand):
        return pleadings.decide(basis, command)
    if isinstance(command, representation.RepresentationCommand):
        return representation.decide(basis, command)
    if isinstance(command, recommendations.RecommendationCommand):
        return recommendations.decide(basis, command)
    if isinstance(command, set_aside.SetAsideCommand):
        return set_aside.decide(basis, command)
    if isinstance(command, review.ReviewCommand):
        return review.decide(basis, command)
    if isinstance(command, exhibits.ExhibitCommand):
        return exhibits.decide(basis, command)
    if isinstance(command, attachments.AttachmentCommand):
        return attachments.decide(basis, command)
    if isinstance(command, evidence_requests.EvidenceRequestCommand):
        return evidence_requests.decide(basis, command)
    if isinstance(command, machine_reading.MachineReadingCommand):
        return machine_reading.decide(basis, command)
    if isinstance(command, negotiation.NegotiationCommand):
        return negotiation.decide(basis, command)
    if isinstance(command, proposal.ProposalCommand):
        return proposal.decide(basis, command)
    if isinstance(command, caucus.CaucusCommand):
        return caucus.decide(basis, command)
    if isinstance(command, conversation.ConversationCommand):
        return conversation.decide(basis, command)
    if isinstance(command, translation.TranslationCommand):
        return translation.decide(basis, command)
    if isinstance(command, replies.ReplyCommand):
        return replies.decide(basis, command)
    if isinstance(command, party_requests.PartyRequestCommand):
        return party_requests.decide(basis, command)
    if isinstance(command, notes.WriteNote):
        return notes.decide(basis, command)
    if isinstance(command, notices.NoticeCommand):
        return notices.decide(basis, command)
    if isinstance(command, otherwise.OtherwiseCommand):
        return otherwise.decide(basis, command)
    if isinstance(command, escalation.EscalationCommand):
        return escalation.decide(basis, command)
    if isinstance(command, assignment.AssignmentCommand):
        return assignment.decide(basis, command)
    if isinstance(command, independence.IndependenceCommand):
        return independence.decide(basis, command)
    if isinstance(command, rulings.RulingCommand):
        return rulings.decide(basis, command)
    if isinstance(command, co_signature.CoSignatureCommand):
        return co_signature.decide(basis, command)
    if isinstance(command, appeal.AppealCommand):
        return appeal.decide(basis, command)
    if isinstance(command, commitment_acts.CommitmentCommand):
        return commitment_acts.decide(basis, command)
    if isinstance(command, stay.StayCommand):
        return stay.decide(basis, command)
    if isinstance(command, extensions.ExtensionCommand):
        return extensions.decide(basis, command)
    if isinstance(command, proceedings.ProceedingCommand):
        return proceedings.decide(basis, command)
    if isinstance(command, handover.HandoverCommand):
        return handover.decide(basis, command)
    if isinstance(command, elsewhere.ElsewhereCommand):
        return elsewhere.decide(basis, command)
    if isinstance(command, delivery.DeliveryCommand):
        return delivery.decide(basis, command)
    if isinstance(command, closure.ClosureCommand):
        return closure.decide(basis, command)
    if isinstance(command, reopening.ReopeningCommand):
        return reopening.decide(basis, command)
    if isinstance(command, execution.ExecutionCommand):
        return execution.decide(basis, command)
    if isinstance(command, failure.FailureCommand):
        return failure.decide(basis, command)
    if isinstance(command, referral.ReferralCommand):
        return referral.decide(basis, command)
    if isinstance(command, membership.MembershipCommand):
        return membership.decide(basis, command)
    if isinstance(command, erasure.ErasureCommand):
        return erasure.decide(basis, command)
    if isinstance(command, access.AccessCommand):
        return access.decide(basis, command)
    if isinstance(command, rectification.RectificationCommand):
        return rectification.decide(basis, command)
    if isinstance(
        command, RecordLapses
    ):  # what has lapsed is recorded before; a dispute of an earlier release owes this
        return [] if basis.dispute.imported else ruling_owed.follow(basis.dispute, basis.policy, command.now)
    assert_never(command)


def decide_on_stream(case: Case, command: StreamCommand) -> Sequence[Event]:
    if isinstance(command, book.PolicyCommand):
        return book.decide(case.policies, command)
    if isinstance(command, outages.OutageCommand):
        return outages.decide(case.policies, command)
    if isinstance(command, mandate.MandateCommand):
        return mandate.decide(case.mandate, case.policies, command)
    if isinstance(command, incident.IncidentCommand):
        return incident.decide(case.incident, case.mandate, command)
    if isinstance(command, reconciliation.ReconciliationCommand):
        return reconciliation.decide(case.reconciliation, command)
    if isinstance(command, contacts.ContactCommand):
        return contacts.decide(case, command)
    if isinstance(command, erasure.PersonCommand):
        return erasure.decide_about_person(case.person, command)
    if isinstance(command, revocation.RevocationCommand):
        return revocation.decide(case.revocations, command)
    assert_never(command)
