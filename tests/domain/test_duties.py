"""Law reports on what somebody must do: what they owe, and what silence would decide against them.

The table of `tests.domain.machine` checks for every move in every state that an act which keeps a commitment of its actor is
mandatory, and that a mandatory one keeps it.
"""

from datetime import timedelta

from domain.duties import duties
from domain.kernel.base import Command, act_name
from domain.moves import Move, moves
from domain.policy.book import FIRST_POLICY
from tests.domain.law.acts import commitment
from tests.domain.law.cast import (
    Person,
    administrator,
    another_neutral,
    back,
    buyer,
    lawyer,
    marketplace,
    neutral,
    seller,
    supervisor,
)
from tests.domain.law.filings import filing
from tests.domain.law.reports import Report, day, given, later
from tests.domain.law.rules import POLICIES

CONTESTED = (filing(), seller.contests(), day(3), buyer.escalates())
MEDIATED = (*CONTESTED, neutral.takes_case(), neutral.writes())
ADJUDICATED = (*MEDIATED, neutral.declares_impasse())
RULED = (*ADJUDICATED, neutral.rules("100.00 EUR", "29.90 EUR"))
ABOVE = (
    *CONTESTED,
    administrator.grants_mandate(neutral, "100.00 EUR"),
    neutral.takes_case(),
    neutral.declares_impasse(),
    RULED[-1],
)
"""The ruling waits for the supervisor's signature."""
QUESTIONS = {"buyer": ("difference", "noticed", "goods_now"), "seller": ("described",)}


def must(report: Report, who: Person) -> dict[str, Move]:
    """The mandatory moves of this person."""
    dispute = report.dispute
    offered = moves(dispute, POLICIES.get(dispute.policy_version, FIRST_POLICY), who.actor, report.now)
    return {move.name: move for move in offered if move.mandatory}


def owed(report: Report, who: Person) -> set[object]:
    """What this person must do, whether or not there is an act for it."""
    return {duty.owed for duty in duties(report.dispute, FIRST_POLICY, who.actor, report.now)}


def test_the_answer_to_a_claim() -> None:
    """Silence grants the claim, so the respondent must answer, until the window ends. Nobody must make an offer."""
    report = given(filing())
    due_at = report.dispute.deadlines.running["response"].due_at
    assert must(report, seller).keys() == {"respond", "answer_key_questions"}
    assert must(report, seller)["respond"].due_at == due_at
    assert must(report, buyer).keys() == {"answer_key_questions"}
    report.when(seller.contests())
    assert "respond" not in must(report, seller)
    assert "respond" not in must(given(filing(), day(9)), seller)


def test_key_questions() -> None:
    """Until each has an answer. To amend an answer is free. After the window nobody must answer any more."""
    report = given(filing(), buyer.answers_questions("difference", "noticed"))
    assert must(report, buyer).keys() == {"answer_key_questions"}
    assert must(report, buyer)["answer_key_questions"].due_at == report.dispute.deadlines.quiet["answers-buyer"].due_at
    report.when(buyer.answers_questions("goods_now"))
    assert not must(report, buyer)
    assert "answer_key_questions" in {m.name for m in moves(report.dispute, FIRST_POLICY, buyer.actor, report.now)}
    assert not must(given(filing(), seller.contests(), day(7.5)), buyer)


def test_evidence_that_was_asked_for() -> None:
    """Only the side that was asked must show it, and only until it is shown."""
    report = given(*MEDIATED, neutral.asks_evidence("seller"))
    assert must(report, seller)["add_exhibit"].due_at == report.dispute.deadlines.running["evidence-1"].due_at
    assert "add_exhibit" not in must(report, buyer)
    report.when(seller.adds_exhibit(answering=1))
    assert "add_exhibit" not in must(report, seller)


def test_a_right_is_no_duty() -> None:
    """To answer an offer or a proposal, to appeal, and to have a default set aside: whoever stays silent loses no more than
    by saying no."""
    report = given(filing(), seller.contests(), buyer.answers_questions(*QUESTIONS["buyer"]), seller.offers("1.00 EUR"))
    assert not must(report, buyer)
    proposed = given(*MEDIATED, neutral.proposes("50.00 EUR", "79.90 EUR"))
    assert not must(proposed, buyer).keys() & {"accept_proposal", "refuse_proposal"}
    for loser in (buyer, seller):
        assert "appeal" in {m.name for m in moves(given(*RULED).dispute, FIRST_POLICY, loser.actor, given(*RULED).now)}
        assert not must(given(*RULED), loser)
    assert not must(given(filing(), day(7.5)), seller)


