"""Law reports on the neutral's independence: declarations of interests, and challenges by a party."""

from datetime import timedelta

import pytest

from domain.commitments.events import CommitmentBreached, CommitmentDischarged, CommitmentKept, CommitmentPassed
from domain.commitments.own_acts import ActDecides
from domain.commitments.state import Commitment
from domain.kernel.base import Role
from domain.kernel.people import NotAParty
from domain.kernel.refusals import DisputeIsClosed, NotYourMove
from domain.moves import moves
from domain.neutral.assignment import HasSteppedDown, NobodyAssigned
from domain.neutral.escalation import NotTheNeutral
from domain.neutral.escalation_facts import NeutralReleased
from domain.neutral.independence import (
    AlreadyChallenged,
    ChallengeIsOpen,
    ChallengeIsOver,
    InterestsNotDeclared,
    MayNotDecideChallenge,
    UnknownChallenge,
)
from domain.neutral.independence_facts import ChallengeDecided, InterestsDeclared, NeutralChallenged
from domain.neutral.mandate_facts import CaseHandedOver
from domain.policy.policy import Policy
from domain.settlement.proposal_facts import ProposalAccepted
from tests.domain.law.cast import (
    Person,
    administrator,
    another_neutral,
    buyer,
    engine,
    marketplace,
    neutral,
    seller,
    supervisor,
)
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, day, due_date, given, later, neutral_owed, of_ruling, owes, passes_to, some

ESCALATED = (filing(), day(1), seller.contests(), day(3), buyer.escalates())
ASSIGNED = (*ESCALATED, supervisor.assigns(neutral))
CHALLENGED = (*ASSIGNED, neutral.writes(), buyer.challenges())
RULING = neutral.rules("129.90 EUR", "0.00 EUR")


# --- declarations ---


def test_a_neutral_declares() -> None:
    """That there are no interests, once; or that there are, as often as a new one appears. It does not count as the
    first act."""
    report = given(*ASSIGNED).when(neutral.declares()).then(InterestsDeclared(neutral=neutral.subject))
    assert [c.is_first_act for c in report.dispute.commitments.open.values()] == [True, False]
    report.when(neutral.declares()).then_nothing()
    report.when(neutral.declares("I once bought there.")).then(some(InterestsDeclared, neutral=neutral.subject))
    for somebody in (another_neutral, supervisor, buyer):
        given(*ASSIGNED).when(somebody.declares()).refused(NotTheNeutral)
    ruled = (*ASSIGNED, neutral.declares_impasse(), RULING)
    given(*ruled).when(neutral.declares()).refused(NotYourMove, stage="appeal")


def test_a_policy_may_want_it_before_the_ruling() -> None:
    """The first policy asks for it. If a policy requires it, nobody rules without it. The next neutral declares
    again."""
    strict = administrator.publishes(Policy(version="strict", declaration_before_ruling=True))
    report = given(strict, *ASSIGNED, neutral.declares_impasse()).when(RULING).refused(InterestsNotDeclared)
    report.when(neutral.declares(), supervisor.reassigns(another_neutral))
    report.when(another_neutral.rules("129.90 EUR", "0.00 EUR")).refused(InterestsNotDeclared)
    report.when(another_neutral.declares(), another_neutral.rules("129.90 EUR", "0.00 EUR")).leaves("appeal")


# --- challenges ---


def test_a_party_challenges_the_neutral() -> None:
    """On a ground. The supervisor owes a decision within two business days, and has the move."""
    report = given(*ASSIGNED, neutral.writes()).when(buyer.challenges("bias"))
    report.then(
        some(NeutralChallenged, number=1, by="buyer", neutral=neutral.subject, ground="bias"),
        owes("supervisor", "buyer", None, kind="decide", arises_from="policy", number=4),
        passes_to("supervisor", "mediation"),
    )
    assert report.dispute.commitments.open_remedies() == []
    report.when(due_date(4), engine.ticks()).then(some(CommitmentBreached))


def test_nobody_rules_while_a_challenge_is_open() -> None:
    """Mediation continues, and the time for the ruling runs on."""
    report = given(*CHALLENGED).when(neutral.declares_impasse()).leaves("adjudication", "supervisor")
    report.when(RULING).refused(ChallengeIsOpen, challenges=[1])
    names = {move.name for move in moves(report.dispute, Policy(version="p"), neutral.actor, report.now)}
    assert "issue_ruling" not in names
    report.when(supervisor.decides_challenge(1, granted=False)).leaves("adjudication", "neutral")
    report.when(RULING).leaves("appeal")


def test_a_challenge_refused() -> None:
    """The neutral stays, and the supervisor's commitment is kept."""
    report = given(*CHALLENGED).when(supervisor.decides_challenge(1, granted=False))
    report.then(
        some(ChallengeDecided, number=1, granted=False, by="supervisor"),
        some(CommitmentKept, late=False, by="supervisor"),
        passes_to("neutral", "mediation"),
    )
    report.when(supervisor.decides_challenge(1, granted=False)).then_nothing()
    report.when(administrator.decides_challenge(1, granted=True)).refused(ChallengeIsOver, granted=False)


