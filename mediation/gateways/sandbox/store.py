"""The sandbox provider's store: one SQLite file, or memory."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from decimal import ROUND_DOWN, Context, Decimal, localcontext
from secrets import token_hex
from uuid import UUID

from domain.kernel.conversion import Quote
from domain.kernel.money import EXPONENTS, Money
from domain.payments.refund_facts import FailureReason
from mediation.gateways.sandbox.schemas import Faults, PaidOutIn, RefundAsked, RefundShown

_TABLES = """
CREATE TABLE IF NOT EXISTS payment (n INTEGER PRIMARY KEY AUTOINCREMENT, reference TEXT UNIQUE NOT NULL, refund_id TEXT,
  made_at TEXT NOT NULL, settles_at TEXT, settles_as TEXT, shown TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS payment_refund ON payment (refund_id);
CREATE TABLE IF NOT EXISTS answered (key TEXT PRIMARY KEY, request TEXT NOT NULL, reference TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS faults (one INTEGER PRIMARY KEY CHECK (one = 1), told TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS notice (n INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, body TEXT NOT NULL,
  due_at TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0);
"""

PAGE = 100
TRIES = 8


class KeyReused(Exception):
    """The idempotency key came with another request."""


class Store:
    def __init__(self, path: str = ":memory:") -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.executescript(_TABLES)

    def close(self) -> None:
        self._db.close()

    @property
    def faults(self) -> Faults:
        row = self._db.execute("SELECT told FROM faults").fetchone()
        return Faults.model_validate_json(row[0]) if row else Faults()

    @faults.setter
    def faults(self, told: Faults) -> None:
        self._db.execute("INSERT OR REPLACE INTO faults VALUES (1, ?)", (told.model_dump_json(),))

    def count_down(self, name: str) -> bool:
        """Whether this fault happens once more."""
        left = getattr(self.faults, name)
        if left:
            self.faults = self.faults.model_copy(update={name: left - 1})
        return bool(left)

    def answered(self, key: str, asked: RefundAsked) -> RefundShown | None:
        """The first answer under this key. Raises KeyReused."""
        row = self._db.execute("SELECT request, reference FROM answered WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        if row[0] != _request(asked):
            raise KeyReused
        return self.shown(row[1])

    def pay(self, key: str, asked: RefundAsked) -> RefundShown:
        """Makes one more payment, whatever was paid before."""
        now, faults = datetime.now(UTC), self.faults
        amount = Money(max(0, asked.amount.minor - faults.short_by), asked.amount.currency)
        pending = faults.fails or ("paid" if faults.pending else None)
        settles_as = pending or faults.bounces
        payout = _paid_out(amount, faults.paid_out_in, now) if faults.paid_out_in else None
        made = RefundShown(
            reference=f"sbx_{token_hex(8)}",
            refund_id=asked.refund_id,
            status="pending" if pending else "paid",
            amount=amount,
            made_at=now,
            attempt=asked.attempt,
            payout=payout,
        )
        settles_at = _text(now + timedelta(seconds=faults.settles_after)) if settles_as else None
        self._db.execute("BEGIN")
        self._db.execute(
            "INSERT INTO payment (reference, refund_id, made_at, settles_at, settles_as, shown) VALUES (?, ?, ?, ?, ?, ?)",
            (made.reference, str(asked.refund_id), _text(now), settles_at, settles_as, made.model_dump_json()),
        )
        self._db.execute("INSERT OR REPLACE INTO answered VALUES (?, ?, ?)", (key, _request(asked), made.reference))
        self._notify(made)
        self._db.execute("COMMIT")
        return made

    def settle(self) -> None:
        """Settles payments that waited for long enough: they are paid, have failed, or have come back."""
        due = "SELECT reference, settles_as FROM payment WHERE settles_at <= ? ORDER BY n"
        for reference, how in self._db.execute(due, (_text(datetime.now(UTC)),)).fetchall():
            reason: FailureReason | None = None if how == "paid" else how
            status = "paid" if reason is None else "failed"
            settled = self.shown(reference).model_copy(update={"status": status, "reason": reason})
            self._db.execute("BEGIN")
            self._db.execute(
                "UPDATE payment SET shown = ?, settles_at = NULL WHERE reference = ?",
                (settled.model_dump_json(), reference),
            )
            self._notify(settled)
            self._db.execute("COMMIT")

    def shown(self, reference: str) -> RefundShown:
        row = self._db.execute("SELECT shown FROM payment WHERE reference = ?", (reference,)).fetchone()
        return RefundShown.model_validate_json(row[0])

    def listed(
        self, refund_id: UUID | None, since: datetime | None, after: int
    ) -> tuple[list[RefundShown], int | None]:
        query, values = "SELECT n, shown FROM payment WHERE n > ?", [after]
        wanted: list[str | int] = [*values]
        if refund_id is not None:
            query, wanted = f"{query} AND refund_id = ?", [*wanted, str(refund_id)]
        if since is not None:
            query, wanted = f"{query} AND made_at >= ?", [*wanted, _text(since)]
        rows = self._db.execute(f"{query} ORDER BY n LIMIT {PAGE + 1}", wanted).fetchall()
        items = [RefundShown.model_validate_json(shown) for _, shown in rows[:PAGE]]
        return items, rows[PAGE - 1][0] if len(rows) > PAGE else None

    def alter(self, reference: str, **changes: object) -> None:
        """Changes a payment unnoticed, to try out a reconciliation."""
        altered = self.shown(reference).model_copy(update=changes)
        self._db.execute("UPDATE payment SET shown = ? WHERE reference = ?", (altered.model_dump_json(), reference))

    def forget(self, reference: str) -> None:
        self._db.execute("DELETE FROM payment WHERE reference = ?", (reference,))

    def due_notices(self) -> list[tuple[int, str, str]]:
        order = "DESC" if self.faults.notice_order == "reversed" else "ASC"
        query = f"SELECT n, name, body FROM notice WHERE NOT done AND due_at <= ? ORDER BY n {order}"
        return self._db.execute(query, (_text(datetime.now(UTC)),)).fetchall()

    def sent(self, notice: int, *, taken: bool) -> None:
        """A notice that was not accepted is due again after a growing pause; after `TRIES` tries it is given up."""
        (tries,) = self._db.execute("SELECT tries FROM notice WHERE n = ?", (notice,)).fetchone()
        later = datetime.now(UTC) + timedelta(seconds=2.0**tries)
        done = taken or tries + 1 >= TRIES
        self._db.execute(
            "UPDATE notice SET tries = tries + 1, done = ?, due_at = ? WHERE n = ?", (done, _text(later), notice)
        )

    def _notify(self, about: RefundShown) -> None:
        faults = self.faults
        if not faults.notices:
            return
        told = {"type": f"refund.{about.status}", "timestamp": _text(datetime.now(UTC))}
        body = json.dumps({**told, "data": about.model_dump(mode="json")})
        due_at, name = _text(datetime.now(UTC) + timedelta(seconds=faults.notice_after)), f"msg_{token_hex(8)}"
        for _ in range(faults.notice_copies):
            self._db.execute("INSERT INTO notice (name, body, due_at) VALUES (?, ?, ?)", (name, body, due_at))


def _request(asked: RefundAsked) -> str:
    """What must be the same under the same key; the number of the attempt may change."""
    return asked.model_dump_json(exclude={"attempt"})


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _paid_out(amount: Money, wanted: PaidOutIn, now: datetime) -> Quote:
    """Rounded down to the minor unit of the payout currency."""
    with localcontext(Context(prec=60)):
        unit = Decimal(1).scaleb(-EXPONENTS[wanted.currency])
        exact = Decimal(amount.amount) * Decimal(wanted.rate)
        paid = Money.of(format(exact.quantize(unit, rounding=ROUND_DOWN), "f"), wanted.currency)
    return Quote(paid=paid, rate=wanted.rate, source=wanted.source, quoted_at=now)
