"""Rules for every deadline and commitment: its owner, the owner's calendar, and the clause of the dispute's policy."""

from collections.abc import Sequence
from typing import get_args

from domain.clocks.deadline_facts import DeadlineSet
from domain.commitments.events import CommitmentMade, CommitmentPassed, CommitmentReplaced, Participant
from domain.course import Fact
from domain.dispute.state import Dispute
from domain.kernel.calendars import calendar_of
from domain.kernel.people import Side
from domain.kernel.windows import DeadlineProof
from domain.policy.policy import Policy
from domain.remedies.elsewhere_facts import RefundedElsewhere
from domain.remedies.goods_facts import StepName

CLAUSES = {
    "response": {"response", "fast_lane"}, "negotiation": {"negotiation"}, "offer": {"offer_reply"},
    "proposal": {"proposal_reply"}, "evidence": {"evidence"}, "ruling": {"ruling", "longest"}, "appeal": {"appeal"},
    "set_aside": {"set_aside"}, "stay": {"stay"},
}  # fmt: skip
PROMISES = {
    "ruling", "longest", "co_signature", "assignment", "breach", "first_act", "challenge", "set_aside", "remedy", "recovery",
    "recommendation", "promise", "review_answer", "message_reply", "public_reply", "party_requests", "reach", "translation",
    *(f"goods_{step}" for step in get_args(StepName)),
}  # fmt: skip
PEOPLE = {Participant.BUYER, Participant.SELLER, Participant.NEUTRAL}


def check(dispute: Dispute, policy: Policy, facts: Sequence[Fact]) -> None:
    replaced = any(isinstance(fact.event, CommitmentReplaced | RefundedElsewhere) for fact in facts)
    passed = {fact.event.commitment_id for fact in facts if isinstance(fact.event, CommitmentPassed)}
    for fact in facts:
        match fact.event:
            case DeadlineSet(deadline=deadline, whose=whose):
                assert _clause(policy, deadline.proof) in CLAUSES[deadline.name.split("-")[0]], deadline
                if deadline.name != "stay":
                    _check_calendar(dispute, policy, whose, deadline.proof)
            case CommitmentMade(commitment_id=made, promise=promise, arises_from=source):
                nobody = promise.owed_by is Participant.NEUTRAL and made in passed  # what an absent neutral is asked
                assert promise.subject is not None or promise.owed_by not in PEOPLE or nobody, promise
                if promise.owed_by.value in set(Side):
                    assert promise.subject == dispute.party(Side(promise.owed_by.value)).subject
                if promise.proof is not None:
                    assert _clause(policy, promise.proof) in PROMISES, promise
                    _check_calendar(dispute, policy, promise.owed_by.value, promise.proof)
                else:
                    assert source in {"promise", "goodwill", "erasure", "access"} or replaced, promise
            case _:
                pass


def _clause(policy: Policy, proof: DeadlineProof) -> str:
    version, _, clause = proof.rule.partition("/")
    assert version == policy.version
    return clause


def _check_calendar(dispute: Dispute, policy: Policy, whose: str, proof: DeadlineProof) -> None:
    home = dispute.party(Side(whose)) if whose in set(Side) else policy.desk
    assert proof.time_zone == home.time_zone
    said = policy.regional_holidays
    assert proof.days == calendar_of(home.country, home.region, said.by_country.get(home.country or "", said.otherwise))
