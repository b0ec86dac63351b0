"""Law reports on the neutral's mandate."""

from datetime import UTC, datetime
from uuid import UUID

from domain.commitments.events import CommitmentPassed, Participant
from domain.kernel.base import Role
from domain.neutral.eligibility import IsOnLeave
from domain.neutral.escalation import MayNotAssign
from domain.neutral.escalation_facts import NeutralReleased
from domain.neutral.mandate import LeaveEndsBefore, MayNotSendOnLeave, NoMandate
from domain.neutral.mandate_facts import (
    CaseDone,
    CaseHandedOver,
    CaseTaken,
    LeaveBegan,
    LeaveEnded,
    MandateClosed,
    MandateGranted,
)
from domain.policy.book import NotAnAdministrator
from domain.stream_ids import mandate_id
from tests.domain.law.acts import FILED_AT, FIRST, MARKETPLACE, money
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
from tests.domain.law.reports import at, day, given, neutral_owed, of_ruling, passes_to, some

newcomer = Person(Role.NEUTRAL, UUID(int=0xA9))


def test_an_administrator_grants() -> None:
    """Languages, and the amount per currency that one ruling may divide. The same grant again is harmless."""
    grant = administrator.grants_mandate(newcomer, "500.00 EUR", "60000 JPY", languages=("en", "zh-Hans"))
    report = (
        given()
        .when(grant)
        .then(
            MandateGranted(
                neutral=newcomer.subject,
                languages=("en", "zh-Hans"),
                authority=(money("500.00 EUR"), money("60000 JPY")),
                by=administrator.subject,
            )
        )
    )
    report.when(grant).then_nothing()


def test_only_an_administrator() -> None:
    """Neither a supervisor nor the neutral can grant one."""
    for somebody in (supervisor, newcomer, marketplace, buyer):
        given().when(somebody.grants_mandate(newcomer, "500.00 EUR")).refused(
            NotAnAdministrator, role=somebody.role.value
        )


def test_granting_again_replaces() -> None:
    """A new grant replaces languages and authority, and keeps the assigned disputes."""
    held = (filing(), day(3), buyer.escalates(), neutral.takes_case())
    report = (
        given(*held).when(administrator.grants_mandate(neutral, "1.00 EUR", languages=("it",))).then(MandateGranted)
    )
    mandate = report.world.states[mandate_id(MARKETPLACE, neutral.subject)]
    assert (mandate.languages, mandate.authority, mandate.cases) == (("it",), {"EUR": money("1.00 EUR")}, {FIRST})


def test_the_last_word_on_a_currency_counts() -> None:
    """If a currency is listed twice, the later limit counts."""
    report = given().when(administrator.grants_mandate(newcomer, "1.00 EUR", "2.00 EUR"))
    assert report.world.states[mandate_id(MARKETPLACE, newcomer.subject)].authority == {"EUR": money("2.00 EUR")}


def test_a_neutral_holds_a_case_until_it_closes() -> None:
    """From the assignment to the closure, also if the parties close it."""
    report = given(filing(), day(3), buyer.escalates()).when(supervisor.assigns(neutral))
    assert [f.event for f in report.facts if f.event.stream == "mandate"] == [CaseTaken(dispute_id=FIRST)]
    report.when(seller.offers("0.00 EUR"), buyer.accepts_offer(1)).leaves("closed")
    assert [f.event for f in report.facts if f.event.stream == "mandate"] == [CaseDone(dispute_id=FIRST)]


# --- leave ---


def test_on_leave_no_new_disputes() -> None:
    """Until the leave ends, by itself or by an act. Assigned disputes stay, and a supervisor may hand them over."""
    escalated = (filing(), seller.contests(), day(3), buyer.escalates())
    back_at = datetime(2026, 11, 6, 8, tzinfo=UTC)
    report = (
        given(*escalated)
        .when(supervisor.sends_on_leave(neutral, back_at))
        .then(LeaveBegan(until=back_at, by=supervisor.subject))
    )
    report.when(supervisor.sends_on_leave(neutral, back_at)).then_nothing()
    report.when(supervisor.assigns(neutral)).refused(IsOnLeave, until="2026-11-06T08:00:00+00:00")
    report.when(neutral.takes_case()).refused(IsOnLeave)
    report.when(at("2026-11-06T08:00+00:00"), neutral.takes_case()).leaves("mediation", "neutral")
    report.when(neutral.writes(), neutral.sends_on_leave(neutral)).leaves("mediation", "neutral")
    report.when(supervisor.reassigns(another_neutral), supervisor.reassigns(neutral)).refused(IsOnLeave, until=None)
    report.when(neutral.calls_back(neutral)).then(LeaveEnded(by=neutral.subject))
    report.when(administrator.calls_back(neutral)).then_nothing()
    report.when(supervisor.reassigns(neutral)).leaves("mediation", "neutral")


