"""Law reports on reassignment and recusal, and on what the next neutral takes over."""

from uuid import UUID

from domain.clocks.deadline_facts import DeadlineSet
from domain.commitments.events import CommitmentKept, CommitmentPassed, CommitmentReplaced, Participant
from domain.commitments.own_acts import AssignmentDecides
from domain.kernel.base import Role
from domain.kernel.refusals import DisputeIsClosed, NotYourMove
from domain.moves import moves
from domain.neutral.assignment import HasSteppedDown, NobodyAssigned
from domain.neutral.eligibility import HoldsTooMany
from domain.neutral.escalation import AlreadyAssigned, MayNotAssign, NotTheNeutral
from domain.neutral.escalation_facts import NeutralAssigned, NeutralReleased, Referred
from domain.neutral.mandate import NoMandate
from domain.neutral.mandate_facts import CaseDone, CaseHandedOver, CaseTaken
from domain.policy.book import FIRST_POLICY
from domain.settlement.notes import MayNotNote
from domain.settlement.notes_facts import NoteWritten
from domain.settlement.proposal_facts import ProposalLapsed
from domain.stream_ids import mandate_id
from tests.domain.law.acts import FIRST, MARKETPLACE, commitment
from tests.domain.law.cast import (
    Person,
    administrator,
    another_neutral,
    auditor,
    buyer,
    deputy,
    engine,
    marketplace,
    neutral,
    seller,
    supervisor,
)
from tests.domain.law.filings import filing
from tests.domain.law.reports import (
    Report,
    at,
    day,
    deadline,
    due_date,
    given,
    later,
    moot,
    neutral_owed,
    of_ruling,
    owes,
    passes_to,
    ruling_owed,
    sets,
    some,
)

ESCALATED = (filing(), day(1), seller.contests(), day(3), buyer.escalates())
ASSIGNED = (*ESCALATED, supervisor.assigns(neutral))
AT_WORK = (*ASSIGNED, neutral.writes())


def cases(report: Report, somebody: Person) -> set[UUID]:
    """The disputes that a neutral's mandate holds."""
    return set(report.world.states[mandate_id(MARKETPLACE, somebody.subject)].cases)


# --- reassignment ---


def test_a_supervisor_moves_a_case() -> None:
    """The next neutral has it at once, with a new first act and a new time for the ruling. The mandates are updated."""
    report = given(*AT_WORK, day(4)).when(supervisor.reassigns(another_neutral))
    report.then(
        some(NeutralReleased, neutral=neutral.subject, why="reassigned", by="supervisor"),
        NeutralAssigned(neutral=another_neutral.subject, by=Role.SUPERVISOR),
        owes("neutral", "buyer", None, kind="review", arises_from="policy"),
        sets("ruling", "neutral", due_at="2026-11-20T10:00+00:00"),
        CaseHandedOver(dispute_id=FIRST),
        CaseTaken(dispute_id=FIRST),
        of_ruling(CommitmentReplaced),
        ruling_owed(),
    ).leaves("mediation", "neutral")
    assert (cases(report, neutral), cases(report, another_neutral)) == (set(), {FIRST})
    report.when(neutral.declares_impasse()).refused(NotTheNeutral)
    report.when(another_neutral.declares_impasse()).leaves("adjudication", "neutral")


def test_the_reason_is_on_record() -> None:
    """The reason is recorded in the words of the person who moved the case."""
    report = given(*AT_WORK).when(supervisor.reassigns(another_neutral))
    (released,) = [f.event for f in report.facts if isinstance(f.event, NeutralReleased)]
    assert released.reason is not None
    assert (released.reason.text, released.reason.author) == ("On a journey.", supervisor.subject)


