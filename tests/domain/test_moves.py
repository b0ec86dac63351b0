"""Law reports on the moves that are open to a person now. The state machine shows that they agree with the rules
everywhere."""

import ast
import inspect
from collections.abc import Iterator
from datetime import timedelta

import pytest

from domain.incidents import incident
from domain.kernel.base import Command
from domain.moves import TAKE_CASE, Move, moves
from domain.neutral.escalation import AssignNeutral
from domain.policy.book import FIRST_POLICY
from tests.domain.law.acts import FILED_AT, FIRST, commitment, refund
from tests.domain.law.cast import (
    Person,
    administrator,
    another_neutral,
    auditor,
    back,
    buyer,
    engine,
    lawyer,
    marketplace,
    neutral,
    seller,
    supervisor,
)
from tests.domain.law.filings import filing
from tests.domain.law.reports import Clock, Played, Report, at, day, deadline, given, just_before
from tests.domain.law.rules import SENT_WHERE
from tests.domain.machine.table import EVERYBODY, Table

TALK = {"post_message", "make_commitment"}
PARTY = {"name_representative"} | TALK
DESK = {"write_note"} | TALK
NEUTRALS = {"reassign_neutral", "recuse", "declare_interests", "declare_inadmissible"} | DESK
HEARING = {"request_evidence", "post_in_caucus"} | NEUTRALS
OPEN = {"make_offer", "add_exhibit", "answer_key_questions"} | TALK
CLOCKS = {"order_stay", "extend_deadline"}
ELSEWHERE = {"record_parallel_proceeding"}


def may(report: Report, who: Person) -> dict[str, Move]:
    return {move.name: move for move in moves(report.dispute, FIRST_POLICY, who.actor, report.now)}


def test_after_filing() -> None:
    """The respondent answers until its window ends. Both sides negotiate and add evidence. The claimant may withdraw,
    and the marketplace may cancel."""
    report = given(filing())
    response = report.dispute.deadlines.running["response"].due_at
    assert may(report, seller).keys() == OPEN | {"respond", "raise_counterclaim", "name_representative"}
    assert may(report, seller)["respond"].until == response
    assert may(report, buyer).keys() == OPEN | {"withdraw", "name_representative"}
    assert may(report, supervisor).keys() == {"declare_inadmissible"} | DESK | CLOCKS | ELSEWHERE
    assert may(report, marketplace).keys() == {"cancel_dispute"} | PARTY | ELSEWHERE
    for nobody in (neutral, administrator, auditor, engine):
        assert not may(report, nobody)


def test_a_window_that_ended_counts_at_once() -> None:
    """A lapse counts from its instant, whether or not it is recorded."""
    assert "respond" in may(given(filing(), just_before("response")), seller)
    silent = given(filing(), day(9))
    assert may(silent, seller).keys() == PARTY | {"request_set_aside"}
    assert {"waive_commitment", "replace_commitment"} <= may(silent, buyer).keys()


def test_from_the_third_day() -> None:
    """Escalation is open from that instant. After it, the other side may join until the ruling."""
    assert "escalate" not in may(given(filing(), day(2.999)), buyer)
    report = given(filing(), seller.contests(), day(3))
    assert may(report, buyer)["escalate"] == Move("escalate")
    report.when(buyer.escalates())
    assert "escalate" not in may(report, buyer)
    assert may(report, seller)["escalate"] == Move("escalate")


def test_an_open_offer() -> None:
    """The other side answers it until it expires. After escalation it has no deadline."""
    report = given(filing(), day(1), seller.contests(), seller.offers("1.00 EUR"))
    until = report.dispute.deadlines.running["offer-1"].due_at
    assert may(report, buyer)["accept_offer"] == Move("accept_offer", until, number=1)
    assert may(report, buyer)["reject_offer"].until == until
    assert "accept_offer" not in may(report, seller)
    report.when(day(3), buyer.escalates())
    assert may(report, buyer)["accept_offer"] == Move("accept_offer", None, number=1)


