"""Whether the neutral is independent: the neutral declares interests, and each party may challenge a neutral once.

A supervisor or an administrator decides a challenge. While it is open nobody rules, but mediation goes on. If it is
granted, the neutral may not come back, and the dispute waits for another one.
"""

from collections.abc import Iterator, Sequence
from typing import Literal, assert_never

from domain.commitments import making
from domain.commitments.events import (
    CommitmentDischarged,
    CommitmentEvent,
    CommitmentKind,
    Origin,
    Participant,
)
from domain.commitments.state import Commitment
from domain.dispute.case import Basis
from domain.dispute.state import Dispute
from domain.kernel.base import Actor, Event, OnDispute, Role
from domain.kernel.people import Side, Words, side_of
from domain.kernel.refusals import Conflict, DisputeIsClosed, Forbidden, NotYourMove, Unknown
from domain.neutral import assignment, challenge_owed
from domain.neutral.assignment import NobodyAssigned, Released
from domain.neutral.escalation import check_is_neutral
from domain.neutral.independence_facts import (
    Challenge,
    ChallengeDecided,
    Ground,
    IndependenceEvent,
    InterestsDeclared,
    NeutralChallenged,
)
from domain.policy.policy import Policy

# --- types ---


class DeclareInterests(OnDispute, recorded_as=InterestsDeclared, given_by=Role.NEUTRAL):
    disclosed: Words | None = None


class ChallengeNeutral(OnDispute, recorded_as=NeutralChallenged):
    ground: Ground
    reason: Words


class DecideChallenge(OnDispute, recorded_as=ChallengeDecided):
    number: int
    granted: bool
    reasons: Words


IndependenceCommand = DeclareInterests | ChallengeNeutral | DecideChallenge


class AlreadyChallenged(Conflict):
    """Your side has already challenged a neutral in this dispute.

    Why: Each side has one challenge in a dispute, so that challenges do not replace one neutral after the other until
    one pleases.

    What to do: Wait for the decision on challenge `number`. Write further doubts to the supervisor in a message.

    Example: {"number": 1}
    """


class UnknownChallenge(Unknown):
    """There is no challenge with this number in this dispute.

    Why: Challenges are numbered in each dispute from 1.

    What to do: Take the number from `challenges` of the case file.

    Example: {"number": 0}
    """


class ChallengeIsOver(Conflict):
    """The challenge was already decided otherwise, or its neutral no longer has the dispute.

    Why: A challenge is decided once, and only while its neutral has the dispute.

    What to do: Nothing needs to be done. `granted` says how it was decided; null means that it became moot.

    Example: {"number": 1, "granted": false}
    """


class MayNotDecideChallenge(Forbidden):
    """You cannot decide this challenge: you are not a supervisor or administrator, or it is against you.

    Why: Nobody decides about a challenge of themselves, and a party does not decide about the neutral.

    What to do: Let a supervisor or administrator decide it who is not the challenged neutral.

    Example: {"role": "buyer"}
    """


class ChallengeIsOpen(Conflict):
    """The neutral was challenged, and the challenge is not decided yet.

    Why: While it is not clear whether the neutral is independent, the neutral must not decide.

    What to do: A supervisor or an administrator decides the challenges in `challenges` first.

    Example: {"challenges": [1]}
    """


class InterestsNotDeclared(Conflict):
    """The neutral has not declared interests, which the policy asks for before a ruling.

    Why: The policy asks every neutral to say, before a ruling, whether something could raise doubt about their
    independence. The parties can then object in time.

    What to do: Declare your interests with `POST /v1/disputes/{dispute_id}/interests`, also if there are none. Then
    issue the ruling.

    Example: {"policy": "strict"}
    """


# --- decisions ---


def decide(basis: Basis, command: IndependenceCommand) -> Sequence[Event]:
    match command:
        case DeclareInterests():
            return declare(basis.dispute, command)
        case ChallengeNeutral():
            return challenge(basis.dispute, basis.policy, command)
        case DecideChallenge():
            return decide_challenge(basis.dispute, command)
        case _:
            assert_never(command)


def declare(dispute: Dispute, command: DeclareInterests) -> list[IndependenceEvent]:
    """The neutral declares once that there are no interests. New ones may be declared at any time until the ruling."""
    check_is_neutral(dispute, command.actor)
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if command.disclosed is None and command.actor.subject in dispute.independence.declared:
        return []
    if not may_declare(dispute):
        raise NotYourMove(stage=dispute.stage.value)
    disclosed = dispute.text(command.disclosed, command.actor)
    return [InterestsDeclared(neutral=command.actor.subject, disclosed=disclosed)]