def test_every_vacancy_is_owed() -> None:
    """The supervisor owes a neutral within two business days. Only an assignment keeps this; if no neutral is needed
    any more, it ends."""
    called = given(filing(), seller.contests(), day(3), buyer.escalates())
    owed = called.dispute.commitments.open[commitment(1)]
    assert (owed.owes_neutral, owed.owed_by, owed.due_at.isoformat()) == (
        True,
        "supervisor",
        "2026-11-09T10:00:00+00:00",
    )
    for act in (marketplace.confirms_promise(1), buyer.waives_promise(1), buyer.replaces_promise(1, "assign")):
        called.when(act).refused(AssignmentDecides)
    called.when(due_date(1), engine.ticks())
    assert called.dispute.commitments.open[commitment(1)].overdue
    called.when(supervisor.assigns(neutral))
    assert called.dispute.commitments.ended[commitment(1)] == "kept_late"
    settled = given(filing(), day(3), buyer.escalates(), seller.offers("50.00 EUR"), buyer.accepts_offer(1))
    assert settled.dispute.commitments.ended[commitment(1)] == "discharged"


def test_back_to_be_assigned() -> None:
    """Without a next neutral the dispute waits with the supervisor, and the time for the ruling runs on."""
    report = given(*AT_WORK).when(administrator.reassigns())
    report.then(
        some(NeutralReleased, why="reassigned"),
        of_ruling(CommitmentPassed, owed_by="supervisor"),
        CaseHandedOver,
        neutral_owed(),
        passes_to("supervisor", "mediation"),
    )
    assert "ruling" in report.dispute.deadlines.running
    report.when(administrator.reassigns()).then_nothing()
    report.when(neutral.takes_case()).leaves("mediation", "neutral")


def test_who_reassigns() -> None:
    """A supervisor, an administrator or its neutral, while the dispute waits for a ruling and has a neutral."""
    for somebody in (buyer, seller, marketplace, auditor, engine):
        given(*AT_WORK).when(somebody.reassigns(another_neutral)).refused(MayNotAssign)
    given(*AT_WORK).when(supervisor.reassigns(neutral)).then_nothing()
    given(*ESCALATED).when(supervisor.reassigns(neutral)).refused(NobodyAssigned)
    given(*AT_WORK).when(supervisor.reassigns(supervisor)).refused(NoMandate)
    given(*AT_WORK).when(supervisor.assigns(another_neutral)).refused(AlreadyAssigned)
    full = administrator.grants_mandate(another_neutral, most_cases=0)
    given(*AT_WORK, full).when(supervisor.reassigns(another_neutral)).refused(HoldsTooMany)
    ruled = (*AT_WORK, neutral.declares_impasse(), neutral.rules("129.90 EUR", "0.00 EUR"))
    for successor in (another_neutral, None):
        given(*ruled).when(supervisor.reassigns(successor)).refused(NotYourMove, stage="appeal")
    given(*AT_WORK, buyer.withdraws()).when(supervisor.reassigns(another_neutral)).refused(DisputeIsClosed)


def test_a_neutral_hands_over_their_own_dispute() -> None:
    """To somebody who may hear it, or back to wait. Handing over is no look at the case. The note is not for the parties."""
    report = given(*ASSIGNED).when(neutral.reassigns(another_neutral, note="Wait for the laboratory."))
    kinds = [type(fact.event) for fact in report.facts]
    assert CommitmentKept not in kinds
    assert kinds.count(NoteWritten) == 1
    assert report.dispute.escalation.neutral == another_neutral.subject
    report.when(neutral.reassigns(another_neutral)).then_nothing()
    report.when(neutral.reassigns(deputy)).refused(NotTheNeutral)
    given(*AT_WORK).when(neutral.reassigns()).leaves("mediation", "supervisor")
    given(*AT_WORK).when(another_neutral.reassigns(another_neutral)).refused(NotTheNeutral)
    given(*AT_WORK, administrator.closes_mandate(neutral)).when(neutral.reassigns(another_neutral)).refused(NoMandate)
    full = administrator.grants_mandate(another_neutral, most_cases=0)
    given(*AT_WORK, full).when(neutral.reassigns(another_neutral)).refused(HoldsTooMany)
    given(*AT_WORK).when(administrator.reassigns(another_neutral, note="Be quick.")).refused(MayNotNote)


