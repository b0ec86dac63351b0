"""What the parties are told: how many facts, and whose move they see."""

from domain.clocks import names
from domain.clocks.deadline_facts import DeadlineEnded
from domain.commitments.named import UnknownCommitment
from domain.commitments.promising import MAX_COMMITMENTS, TooManyCommitments
from domain.dispute import telling
from domain.dispute.events import MovePassed
from domain.dispute.telling import FILED
from domain.kernel.people import Side
from domain.neutral.escalation_facts import NeutralReleased
from domain.ruling.ruling_facts import RulingIssued
from tests.domain.examples import EXAMPLES
from tests.domain.law.cast import administrator, buyer, engine, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, day, due_date, given

CONTESTED = (filing(), day(1), seller.contests(), day(4), buyer.escalates(), neutral.takes_case(), neutral.writes())
RULES = neutral.rules("100.00 EUR", "29.90 EUR")


def before_a_ruling() -> Report:
    """The neutral may rule on nothing alone."""
    return given(administrator.grants_mandate(neutral, "1.00 EUR"), *CONTESTED, neutral.declares_impasse())


def counts(report: Report) -> tuple[int, int]:
    return report.dispute.telling.buyer, report.dispute.telling.seller


def test_each_side_counts_what_it_was_told() -> None:
    """From the filing on. A message in caucus counts for its side alone, a rating for the side that gave it."""
    report = given(*CONTESTED)
    before, now = counts(report), report.when(buyer.confides(), neutral.confides(to="buyer"))
    assert counts(now) == (before[0] + 2, before[1])
    assert FILED.count(Side.BUYER) == FILED.count(Side.SELLER) == 1


def test_the_breach_of_what_is_hidden_is_hidden() -> None:
    """Nor is what follows from it told: the supervisor did not sign in time."""
    report = before_a_ruling().when(RULES)
    before = counts(report)
    signing = next(c.number for c in report.dispute.commitments.open.values() if c.kind == "co_sign")
    report.when(due_date(signing), engine.ticks())
    assert [f.event.kind for f in report.facts] != []
    assert counts(report) == before


def test_the_move_that_the_parties_see_is_recorded() -> None:
    """When its neutral leaves, the supervisor has the move with an unsigned ruling and without one. In both the parties
    are told so."""
    told = list[int]()
    for report in (before_a_ruling(), before_a_ruling().when(RULES)):
        before = counts(report)
        report.when(neutral.recuses())
        moved = [f.event.kind for f in report.facts if isinstance(f.event, NeutralReleased | MovePassed)]
        assert moved == ["NeutralReleased", "MovePassed"]
        told.append(counts(report)[0] - before[0])
    assert told[0] == told[1]


def test_what_is_hidden_forbids_nothing() -> None:
    """The desk's commitments don't count among those that a dispute may have, and don't exist for a party."""
    report = before_a_ruling().when(RULES)
    hidden = [c for c in report.dispute.commitments.open.values() if report.dispute.telling.hides(c.id)]
    assert {c.kind.value for c in hidden} == {"co_sign"}
    report.when(buyer.confirms_promise(hidden[0].number)).refused(UnknownCommitment)
    room = MAX_COMMITMENTS - len(report.dispute.commitments.open) + len(hidden)
    report.when(*(buyer.promises("reply", "seller") for _ in range(room)))
    report.when(buyer.promises("reply", "seller")).refused(TooManyCommitments)
    report.when(supervisor.refuses_co_signature())


def test_what_an_earlier_release_recorded() -> None:
    """An unsigned ruling ended the time to rule there. The parties were not told, and are not told now."""
    issued = next(e for e in EXAMPLES if isinstance(e, RulingIssued) and e.awaits_co_signature)
    ended = DeadlineEnded(name=names.Ruling(), how="met")
    waiting = telling.evolve(FILED, issued)
    assert not waiting.tells(ended, Side.BUYER)
    assert telling.evolve(waiting, ended).count(Side.BUYER) == FILED.count(Side.BUYER)
    assert FILED.tells(ended, Side.BUYER)
    assert waiting.tells(DeadlineEnded(name=names.Response(), how="met"), Side.BUYER)
