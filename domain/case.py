"""A command's view of the world: which streams it needs, and how each is folded from its events."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid5

from domain.commitments.events import refund_id_of
from domain.dispute import evolve as evolution
from domain.dispute.state import Dispute
from domain.filing import claim_facts
from domain.filing.claim_facts import ClaimRecord
from domain.filing.file_dispute import FileDispute
from domain.filing.filing_facts import DisputeFiled
from domain.filing.recommendations import AnswerRecommendation, CountCase
from domain.incidents import incident
from domain.incidents.incident import Incident, IncidentCommand
from domain.kernel.base import Command, Event, Instant, Role, Stream
from domain.kernel.people import Side
from domain.neutral import mandate_facts
from domain.neutral.mandate_facts import Mandate
from domain.payments import reconciliation_facts, refund_facts, transaction_facts
from domain.payments.execution import ConfirmRefund, InstructRefund, ReleaseRefund
from domain.payments.failure import FailRefund
from domain.payments.reconciliation import ExplainDifference, RecordComparison
from domain.payments.reconciliation_facts import Reconciliation
from domain.payments.referral import ReferRefund, RetryRefund, SettleRefundOtherwise
from domain.payments.refund_facts import Refund
from domain.payments.transaction_facts import Transaction
from domain.policy import book as policy
from domain.policy.book import PolicyBook
from domain.privacy import erasure
from domain.privacy.erasure import Person, PersonCommand
from domain.remedies.reopening import Reopen
from domain.settlement import conversation_facts
from domain.settlement.conversation import PostMessage
from domain.settlement.conversation_facts import Conversation

_POLICIES = UUID("7b0f6f0e-52a6-5d1c-9d0a-3f1f3f6c2a11")
_RECONCILIATIONS = UUID("0c1d4c5e-8a43-5b7e-9f52-6b1d0a7e4c92")


@dataclass(frozen=True, slots=True)
class Case:
    """The streams that one command may read and write; None where nothing has happened yet.

    `mandate` is that of the neutral whom the command names, or else of the one who has the dispute; `predecessor` that of the
    one who has it, where the command names another. `claims` are those of one party, where policy counts them.
    `incident` is the one that the command names, or else the dispute's.
    """

    dispute: Dispute | None = None
    transaction: Transaction = Transaction()
    conversation: Conversation = Conversation()
    refund: Refund | None = None
    mandate: Mandate | None = None
    predecessor: Mandate | None = None
    policies: PolicyBook = PolicyBook()
    incident: Incident | None = None
    claims: ClaimRecord = ClaimRecord()
    reconciliation: Reconciliation = Reconciliation()
    person: Person = Person()


EMPTY = Case()


def streams(command: Command, case: Case) -> dict[Stream, UUID]:  # noqa: C901 - one arm a kind of command
    """Which streams the command needs, as far as `case` already tells; asked again once those are loaded."""
    needed: dict[Stream, UUID] = {"policies": policies_id(command.marketplace)}
    named = vars(command)
    if (dispute_id := named.get("dispute_id")) is not None:
        needed["dispute"] = dispute_id
    if case.dispute is not None:
        needed["transaction"] = case.dispute.transaction_id
        if (neutral := case.dispute.escalation.neutral) is not None:
            needed["mandate"] = mandate_id(command.marketplace, neutral)
    needed |= _about_incidents(command, case)
    if (neutral := named.get("neutral")) is not None:
        successor = mandate_id(command.marketplace, neutral)
        if needed.get("mandate", successor) != successor:
            needed["predecessor"] = needed["mandate"]
        needed["mandate"] = successor
    match command:
        case FileDispute():
            needed["transaction"] = command.order.transaction_id
            needed |= _counted(command, case.policies)
        case CountCase(side=side) | AnswerRecommendation(side=side) if case.dispute is not None:
            needed["claims"] = claims_id(command.marketplace, case.dispute.party(side).subject)
        case PostMessage():
            needed["conversation"] = conversation_id(command.dispute_id)
        case InstructRefund():
            needed["refund"] = refund_id_of(command.commitment_id)
        case Reopen(commitment_id=UUID() as commitment_id):
            needed["refund"] = refund_id_of(commitment_id)
        case ConfirmRefund() | FailRefund() | RetryRefund() | ReferRefund() | SettleRefundOtherwise() | ReleaseRefund():
            needed["refund"] = command.refund_id
        case RecordComparison() | ExplainDifference():
            needed["reconciliation"] = reconciliation_id(command.marketplace)
        case _ if isinstance(command, PersonCommand):
            needed["person"] = person_id(command.marketplace, command.subject)
        case _:
            pass
    return needed


def _about_incidents(command: Command, case: Case) -> dict[Stream, UUID]:
    """The incident that the command names, or else the dispute's; and the mandate of a neutral who acts on an incident."""
    needed: dict[Stream, UUID] = {}
    grouped = case.dispute.membership.incident if case.dispute is not None else None
    if (incident_id := vars(command).get("incident_id", grouped)) is not None:
        needed["incident"] = incident_id
    if isinstance(command, IncidentCommand) and command.actor.role is Role.NEUTRAL:
        needed["mandate"] = mandate_id(command.marketplace, command.actor.subject)
    return needed