def test_a_proposal_falls_with_its_neutral() -> None:
    """The proposal lapses, and mediation continues with the next neutral."""
    proposed = (*AT_WORK, neutral.proposes("100.00 EUR", "29.90 EUR"), buyer.accepts_proposal())
    report = given(*proposed).when(supervisor.reassigns(another_neutral))
    report.then(
        NeutralReleased,
        ProposalLapsed(number=1, why="moot"),
        NeutralAssigned,
        owes("neutral", "buyer", None, kind="review"),
        DeadlineSet,
        CaseHandedOver,
        CaseTaken,
        moot("proposal-1-seller"),
        of_ruling(CommitmentReplaced),
        ruling_owed(),
        passes_to("neutral", "mediation"),
    )


# --- what passes on ---


def test_promises_pass_to_the_successor() -> None:
    """They stay the same, with the same due instant, but somebody else owes them. A missed first act is replaced by a
    new one."""
    promised = (*ASSIGNED, neutral.promises("call_back", "buyer"))
    report = given(*promised).when(supervisor.reassigns(another_neutral))
    assert CommitmentPassed(
        commitment_id=commitment(4), owed_by=Participant.NEUTRAL, subject=another_neutral.subject
    ) in [f.event for f in report.facts]
    call = report.dispute.commitments.open[commitment(4)]
    assert (call.owed_by, call.due_at) == (
        Participant.NEUTRAL,
        given(*promised).dispute.commitments.open[call.id].due_at,
    )


def test_without_a_successor_the_supervisor_owes() -> None:
    """The next neutral owes them from the assignment on. The old first act is replaced by a new one."""
    report = given(*ASSIGNED).when(supervisor.reassigns())
    report.then(
        NeutralReleased,
        CommitmentPassed(commitment_id=commitment(2), owed_by=Participant.SUPERVISOR),
        of_ruling(CommitmentPassed, owed_by="supervisor"),
        CaseHandedOver,
        neutral_owed(),
        passes_to("supervisor", "mediation"),
    )
    report.when(another_neutral.takes_case()).then(
        NeutralAssigned,
        owes("neutral", "buyer", None, kind="review", arises_from="policy"),
        CommitmentReplaced(commitment_id=commitment(2), replaced_by=commitment(5), by=Role.NEUTRAL),
        DeadlineSet,
        CommitmentKept,
        CaseTaken,
        of_ruling(CommitmentReplaced),
        ruling_owed(),
        passes_to("neutral", "mediation"),
    )


def test_a_promise_to_the_supervisor() -> None:
    """Nobody owes themselves anything: such a commitment ends when it would pass to the supervisor, and passes to a
    next neutral."""
    promised = (*AT_WORK, neutral.promises("reply", "supervisor"))
    report = given(*promised).when(neutral.recuses())
    assert report.dispute.commitments.ended[commitment(4)] == "discharged"
    report = given(*promised).when(supervisor.reassigns(another_neutral))
    assert commitment(4) in report.dispute.commitments.open


def test_what_was_overdue_stays_overdue() -> None:
    """A commitment that passes on stays overdue."""
    report = given(*AT_WORK, neutral.promises("reply", "seller"), later(days=3)).when(neutral.recuses())
    report.when(another_neutral.takes_case())
    assert report.dispute.commitments.open[commitment(4)].overdue
    report.when(another_neutral.writes(), seller.confirms_promise(4))
    assert report.dispute.commitments.ended[commitment(4)] == "kept_late"


def test_the_time_for_a_longest() -> None:
    """14 days from each assignment, but at most 90 from the first. After that it stays with the supervisor."""
    report = given(*ASSIGNED, neutral.writes())
    assert report.dispute.deadlines.running["ruling"].due_at.isoformat() == "2026-11-19T10:00:00+00:00"
    report.when(at("2027-01-25T10:00+00:00"), supervisor.reassigns(another_neutral), another_neutral.writes())
    last = report.dispute.deadlines.running["ruling"]
    assert (last.due_at.isoformat(), last.proof.rule) == ("2027-02-03T10:00:00+00:00", "first-2026/longest")
    report.when(deadline("ruling"), engine.ticks()).leaves("mediation", "supervisor")
    report.when(supervisor.reassigns(neutral))
    assert "ruling" not in report.dispute.deadlines.running
    report.leaves("mediation", "supervisor").when(neutral.declares_impasse()).leaves("adjudication", "supervisor")