def test_a_challenge_granted() -> None:
    """The neutral is out for good, and the dispute waits for another one."""
    promised = (*CHALLENGED, neutral.promises("reply", "seller"))
    report = given(*promised).when(administrator.decides_challenge(1, granted=True))
    report.then(
        some(ChallengeDecided, granted=True),
        NeutralReleased(neutral=neutral.subject, why="challenged", by=Role.ADMINISTRATOR),
        of_ruling(CommitmentPassed, owed_by="supervisor"),
        some(CommitmentPassed, owed_by="supervisor"),
        some(CommitmentKept),
        CaseHandedOver,
        neutral_owed(),
    )
    report.leaves("mediation", "supervisor").when(supervisor.assigns(neutral)).refused(HasSteppedDown)
    report.when(another_neutral.takes_case()).leaves("mediation", "neutral")


def test_one_challenge_a_party() -> None:
    """Each side can challenge once in a dispute, whoever the neutral is. The same challenge again is harmless."""
    report = (
        given(*CHALLENGED)
        .when(buyer.challenges())
        .then_nothing()
        .when(buyer.challenges("bias"))
        .refused(AlreadyChallenged, number=1)
    )
    report.when(seller.challenges(), supervisor.decides_challenge(2, granted=False)).leaves("mediation", "supervisor")
    report.when(supervisor.decides_challenge(2, granted=False)).then_nothing()
    report.when(supervisor.reassigns(another_neutral), buyer.challenges()).refused(AlreadyChallenged)


def test_who_challenges_and_who_decides() -> None:
    """A party challenges the present neutral. A supervisor or an administrator decides."""
    for somebody in (neutral, marketplace, supervisor):
        given(*ASSIGNED).when(somebody.challenges()).refused(NotAParty)
    given(*ESCALATED).when(buyer.challenges()).refused(NobodyAssigned)
    given(filing()).when(buyer.challenges()).refused(NotYourMove)
    given(filing(), buyer.withdraws()).when(buyer.challenges()).refused(DisputeIsClosed)
    for somebody in (buyer, neutral, marketplace):
        given(*CHALLENGED).when(somebody.decides_challenge(1, granted=True)).refused(MayNotDecideChallenge)
    for number in (0, 2):
        given(*CHALLENGED).when(supervisor.decides_challenge(number, granted=True)).refused(UnknownChallenge)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMINISTRATOR])
@pytest.mark.parametrize("granted", [True, False])
def test_nobody_decides_a_challenge_of_themselves(role: Role, granted: bool) -> None:
    """Even if they also have another role. The act is not offered to them, and a colleague decides."""
    in_another_role = Person(role, neutral.subject)
    report = given(*CHALLENGED)
    report.when(in_another_role.decides_challenge(1, granted=granted)).refused(MayNotDecideChallenge, role="neutral")
    for person, offered in ((in_another_role, False), (supervisor, True)):
        names = {move.name for move in moves(report.dispute, Policy(version="p"), person.actor, report.now)}
        assert ("decide_challenge" in names) is offered


def test_a_challenge_is_moot_when_the_neutral_is_gone() -> None:
    """There is no need to challenge a neutral who stepped down. Nothing is owed on the challenge any more."""
    report = given(*CHALLENGED).when(neutral.recuses())
    assert _discharged(report) == ["neutral_gone"]
    report.when(supervisor.decides_challenge(1, granted=True)).refused(ChallengeIsOver, granted=None)
    report.when(another_neutral.takes_case()).leaves("mediation", "neutral")


def test_a_challenge_is_moot_when_the_parties_agree() -> None:
    """Nobody has to rule any more, nor to decide the challenge."""
    proposed = (*CHALLENGED, neutral.proposes("100.00 EUR", "29.90 EUR"), buyer.accepts_proposal())
    report = given(*proposed).when(seller.accepts_proposal())
    assert _discharged(report) == ["dispute_over"] * 2
    assert ProposalAccepted in [type(f.event) for f in report.facts]


def test_a_decision_put_off() -> None:
    """The party may give the supervisor more time. It cannot do without the decision, because nobody rules before it."""
    report = given(*CHALLENGED)
    report.when(buyer.waives_promise(4)).refused(ActDecides, about="challenge")
    report.when(buyer.replaces_promise(4, "decide", within=timedelta(days=9)))
    report.when(supervisor.decides_challenge(1, granted=False))
    assert len([f.event for f in report.facts if isinstance(f.event, CommitmentKept)]) == 1
    report.leaves("mediation", "neutral")


def test_a_challenge_that_opens_again() -> None:
    """The case goes to another neutral, and comes back. The challenge was never decided, so a decision is owed again, with
    a whole window."""
    report = given(*CHALLENGED, supervisor.reassigns(another_neutral))
    assert not _owed_on_challenges(report)
    report.when(later(hours=1), supervisor.reassigns(neutral)).leaves("mediation", "supervisor")
    (owed,) = _owed_on_challenges(report)
    assert (owed.owed_by, owed.owed_to, owed.since) == ("supervisor", "buyer", report.now)
    report.when(supervisor.decides_challenge(1, granted=False))
    assert not _owed_on_challenges(report)


def _owed_on_challenges(report: Report) -> list[Commitment]:
    return [owed for owed in report.dispute.commitments.open.values() if owed.waits_for == "challenge"]


def _discharged(report: Report) -> list[str]:
    return [f.event.reason for f in report.facts if isinstance(f.event, CommitmentDischarged)]