def test_who_sends_on_leave() -> None:
    """The neutral, a supervisor or an administrator; with an end in the future; and only for somebody with a
    mandate."""
    for somebody in (another_neutral, buyer, marketplace):
        given().when(somebody.sends_on_leave(neutral)).refused(MayNotSendOnLeave)
        given().when(somebody.calls_back(neutral)).refused(MayNotSendOnLeave)
    given().when(neutral.sends_on_leave(neutral, FILED_AT)).refused(LeaveEndsBefore)
    given().when(supervisor.sends_on_leave(newcomer)).refused(NoMandate, neutral=str(newcomer.subject))
    given().when(supervisor.calls_back(newcomer)).refused(NoMandate, neutral=str(newcomer.subject))


# --- departure ---


def test_nothing_is_left_with_somebody_who_is_gone() -> None:
    """The closed mandate names the disputes it held. Each waits to be assigned, and the supervisor owes the
    commitments."""
    held = (filing(), seller.contests(), day(3), buyer.escalates(), neutral.takes_case())
    report = given(*held, neutral.promises("call_back", "buyer")).when(administrator.closes_mandate(neutral))
    report.then(some(MandateClosed, neutral=neutral.subject, cases=(FIRST,), by=administrator.subject))
    report.when(administrator.closes_mandate(neutral)).then_nothing()
    report.when(neutral.declares_impasse()).refused(NoMandate)
    report.when(engine.hands_over(neutral)).then(
        NeutralReleased(neutral=neutral.subject, why="mandate_closed", by=Role.ENGINE),
        of_ruling(CommitmentPassed, owed_by="supervisor"),
        some(CommitmentPassed, owed_by="supervisor"),
        CaseHandedOver(dispute_id=FIRST),
        neutral_owed(),
        passes_to("supervisor", "mediation"),
    )
    report.when(engine.hands_over(neutral)).then_nothing()
    report.when(neutral.takes_case()).refused(NoMandate)
    report.when(another_neutral.takes_case()).leaves("mediation", "neutral")
    assert {c.owed_by for c in report.dispute.commitments.open.values()} == {Participant.NEUTRAL}


def test_a_promise_in_a_closed_dispute_passes_too() -> None:
    """The dispute stays closed, and its record still names its neutral."""
    promised = (filing(), seller.contests(), day(3), buyer.escalates(), neutral.takes_case())
    closed = (neutral.promises("reply", "buyer"), neutral.declares_impasse(), neutral.rules("0.00 EUR", "129.90 EUR"))
    report = given(*promised, *closed, buyer.waives_appeal(), administrator.closes_mandate(neutral)).leaves("closed")
    report.when(engine.hands_over(neutral)).then(some(CommitmentPassed, owed_by="supervisor"), CaseDone)
    report.when(neutral.promises("reply", "buyer")).refused(NoMandate)
    assert report.dispute.escalation.neutral == neutral.subject


def test_who_closes_a_mandate() -> None:
    """An administrator. Only the engine hands the disputes over."""
    for somebody in (supervisor, neutral, marketplace):
        given().when(somebody.closes_mandate(neutral)).refused(NotAnAdministrator)
    given().when(administrator.closes_mandate(newcomer)).refused(NoMandate)
    held = (filing(), seller.contests(), day(3), buyer.escalates(), neutral.takes_case())
    given(*held).when(administrator.hands_over(neutral)).refused(MayNotAssign)


def test_granted_again() -> None:
    """A neutral who comes back begins anew, without the earlier leave."""
    report = given(neutral.sends_on_leave(neutral), administrator.closes_mandate(neutral))
    report.when(administrator.grants_mandate(neutral, "500.00 EUR")).then(MandateGranted)
    report.when(filing(), day(3), buyer.escalates(), neutral.takes_case()).leaves("mediation", "neutral")
