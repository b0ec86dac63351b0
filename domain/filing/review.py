"""The review of a decision of the machine: a person who took no part looks at it, because the burdened side asked.

Each side may ask once for each decision, within the policy's window. A supervisor then owes an answer with reasons. The
decision is upheld, or it is changed: a claim that was not heard is heard from the beginning, and goods whose steps ended
by silence go to a neutral, with the money that depended on them. A warning or a recommendation about a party is
withdrawn. A default is set aside instead, and what the fast lane
granted is contested (`domain.filing.machine_decisions`); a ruling is appealed.

    Refusal
    ├── Forbidden
    │   ├── NotBurdened
    │   └── MayNotReview
    └── Conflict
        ├── NothingToReview
        ├── ObjectOtherwise
        ├── ReviewWindowClosed
        ├── NoReviewRequested
        └── ReviewedOtherwise
"""

from collections.abc import Sequence
from typing import assert_never

from domain.clocks.deadline_facts import DeadlineEvent
from domain.commitments import making
from domain.commitments.events import CommitmentEvent, CommitmentKind, Matter, Origin, Participant, Promise
from domain.dispute.case import Basis, Case
from domain.dispute.state import Dispute
from domain.filing import claims, filing, recommendations
from domain.filing.claim_facts import ClaimsEvent
from domain.filing.review_facts import Decided, ReviewAnswer, ReviewAnswered, ReviewEvent, ReviewRequested
from domain.kernel.base import Actor, Event, Instant, OnDispute, Role
from domain.kernel.people import Outcome, Side, Words, side_of
from domain.kernel.refusals import Conflict, Forbidden
from domain.neutral import assignment
from domain.neutral.assignment import Released
from domain.payments import transaction
from domain.payments.transaction_facts import TransactionEvent
from domain.policy.outages import across
from domain.policy.policy import Policy
from domain.remedies import recovery
from domain.remedies.division_facts import RemedyEvent
from domain.remedies.recovery_facts import RecoveryEvent
from domain.remedies.reopening_facts import DisputeReopened

# --- types ---


class RequestReview(OnDispute, recorded_as=ReviewRequested):
    number: int
    statement: Words


class AnswerReview(OnDispute, halted_by_stay=True, recorded_as=ReviewAnswered):
    number: int
    answer: ReviewAnswer
    reasons: Words


ReviewCommand = RequestReview | AnswerReview

Undone = (
    DisputeReopened
    | RecoveryEvent
    | CommitmentEvent
    | RemedyEvent
    | Released
    | DeadlineEvent
    | TransactionEvent
    | ClaimsEvent
)


class NothingToReview(Conflict):
    """There is no decision with this number that the engine made alone in this dispute.

    Why: A review is about one decision that no person took part in, by its number in `decisions` of the case file.

    What to do: Look up the number in the case file. A ruling is appealed instead.

    Example: {"number": 1}
    """


class NotBurdened(Forbidden):
    """You do not act for the side that this decision burdens.

    Why: Whom a decision burdens may object to it. The other side gained by it.

    What to do: Leave it to the other side.

    Example: {"burdens": "buyer", "role": "seller"}
    """


class ObjectOtherwise(Conflict):
    """This decision is not reviewed on request, because another act objects to it: see `act`.

    Why: A second way beside that act would lead to two answers about one decision.

    What to do: Use the act in `act`, within its deadline.

    Example: {"act": "request_set_aside"}
    """


class ReviewWindowClosed(Conflict):
    """The time to ask for a review of this decision ended at `closed_at`.

    Why: The other side has to know at some time that a decision stands. The policy's window `review` says when.

    What to do: Write to the marketplace. A supervisor may still reopen a dispute that was decided.

    Example: {"closed_at": "2026-12-31T20:57:36+00:00"}
    """


class MayNotReview(Forbidden):
    """You cannot answer this review: you are not a supervisor, or you took part in the dispute.

    Why: A person who already had a part in the outcome would review their own work.

    What to do: Leave the answer to another supervisor.

    Example: {"role": "supervisor"}
    """


class NoReviewRequested(Conflict):
    """There is no request for a review of this decision by the party that it burdens.

    Why: A review is owed to the party that asked. Nothing is reviewed unasked.

    What to do: If the decision is wrong, a supervisor may reopen the dispute.

    Example: {"number": 1}
    """


class ReviewedOtherwise(Conflict):
    """The request for a review was already answered in another way.

    Why: The party has read the first answer and relies on it.

    What to do: Read the answer in `decisions` of the case file.

    Example: {"answer": "upheld"}
    """


# --- decisions ---


def decide(basis: Basis, command: ReviewCommand) -> Sequence[Event]:
    match command:
        case RequestReview():
            return request(basis.dispute, basis.policy, basis.case, command)
        case AnswerReview():
            return answer(basis.dispute, basis.policy, basis.case, command)
        case _:
            assert_never(command)


