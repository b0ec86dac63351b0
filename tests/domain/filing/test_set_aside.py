"""Law reports on setting a default aside."""

from domain.commitments.events import CommitmentBreached, CommitmentDischarged, CommitmentKept
from domain.filing.response_facts import DefaultDeclined, ResponseGiven
from domain.filing.set_aside import MayNotSetAside, NothingToSetAside, OnlyRespondentAsks
from domain.filing.set_aside_facts import DefaultSetAside, SetAsideRefused, SetAsideRequested
from domain.kernel.base import Role
from domain.kernel.people import NotAParty
from domain.kernel.refusals import DeadlineHasLapsed
from domain.neutral.escalation_facts import Escalated
from domain.payments.transaction_facts import ClaimEnded
from domain.remedies.closure_facts import DisputeClosed
from domain.remedies.recovery_facts import AwardOverturned
from tests.domain.law.acts import Act, commitment, money
from tests.domain.law.cast import buyer, engine, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import Filing, filing
from tests.domain.law.reports import (
    Report,
    deadline,
    due_date,
    given,
    just_before,
    lapsed,
    later,
    met,
    neutral_owed,
    owes,
    passes_to,
    sets,
    some,
)

PAID = (engine.instructs_refund(1), marketplace.confirms_refund(1))
ESCROW = filing("100.00 EUR", paid="100.00 EUR", held=("100.00 EUR", "10.00 EUR"))
ZERO = money("0.00 EUR")
BOTH_PAID = (*PAID, engine.instructs_refund(2), marketplace.confirms_refund(2))


def silent(*acts: Act, claim: Filing | None = None) -> Report:
    """A claim that was granted because the seller was silent; then these acts follow."""
    return given(claim or filing(), deadline("response"), engine.ticks(), later(hours=1), *acts)


def test_who_stayed_silent_asks_to_be_heard() -> None:
    """Within 7 days, with its cause. A supervisor owes an answer within two business days."""
    report = silent().when(seller.asks_to_set_aside())
    report.then(
        some(SetAsideRequested, by="seller"),
        owes("supervisor", "seller", None, kind="reply", arises_from="policy", commitment_class="service"),
        met("set_aside"),
        passes_to("supervisor", "execution"),
    )
    report.when(seller.asks_to_set_aside()).then_nothing()


def test_who_asks_and_until_when() -> None:
    """Only the respondent, to the microsecond, and only if there is a default."""
    silent().when(buyer.asks_to_set_aside()).refused(OnlyRespondentAsks)
    silent().when(supervisor.asks_to_set_aside()).refused(NotAParty)
    silent(just_before("set_aside"), seller.asks_to_set_aside()).leaves("execution", "supervisor")  # type: ignore[arg-type]
    silent(deadline("set_aside")).when(seller.asks_to_set_aside()).refused(DeadlineHasLapsed, deadline="set_aside")  # type: ignore[arg-type]
    given(filing()).when(seller.asks_to_set_aside()).refused(NothingToSetAside)


def test_it_stays_open_while_the_default_may_fall() -> None:
    """Paid or not, the dispute closes when the respondent can ask no more. Until then it awaits the respondent."""
    report = silent(*PAID).leaves("execution", "respondent", "granted_by_default")
    report.when(deadline("set_aside"), engine.ticks()).then(
        lapsed("set_aside"), DisputeClosed, passes_to("none", "closed"), ClaimEnded
    )


def test_set_aside() -> None:
    """Amounts that are owed and not on their way are discharged. The respondent may respond, and a neutral is
    called."""
    report = silent(seller.asks_to_set_aside()).when(supervisor.sets_aside())
    report.then(
        some(DefaultSetAside, by=Role.SUPERVISOR),
        CommitmentDischarged(commitment_id=commitment(1), reason="overturned"),
        AwardOverturned(to_buyer=ZERO, to_seller=ZERO),
        some(Escalated, by="seller"),
        sets("response", "seller"),
        some(CommitmentKept, commitment_id=commitment(2)),
        neutral_owed(to="buyer"),
        passes_to("supervisor", "mediation"),
    )
    report.when(supervisor.sets_aside()).then_nothing()
    report.when(supervisor.refuses_to_set_aside()).refused(NothingToSetAside)
    report.when(seller.contests()).then(ResponseGiven, met("response")).leaves("mediation", "supervisor")


