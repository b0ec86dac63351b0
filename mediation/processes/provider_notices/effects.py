"""What is done because of a dispute at a payment provider, and in which dispute."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from domain.clocks.proceedings import EndParallelProceeding, RecordParallelProceeding
from domain.kernel.people import Words
from domain.kernel.refusals import Refusal
from domain.payments.provider_disputes import SETTLES, Called, Done, Notice, Step, called_for, contradicted, next_steps
from domain.remedies.elsewhere import RecordRefundElsewhere
from mediation.engine import Engine, Request
from mediation.processes import ENGINE
from mediation.processes.provider_notices import tables
from mediation.processes.provider_notices.tables import Row, Told
from mediation.store.follow.consumer import PASSING
from mediation.store.keys.blind import Blind

_NAMES = {"stripe": "Stripe", "adyen": "Adyen", "paypal": "PayPal"}


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
        dispute, _, _ = await self._engine.dispute(dispute_id, row.marketplace)
        done = Done(waits=row.proceeding is not None, paid=row.paid, closed=dispute.closed)
        problem: str | None = contradicted(called, done)
        for step in next_steps(called, done, quiet=quiet):
            try:
                await self._do(step, row, dispute_id, called, max(one.at for one in notices), now)
            except PASSING:
                raise
            except Refusal as refusal:
                problem = problem or refusal.code
                break
        async with self._pool.connection() as connection:
            await tables.seen(connection, row, problem, settled=quiet)

    async def _do(self, step: Step, row: Row, dispute_id: UUID, called: Called, at: datetime, now: datetime) -> None:
        about = {"marketplace": row.marketplace, "actor": ENGINE, "now": now, "dispute_id": dispute_id}
        key = self._blind.digest("provider dispute", str(row.id), step, str(row.recorded))
        once = Request(key=key, fingerprint=key)
        match step:
            case "wait":
                words = Words(text=f"{_NAMES[row.provider]} reports a chargeback.", language="en")
                wait = RecordParallelProceeding.model_validate({**about, "what": "chargeback", "statement": words})
                handled = await self._engine.handle(wait, once)
                async with self._pool.connection() as connection:
                    await tables.recorded(connection, row, handled.dispute.stay.recorded)
            case "pay":
                pay = RecordRefundElsewhere.model_validate(
                    {
                        **about,
                        "payment_key": self._blind.uuid("chargeback", str(row.id)),
                        "amount": called.amount,
                        "how": "chargeback" if called.chargeback else "provider",
                        "paid_at": min(at, now),
                    }
                )
                await self._engine.handle(pay)
                async with self._pool.connection() as connection:
                    await tables.paid(connection, row)
            case "go_on":
                end = EndParallelProceeding.model_validate({**about, "number": row.proceeding})
                await self._engine.handle(end)
                async with self._pool.connection() as connection:
                    await tables.went_on(connection, row)

    async def buyer(self, dispute_id: UUID, marketplace: str) -> UUID:
        dispute, _, _ = await self._engine.dispute(dispute_id, marketplace)
        return dispute.buyer.subject
