"""The simulation loses no act: it knows for every event whether a command led to it."""

import ast
import inspect
from dataclasses import replace
from typing import get_args
from uuid import UUID

import pytest

from domain.commands import AnyCommand
from domain.evidence.attachments import FileAsExhibit
from domain.evidence.exhibit_facts import File
from domain.incidents.membership_facts import MembershipEvent
from domain.kernel.base import OF_DISPUTE, Command, Event, OnDispute, Role
from domain.payments.execution import ConfirmRefund
from domain.payments.failure import FailRefund
from domain.settlement.conversation import PostMessage
from domain.simulation import reconstruction
from domain.simulation.reconstruction import Happened, reconstruct_command
from domain.simulation.what_if import ENGINE
from tests.domain.law.acts import FIRST, money, refund
from tests.domain.law.cast import buyer, engine, marketplace, neutral, seller
from tests.domain.law.filings import filing
from tests.domain.law.reports import day, given

STORED = sorted(
    (kind for kind in Event.registry.values() if kind.stream in OF_DISPUTE and kind.__module__.startswith("domain.")),
    key=lambda kind: kind.__name__,
)


def _with_an_arm() -> set[str]:
    """The names of the events that the `match` of the reconstruction has an arm for."""
    arms = ast.walk(ast.parse(inspect.getsource(reconstruction._otherwise)))
    return {arm.cls.id for arm in arms if isinstance(arm, ast.MatchClass) and isinstance(arm.cls, ast.Name)}


@pytest.mark.parametrize("kind", STORED, ids=lambda kind: kind.__name__)
def test_an_event_has_a_command_or_follows_by_itself(kind: type[Event]) -> None:
    """What happens to several disputes at once stays as it was: see `_of_others` in `domain.simulation.what_if`."""
    places = [
        kind in Command.recorded,
        kind.__name__ in _with_an_arm(),
        kind.consequence,
        kind in get_args(MembershipEvent),
    ]
    assert any(places), (
        f"what-if would lose the act behind {kind.__name__}: "
        "say `recorded_as` at its command, reconstruct it in `_otherwise`, or declare it a `consequence`"
    )
    assert places.count(True) == 1, f"{kind.__name__} is in several places"


@pytest.mark.parametrize(("kind", "command"), Command.recorded.items(), ids=lambda kind: kind.__name__)
def test_an_event_has_every_field_of_the_command_that_it_records(kind: type[Event], command: type[Command]) -> None:
    """The stream says which refund it was, and the instant of the event when something was paid elsewhere. That a party was
    reached is what the event says, and the default of the command.
    """
    assert command in get_args(AnyCommand)
    own = command.model_fields.keys() - OnDispute.model_fields.keys() - {"refund_id", "paid_at", "reached"}
    assert own <= kind.model_fields.keys(), "reconstruct it in `_otherwise`"


def test_a_report_of_another_sum_is_a_confirmation_of_it() -> None:
    begun = given(filing(), day(1), seller.concedes(), engine.instructs_refund(1))
    paid = engine.confirms_refund(1)
    report = begun.when(replace(paid, fields={**paid.fields, "paid": money("1.00 EUR")}))
    act = [Happened(n, fact.event, fact.occurred_at, refund(1), ENGINE.subject) for n, fact in enumerate(report.facts)]
    command = reconstruct_command(act, report.world.dispute(FIRST), "acme", imported=False)
    assert isinstance(command, ConfirmRefund)
    assert (command.refund_id, command.paid, command.actor.role) == (refund(1), money("1.00 EUR"), Role.ENGINE)


def test_a_refund_that_comes_back_after_closure_is_a_failure() -> None:
    """Its first event is the commitment to decide on the refund."""
    over = given(filing(), day(1), seller.concedes(), engine.instructs_refund(1), marketplace.confirms_refund(1))
    report = over.when(marketplace.fails_refund(1, "bounced"))
    act = [Happened(n, fact.event, fact.occurred_at, FIRST, ENGINE.subject) for n, fact in enumerate(report.facts)]
    command = reconstruct_command(act, report.world.dispute(FIRST), "acme", imported=False)
    assert isinstance(command, FailRefund)
    assert (command.refund_id, command.reason) == (refund(1), "bounced")


def test_a_file_that_became_an_exhibit_is_filed_again_by_whoever_filed_it() -> None:
    """The exhibit is the buyer's, and the act was the neutral's."""
    file = File(
        blob_id=UUID(int=0xF),
        author=buyer.subject,
        name="ricevuta.pdf",
        media_type="application/pdf",
        size=48_123,
        sha256="a" * 64,
        sealed_sha256="b" * 64,
    )
    assigned = given(filing(), day(3), buyer.escalates(), neutral.takes_case())
    report = assigned.when(buyer.writes(files=(file,)), neutral.files(1, 1, "The receipt."))
    posted, *filed = (Happened(n, f.event, f.occurred_at, FIRST, neutral.subject) for n, f in enumerate(report.facts))
    dispute = report.world.dispute(FIRST)
    wrote = reconstruct_command([posted], dispute, "acme", imported=False)
    assert isinstance(wrote, PostMessage)
    assert (wrote.files, wrote.actor.role) == ((file,), Role.BUYER)
    command = reconstruct_command(filed, dispute, "acme", imported=False)
    assert isinstance(command, FileAsExhibit)
    assert (command.message, command.file, command.actor.role) == (1, 1, Role.NEUTRAL)
    assert command.description.text == "The receipt."
