"""Properties of every fact: a stored name of its own, a stream, an exact instant."""

from datetime import UTC, datetime

import pytest

from domain.kernel.base import Event, Instant, Value
from domain.remedies.closure_facts import DisputeClosed


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


class Noted(Value):
    at: Instant


def test_an_instant_is_kept_in_utc() -> None:
    """In whatever zone it was written, and in whatever zone this machine is."""
    noted = Noted.model_validate({"at": "2026-11-02T11:00:00+01:00"})
    assert noted.at == datetime(2026, 11, 2, 10, tzinfo=UTC)
    assert noted.at.tzinfo is UTC