def _counted(command: FileDispute, policies: PolicyBook) -> dict[Stream, UUID]:
    """Only who files under a limit has their claims counted: a filing is dear enough."""
    if command.imported or not policies.current.abuse.limits_on(command.claimant):
        return {}
    claimant = command.buyer if command.claimant is Side.BUYER else command.seller
    return {"claims": claims_id(command.marketplace, claimant.subject)}


def fold(stream: Stream, state: Any, event: Event, at: Instant) -> Any:
    """The state of one stream after one more of its events; `at` is when the event happened."""
    match stream:
        case "dispute":
            return evolution.filed(event, at) if isinstance(event, DisputeFiled) else evolution.evolve(state, event)  # type: ignore[arg-type]
        case "transaction":
            return transaction_facts.evolve(state, event)  # type: ignore[arg-type]
        case "conversation":
            return conversation_facts.evolve(state, event)  # type: ignore[arg-type]
        case "refund":
            return refund_facts.evolve(state, event, at)  # type: ignore[arg-type]
        case "mandate" | "predecessor":
            return mandate_facts.evolve(state, event)  # type: ignore[arg-type]
        case "policies":
            return policy.evolve(state, event)  # type: ignore[arg-type]
        case "incident":
            return incident.evolve(state, event)  # type: ignore[arg-type]
        case "claims":
            return claim_facts.evolve(state, event)  # type: ignore[arg-type]
        case "reading":
            return state  # nothing is ever decided on what was read
        case "reconciliation":
            return reconciliation_facts.evolve(state, event, at)  # type: ignore[arg-type]
        case "person":
            return erasure.evolve(state, event, at)  # type: ignore[arg-type]


def after(case: Case, event: Event, at: Instant, stream: Stream) -> Case:
    return replace(case, **{stream: fold(stream, getattr(case, stream), event, at)})


def conversation_id(dispute_id: UUID) -> UUID:
    return uuid5(dispute_id, "conversation")


def claims_id(marketplace: str, party: UUID) -> UUID:
    return uuid5(party, f"claims/{marketplace}")


def mandate_id(marketplace: str, neutral: UUID) -> UUID:
    return uuid5(neutral, f"mandate/{marketplace}")


def person_id(marketplace: str, subject: UUID) -> UUID:
    return uuid5(subject, f"person/{marketplace}")


def reconciliation_id(marketplace: str) -> UUID:
    return uuid5(_RECONCILIATIONS, marketplace)


@lru_cache(maxsize=1024)
def policies_id(marketplace: str) -> UUID:
    return uuid5(_POLICIES, marketplace)
