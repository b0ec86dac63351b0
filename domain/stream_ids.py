"""The ids of the streams of a case, and which of them a command needs: `None` if it needs none, or if the case does not show it
yet.
"""

from functools import lru_cache
from uuid import UUID, uuid5

from domain.commitments.events import commitment_id_of, refund_id_of
from domain.contacts.contacts import DestroyContacts
from domain.dispute.case import Case
from domain.evidence.attachments import AttachmentCommand
from domain.filing.file_dispute import FileDispute, ResolveClaim
from domain.filing.recommendations import RecommendationCommand
from domain.filing.review import AnswerReview
from domain.filing.standing_rules import ApplyStandingRules, OnStandingRules
from domain.incidents.incident import IncidentCommand
from domain.kernel.base import (
    AboutPerson,
    Command,
    NamesNeutral,
    OnDispute,
    OnIncident,
    OnRefund,
    Role,
)
from domain.kernel.people import Side
from domain.neutral.assignment import ReassignNeutral
from domain.payments.execution import InstructRefund
from domain.remedies.reopening import Reopen
from domain.settlement.notes import WriteNote
from domain.settlement.translation import CorrectTranslation

_POLICIES = UUID("7b0f6f0e-52a6-5d1c-9d0a-3f1f3f6c2a11")
_RECONCILIATIONS = UUID("0c1d4c5e-8a43-5b7e-9f52-6b1d0a7e4c92")
_REVOCATIONS = UUID("5e1c0f0a-77d4-5c39-8f1e-2a9b6d3c4e10")


# --- ids ---


def conversation_id(dispute_id: UUID) -> UUID:
    return uuid5(dispute_id, "conversation")


def seen_id(dispute_id: UUID) -> UUID:
    return uuid5(dispute_id, "seen")


def notes_id(dispute_id: UUID) -> UUID:
    return uuid5(dispute_id, "notes")


def notices_id(dispute_id: UUID) -> UUID:
    return uuid5(dispute_id, "notices")


def claims_id(marketplace: str, party: UUID) -> UUID:
    return uuid5(party, f"claims/{marketplace}")


def mandate_id(marketplace: str, neutral: UUID) -> UUID:
    return uuid5(neutral, f"mandate/{marketplace}")


def standing_rules_id(marketplace: str, seller: UUID) -> UUID:
    return uuid5(seller, f"standing-rules/{marketplace}")


def person_id(marketplace: str, subject: UUID) -> UUID:
    return uuid5(subject, f"person/{marketplace}")


def reconciliation_id(marketplace: str) -> UUID:
    return uuid5(_RECONCILIATIONS, marketplace)


def revocations_id(marketplace: str) -> UUID:
    return uuid5(_REVOCATIONS, marketplace)


@lru_cache(maxsize=1024)
def policies_id(marketplace: str) -> UUID:
    return uuid5(_POLICIES, marketplace)


# --- which stream a command needs ---


def transaction_for(command: Command, case: Case) -> UUID | None:
    if isinstance(command, FileDispute):
        return command.order.transaction_id
    if isinstance(command, DestroyContacts):
        return command.transaction_id
    return case.dispute.transaction_id if case.dispute is not None else None


def held_mandate(command: Command, case: Case) -> UUID | None:
    """The mandate of the neutral who has the dispute, acts on an incident, or grants a claim on the phone."""
    if command.actor.role is Role.NEUTRAL and isinstance(command, IncidentCommand | ResolveClaim):
        return mandate_id(command.marketplace, command.actor.subject)
    neutral = case.dispute.escalation.neutral if case.dispute is not None else None
    return mandate_id(command.marketplace, neutral) if neutral is not None else None


def named_mandate(command: Command) -> UUID | None:
    neutral = command.neutral if isinstance(command, NamesNeutral | ReassignNeutral) else None
    return mandate_id(command.marketplace, neutral) if neutral is not None else None


def notes_for(command: Command, _: Case) -> UUID | None:
    """Who hands a dispute over may leave a note with it."""
    noted = isinstance(command, WriteNote) or (isinstance(command, ReassignNeutral) and command.note is not None)
    return notes_id(command.dispute_id) if noted and isinstance(command, OnDispute) else None


def predecessor_for(command: Command, case: Case) -> UUID | None:
    if (held := held_mandate(command, case)) is None:
        return None
    return held if named_mandate(command) not in (None, held) else None


def incident_for(command: Command, case: Case) -> UUID | None:
    if isinstance(command, OnIncident):
        return command.incident_id
    return case.dispute.membership.incident if case.dispute is not None else None


def refund_for(command: Command, case: Case) -> UUID | None:
    if isinstance(command, ResolveClaim):
        return refund_id_of(commitment_id_of(command.order.transaction_id, command.dispute_id, 1))
    if isinstance(command, InstructRefund | Reopen):
        return refund_id_of(command.commitment_id) if command.commitment_id is not None else None
    return command.refund_id if isinstance(command, OnRefund) else None


def person_for(command: Command, case: Case) -> UUID | None:
    """The person whom a command is about: of a translation the author of the original, of an attachment its sender."""
    if (subject := _subject(command, case)) is None:
        return None
    return person_id(command.marketplace, subject)


def _subject(command: Command, case: Case) -> UUID | None:
    if isinstance(command, AboutPerson):
        return command.subject
    if isinstance(command, CorrectTranslation):
        known = case.conversation.translations.by.get(command.translation_id)
        return known.author if known is not None else None
    if isinstance(command, AttachmentCommand):
        file = case.conversation.attachment(command.message, command.file)
        return file.author if file is not None else None
    return None


def claims_for(command: Command, case: Case) -> UUID | None:
    """The claims of one party. A filing needs them only if policy limits the claimant; other filings save the read. A grant on
    the phone always counts.
    """
    if isinstance(command, ResolveClaim):
        return claims_id(command.marketplace, command.buyer.subject)
    if isinstance(command, FileDispute):
        if command.imported or not case.policies.in_force(command.now).abuse.limits_on(command.claimant):
            return None
        claimant = command.buyer if command.claimant is Side.BUYER else command.seller
        return claims_id(command.marketplace, claimant.subject)
    if isinstance(command, RecommendationCommand) and case.dispute is not None:
        return claims_id(command.marketplace, case.dispute.party(command.side).subject)
    if isinstance(command, AnswerReview) and case.dispute is not None:
        decided = case.dispute.machine.made.get(command.number)
        return claims_id(command.marketplace, case.dispute.party(decided.burdens).subject) if decided else None
    return None


def standing_rules_for(command: Command, case: Case) -> UUID | None:
    if isinstance(command, OnStandingRules):
        return standing_rules_id(command.marketplace, command.seller)
    if isinstance(command, ApplyStandingRules) and case.dispute is not None:
        return standing_rules_id(command.marketplace, case.dispute.seller.subject)
    return None
