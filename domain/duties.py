"""What somebody must do now: what they owe, and what is held against them if they stay silent.

Two things make a duty. The first is a commitment that this person owes. The second is a running deadline at whose end
silence decides something against this person, or may be held against them:

    response   the claim is granted
    answers    the ruling may weigh that there is no answer
    evidence   the neutral may infer that the fact is against them
    ruling     a supervisor takes over

A right is no duty: to appeal, to ask that a default be set aside, or to contest what the fast lane granted. Without it
a decision stands that was made before. An offer or a proposal may be left to lapse: that does what a refusal does. While
a dispute is stayed nothing falls due, so nobody has a duty.

`actions` and the dispute in words say from here alone what is mandatory.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias
from uuid import UUID

from domain.clocks import names
from domain.clocks.names import DeadlineName
from domain.commitments import fulfilment
from domain.commitments.events import CommitmentKept, CommitmentKind, Origin, Participant
from domain.commitments.keeping import may_keep
from domain.commitments.participants import THIRD_PARTIES
from domain.commitments.state import Commitment
from domain.dispute.state import Dispute
from domain.evidence.exhibit_facts import ExhibitAdded
from domain.filing import fast_lane, key_questions
from domain.filing.claim_facts import RecommendationAnswered
from domain.filing.key_question_facts import KeyQuestionAnswered
from domain.kernel.base import Actor, Command, Event, Instant, Role, act_name
from domain.kernel.frozen import frozen
from domain.kernel.people import Side
from domain.neutral import independence
from domain.neutral.escalation import is_neutral
from domain.neutral.escalation_facts import NeutralAssigned
from domain.payments.refund_facts import RefundConfirmed, RefundSettledOtherwise, RefundSubmitted
from domain.policy.policy import Policy
from domain.remedies.goods_facts import GoodsSent
from domain.remedies.reopening_facts import DisputeReopened
from domain.ruling.ruling_facts import RulingIssued
from domain.settlement.caucus_facts import CaucusMessagePosted
from domain.settlement.conversation_facts import MessagePosted

# --- types ---

_OTHERWISE: Mapping[type[Event], tuple[str, ...]] = {
    MessagePosted: ("post_message",),
    ExhibitAdded: ("add_exhibit",),
    KeyQuestionAnswered: ("answer_key_questions",),
    NeutralAssigned: ("assign_neutral", "reassign_neutral"),
    RulingIssued: ("issue_ruling",),
    GoodsSent: ("send_goods",),
    RefundSubmitted: ("retry_refund",),
    RefundConfirmed: ("confirm_refund",),
    RefundSettledOtherwise: ("settle_refund_otherwise",),
    DisputeReopened: ("reopen",),
    RecommendationAnswered: ("answer_recommendation",),
}
"""The acts behind a fact that has not the fields of a command."""

_PARTIES: Mapping[Role, Side] = {Role.BUYER: Side.BUYER, Role.SELLER: Side.SELLER}


About: TypeAlias = int | UUID | None
"""The number or the id of the one thing that an act must be about. None: whatever it is about."""


@frozen
class Duty:
    """One thing that a person must do, until `due_at`. `owed` is the name of the deadline, or the id of the commitment.

    Each of the `acts` does it. There may be none: what somebody does elsewhere, such as a call, has no act here.
    """

    owed: str | UUID
    due_at: Instant
    acts: tuple[tuple[str, About], ...] = ()

    def is_done_by(self, act: str, number: int | None, target: UUID | None) -> bool:
        """Whether this act does it, which is about the thing with this number or id."""
        return any(name == act and about in (None, number, target) for name, about in self.acts)


# --- decisions ---


def duties(dispute: Dispute, policy: Policy, actor: Actor, now: Instant) -> list[Duty]:
    """What this actor must do, as of a dispute in which everything that is due by now has lapsed."""
    if dispute.stay.since is not None:
        return []
    return [*_of_deadlines(dispute, policy, actor, now), *_of_commitments(dispute, actor)]


def _of_deadlines(dispute: Dispute, policy: Policy, actor: Actor, now: Instant) -> Iterator[Duty]:
    """In an imported past case no deadline ends anything."""
    if dispute.imported:
        return
    if (side := _PARTIES.get(actor.role)) is not None:
        yield from _of_party(dispute, policy, side, now)
    elif actor.role is Role.NEUTRAL and is_neutral(dispute, actor):
        yield from _until(dispute, names.Ruling(), "issue_ruling", "send_back")


def _of_party(dispute: Dispute, policy: Policy, side: Side, now: Instant) -> Iterator[Duty]:
    if side is not dispute.claimant and not fast_lane.may_be_contested(dispute):
        yield from _until(dispute, names.Response(), "respond")
    if key_questions.unanswered(dispute, policy, side, now):
        yield from _until(dispute, names.Answers(side), "answer_key_questions")
    for request in dispute.evidence_requests.unanswered:
        if request.of is side:
            yield from _until(dispute, names.Evidence(request.number), "add_exhibit")


def _until(dispute: Dispute, name: DeadlineName, *acts: str) -> Iterator[Duty]:
    if (deadline := dispute.deadlines.timed(name)) is not None:
        yield Duty(deadline.name, deadline.due_at, tuple((act, None) for act in acts))


def _of_commitments(dispute: Dispute, actor: Actor) -> Iterator[Duty]:
    for owed in dispute.commitments.open.values():
        if _owes(dispute, actor, owed):
            acts = [(act, about) for act in _acts(dispute, owed, actor) for about in _about(dispute, owed, act)]
            yield Duty(owed.id, owed.due_at, (*acts, *_shows(dispute, owed)))


def _owes(dispute: Dispute, actor: Actor, owed: Commitment) -> bool:
    """A representative owes what the party owes. Of the desk, one person may owe it, or whoever has the role."""
    if owed.owed_by.value != actor.role.value:
        return False
    if actor.role is Role.NEUTRAL and not is_neutral(dispute, actor):
        return False
    return actor.role in _PARTIES or owed.subject in (None, actor.subject)


def _acts(dispute: Dispute, owed: Commitment, actor: Actor) -> Iterator[str]:
    """The acts of the debtor that keep it. Without `keepers`, any act of the neutral does; those that review count.

    A supervisor to whom such a commitment passed has none: a neutral's first act keeps it, once one is assigned.
    """
    anything = fulfilment.REVIEWS if actor.role is Role.NEUTRAL else ()
    facts = fulfilment.keepers(owed)
    for fact in anything if facts is None else facts:
        if fact is CaucusMessagePosted and Participant.NEUTRAL not in (owed.owed_by, owed.owed_to):
            continue  # the other side does not hear it
        if owed.owed_to not in THIRD_PARTIES or owed.arises_from is not Origin.PROMISE:  # they read nothing here
            yield from _acts_of(fact)
    if may_keep(dispute, owed, actor.role) and not owed.by_refund and not owed.kept_by_its_own_act:
        yield from ("keep_commitment", "contest_goods")


def _acts_of(fact: type[Event]) -> tuple[str, ...]:
    if fact is CommitmentKept:
        return ()  # somebody says that it was kept: `_acts` knows who may
    recorded = Command.recorded.get(fact)
    return _OTHERWISE.get(fact) or (() if recorded is None else (act_name(recorded),))


def _about(dispute: Dispute, owed: Commitment, act: str) -> Iterable[About]:
    """What this act must be about to keep the commitment: one number or id for each thing that it may be about."""
    match act:
        case "keep_commitment" | "contest_goods" | "send_goods" | "answer_recommendation" | "record_reached":
            return (owed.id,)
        case "confirm_refund" | "retry_refund" | "settle_refund_otherwise":
            refunds = [one for one in dispute.commitments.open.values() if owed.id in (one.id, one.decision)]
            return [one.refund_id for one in refunds if one.refund_id is not None]
        case "decide_challenge" if owed.ends_with_dispute:
            challenges = independence.open_challenges(dispute)
            return [one.number for one in challenges if owed in independence.decisions_owed(dispute, one)]
        case "decide_challenge" | "answer_review" | "answer_party_request" | "decline_party_request" if (
            owed.about is not None
        ):
            return (owed.about.number,)
        case _:
            return (None,)


def _shows(dispute: Dispute, owed: Commitment) -> Iterator[tuple[str, About]]:
    """Who promised to confirm that something came confirms the commitment that brought it."""
    if owed.kind is CommitmentKind.CONFIRM and owed.arises_from is Origin.PROMISE and owed.owed_to not in THIRD_PARTIES:
        for other in dispute.commitments.open.values():
            if fulfilment.came(other, owed.owed_by):
                yield "keep_commitment", other.id
                if other.refund_id is not None:
                    yield from (("confirm_refund", other.refund_id), ("settle_refund_otherwise", other.refund_id))