def test_what_the_neutral_owes() -> None:
    """First to look at the case, which a proposal does, then to rule. Others who are no neutral of the case owe nothing."""
    fresh = given(*CONTESTED, neutral.takes_case())
    assert must(fresh, neutral).keys() >= {"make_proposal", "declare_impasse"}
    assert "post_message" not in must(fresh, neutral)
    assert not must(fresh, another_neutral)
    due = given(*ADJUDICATED)
    assert must(due, neutral)["issue_ruling"].due_at == due.dispute.deadlines.running["ruling"].due_at
    assert not must(given(*RULED), neutral)


def test_who_assigns() -> None:
    """The supervisor owes a neutral. The administrator may assign one, and owes none; nor does a neutral who could take
    the case."""
    report = given(*CONTESTED)
    assert must(report, supervisor).keys() == {"assign_neutral"}
    assert not must(report, administrator)
    assert not must(report, neutral)


def test_each_challenge_has_its_decision() -> None:
    report = given(*MEDIATED, buyer.challenges())
    assert must(report, supervisor)["decide_challenge"].number == 1


def test_a_first_act_that_passed_to_the_supervisor_has_no_act() -> None:
    """A neutral looks at the case. The supervisor's signature on the ruling of another is no such look."""
    report = given(*ABOVE, supervisor.reassigns(another_neutral), another_neutral.recuses())
    (first_act,) = (one.id for one in report.dispute.commitments.open.values() if one.is_first_act)
    duty = next(
        duty for duty in duties(report.dispute, FIRST_POLICY, supervisor.actor, report.now) if duty.owed == first_act
    )
    assert duty.acts == ()
    report.when(supervisor.co_signs())
    assert first_act in report.dispute.commitments.open


def test_a_promise() -> None:
    """A message keeps a reply; whoever speaks for the party owes it too. What somebody does elsewhere has no act, and is
    owed all the same. The creditor must do nothing."""
    report = given(filing(), buyer.names(lawyer), buyer.answers_questions(*QUESTIONS["buyer"]))
    report.when(buyer.promises("reply", "seller"))
    assert must(report, buyer)["post_message"].due_at == report.now + timedelta(days=2)
    assert must(report, lawyer).keys() == {"post_message"}
    assert "post_message" not in must(report, seller)
    report.when(buyer.writes())
    assert not must(report, buyer)
    report.when(buyer.promises("call_back", "seller"))
    assert not must(report, buyer)
    assert owed(report, buyer) == {commitment(2)}


def test_what_is_overdue_is_still_mandatory() -> None:
    """It says since when."""
    report = given(filing(), seller.contests(), seller.promises("reply", "buyer"), later(days=3))
    due_at = must(report, seller)["post_message"].due_at
    assert due_at is not None
    assert due_at < report.now


def test_goods() -> None:
    """Whoever must send them. Then whoever receives them confirms them or contests them: one of both is enough."""
    report = given(*MEDIATED, neutral.proposes("129.90 EUR", "0.00 EUR", goods=back()), buyer.accepts_proposal())
    report.when(seller.accepts_proposal())
    sending = must(report, buyer)["send_goods"].target
    assert sending is not None
    number = report.dispute.commitments.open[sending].number
    assert not must(report, seller)
    report.when(buyer.sends_goods(number), later(days=2), marketplace.confirms_promise(number + 1))
    assert must(report, seller).keys() == {"keep_commitment", "inspect_goods", "contest_goods"}
    assert not must(report, buyer)


def test_nobody_must_do_anything_during_a_stay_or_in_a_past_case() -> None:
    """Nothing falls due meanwhile. In a past case no window ends anything; what is owed there is owed."""
    stayed = given(*ADJUDICATED, neutral.orders_stay())
    for who in (buyer, seller, neutral, supervisor):
        assert not owed(stayed, who)
    past = given(filing(imported=True), day(400))
    assert not owed(past, seller)
    past.when(seller.promises("reply", "buyer"))
    assert must(past, seller).keys() == {"post_message"}


def test_every_act_that_a_duty_names_exists() -> None:
    """In a name that is misspelt, nothing would ever be mandatory."""
    from domain import duties as module

    named = {act for acts in module._OTHERWISE.values() for act in acts}
    assert named <= set(Command.registry) == {act_name(command) for command in Command.registry.values()}
