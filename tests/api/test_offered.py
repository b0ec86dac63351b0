"""The example of each offered act, sent unchanged, carries the act out: in every currency, for every role, at every stage."""

import inspect

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, precondition

from api.acts.offered import Actions
from api.acts.registry import DECLARED
from api.app import ROUTERS, routes_of
from api.disputes.evidence.exhibit_schemas import ExhibitForm
from api.disputes.settlement.caucus_schemas import CaucusForm
from api.http.answers import ActionWithExample
from api.http.bodies import Act, Context
from domain.commands import AnyCommand
from domain.kernel.base import act_name
from domain.moves import Move
from domain.payments.transaction import TakenMeanwhile
from mediation.store.keys.blind import Blind
from tests.domain.law.acts import FIRST, MARKETPLACE
from tests.domain.law.cast import DESTROYED, PICKED_UP, Person, buyer, engine, marketplace, neutral, seller, supervisor
from tests.domain.law.filings import filing
from tests.domain.law.reports import Clock, Played, day, given
from tests.domain.machine.play import available
from tests.domain.machine.table import EVERYBODY, Table, policy_of
from tests.domain.machine.test_machine import Disputes
from tests.domain.test_moves import ADJUDICATED, CASES, CONTESTED, MEDIATED, RULED

ACTIONS = Actions(routes_of(ROUTERS))
PAID = (filing(), seller.concedes(), engine.instructs_refund(1), marketplace.confirms_refund(1))
MORE = {
    "in yen, by the seller": (filing("5801 JPY", paid="5801 JPY", claimant="seller"), day(3), seller.escalates()),
    "of the least there is": (filing("0.01 EUR", paid="0.01 EUR"), buyer.offers("0.00 EUR")),
    "in three digits": (filing("41.751 KWD", paid="41.751 KWD"), seller.counterclaims("payment", "0.001 KWD")),
    "counterclaimed and asked": (*ADJUDICATED, seller.counterclaims("payment", "0.01 EUR")),
    "paid": PAID,
    "paid in part, and the rest elsewhere": (
        filing(), seller.concedes("29.90 EUR"), engine.instructs_refund(1), marketplace.confirms_refund(1),
        marketplace.refunds_elsewhere("100.00 EUR"),
    ),
    "resolved elsewhere": (filing(), marketplace.refunds_elsewhere("129.90 EUR")),
    "told of a call": (*MEDIATED, seller.promises("call_back", "buyer"), buyer.promises("provide", "neutral")),
    "reopened": (*PAID, supervisor.reopens("fraud")),
    "a refund refused": (filing(), seller.concedes(), engine.instructs_refund(1), marketplace.fails_refund(1)),
    "a refund of yen refused": (
        filing("5801 JPY", paid="5801 JPY"), seller.concedes(), engine.instructs_refund(1), marketplace.fails_refund(1),
    ),
    "to be destroyed": (*MEDIATED, neutral.proposes("129.90 EUR", "0.00 EUR", goods=DESTROYED), buyer.accepts_proposal(),
        seller.accepts_proposal()),
    "to be fetched, and contested, in three digits": (
        filing("41.751 KWD", paid="41.751 KWD"), seller.offers("41.751 KWD", goods=PICKED_UP), buyer.accepts_offer(1),
        seller.contests_goods(2),
    ),
    "ruled, and time gone": (*RULED, day(12)),
    "late in mediation": (*CONTESTED, day(60)),
}  # fmt: skip


def _try(table: Table, who: Person, move: Move, action: ActionWithExample) -> None:
    if move.name == "add_return_label":  # its form is a file alone
        return
    body = DECLARED[act_name(move.command)].form.model_validate(action.example)
    act = body.act() if isinstance(body, ExhibitForm | CaucusForm) else body
    assert isinstance(act, Act)
    about = {
        "dispute_id": FIRST,
        "number": move.number,
        "commitment_id": move.target,
        "refund_id": move.target,
        "recommendation_id": move.target,
        "representative": move.target,
        "claimant": table.dispute(FIRST).claimant,
        "side": table.dispute(FIRST).claimant.other,
    }
    asked = inspect.signature(act.command).parameters
    at = Context(MARKETPLACE, who.actor, table.now, Blind(bytes(32)))
    command: AnyCommand = act.command(at, **{name: value for name, value in about.items() if name in asked})
    if move.name == "assign_neutral":  # the supervisor must choose the neutral
        command = command.model_copy(update={"neutral": available(table.dispute(FIRST))[0].subject})
    try:
        table.world.would(command)
    except TakenMeanwhile:  # taken by another dispute on the same order
        return


def _check(table: Table, who: Person) -> None:
    dispute = table.dispute(FIRST)
    moves = table.moves(dispute, who)
    rules = policy_of(dispute)
    actions = ACTIONS.with_examples(dispute, rules, who.actor, table.now, table.incident(dispute))
    assert [action.name for action in actions] == [move.name for move in moves]
    for move, action in zip(moves, actions, strict=True):
        _try(table, who, move, action)


@pytest.mark.parametrize("story", (CASES | MORE).values(), ids=CASES | MORE)
def test_the_example_of_what_is_offered_is_granted(story: tuple[Played | Clock, ...]) -> None:
    report = given(*story)
    table = Table(report.world, report.now, [FIRST])
    for who in EVERYBODY:
        _check(table, who)


class Offering(Disputes):
    """Random disputes. In each state one person sends the examples of all acts that are offered to them."""

    @precondition(lambda self: self.table.filed)
    @invariant()
    def moves_agree_with_the_rules(self) -> None:
        self.turn, self.open_now = self.turn + 1, None
        _check(self.table, EVERYBODY[self.turn % len(EVERYBODY)])

    def teardown(self) -> None:
        """Other tests check how disputes end."""


TestOffering = Offering.TestCase
TestOffering.settings = settings(
    deadline=None,
    max_examples=30,
    stateful_step_count=30,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
)