def request(
    dispute: Dispute, policy: Policy, case: Case, command: RequestReview
) -> list[ReviewEvent | CommitmentEvent]:
    """A supervisor then owes an answer to this side, within the policy's window."""
    decided, side = _decided(dispute, command.number), side_of(command.actor)
    if side is not decided.burdens:
        raise NotBurdened(burdens=decided.burdens.value, role=side.value)
    if decided.until is None:
        raise ObjectOtherwise(act=decided.objection)
    if decided.requested:
        return []
    outage = across(case.policies.outages, decided.until)
    until = outage.due_at if outage else decided.until
    if command.now >= until:
        raise ReviewWindowClosed(closed_at=until.isoformat())
    due_at, proof = policy.due("review_answer", None, command.now)
    promise = Promise(
        kind=CommitmentKind.REVIEW,
        owed_by=Participant.SUPERVISOR,
        owed_to=making.participant(side),
        due_at=due_at,
        proof=proof,
        about=Matter(what="machine_decision", number=decided.number),
    )
    statement = dispute.text(command.statement, command.actor)
    asked = ReviewRequested(number=decided.number, by=side, statement=statement)
    return [asked, making.make_commitment(dispute, promise, Origin.REVIEW)]


def answer(dispute: Dispute, policy: Policy, case: Case, command: AnswerReview) -> list[ReviewEvent | Undone]:
    """If what was decided no longer stands, `changed` changes nothing more."""
    decided = _decided(dispute, command.number)
    if not _may_review(dispute, command.actor):
        raise MayNotReview(role=command.actor.role.value)
    if decided.answer is not None:
        if decided.answer == command.answer:
            return []
        raise ReviewedOtherwise(answer=decided.answer)
    if not decided.requested:
        raise NoReviewRequested(number=decided.number)
    answered = ReviewAnswered(
        number=decided.number,
        burdens=decided.burdens,
        answer=command.answer,
        by=command.actor.role,
        reasons=dispute.text(command.reasons, command.actor),
    )
    kept = [
        making.keep_commitment(owed, command.now, command.actor.role, answered)
        for owed in dispute.commitments.open.values()
        if owed.is_review and owed.about == Matter(what="machine_decision", number=decided.number)
    ]
    changed = command.answer == "changed" and _stands(dispute, decided)
    undone = _undone(dispute, policy, case, decided, command) if changed else []
    return [answered, *kept, *undone]


def may_request(dispute: Dispute, side: Side, now: Instant) -> list[Decided]:
    """The decisions of which this side may ask for a review now."""
    return [
        one
        for one in dispute.machine.made.values()
        if one.burdens is side and not one.requested and one.until is not None and now < one.until
    ]


def may_answer(dispute: Dispute, actor: Actor) -> list[Decided]:
    """The decisions whose review this actor may answer."""
    waiting = [one for one in dispute.machine.made.values() if one.pending]
    return waiting if _may_review(dispute, actor) else []


def _may_review(dispute: Dispute, actor: Actor) -> bool:
    took_part = actor.subject in dispute.involved or actor.subject == dispute.escalation.neutral
    return actor.role is Role.SUPERVISOR and not took_part


def _decided(dispute: Dispute, number: int) -> Decided:
    if (decided := dispute.machine.made.get(number)) is None:
        raise NothingToReview(number=number)
    return decided


def _stands(dispute: Dispute, decided: Decided) -> bool:
    """Whether the decision still has its effect: nobody has reopened the dispute since."""
    if decided.standing is not None:
        return True
    if decided.decision == "not_heard":
        return dispute.outcome is Outcome.INADMISSIBLE
    return dispute.outcome is not None and dispute.goods is not None and dispute.goods.ended


def _undone(dispute: Dispute, policy: Policy, case: Case, decided: Decided, command: AnswerReview) -> list[Undone]:
    """Raises TakenMeanwhile if another dispute has taken up the order lines or their money."""
    if decided.standing is not None:
        record, now = case.claims, command.now
        return [*recommendations.withdraw(dispute, policy, record, decided.standing, decided.burdens, now)]
    reopened = DisputeReopened(
        ground="review", by=command.actor.role, reasons=dispute.text(command.reasons, command.actor)
    )
    claim = transaction.reopen_claim(case.transaction, dispute.id)
    if decided.decision == "not_heard":
        respondent = dispute.party(dispute.claimant.other)
        return [reopened, *filing.windows(respondent, policy, command.now), *claim, *claims.admitted(dispute, policy)]
    released = assignment.release(dispute, "reopened", command.actor.role)
    return [*recovery.overturn(dispute), reopened, *released, *claim]
