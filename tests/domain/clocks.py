"""What holds of every deadline and every due instant: by whose calendar, and under which clause of the dispute's own policy."""

from collections.abc import Iterable
from typing import get_args

from domain.commitments import CommitmentMade
from domain.deadlines import DeadlineSet
from domain.decide import Fact
from domain.dispute import Dispute
from domain.goods import StepName
from domain.people import Side
from domain.policy import Policy
from domain.windows import DeadlineProof

CLAUSES = {
    "response": {"response"}, "negotiation": {"negotiation"}, "offer": {"offer_reply"}, "proposal": {"proposal_reply"},
    "evidence": {"evidence"}, "ruling": {"ruling", "longest"}, "appeal": {"appeal"}, "set_aside": {"set_aside"},
    "stay": {"stay"},
}  # fmt: skip
PROMISES = {
    "co_signature", "appeal", "first_act", "challenge", "set_aside", "remedy", "recovery", "recommendation",
    *(f"goods_{step}" for step in get_args(StepName)),
}  # fmt: skip


def check(dispute: Dispute, policy: Policy, facts: Iterable[Fact]) -> None:
    for fact in facts:
        match fact.event:
            case DeadlineSet(deadline=deadline, whose=whose):
                assert _clause(policy, deadline.proof) in CLAUSES[deadline.name.split("-")[0]], deadline
                if deadline.name != "stay":
                    _check_calendar(dispute, policy, whose, deadline.proof)
            case CommitmentMade(promise=promise) if promise.proof is not None:
                assert _clause(policy, promise.proof) in PROMISES, promise
                _check_calendar(dispute, policy, promise.owed_by.value, promise.proof)
            case _:
                pass


def _clause(policy: Policy, proof: DeadlineProof) -> str:
    version, _, clause = proof.rule.partition("/")
    assert version == policy.version
    return clause


def _check_calendar(dispute: Dispute, policy: Policy, whose: str, proof: DeadlineProof) -> None:
    home = dispute.party(Side(whose)) if whose in set(Side) else policy.desk
    assert proof.time_zone == home.time_zone
    assert proof.calendar.split()[-1] == (home.country or "only")
