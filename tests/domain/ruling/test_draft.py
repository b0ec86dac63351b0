"""Law reports on a ruling that awaits its co-signature: until it is signed, it is a draft."""

from dataclasses import replace

from domain.clocks import deadline_facts
from domain.clocks.deadline_facts import DeadlineEnded, DeadlineLapsed
from domain.commitments.events import CommitmentDischarged
from domain.evidence.exhibit_facts import ExhibitWithdrawn
from domain.evidence.exhibits import ExhibitIsCited
from domain.filing.pleadings import CounterclaimUndecided
from domain.kernel.base import Role
from domain.neutral.escalation_facts import Referred
from domain.ruling.co_signature import UnsignedRulingHasEnded
from domain.ruling.ruling_facts import UnsignedRulingEnded
from tests.domain.law.acts import Act, commitment
from tests.domain.law.cast import administrator, buyer, engine, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, day, deadline, given, later, passes_to, ruling_owed
from tests.domain.test_moves import may

RULES = neutral.rules("100.00 EUR", "29.90 EUR")
CONTESTED = (filing(), day(1), seller.contests(), day(4), buyer.escalates(), neutral.takes_case())


def above_authority(*before: Act) -> Report:
    """A contested claim of 129.90 EUR, four days after filing. The neutral may rule alone on 100 EUR."""
    mandate = administrator.grants_mandate(neutral, "100.00 EUR")
    return given(*CONTESTED[:-1], mandate, CONTESTED[-1], *before, neutral.declares_impasse())


def drafted(*before: Act, rules: Act = RULES) -> Report:
    return above_authority(*before).when(rules)


def test_a_draft_forbids_the_parties_nothing() -> None:
    """Each party may do what it could do before the ruling was issued."""
    for party in (buyer, seller):
        assert may(drafted(), party) == may(above_authority(), party)
    for act in (
        buyer.rebuts(),
        seller.counterclaims("payment", "12.00 EUR"),
        buyer.adds_exhibit(),
        seller.offers("50.00 EUR"),
        buyer.challenges(),
    ):
        drafted().when(act).leaves("adjudication")


def test_a_draft_cites_nothing() -> None:
    """The exhibit that it cites may be withdrawn. Then the draft has lost its ground, and the neutral owes another one."""
    cites = neutral.rules("100.00 EUR", "29.90 EUR", exhibits=(1,))
    shown = (seller.adds_exhibit(), buyer.answers_exhibit(1))
    report = drafted(*shown, rules=cites).when(seller.withdraws_exhibit(1))
    report.then(
        ExhibitWithdrawn(number=1, by=Role.SELLER),
        UnsignedRulingEnded(number=1, why="exhibit_withdrawn"),
        CommitmentDischarged(commitment_id=commitment(4), reason="ruling_ended"),
        ruling_owed(due_at="2026-11-20T10:00+00:00"),
        passes_to("neutral", "adjudication"),
    )
    report.when(supervisor.co_signs()).refused(UnsignedRulingHasEnded, why="exhibit_withdrawn")
    signed = drafted(*shown, rules=cites).when(supervisor.co_signs())
    signed.when(seller.withdraws_exhibit(1)).refused(ExhibitIsCited)
    refused = drafted(*shown, rules=cites).when(supervisor.refuses_co_signature())
    refused.when(seller.withdraws_exhibit(1)).then(ExhibitWithdrawn)


def test_a_draft_decides_no_later_counterclaim() -> None:
    """A counterclaim ends it. A rebuttal does not: the supervisor reads it before signing."""
    drafted().when(buyer.rebuts(), supervisor.co_signs()).leaves("appeal")
    report = drafted().when(seller.counterclaims("payment", "12.00 EUR"))
    assert UnsignedRulingEnded(number=1, why="counterclaim_raised") in [f.event for f in report.facts]
    report.when(supervisor.co_signs()).refused(UnsignedRulingHasEnded, why="counterclaim_raised")
    report.when(RULES).refused(CounterclaimUndecided)


def test_a_draft_of_another_amount() -> None:
    """Part of the money was refunded elsewhere, so the award divides what is no longer in dispute."""
    report = drafted().when(marketplace.refunds_elsewhere("29.90 EUR"))
    assert UnsignedRulingEnded(number=1, why="amount_changed") in [f.event for f in report.facts]
    report.when(neutral.rules("100.00 EUR", "0.00 EUR")).leaves("appeal", "respondent")


def test_a_draft_moves_nothing() -> None:
    """The time to rule runs on, and lapses in its time: a supervisor has the dispute anyway. The late signature meets it."""
    report = drafted().when(deadline("ruling"), engine.ticks())
    report.at("2026-11-20T10:00+00:00", DeadlineLapsed, Referred)
    report.when(supervisor.co_signs()).leaves("appeal", "both")
    assert not report.dispute.deadlines.lapsed


def test_time_to_rule_anew_after_the_deadline() -> None:
    """The neutral had ruled in time. So the ruling that is owed after a late refusal is not overdue from the start."""
    report = drafted().when(deadline("ruling"), later(days=1), supervisor.refuses_co_signature())
    (owed,) = [c for c in report.dispute.commitments.open.values() if c.is_ruling]
    assert (owed.since, owed.overdue, owed.owed_by) == (report.now, False, "neutral")
    report.when(RULES, supervisor.co_signs(2)).leaves("appeal", "both")


def test_what_the_parties_are_told_of_a_draft() -> None:
    """Nothing: no act of the neutral or of the supervisor about it counts for them, until it is signed."""
    report = given(*CONTESTED, neutral.writes(), neutral.declares_impasse())
    report.when(administrator.grants_mandate(neutral, "1.00 EUR"))
    told = report.dispute.telling
    report.when(RULES, supervisor.refuses_co_signature(), RULES)
    assert (report.dispute.telling.buyer, report.dispute.telling.seller) == (told.buyer, told.seller)
    report.when(supervisor.co_signs(2))
    assert report.dispute.telling.buyer == told.buyer + len(
        ("RulingCoSigned", "DeadlineSet", "DeadlineSet", "DeadlineEnded", "MovePassed")
    )


def test_a_draft_of_an_earlier_release() -> None:
    """It ended the time to rule. When it falls, the neutral has the whole time again."""
    for falls in (supervisor.refuses_co_signature(), seller.counterclaims("payment", "12.00 EUR")):
        report = drafted()
        dispute = report.dispute
        ended = deadline_facts.evolve(dispute.deadlines, DeadlineEnded(name="ruling", how="met"))
        report.world.states[dispute.id] = replace(dispute, deadlines=ended)
        report.when(later(days=1), falls)
        assert report.dispute.deadlines.running["ruling"].proof.starts_at == report.now
        (owed,) = [c for c in report.dispute.commitments.open.values() if c.is_ruling]
        assert owed.since == report.now