def test_before_the_neutral() -> None:
    """A neutral takes the dispute or is assigned, then mediates, and rules after an impasse."""
    report = given(filing(), seller.contests(), day(3), buyer.escalates())
    assert may(report, another_neutral).keys() == {"take_case"}
    assert may(report, supervisor).keys() == {"assign_neutral", "declare_inadmissible"} | CLOCKS | DESK | ELSEWHERE
    assert may(report, administrator).keys() == {"assign_neutral"}
    report.when(neutral.takes_case())
    assert may(report, neutral).keys() == {"make_proposal", "declare_impasse", "add_exhibit"} | CLOCKS | HEARING
    assert not may(report, another_neutral)
    assert may(report, administrator).keys() == {"reassign_neutral"}
    report.when(neutral.proposes("1.00 EUR", "128.90 EUR"))
    first = min(d.due_at for name, d in report.dispute.deadlines.running.items() if name.startswith("proposal"))
    assert may(report, buyer)["accept_proposal"] == Move("accept_proposal", first, number=1)
    assert may(report, neutral).keys() == {"add_exhibit"} | HEARING | CLOCKS
    report.when(buyer.refuses_proposal())
    assert may(report, neutral).keys() == {"issue_ruling", "add_exhibit", "request_evidence"} | CLOCKS | NEUTRALS


def test_no_ruling_while_an_answer_is_due() -> None:
    """The ruling is open to the neutral once the respondent has answered, or can answer no more."""
    report = given(filing(), day(3), buyer.escalates(), seller.offers("1.00 EUR"))
    report.when(neutral.takes_case(), neutral.declares_impasse())
    assert may(report, neutral).keys() == {"add_exhibit", "request_evidence"} | NEUTRALS | CLOCKS
    report.when(just_before("response"))
    assert "issue_ruling" not in may(report, neutral)
    report.when(deadline("response"))
    assert "issue_ruling" in may(report, neutral)


def test_after_the_ruling() -> None:
    """A side that lost something may waive its appeal until the window ends. Nobody negotiates any more."""
    adjudicated = (
        filing(),
        seller.contests(),
        day(3),
        buyer.escalates(),
        neutral.takes_case(),
        neutral.declares_impasse(),
    )
    report = given(*adjudicated, neutral.rules("129.90 EUR", "0.00 EUR"))
    assert may(report, seller)["waive_appeal"].until == report.dispute.deadlines.running["appeal-1-seller"].due_at
    assert may(report, buyer).keys() == PARTY


def test_a_refund_under_way() -> None:
    """The marketplace reports on it. Until it fails, the creditor can neither waive nor replace it."""
    report = given(filing(), seller.concedes(), engine.instructs_refund(1))
    assert may(report, marketplace).keys() == {"confirm_refund", "fail_refund"} | PARTY | ELSEWHERE
    assert may(report, marketplace)["confirm_refund"].target == refund(1)
    assert may(report, buyer).keys() == PARTY
    report.when(marketplace.fails_refund(1))
    decide = {"retry_refund", "settle_refund_otherwise"}
    assert may(report, supervisor).keys() >= decide
    assert may(report, marketplace).keys() == {"confirm_refund"} | decide | PARTY | ELSEWHERE
    assert may(report, buyer)["waive_commitment"].target == commitment(1)


def test_an_imported_dispute_has_no_terms() -> None:
    """Nothing lapses in a past case, so no right in it ends by itself."""
    report = given(filing(imported=True), day(400))
    assert may(report, seller)["respond"] == Move("respond", None)


