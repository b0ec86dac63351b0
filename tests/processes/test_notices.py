"""When a notice leaves, and that each of them has its words."""

import inspect
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import CodeType
from uuid import UUID

import pytest

from api.notices.sentences import HAPPENED
from api.notices.writer import NoticeWriter
from domain.kernel.people import Side
from domain.policy.notice_rules import NoticeRules
from mediation.gateways.mail.message import in_ascii
from mediation.gateways.mail.message_ids import message_id_of, named_by
from mediation.gateways.mail.reply_address import ReplyAddresses
from mediation.processes.notices import causes
from mediation.processes.notices.leaving import leaves_at
from tests.notices import samples

RULES = NoticeRules(way="mail", grouping_minutes=5)
DISPUTE, NOTICE = UUID(int=1), UUID(int=2)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("zone", "first", "due", "leaves"),
    [
        ("Europe/Rome", "2027-03-05T10:00:00+01:00", None, "2027-03-05T10:05:00+01:00"),
        ("Europe/Rome", "2027-03-05T21:56:00+01:00", None, "2027-03-06T08:00:00+01:00"),
        ("Europe/Rome", "2027-03-05T03:00:00+01:00", None, "2027-03-05T08:00:00+01:00"),
        ("Asia/Shanghai", "2027-03-05T15:00:00+01:00", None, "2027-03-06T08:00:00+08:00"),
        ("Europe/Rome", "2027-03-05T23:00:00+01:00", "2027-03-06T09:59:00+01:00", "2027-03-05T23:05:00+01:00"),
        ("Europe/Rome", "2027-03-05T23:00:00+01:00", "2027-03-06T10:01:00+01:00", "2027-03-06T08:00:00+01:00"),
        ("Europe/Rome", "2027-03-05T23:00:00+01:00", "2027-03-05T23:30:00+01:00", "2027-03-05T23:00:00+01:00"),
        ("Europe/Rome", "2027-03-27T23:00:00+01:00", None, "2027-03-28T08:00:00+02:00"),
    ],
    ids=[
        "grouped",
        "late",
        "early",
        "their own night",
        "due soon",
        "due later",
        "due at once",
        "the night of one hour less",
    ],
)
def test_a_notice_waits_for_the_morning_of_whoever_is_told(zone: str, first: str, due: str | None, leaves: str) -> None:
    begun = at(first)
    assert leaves_at(RULES, zone, begun, begun, [at(due)] if due else []) == at(leaves)


def test_quiet_hours_may_be_left_out_and_may_lie_within_a_day() -> None:
    noon = datetime(2027, 3, 5, 12, tzinfo=UTC)
    none = NoticeRules(way="mail", grouping_minutes=0, quiet_from=0, quiet_until=0)
    siesta = NoticeRules(way="mail", grouping_minutes=0, quiet_from=11, quiet_until=15)
    assert leaves_at(none, "UTC", noon, noon, []) == noon
    assert leaves_at(siesta, "UTC", noon, noon, []) == noon + timedelta(hours=3)


def test_every_template_has_its_words_and_no_words_are_idle() -> None:
    def texts(code: CodeType) -> Iterator[str]:
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                yield from texts(constant)
            elif isinstance(constant, str):
                yield constant

    used: set[str] = set()
    for rule in causes.CAUSES.values():
        used.update(texts(rule.__code__), inspect.getclosurevars(rule).nonlocals.values())
    assert HAPPENED.keys() <= used
    assert {one for one in used if "_" in one and one.islower()} <= HAPPENED.keys()


def test_text_and_html_say_the_same() -> None:
    """In every language, with nothing from elsewhere, and with the exact second."""
    for _, notice in samples():
        written = NoticeWriter().write(notice)
        assert "src=" not in written.html
        assert "@import" not in written.html
        assert ":59:59" in written.text or not (notice.deadlines or notice.promises)
        for line in written.text.splitlines():
            said = line.removeprefix("- ").strip().replace("\u2068", "").replace("\u2069", "")
            assert said.partition(" ")[0].replace("'", "&#39;") in written.html


def test_a_reply_address_cannot_be_made_by_others() -> None:
    addresses = ReplyAddresses(bytes(32))
    made = addresses.make(DISPUTE, Side.SELLER, "reply.example")
    assert len(made.partition("@")[0]) <= 64
    assert addresses.read(made) == addresses.read(made.upper()) == (DISPUTE, Side.SELLER)
    token = made.removeprefix("reply+")
    for wrong in (f"reply+b{token[1:]}", "reply+@x", "reply+é@x", "ada@x", "", made.replace("reply+", "")):
        assert addresses.read(wrong) is None
    assert ReplyAddresses(bytes(31) + b"1").read(made) is None


def test_a_message_id_names_its_notice() -> None:
    made = message_id_of(DISPUTE, NOTICE, "mail.example")
    assert named_by(made) == named_by(made.strip("<>")) == (DISPUTE, NOTICE)
    assert named_by("<1@mail.example>") is None


def test_an_address_is_written_as_servers_read_it() -> None:
    assert in_ascii("ada@Bücher.example") == "ada@xn--bcher-kva.example"
    for wrong in ("用户@example.com", "ada@a..b\u00fc"):
        with pytest.raises(ValueError, match=r"ASCII|domain"):
            in_ascii(wrong)
