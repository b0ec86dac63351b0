"""Law reports on tokens that an administrator ends."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from domain.access.revocation import MayNotRevoke, RevokedAhead, RevokeToken, RevokeTokensOfSubject
from domain.access.revocation_facts import Revocations, TokenRevoked, TokensOfSubjectRevoked, evolve
from domain.kernel.base import Role
from tests.domain.law.acts import Act, Somebody, words
from tests.domain.law.cast import administrator, auditor, engine, marketplace, neutral, supervisor
from tests.domain.law.reports import given, later

ONE, ANOTHER = str(UUID(int=1)), str(UUID(int=2))


def ends(token_id: str, by: Somebody = administrator) -> Act:
    return by.act(RevokeToken, token_id=token_id, reason=words("It leaked.")).about(None)


def ends_all_of(who: Somebody, *, ago: timedelta = timedelta(), by: Somebody = administrator) -> Act:
    """All tokens of a person, by a clock that runs a year behind that of the marketplace."""
    year = timedelta(days=365)
    fields = {"issued_before": lambda now, _: now - year - ago, "token_clock": lambda now, _: now - year}
    return by.act(RevokeTokensOfSubject, subject=who.subject, **fields).about(None)


def test_a_token_is_revoked_once() -> None:
    """Repeating it is harmless. Another token stays good."""
    report = given().when(ends(ONE)).then(TokenRevoked).when(ends(ONE)).then_nothing()
    report.when(ends(ANOTHER)).then(TokenRevoked)


def test_all_tokens_of_a_person_up_to_an_instant() -> None:
    """An earlier instant adds nothing, a later one does."""
    hour = timedelta(hours=1)
    report = given().when(ends_all_of(neutral, ago=hour)).then(TokensOfSubjectRevoked)
    report.when(ends_all_of(neutral, ago=2 * hour)).then_nothing()
    report.when(later(hours=1), ends_all_of(neutral)).then(TokensOfSubjectRevoked)
    report.when(ends_all_of(supervisor)).then(TokensOfSubjectRevoked)


def test_tokens_of_the_future_stay_good() -> None:
    """By the clock that tokens follow. Otherwise the person could not get a new one."""
    given().when(ends_all_of(neutral, ago=timedelta(seconds=-1))).refused(RevokedAhead, at="/issued_before")


@pytest.mark.parametrize(
    "somebody", [neutral, supervisor, marketplace, auditor, engine], ids=lambda who: who.role.value
)
def test_only_an_administrator_revokes(somebody: Somebody) -> None:
    given().when(ends(ONE, by=somebody)).refused(MayNotRevoke, role=somebody.role.value)
    given().when(ends_all_of(neutral, by=somebody)).refused(MayNotRevoke, role=somebody.role.value)


def test_which_tokens_are_over() -> None:
    """The one that was named, and those that were issued before the instant; an earlier instant takes nothing back."""
    noon = datetime.fromisoformat("2026-12-01T12:00:00+00:00")
    second = timedelta(seconds=1)
    state = Revocations()
    events: list[Any] = [
        TokenRevoked(token_id=ONE, by=Role.ADMINISTRATOR),
        TokensOfSubjectRevoked(subject=neutral.subject, issued_before=noon, by=Role.ADMINISTRATOR),
        TokensOfSubjectRevoked(subject=neutral.subject, issued_before=noon - second, by=Role.ADMINISTRATOR),
    ]
    for event in events:
        state = evolve(state, event)
    assert state.end(ONE, supervisor.subject, noon)
    assert state.end(None, neutral.subject, noon - second)
    assert not state.end(ANOTHER, neutral.subject, noon)
    assert not state.end(None, supervisor.subject, noon - second)


@pytest.mark.parametrize("token_id", ["", " ", "a b", "x" * 201, "naïve", "<script>", "a\n"])
def test_the_id_of_a_token_is_plain(token_id: str) -> None:
    """It is stored as it is."""
    with pytest.raises(ValidationError):
        TokenRevoked(token_id=token_id, by=Role.ADMINISTRATOR)
