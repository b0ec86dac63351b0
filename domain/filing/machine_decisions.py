"""How each decision of the machine is explained to the side that it burdens: its rule, its facts, the way to object.

A claim that is not heard, and goods whose steps end by silence, are reviewed on request (`domain.filing.review`). A
default can be set aside (`domain.filing.set_aside`). What the fast lane grants, and a withdrawal from the contract, can
be contested by answering. So those have no second way.
"""

from collections.abc import Mapping
from datetime import datetime

from domain.filing.review_facts import Decision, FactUsed, MachineDecided, Objection, Standing
from domain.kernel.base import Instant
from domain.kernel.people import Member
from domain.policy.policy import Policy

# --- types ---

_OTHERWISE: Mapping[Decision, Objection] = {
    "granted_by_default": "request_set_aside",
    "granted_at_once": "respond",
    "contract_withdrawn": "respond",
}
"""The decisions that have a way of their own to object."""


# --- decisions ---


def explained(
    decision: Decision,
    policy: Policy,
    clause: str,
    burdens: Member,
    now: Instant,
    facts: Mapping[str, object],
    *,
    number: int = 1,
    standing: Standing | None = None,
) -> MachineDecided:
    """`clause` is the rule of the policy. Facts that are None were not known, and are left out."""
    objection = _OTHERWISE.get(decision, "request_review")
    until, proof = policy.due("review", burdens, now) if objection == "request_review" else (None, None)
    return MachineDecided(
        number=number,
        decision=decision,
        burdens=burdens.side,
        clause=policy.rule(clause),
        facts=tuple(FactUsed(name=name, value=_told(value)) for name, value in facts.items() if value is not None),
        objection=objection,
        review_until=until,
        standing=standing,
        proof=proof,
    )


def _told(value: object) -> str:
    """An instant in ISO 8601 (UTC); everything else as it is written."""
    return value.isoformat() if isinstance(value, datetime) else str(value)
