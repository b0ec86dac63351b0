"""Reconstructs the commands that people once gave. Only facts are stored, so it starts from the facts that they led to.

What follows by itself from an act (lapses, deadlines, closure) is left out: the rules decide it again. A reminder
becomes a command of the clock at the same instant, because it shows that the clock ran then. See
`domain.simulation.what_if`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from domain import silence
from domain.clocks import deadline_facts, stay, stay_facts
from domain.commands import AnyCommand
from domain.commitments import acts as promises
from domain.commitments import events as commitment_events
from domain.commitments import reminder_facts
from domain.dispute.state import Dispute
from domain.evidence import exhibit_facts, request_facts
from domain.evidence import exhibits as evidence
from domain.evidence import requests as asked
from domain.filing import (
    admissibility,
    admissibility_facts,
    file_dispute,
    filing_facts,
    key_question_facts,
    key_questions,
    pleading_facts,
    pleadings,
    representation,
    representation_facts,
    response,
    response_facts,
    set_aside,
    set_aside_facts,
)
from domain.filing.vexatious_facts import ClaimFoundVexatious
from domain.kernel.base import Actor, Event, Instant, Role
from domain.kernel.conversion import Payout, Quote
from domain.kernel.people import Text, Words
from domain.kernel.windows import Window
from domain.neutral import escalation, escalation_facts, independence, independence_facts
from domain.neutral.assignment import HandOver, ReassignNeutral, Recuse
from domain.payments import execution as refund_execution
from domain.payments import execution_facts, refund_facts
from domain.payments import failure as refund_failure
from domain.payments import referral as refund_referral
from domain.remedies import (
    closure,
    closure_facts,
    elsewhere,
    elsewhere_facts,
    goods_facts,
    reopening,
    reopening_facts,
)
from domain.remedies.handover import ContestGoods, DecideGoods, SendGoods
from domain.ruling import issue as rulings
from domain.ruling import ruling_facts as a
from domain.ruling.appeal import Appeal, SendBack, WithdrawAppeal
from domain.ruling.co_signature import CoSignRuling, RefuseCoSignature
from domain.settlement import (
    caucus,
    caucus_facts,
    conversation,
    conversation_facts,
    negotiation,
    negotiation_facts,
    proposal,
    proposal_facts,
)
from domain.simulation.consequences import CONSEQUENCES

_BESIDE = frozenset({"marketplace", "actor", "now", "imported", "dispute_id"})


@dataclass(frozen=True, slots=True)
class Happened:
    """One stored fact of a dispute, with what the simulation needs of it."""

    position: int
    event: Event
    at: Instant
    stream_id: UUID
    actor: UUID


Act = Sequence[Happened]
"""The facts that one command made at one instant, without the lapses before it."""

_TOLD: Mapping[type[Event], tuple[type[AnyCommand], Role | None]] = {
    exhibit_facts.ExhibitWithdrawn: (evidence.WithdrawExhibit, None),
    exhibit_facts.ExhibitAnswered: (evidence.AnswerExhibit, None),
    request_facts.EvidenceRequested: (asked.RequestEvidence, Role.NEUTRAL),
    caucus_facts.CaucusMessagePosted: (caucus.PostInCaucus, None),
    caucus_facts.CaucusConsentGiven: (caucus.ConsentToNeutral, None),
    pleading_facts.RebuttalGiven: (pleadings.Rebut, None),
    pleading_facts.CounterclaimRaised: (pleadings.RaiseCounterclaim, None),
    negotiation_facts.OfferAccepted: (negotiation.AcceptOffer, None),
    negotiation_facts.OfferRejected: (negotiation.RejectOffer, None),
    escalation_facts.Escalated: (escalation.Escalate, None),
    escalation_facts.EscalationJoined: (escalation.Escalate, None),
    escalation_facts.NeutralAssigned: (escalation.AssignNeutral, None),
    independence_facts.InterestsDeclared: (independence.DeclareInterests, Role.NEUTRAL),
    independence_facts.NeutralChallenged: (independence.ChallengeNeutral, None),
    independence_facts.ChallengeDecided: (independence.DecideChallenge, None),
    representation_facts.RepresentativeNamed: (representation.NameRepresentative, None),
    representation_facts.RepresentationEnded: (representation.EndRepresentation, None),
    proposal_facts.ProposalMade: (proposal.MakeProposal, Role.NEUTRAL),
    proposal_facts.ProposalAccepted: (proposal.AcceptProposal, None),
    proposal_facts.ProposalRefused: (proposal.RefuseProposal, None),
    proposal_facts.ImpasseDeclared: (proposal.DeclareImpasse, Role.NEUTRAL),
    a.RulingCoSigned: (CoSignRuling, Role.SUPERVISOR),
    a.CoSignatureRefused: (RefuseCoSignature, Role.SUPERVISOR),
    a.AppealLodged: (Appeal, None),
    a.AppealSentBack: (SendBack, Role.NEUTRAL),
    a.AppealWaived: (rulings.WaiveAppeal, None),
    a.AppealWithdrawn: (WithdrawAppeal, None),
    admissibility_facts.DeclaredInadmissible: (admissibility.DeclareInadmissible, None),
    set_aside_facts.SetAsideRequested: (set_aside.RequestSetAside, None),
    set_aside_facts.DefaultSetAside: (set_aside.SetDefaultAside, None),
    set_aside_facts.SetAsideRefused: (set_aside.RefuseSetAside, None),
    goods_facts.GoodsContested: (ContestGoods, None),
    goods_facts.GoodsDecided: (DecideGoods, None),
    refund_facts.RefundInstructed: (refund_execution.InstructRefund, Role.ENGINE),
    refund_facts.RefundFailed: (refund_failure.FailRefund, Role.MARKETPLACE),
    refund_facts.RefundCancelled: (refund_execution.ReleaseRefund, Role.ENGINE),
    commitment_events.CommitmentKept: (promises.KeepCommitment, None),
    commitment_events.CommitmentWaived: (promises.WaiveCommitment, None),
    closure_facts.ClaimWithdrawn: (closure.Withdraw, None),
    closure_facts.DisputeCancelled: (closure.CancelDispute, Role.MARKETPLACE),
    stay_facts.StayOrdered: (stay.OrderStay, None),
    stay_facts.StayLifted: (stay.LiftStay, None),
    stay_facts.ParallelProceedingRecorded: (stay.RecordParallelProceeding, None),
    stay_facts.ParallelProceedingEnded: (stay.EndParallelProceeding, None),
    elsewhere_facts.RefundedElsewhere: (elsewhere.RecordRefundElsewhere, Role.MARKETPLACE),
    reopening_facts.HandlingRated: (reopening.RateHandling, None),
    reminder_facts.Reminded: (silence.RecordLapses, Role.ENGINE),
}
"""Events with the fields of their command; and the role, if the event does not show it. `_otherwise` has all others."""

_LEADING = (negotiation_facts.OfferMade, reopening_facts.DisputeReopened, response_facts.ResponseGiven)
"""Events that name the act even if another one comes first: a rejected offer, or an award or a grant that falls."""


def reconstruct_command(act: Act, dispute: Dispute | None, marketplace: str, *, imported: bool) -> AnyCommand | None:
    """The command of an act. None if nobody gave one, because the act followed from the passing of time.

    `dispute` is the dispute before the act.
    """
    first = next((one for one in act if isinstance(one.event, _LEADING)), act[0])
    told = _TOLD.get(type(first.event))
    kind, role, fields = (*told, {}) if told is not None else _otherwise(first.event, act, dispute)
    if kind is None:
        return None
    given = {name: _given(getattr(first.event, name)) for name in kind.model_fields if hasattr(first.event, name)}
    given |= {"refund_id": first.stream_id, "paid_at": first.at, **fields}
    names = kind.model_fields.keys() - _BESIDE
    who = role or _role(first.event, dispute)
    return kind.model_validate(
        {
            **{name: value for name, value in given.items() if name in names},
            "dispute_id": dispute.id if dispute is not None else first.stream_id,
            "marketplace": marketplace,
            "actor": Actor(subject=first.actor, role=who),
            "now": first.at,
            "imported": imported,
        }
    )


def _otherwise(  # noqa: C901 - one arm an event
    first: Event, act: Act, dispute: Dispute | None
) -> tuple[type[AnyCommand] | None, Role | None, dict[str, Any]]:
    match first:
        case filing_facts.DisputeFiled():
            added = [one.event for one in act if isinstance(one.event, exhibit_facts.ExhibitAdded)]
            fields = {"exhibits": tuple(map(_exhibit, added)), "answers": _answers(act)}
            return file_dispute.FileDispute, Role(first.claimant.value), fields
        case key_question_facts.KeyQuestionAnswered():
            return key_questions.AnswerKeyQuestions, None, {"answers": _answers(act)}
        case a.RulingIssued():
            found = [one.event.reasons for one in act if isinstance(one.event, ClaimFoundVexatious)]
            return rulings.IssueRuling, Role.NEUTRAL, {"vexatious": _given(found[0]) if found else None}
        case conversation_facts.MessagePosted(promise=promise):
            return conversation.PostMessage, None, {"promise": promise and _promised_with(promise, act)}
        case exhibit_facts.ExhibitAdded():
            return evidence.AddExhibit, None, {"exhibit": _exhibit(first)}
        case response_facts.ResponseGiven(answer=answer, conceded=conceded):
            return (
                response.Respond,
                None,
                {"conceded": conceded if answer is response_facts.Answer.CONCEDE_PART else None},
            )
        case negotiation_facts.OfferMade(terms=terms):
            more = {"amount": terms.claimant, "goods": terms.goods, "instalments": terms.instalments}
            return negotiation.MakeOffer, None, more
        case goods_facts.GoodsSent(shipment=shipment):
            followed = {"carrier": shipment.carrier, "number": shipment.number} if shipment is not None else {}
            return SendGoods, None, followed
        case escalation_facts.NeutralReleased(why="recused"):
            return Recuse, Role.NEUTRAL, {}
        case escalation_facts.NeutralReleased(why="reassigned"):
            named = [one.event.neutral for one in act if isinstance(one.event, escalation_facts.NeutralAssigned)]
            return ReassignNeutral, None, {"neutral": named[0] if named else None}
        case escalation_facts.NeutralReleased(why="mandate_closed"):
            return HandOver, Role.ENGINE, {}
        case execution_facts.RefundReturned(refund_id=returned):
            return refund_failure.FailRefund, Role.MARKETPLACE, {"reason": "bounced", "refund_id": returned}
        case refund_facts.RefundSubmitted(attempt=attempt, by=by):
            return refund_referral.RetryRefund, by, {"attempt": attempt if by is Role.ENGINE else None}
        case refund_facts.RefundSettledOtherwise(payout=payout):
            return refund_referral.SettleRefundOtherwise, None, {"payout": _quoted(payout)}
        case refund_facts.RefundConfirmed(payout=payout):
            return refund_execution.ConfirmRefund, Role.MARKETPLACE, {"payout": _quoted(payout)}
        case refund_facts.RefundBounced():
            return refund_failure.FailRefund, Role.MARKETPLACE, {"reason": "bounced"}
        case reopening_facts.DisputeReopened(bounced=bounced):
            return reopening.Reopen, Role.SUPERVISOR, {"commitment_id": bounced}
        case commitment_events.CommitmentMade(arises_from=commitment_events.Origin.REFUND):
            return _referred(act)
        case commitment_events.CommitmentMade() | commitment_events.CommitmentReplaced():
            return _promised(act)
        case deadline_facts.DeadlineMoved(why="extension", name=name, due_at=due_at) if dispute is not None:
            running = dispute.deadlines.get(name)
            more_time = due_at - running.due_at if running is not None else timedelta(hours=1)
            hours = max(1, round(more_time / timedelta(hours=1)))
            return stay.ExtendDeadline, Role.SUPERVISOR, {"more": Window(amount=hours, unit="hours")}
        case escalation_facts.NeutralReleased() | deadline_facts.DeadlineMoved():
            return None, None, {}  # for any other reason they follow by themselves
        case _:
            assert type(first) in CONSEQUENCES, f"the command behind {first.kind} is unknown"
            return None, None, {}


def _referred(act: Act) -> tuple[type[AnyCommand] | None, Role | None, dict[str, Any]]:
    """A refund of another sum than what was owed. The rules decide again on any other referral."""
    for one in act:
        if isinstance(one.event, execution_facts.RefundReferred) and one.event.why == "paid_differently":
            return refund_referral.ReferRefund, Role.ENGINE, {"refund_id": one.event.refund_id, "why": one.event.why}
    return None, None, {}


def _promised(act: Act) -> tuple[type[AnyCommand] | None, Role | None, dict[str, Any]]:
    """A commitment that somebody made freely, or in place of another. Every other commitment follows from an act."""
    made = {
        one.event.commitment_id: one.event for one in act if isinstance(one.event, commitment_events.CommitmentMade)
    }
    for one in act:
        if isinstance(one.event, commitment_events.CommitmentReplaced):
            fields = _promise(made[one.event.replaced_by])
            return promises.ReplaceCommitment, one.event.by, {**fields, "commitment_id": one.event.commitment_id}
    free = next((one for one in made.values() if one.arises_from in commitment_events.BEYOND_CLAIM), None)
    if free is None or act[0].event is not free:
        return None, None, {}
    known = {role.value for role in Role}
    by = Role(free.promise.owed_by.value) if free.promise.owed_by.value in known else Role.MARKETPLACE
    return (
        promises.MakeCommitment,
        by,
        {**_promise(free), "goodwill": free.arises_from is commitment_events.Origin.GOODWILL},
    )


def _promised_with(told: conversation_facts.PromiseInMessage, act: Act) -> promises.NewPromise:
    """The commitment made with a message. It has a due instant only if the policy did not set that."""
    made = next(one.event for one in act if isinstance(one.event, commitment_events.CommitmentMade))
    due_at = told.due_at if made.promise.proof is None else None
    return promises.NewPromise(kind=told.kind, owed_to=told.owed_to, due_at=due_at)


def _promise(made: commitment_events.CommitmentMade) -> dict[str, Any]:
    given = made.promise
    return {name: _given(getattr(given, name)) for name in ("kind", "owed_by", "owed_to", "amount", "due_at", "note")}


def _quoted(payout: Payout | None) -> Quote | None:
    return None if payout is None else Quote.model_validate(payout.model_dump(exclude={"residue"}))


def _role(event: Event, dispute: Dispute | None) -> Role:
    if (by := getattr(event, "by", None)) is not None:
        return Role(str(by))
    assert dispute is not None, "a filing tells who filed"
    side = dispute.claimant.other if isinstance(event, pleading_facts.CounterclaimRaised) else dispute.claimant
    return Role(side.value)


def _exhibit(added: exhibit_facts.ExhibitAdded) -> exhibit_facts.NewExhibit:
    return exhibit_facts.NewExhibit(description=_given(added.description), file=added.file, shows=added.shows)


def _answers(act: Act) -> tuple[key_question_facts.NewAnswer, ...]:
    told = (one.event for one in act if isinstance(one.event, key_question_facts.KeyQuestionAnswered))
    return tuple(key_question_facts.NewAnswer(question=one.question, answer=_given(one.answer)) for one in told)


def _given(value: Any) -> Any:
    """Texts are stored with their author. Commands give them without."""
    return Words(text=value.text, language=value.language) if isinstance(value, Text) else value
