"""The outcome of a dispute as views keep it: by its stored name."""

from collections.abc import Mapping

from domain.dispute.outcome import outcome_after
from domain.kernel.base import Event
from domain.kernel.people import Outcome


def outcome_of(event: Event, before: str | None, ruled: Mapping[int, str]) -> str | None:
    """The outcome after an event; `ruled` is what each ruling says, by number."""
    after = outcome_after(event, Outcome(before) if before else None, ruled.get)
    return after.value if after else None