def test_silence_a_second_time_decides_nothing() -> None:
    """A respondent who asked to be heard takes part: the neutral rules."""
    report = silent(seller.asks_to_set_aside(), supervisor.sets_aside(), neutral.takes_case(), neutral.writes())
    report.when(deadline("response"), engine.ticks())
    assert DefaultDeclined(reason="respondent_takes_part") in [f.event for f in report.facts]
    report.when(neutral.declares_impasse(), neutral.rules("10.00 EUR", "119.90 EUR")).leaves("appeal")


def test_refused() -> None:
    """The default stays, and the dispute closes as soon as it is paid. Nobody can ask twice."""
    report = silent(seller.asks_to_set_aside()).when(supervisor.refuses_to_set_aside())
    report.then(some(SetAsideRefused, by=Role.SUPERVISOR), CommitmentKept, passes_to("marketplace", "execution"))
    report.when(supervisor.refuses_to_set_aside()).then_nothing()
    report.when(supervisor.sets_aside()).refused(NothingToSetAside)
    report.when(seller.asks_to_set_aside()).refused(NothingToSetAside)
    report.when(*PAID).leaves("closed", "none", "granted_by_default")


def test_who_decides() -> None:
    """A supervisor, or the neutral who has the dispute."""
    report = silent(seller.asks_to_set_aside())
    for somebody in (buyer, seller, marketplace):
        report.when(somebody.sets_aside()).refused(MayNotSetAside, role=somebody.role.value)
    escalated = given(filing(), later(days=3), buyer.escalates(), neutral.takes_case(), neutral.writes())
    escalated.when(deadline("response"), seller.asks_to_set_aside(), neutral.sets_aside()).leaves(
        "mediation", "neutral"
    )
    assert "ruling" in escalated.dispute.deadlines.running


def test_a_supervisor_who_stays_silent() -> None:
    """The commitment is broken and stays overdue. The default is neither set aside nor final."""
    report = silent(seller.asks_to_set_aside()).when(due_date(2), supervisor.ticks())
    report.then(CommitmentBreached(commitment_id=commitment(2))).leaves("execution", "supervisor")


def test_money_on_its_way() -> None:
    """It counts as received, and stays owed until it has arrived."""
    report = silent(engine.instructs_refund(1), seller.asks_to_set_aside(), supervisor.sets_aside())
    assert AwardOverturned(to_buyer=money("129.90 EUR"), to_seller=ZERO) in [f.event for f in report.facts]
    report.when(marketplace.confirms_refund(1), neutral.takes_case(), neutral.declares_impasse(), seller.contests())
    report.when(neutral.rules("129.90 EUR", "0.00 EUR"), seller.waives_appeal()).leaves("closed", "none")


def test_what_was_paid_is_counted() -> None:
    """Nobody is paid twice: the payment counts towards the new outcome, and the rest is recovered."""
    report = silent(*PAID, seller.asks_to_set_aside(), supervisor.sets_aside(), neutral.takes_case())
    report.when(seller.concedes("29.90 EUR")).then(ResponseGiven, met("response"))
    report.when(neutral.declares_impasse(), neutral.rules("60.00 EUR", "40.00 EUR"), buyer.waives_appeal())
    report.when(seller.waives_appeal())
    owed = report.dispute.commitments.open_remedies()
    assert [(c.owed_by, c.owed_to, c.amount, c.arises_from) for c in owed] == [
        ("buyer", "seller", money("40.00 EUR"), "recovery")
    ]
    report.leaves("execution", "claimant", "ruled_split")
    report.when(marketplace.confirms_promise(owed[0].number)).leaves("closed", "none", "ruled_split")


def test_out_of_escrow() -> None:
    """The escrow was paid out. A side that got too much owes it to the other side."""
    report = silent(*BOTH_PAID, seller.asks_to_set_aside(), supervisor.sets_aside(), neutral.takes_case(), claim=ESCROW)
    report.when(seller.contests(), neutral.declares_impasse(), neutral.rules("40.00 EUR", "70.00 EUR"))
    report.when(buyer.waives_appeal(), seller.waives_appeal()).leaves("execution", "claimant", "ruled_split")
    owed = report.dispute.commitments.open_remedies()
    assert [(c.owed_by, c.owed_to, c.amount) for c in owed] == [("buyer", "seller", money("60.00 EUR"))]


def test_withdrawn_after_it_was_paid() -> None:
    """The claimant pays back what it received."""
    report = silent(*PAID, seller.asks_to_set_aside(), supervisor.sets_aside()).when(buyer.withdraws())
    report.leaves("execution", "claimant", "withdrawn")
