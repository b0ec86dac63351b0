"""Past cases as mediators publish them: a CSV file with one case a line, what each side was paid, and how long it took.

Its times are local and carry no zone, so the reader needs one. A local time that the zone skips, or has twice, is
refused instead of guessed. Amounts are decimals of the asset in escrow.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from whenever import PlainDateTime, RepeatedTime, SkippedTime

from domain.kernel.money import Money
from domain.kernel.people import Side

_DURATION = re.compile(r"(?:(\d+) days?, )?(\d+) hours?, (\d+) minutes?")
_MAX_CASES = 10_000


class BadLedger(ValueError):
    """The file is not of this form. The message names the line and the column."""


@dataclass(frozen=True, slots=True)
class PastCase:
    """One line. `in_escrow` is the trade amount and both deposits, all of which the ruling divided.

    `duration` has whole minutes.
    """

    case: str
    opened_at: datetime
    closed_at: datetime
    duration: timedelta
    payment_method: str
    counter_asset: str
    trade_amount: Money
    deposit_buyer: Money
    deposit_seller: Money
    opened_by: Side
    paid_to_buyer: Money
    paid_to_seller: Money
    for_party: Side
    reason: str
    summary: str

    @property
    def in_escrow(self) -> Money:
        return self.trade_amount + self.deposit_buyer + self.deposit_seller

    def paid_to(self, side: Side) -> Money:
        return self.paid_to_buyer if side is Side.BUYER else self.paid_to_seller

    def deposit_of(self, side: Side) -> Money:
        return self.deposit_buyer if side is Side.BUYER else self.deposit_seller


COLUMNS = (
    "case", "opened_at_local", "closed_at_local", "published_duration", "payment_method", "counter_asset", "escrow_asset",
    "trade_amount", "deposit_buyer", "deposit_seller", "opened_by", "paid_to_buyer", "paid_to_seller", "for_party", "reason",
    "summary",
)  # fmt: skip


def read(file: Path, zone: str) -> list[PastCase]:
    """The cases of a file, in its order. `zone` is the IANA time zone of its local times.

    Raises BadLedger, and OSError where the file can't be read.
    """
    with file.open(encoding="utf-8-sig", newline="") as text:
        return parse(text, zone)


def parse(text: Iterable[str], zone: str) -> list[PastCase]:
    """The same as `read`, from lines of text."""
    try:
        rows = csv.DictReader(text, strict=True)
        missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
        if missing:
            raise BadLedger(f"line 1: the header lacks {', '.join(missing)}")
        found: dict[str, PastCase] = {}
        for row in rows:
            past = _Line(row, rows.line_num, zone).case()
            if past.case in found:
                raise BadLedger(f"line {rows.line_num}: case {past.case} stands in the file twice")
            if len(found) == _MAX_CASES:
                raise BadLedger(f"line {rows.line_num}: a file has at most {_MAX_CASES} cases")
            found[past.case] = past
    except (csv.Error, UnicodeDecodeError) as error:
        raise BadLedger(f"this is no CSV text in UTF-8: {error}") from None
    if not found:
        raise BadLedger("the file has no cases")
    return list(found.values())


def in_words(duration: timedelta) -> str:
    """Cut to whole minutes, in the published wording: "11 hours, 47 minutes", "6 days, 2 hours, 0 minutes"."""
    minutes = duration // timedelta(minutes=1)
    parts = [(minutes // 60 % 24, "hour"), (minutes % 60, "minute")]
    if minutes >= 24 * 60:
        parts.insert(0, (minutes // (24 * 60), "day"))
    return ", ".join(f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts)


class _Line:
    """One line of the file. The error of a column names the column."""

    def __init__(self, row: dict[str, str | None], number: int, zone: str) -> None:
        self._row, self._number, self._zone = row, number, zone

    def case(self) -> PastCase:
        opened_at, closed_at = self._time("opened_at_local"), self._time("closed_at_local")
        if closed_at < opened_at:
            raise self._bad("closed_at_local", "the case closes before it opens")
        return PastCase(
            case=self._text("case"),
            opened_at=opened_at,
            closed_at=closed_at,
            duration=self._duration("published_duration"),
            payment_method=self._text("payment_method"),
            counter_asset=self._text("counter_asset"),
            trade_amount=self._money("trade_amount"),
            deposit_buyer=self._money("deposit_buyer"),
            deposit_seller=self._money("deposit_seller"),
            opened_by=self._side("opened_by"),
            paid_to_buyer=self._money("paid_to_buyer"),
            paid_to_seller=self._money("paid_to_seller"),
            for_party=self._side("for_party"),
            reason=self._text("reason"),
            summary=self._text("summary"),
        )

    def _text(self, column: str) -> str:
        text = (self._row[column] or "").strip()
        if not text:
            raise self._bad(column, "is empty")
        return text

    def _time(self, column: str) -> datetime:
        text = self._text(column)
        try:
            local = PlainDateTime.parse_iso(text)
        except ValueError:
            raise self._bad(column, f"{text!r} is no local time such as 2021-01-03T13:09:31") from None
        try:
            zoned = local.assume_tz(self._zone, disambiguation="raise")
        except SkippedTime:
            raise self._bad(column, f"{text} never was in {self._zone}: the clocks skipped it") from None
        except RepeatedTime:
            raise self._bad(
                column, f"{text} was twice in {self._zone}, when the clocks went back: which one is meant?"
            ) from None
        return zoned.to_stdlib().astimezone(UTC)

    def _duration(self, column: str) -> timedelta:
        text = self._text(column)
        if (found := _DURATION.fullmatch(text)) is None:
            raise self._bad(column, f"{text!r} is no duration such as '6 days, 2 hours, 0 minutes'")
        days, hours, minutes = (int(number or 0) for number in found.groups())
        return timedelta(days=days, hours=hours, minutes=minutes)

    def _money(self, column: str) -> Money:
        try:
            return Money.of(self._text(column), self._text("escrow_asset"))
        except ValueError as error:
            raise self._bad(column, str(error)) from None

    def _side(self, column: str) -> Side:
        """Ignores what the ledger adds to the side, as in "seller (maker)"."""
        text = self._text(column)
        try:
            return Side(text.split(" ", 1)[0])
        except ValueError:
            raise self._bad(column, f"{text!r} is neither buyer nor seller") from None

    def _bad(self, column: str, why: str) -> BadLedger:
        return BadLedger(f"line {self._number}, {column}: {why}")