def test_a_referred_dispute_is_the_successors_move() -> None:
    """If a ruling is overdue, the supervisor assigns another neutral, who has a new window."""
    report = given(*AT_WORK).when(deadline("ruling"), engine.ticks())
    assert Referred(reason="ruling_overdue") in [f.event for f in report.facts]
    report.leaves("mediation", "supervisor").when(supervisor.reassigns(another_neutral)).leaves("mediation", "neutral")


def test_the_ruling_falls_due_while_nobody_has_it() -> None:
    """The parties were to have a ruling by then, whoever had to make it."""
    report = given(*AT_WORK, supervisor.reassigns()).when(deadline("ruling"), engine.ticks())
    assert Referred(reason="ruling_overdue") in [f.event for f in report.facts]
    report.leaves("mediation", "supervisor").when(another_neutral.takes_case()).leaves("mediation", "neutral")


# --- recusal ---


def test_a_neutral_steps_down() -> None:
    """The neutral gives a reason, and is out for good. The dispute waits for another one."""
    report = given(*AT_WORK).when(neutral.recuses())
    report.then(
        some(NeutralReleased, why="recused", by="neutral"),
        of_ruling(CommitmentPassed, owed_by="supervisor"),
        CaseHandedOver,
        neutral_owed(),
        passes_to("supervisor", "mediation"),
    )
    report.when(neutral.recuses()).then_nothing()
    report.when(neutral.takes_case()).refused(HasSteppedDown, neutral=str(neutral.subject))
    report.when(supervisor.assigns(neutral)).refused(HasSteppedDown)
    assert not moves(report.dispute, FIRST_POLICY, neutral.actor, report.now)
    report.when(supervisor.assigns(another_neutral), supervisor.reassigns(neutral)).refused(HasSteppedDown)


def test_who_steps_down() -> None:
    """Only the neutral of the dispute, as long as a ruling is still to come."""
    for somebody in (another_neutral, supervisor, buyer, marketplace):
        given(*AT_WORK).when(somebody.recuses()).refused(NotTheNeutral)
    given(*ESCALATED).when(neutral.recuses()).refused(NotTheNeutral)
    ruled = (*AT_WORK, neutral.declares_impasse(), neutral.rules("129.90 EUR", "0.00 EUR"))
    given(*ruled).when(neutral.recuses()).refused(NotYourMove, stage="appeal")
    given(*ruled, seller.waives_appeal(), engine.instructs_refund(4), marketplace.confirms_refund(4)).when(
        neutral.recuses()
    ).refused(DisputeIsClosed)


def test_stepping_down_is_no_look_at_the_dispute() -> None:
    """It does not keep the first act: the supervisor owes that, until the next neutral gets a new one."""
    report = given(*ASSIGNED).when(neutral.recuses())
    look, _, _ = report.dispute.commitments.open.values()
    assert (look.owed_by, look.is_first_act) == (Participant.SUPERVISOR, True)


# --- a first act missed ---


def test_a_first_act_missed_twice() -> None:
    """The same neutral may be assigned again. The commitment is made again each time, and each breach is recorded."""
    report = given(*ASSIGNED).when(later(hours=24), engine.ticks()).leaves("mediation", "supervisor")
    report.when(supervisor.assigns(neutral)).leaves("mediation", "neutral")
    assert cases(report, neutral) == {FIRST}
    assert report.dispute.commitments.ended[commitment(2)] == "replaced"
    report.when(later(hours=24), deputy.takes_case()).leaves("mediation", "neutral")
    assert (cases(report, neutral), cases(report, deputy)) == (set(), {FIRST})


# --- what a mandate holds ---


def test_a_promise_after_closure_is_still_held() -> None:
    """The neutral of a closed dispute holds it until no commitment in it is open."""
    nothing = (*AT_WORK, neutral.promises("reply", "buyer"), neutral.declares_impasse())
    report = given(*nothing, neutral.rules("0.00 EUR", "129.90 EUR"), buyer.waives_appeal()).leaves("closed")
    assert cases(report, neutral) == {FIRST}
    report.when(buyer.confirms_promise(4))
    assert [f.event for f in report.facts if f.event.stream == "mandate"] == [CaseDone(dispute_id=FIRST)]
    report.when(neutral.promises("call_back", "buyer"))
    assert cases(report, neutral) == {FIRST}