def challenge(dispute: Dispute, policy: Policy, command: ChallengeNeutral) -> list[IndependenceEvent | CommitmentEvent]:
    """The supervisor then owes a decision on the challenge."""
    side = side_of(command.actor)
    if dispute.closed:
        raise DisputeIsClosed(closed_as=str(dispute.outcome))
    if (before := dispute.independence.by(side)) is not None:
        if is_open(dispute, before) and before.ground == command.ground:
            return []
        raise AlreadyChallenged(number=before.number)
    if not assignment.waits_for_a_ruling(dispute):
        raise NotYourMove(stage=dispute.stage.value)
    if dispute.escalation.neutral is None:
        raise NobodyAssigned()
    challenged = NeutralChallenged(
        number=len(dispute.independence.challenges) + 1,
        by=side,
        neutral=dispute.escalation.neutral,
        ground=command.ground,
        reason=dispute.text(command.reason, command.actor),
    )
    return [challenged, challenge_owed.decision_owed(dispute, policy, side, command.now)]


def decide_challenge(dispute: Dispute, command: DecideChallenge) -> list[IndependenceEvent | Released]:
    role = command.actor.role
    if not assignment.may_assign(role):
        raise MayNotDecideChallenge(role=role.value)
    challenges = dispute.independence.challenges
    if not 1 <= command.number <= len(challenges):
        raise UnknownChallenge(number=command.number)
    about = challenges[command.number - 1]
    if about.neutral == command.actor.subject:
        raise MayNotDecideChallenge(role="neutral")
    if about.granted is command.granted:
        return []
    if not is_open(dispute, about):
        raise ChallengeIsOver(number=about.number, granted=about.granted)
    reasons = dispute.text(command.reasons, command.actor)
    decided = ChallengeDecided(number=about.number, granted=command.granted, by=role, reasons=reasons)
    gone = assignment.release(dispute, "challenged", role) if command.granted else []
    return [decided, *gone]


def is_open(dispute: Dispute, challenge: Challenge) -> bool:
    """Not decided and not moot: its neutral still has the dispute and has not ruled."""
    return challenge.granted is None and challenge.neutral == dispute.escalation.neutral and dispute.to_be_ruled


def open_challenges(dispute: Dispute) -> list[Challenge]:
    return [challenge for challenge in dispute.independence.challenges if is_open(dispute, challenge)]


def asked_of(dispute: Dispute, actor: Actor) -> list[Challenge]:
    """The open challenges that this supervisor or administrator may decide."""
    return [challenge for challenge in open_challenges(dispute) if challenge.neutral != actor.subject]


def may_declare(dispute: Dispute) -> bool:
    return assignment.waits_for_a_ruling(dispute)


def may_challenge(dispute: Dispute, side: Side) -> bool:
    has_one = dispute.escalation.neutral is not None and assignment.waits_for_a_ruling(dispute)
    return has_one and dispute.independence.by(side) is None


def may_rule(dispute: Dispute, policy: Policy) -> bool:
    return not open_challenges(dispute) and _has_declared(dispute, policy)


def check_may_rule(dispute: Dispute, policy: Policy) -> None:
    """Raises ChallengeIsOpen and InterestsNotDeclared."""
    check_not_challenged(dispute)
    if not _has_declared(dispute, policy):
        raise InterestsNotDeclared(policy=policy.version)


def check_not_challenged(dispute: Dispute) -> None:
    """Raises ChallengeIsOpen."""
    if still_open := open_challenges(dispute):
        raise ChallengeIsOpen(challenges=[challenge.number for challenge in still_open])


def moot(dispute: Dispute) -> Iterator[CommitmentEvent]:
    """Ends the commitment to decide a challenge if its neutral is gone, or the dispute is decided."""
    for about in dispute.independence.challenges:
        if about.granted is None and not is_open(dispute, about):
            for owed in decisions_owed(dispute, about):
                reason: Literal["neutral_gone", "dispute_over"] = (
                    "neutral_gone" if dispute.to_be_ruled else "dispute_over"
                )
                yield CommitmentDischarged(commitment_id=owed.id, reason=reason)


def decisions_owed(dispute: Dispute, challenge: Challenge) -> list[Commitment]:
    """The commitments to decide this challenge, including one that the party accepted in place of another."""
    owed_to = making.participant(challenge.by)
    return [
        owed
        for owed in dispute.commitments.open.values()
        if (owed.kind, owed.owed_by, owed.owed_to) == (CommitmentKind.DECIDE, Participant.SUPERVISOR, owed_to)
        and owed.arises_from is Origin.POLICY
    ]


def _has_declared(dispute: Dispute, policy: Policy) -> bool:
    wanted = policy.declaration_before_ruling and not dispute.imported
    return not wanted or dispute.escalation.neutral in dispute.independence.declared
