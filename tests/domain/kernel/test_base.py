"""Properties of every fact: a stored name of its own, a stream, an exact instant. A command says how it is recorded."""

from datetime import UTC, datetime

import pytest

from domain.kernel.base import Command, Event, Instant, OnDispute, Role, Value
from domain.remedies.closure import Withdraw
from domain.remedies.closure_facts import ClaimWithdrawn, DisputeClosed
from domain.remedies.reopening_facts import DisputeReopened


def test_a_fact_is_found_by_its_stored_name() -> None:
    assert Event.registry["DisputeClosed"] is DisputeClosed
    assert (DisputeClosed.kind, DisputeClosed.stream, DisputeClosed.schema_version) == ("DisputeClosed", "dispute", 1)


def test_a_stored_name_is_taken_once() -> None:
    """A second event with the same name fails when the program starts, not when a history is loaded."""
    with pytest.raises(TypeError, match=r"^two events are stored as 'DisputeClosed'$"):

        class Again(Event, kind="DisputeClosed", stream="dispute"):
            pass

    assert Event.registry["DisputeClosed"] is DisputeClosed


def test_a_fact_belongs_to_a_stream() -> None:
    with pytest.raises(TypeError, match=r"^Adrift belongs to no stream$"):

        class Adrift(Event, kind="Adrift", stream="elsewhere"):
            pass

    assert "Adrift" not in Event.registry


def test_an_event_records_one_command() -> None:
    with pytest.raises(TypeError, match=r"^two commands are recorded as ClaimWithdrawn$"):

        class WithdrawTwice(OnDispute, recorded_as=ClaimWithdrawn, given_by="claimant"):
            pass

    assert Command.recorded[ClaimWithdrawn] is Withdraw
    assert "withdraw_twice" not in Command.registry


def test_who_gave_a_recorded_command_is_said_once() -> None:
    """By the event, if it has the field `by`; otherwise by the command."""
    with pytest.raises(TypeError, match=r"^who gave CloseAgain is said either in DisputeClosed.by or in given_by$"):

        class CloseAgain(OnDispute, recorded_as=DisputeClosed):
            pass

    with pytest.raises(TypeError, match=r"^who gave OpenAgain is said either in DisputeReopened.by or in given_by$"):

        class OpenAgain(OnDispute, recorded_as=DisputeReopened, given_by=Role.SUPERVISOR):
            pass

    assert not {"close_again", "open_again"} & Command.registry.keys()


class Noted(Value):
    at: Instant


def test_an_instant_is_kept_in_utc() -> None:
    """In whatever zone it was written, and in whatever zone this machine is."""
    noted = Noted.model_validate({"at": "2026-11-02T11:00:00+01:00"})
    assert noted.at == datetime(2026, 11, 2, 10, tzinfo=UTC)
    assert noted.at.tzinfo is UTC