CONTESTED = (filing(), seller.contests(), day(3), buyer.escalates())
MEDIATED = (*CONTESTED, neutral.takes_case(), neutral.writes())
ADJUDICATED = (*MEDIATED, neutral.declares_impasse())
RULED = (*ADJUDICATED, neutral.rules("100.00 EUR", "29.90 EUR"))
BACK = FILED_AT + timedelta(days=7, hours=1)
AWAY = engine.records_outage(BACK - timedelta(hours=2), BACK)
ABOVE = (
    *CONTESTED, administrator.grants_mandate(neutral, "100.00 EUR"), neutral.takes_case(), neutral.declares_impasse(),
    neutral.rules("100.00 EUR", "29.90 EUR"),
)  # fmt: skip
RETURN = (*MEDIATED, neutral.proposes("129.90 EUR", "0.00 EUR", goods=back()), buyer.accepts_proposal())
CASES = {
    "filed": (filing(), seller.adds_exhibit(), buyer.offers("90.00 EUR"), seller.promises("reply", "buyer")),
    "seller's claim": (filing(claimant="seller"), buyer.adds_exhibit(), buyer.names(lawyer)),
    "conceded in part": (filing(), seller.concedes("29.90 EUR"), engine.instructs_refund(1)),
    "silent": (filing(), day(7.5)),
    "not heard": (filing(more={"other_forum": "chargeback"}), day(1)),
    "not heard, and to be reviewed": (filing(more={"other_forum": "chargeback"}), buyer.asks_for_review()),
    "set aside asked": (filing(), day(7.5), seller.asks_to_set_aside()),
    "after an outage": (filing(), at(BACK.isoformat()), AWAY, seller.adds_exhibit()),
    "escalated": (*CONTESTED, seller.offers("10.00 EUR"), marketplace.records_proceeding()),
    "mediated": (*MEDIATED, neutral.asks_evidence("seller"), neutral.asks_evidence("buyer"), neutral.confides(to="buyer")),
    "challenged": (*MEDIATED, buyer.challenges(), seller.consents()),
    "proposed": (*MEDIATED, seller.adds_exhibit(), neutral.proposes("50.00 EUR", "79.90 EUR"), buyer.accepts_proposal()),
    "stayed": (*MEDIATED, neutral.orders_stay()),
    "adjudicated": (*ADJUDICATED, seller.counterclaims(), buyer.rebuts(), neutral.asks_evidence("seller")),
    "ruled": (*RULED, seller.writes()),
    "to be co-signed": (*ABOVE, buyer.writes()),
    "to be co-signed, and challenged": (*ABOVE, seller.challenges()),
    "to be co-signed, by nobody's neutral": (*ABOVE, neutral.recuses()),
    "appealed": (*RULED, seller.appeals(), another_neutral.takes_case()),
    "address owed": (administrator.publishes(SENT_WHERE), filing(), seller.concedes(goods=back())),
    "goods to be sent": (*RETURN, seller.accepts_proposal()),
    "goods on their way": (*RETURN, seller.accepts_proposal(), buyer.sends_goods(2)),
    "closed": (*RULED, buyer.waives_appeal(), seller.waives_appeal()),
    "withdrawn": (filing(), seller.promises("reply", "buyer"), buyer.withdraws()),
}  # fmt: skip


def test_until_when_a_right_lasts() -> None:
    """Every move that a deadline ends is open until that exact instant."""
    silent, ruled = given(filing(), day(7.5), engine.ticks()), given(*RULED)
    proposed = given(*MEDIATED, neutral.proposes("50.00 EUR", "79.90 EUR"))
    for report, who, move, name in (
        (silent, seller, "request_set_aside", "set_aside"),
        (ruled, seller, "appeal", "appeal-1-seller"),
        (ruled, buyer, "waive_appeal", "appeal-1-buyer"),
        (proposed, buyer, "accept_proposal", "proposal-1-buyer"),
        (proposed, buyer, "refuse_proposal", "proposal-1-buyer"),
    ):
        assert may(report, who)[move].until == report.dispute.deadlines.running[name].due_at


@pytest.mark.parametrize("story", CASES.values(), ids=CASES)
def test_what_is_offered_is_what_is_granted(story: tuple[Played | Clock, ...]) -> None:
    """Everybody, in every state: a move that is not offered is refused, or changes nothing."""
    report = given(*story)
    table = Table(report.world, report.now, [FIRST])
    for who in EVERYBODY:
        table.check_moves(FIRST, who)


def test_every_move_names_a_command() -> None:
    """A misspelt name would lead to no command."""
    written = {*_named(ast.parse(inspect.getsource(inspect.getmodule(moves) or incident)))}
    assert len(written) > 50
    assert written <= Command.registry.keys()
    assert {*_words(ast.parse(inspect.getsource(incident.moves)))} <= Command.registry.keys()
    assert Move(TAKE_CASE).command is AssignNeutral


def _named(module: ast.Module) -> Iterator[str]:
    """The names of `Move` in the source text of a module, where they are plain strings."""
    for call in ast.walk(module):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Move":
            yield from _words(call.args[0])


def _words(part: ast.AST) -> Iterator[str]:
    for node in ast.walk(part):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            yield node.value
