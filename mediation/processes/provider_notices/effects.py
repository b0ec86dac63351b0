"""What is done because of a dispute at a payment provider, and in which dispute."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.clocks.proceedings import EndParallelProceeding, RecordParallelProceeding
from domain.commands import AnyCommand
from domain.dispute.state import Dispute
from domain.kernel.money import Money
from domain.kernel.people import Words
from domain.kernel.refusals import Refusal
from domain.payments.provider_disputes import SETTLES, Called, Done, Notice, Step, called_for, next_steps
from domain.remedies.elsewhere import OutcomeUnderway, RecordRefundElsewhere, TakeBackRefundElsewhere
from domain.remedies.reopening import Reopen, may_overturn
from mediation.engine import Engine, Request
from mediation.processes import ENGINE
from mediation.processes.provider_notices import tables
from mediation.processes.provider_notices.tables import Row, Told
from mediation.store.follow.consumer import PASSING
from mediation.store.keys.blind import Blind

_NAMES = {"stripe": "Stripe", "adyen": "Adyen", "paypal": "PayPal"}
_UNTIL_CLOSED = 60
"""Minutes after which it is tried again to take back a refund, while an outcome is being carried out."""


class Effects:
    def __init__(self, pool: AsyncConnectionPool[AsyncConnection], engine: Engine, blind: Blind) -> None:
        self._pool = pool
        self._engine = engine
        self._blind = blind

    async def match(self, row: Row, told: Told) -> UUID | None:
        """The dispute about this payment: the only one, or the only one that is open. None if a person has to say which, or if
        there is none yet.
        """
        async with self._pool.connection() as connection:
            found = await tables.disputes_about(connection, row.marketplace, told.payments)
        if len(found) > 1:
            states = {one: (await self._engine.dispute(one, row.marketplace))[0] for one in found}
            found = {one: found[one] for one, dispute in states.items() if not dispute.closed}
        async with self._pool.connection() as connection:
            if len(found) == 1:
                (dispute_id,) = found
                await tables.match(connection, row, dispute_id)
                return dispute_id
            await tables.unmatched(connection, row, "several_disputes" if found else "no_dispute")
        return None

    async def carry_out(self, row: Row, dispute_id: UUID, notices: Sequence[Notice], now: datetime) -> None:
        """Does what is still to be done. What a rule refuses is shown to a person."""
        called, quiet = called_for(notices), now >= row.quiet_since + SETTLES
        dispute, _, policy = await self._engine.dispute(dispute_id, row.marketplace)
        if row.begun and not dispute.closed:
            row, dispute = await self._do("wait", row, dispute, called, now, now)
        paid = Money.of(*row.paid.split()) if row.paid is not None else None
        done = Done(waits=row.proceeding is not None, paid=paid, closed=dispute.closed, moved=row.moved)
        problem: str | None = called.contradiction
        for step in next_steps(called, done, policy.chargebacks, quiet=quiet):
            if step == "reopen" and not may_overturn(dispute):
                continue
            try:
                row, dispute = await self._do(step, row, dispute, called, max(one.at for one in notices), now)
            except PASSING:
                raise
            except OutcomeUnderway as underway:
                async with self._pool.connection() as connection:
                    await tables.later(connection, row, underway.code, _UNTIL_CLOSED)
                return
            except Refusal as refusal:
                problem = problem or refusal.code
                break
        async with self._pool.connection() as connection:
            await tables.seen(connection, row, problem, settled=quiet)

    async def _do(
        self, step: Step, row: Row, dispute: Dispute, called: Called, at: datetime, now: datetime
    ) -> tuple[Row, Dispute]:
        """Returns both as they are after it. Whatever was done is done under a key, so doing it again changes nothing."""
        about = {"marketplace": row.marketplace, "actor": ENGINE, "now": now, "dispute_id": dispute.id}
        count = row.recorded if step in ("wait", "go_on") else row.payments
        if step == "wait":
            async with self._pool.connection() as connection:
                await tables.begin(connection, row)
        key = self._blind.digest("provider dispute", str(row.id), step, str(count))
        handled = await self._engine.handle(
            self._command(step, row, called, at, about), Request(key=key, fingerprint=key)
        )
        async with self._pool.connection() as connection:
            match step:
                case "wait":
                    number = handled.dispute.stay.recorded
                    await tables.recorded(connection, row, number)
                    row = replace(row, proceeding=number, recorded=row.recorded + 1, begun=False)
                case "pay":
                    await tables.paid(connection, row, called.amount, closed=dispute.closed)
                    row = replace(row, payments=row.payments + 1)
                case "take_back":
                    await tables.paid(connection, row, None, closed=dispute.closed)
                    row = replace(row, payments=row.payments + 1)
                case "reopen":
                    await tables.reopened(connection, row)
                case "go_on":
                    await tables.went_on(connection, row)
        return row, handled.dispute

    def _command(self, step: Step, row: Row, called: Called, at: datetime, about: Mapping[str, Any]) -> AnyCommand:
        name = _NAMES[row.provider]
        match step:
            case "wait":
                words = _words(f"{name} reports a chargeback.")
                return RecordParallelProceeding.model_validate({**about, "what": "chargeback", "statement": words})
            case "pay":
                how = "chargeback" if called.chargeback else "provider"
                paid = {"payment_key": self._payment(row, row.payments), "amount": called.amount, "how": how}
                return RecordRefundElsewhere.model_validate({**about, **paid, "paid_at": min(at, about["now"])})
            case "take_back":
                return TakeBackRefundElsewhere.model_validate(
                    {**about, "payment_key": self._payment(row, row.payments - 1)}
                )
            case "reopen":
                words = _words(f"{name} reports that a chargeback about this payment was {called.outcome}.")
                return Reopen.model_validate({**about, "ground": "refunded_elsewhere", "reasons": words})
            case "go_on":
                return EndParallelProceeding.model_validate({**about, "number": row.proceeding})

    def _payment(self, row: Row, number: int) -> UUID:
        """The payment that was recorded as the `number`-th change of what the buyer has."""
        return self._blind.uuid("chargeback", str(row.id), str(number))

    async def buyer(self, dispute_id: UUID, marketplace: str) -> UUID:
        dispute, _, _ = await self._engine.dispute(dispute_id, marketplace)
        return dispute.buyer.subject


def _words(text: str) -> Words:
    return Words(text=text, language="en")
