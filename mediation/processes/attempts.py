"""One attempt at one refund: ask the provider, then pay; and turn what the provider reports into commands.

The worker that stored an attempt (`RefundSubmitted`) makes it, within `PATIENCE` of storing it. That is shorter than
the wait before the next attempt, so two attempts are never under way at once, in any worker, and each attempt finds
what the earlier ones paid. An attempt without an answer changes nothing; the next attempt asks. Exception: when a user
turns the clock of a test marketplace during an attempt, the next attempt may begin beside it. Both have the same key at
the provider.
"""

import asyncio
from time import time
from typing import TypeVar
from uuid import UUID

import structlog

from domain.filing.filing_facts import DisputeFiled
from domain.kernel.base import Command
from domain.payments.execution import ConfirmRefund, InstructRefund
from domain.payments.failure import FailRefund
from domain.payments.referral import RetryRefund
from domain.payments.refund_facts import WAITS, Refund, RefundSubmitted
from domain.payments.refunds import OVER, PAID, PaidOtherwise, RefundEnded, against_record
from mediation.engine import Engine, Request
from mediation.gateways.payments import Declined, Gateways, NoAnswer, Payment, PaymentGateway, Wanted, where_it_stands
from mediation.processes import ENGINE
from mediation.store.clocks import Clocks
from mediation.store.keys.blind import Blind
from mediation.store.keys.tokens import ERASED
from mediation.store.log.codec import Codec
from mediation.store.log.log import EventLog

PATIENCE = 40.0
"""The seconds that one attempt may take: ask the provider, and tell it to pay if it knows of no payment."""

assert WAITS[0].total_seconds() > PATIENCE, "an attempt is over before another one begins"

C = TypeVar("C", bound=Command)

_log = structlog.get_logger(__name__)


class Attempts:
    """`clocks` gives the time that rules use. The event loop's own clock measures how long to wait for a provider. It
    stands still while the machine is suspended, so the time of day says too whether it is too late to pay.
    """

    def __init__(
        self,
        engine: Engine,
        gateways: Gateways,
        log: EventLog,
        codec: Codec,
        blind: Blind,
        clocks: Clocks,
    ) -> None:
        self.clocks = clocks
        self.gateways = gateways
        self._engine = engine
        self._log = log
        self._codec = codec
        self._blind = blind

    def gateway(self, marketplace: str) -> PaymentGateway:
        return self.gateways.of(marketplace)

    def looks_after(self, refund: Refund, marketplace: str) -> bool:
        """Whether the engine must act: it makes the first attempt, and retries a failed refund. A gateway that is not `asked`
        reports by itself.
        """
        return refund.status in ("instructed", "failed") or self.gateway(marketplace).asked

    async def go_on(self, refund: Refund, marketplace: str, chain: Request) -> None:
        """Asks what became of a refund whose time has come. If no payment is known, makes the next attempt."""
        if refund.status == "submitted" and await self._ask(refund, marketplace, chain):
            return
        command = await self._about(refund, marketplace, RetryRefund, attempt=refund.attempts + 1)
        await self.store_and_make(command, chain)

    async def store_and_make(self, command: InstructRefund | RetryRefund, chain: Request) -> None:
        """Stores an attempt and makes it. A worker that finds the attempt already stored does not make it."""
        begun = asyncio.get_running_loop().time(), time()
        outcome = await self._engine.handle(command, chain)
        stored = any(isinstance(event, RefundSubmitted) for event in outcome.events)
        if stored and (refund := outcome.case.refund) is not None and not outcome.dispute.imported:
            await self._make(refund, command.marketplace, chain, begun)

    async def _make(self, refund: Refund, marketplace: str, chain: Request, begun: tuple[float, float]) -> None:
        gateway = self.gateway(marketplace)
        if not gateway.asked:
            return
        try:
            async with asyncio.timeout_at(begun[0] + PATIENCE):
                wanted = await self._wanted(refund, marketplace)
                found = where_it_stands(await gateway.find(wanted))
                if found is None or found.status == "failed":
                    if not 0 <= time() - begun[1] < PATIENCE:
                        raise TimeoutError("suspended")
                    found = await gateway.pay(wanted)
        except (NoAnswer, TimeoutError) as error:
            _log.warning("no_answer", refund_id=str(refund.id), attempt=refund.attempts, error=str(error))
        except Declined as declined:
            failed = await self._about(refund, marketplace, FailRefund, reason=declined.reason, attempt=refund.attempts)
            await self._engine.handle(failed, chain)
        else:
            await self.report(refund, found, marketplace, chain)

    async def _ask(self, refund: Refund, marketplace: str, chain: Request) -> bool:
        """Asks what became of the refund, and moves no money. True if the provider knows of a payment of this refund,
        except one that failed in an earlier attempt."""
        try:
            async with asyncio.timeout(PATIENCE):
                found = where_it_stands(await self.gateway(marketplace).find(await self._wanted(refund, marketplace)))
        except (NoAnswer, Declined, TimeoutError) as error:
            _log.warning("no_answer", refund_id=str(refund.id), error=str(error))
            return False
        if found is None:
            return False
        if found.status == "failed" and (found.attempt is None or found.attempt < refund.attempts):
            return False  # an earlier attempt failed
        await self.report(refund, found, marketplace, chain)
        return True

    async def report(self, refund: Refund, payment: Payment, marketplace: str, chain: Request) -> None:
        """Turns the provider's report into a command. If the report contradicts the record, the rules make somebody owe a
        look at it.
        """
        command = await self._told(refund, payment, marketplace)
        if command is None:
            return
        try:
            await self._engine.handle(command, chain)
        except (PaidOtherwise, RefundEnded) as refusal:
            # The payment that is on record, told again; or the first reference of one that a person confirmed without.
            _log.warning("report_not_taken", refund_id=str(refund.id), code=refusal.code, facts=refusal.facts)

    async def notice(self, refund: Refund, payment: Payment, marketplace: str, chain: Request) -> None:
        """Takes a provider's notice, which may be late. So one that says paid, about an attempt that failed or that
        another one followed, is a reason to ask."""
        followed = payment.attempt is not None and payment.attempt < refund.attempts
        if payment.status == "paid" and (refund.status == "failed" or followed) and refund.status not in OVER:
            await self._ask(refund, marketplace, chain)
        else:
            await self.report(refund, payment, marketplace, chain)

    def came_back(self, refund: Refund, payment: Payment, marketplace: str) -> bool:
        """Whether the provider says that the very payment failed which is on record as confirmed."""
        paid = refund.status in PAID or refund.status == "bounced"
        same = refund.reference_key == self.reference_key(marketplace, payment.reference)
        return payment.status == "failed" and paid and same

    def paid_besides(self, refund: Refund, payment: Payment, marketplace: str) -> bool:
        """Whether the provider says that it paid, although the refund had ended in another way."""
        key = self.reference_key(marketplace, payment.reference)
        return payment.status == "paid" and against_record(refund, payment.amount, key)

    async def _told(self, refund: Refund, payment: Payment, marketplace: str) -> ConfirmRefund | FailRefund | None:
        if payment.status == "pending":
            return None
        if payment.status == "failed":
            reason = "bounced" if self.came_back(refund, payment, marketplace) else payment.reason or "other"
            return await self._about(refund, marketplace, FailRefund, reason=reason, attempt=payment.attempt)
        return await self._about(
            refund,
            marketplace,
            ConfirmRefund,
            provider_reference=payment.reference,
            reference_key=self.reference_key(marketplace, payment.reference),
            paid=payment.amount,
            payout=payment.payout,
        )

    def reference_key(self, marketplace: str, reference: str) -> UUID:
        return self._blind.uuid("provider_reference", marketplace, reference)

    async def _about(self, refund: Refund, marketplace: str, kind: type[C], **about: object) -> C:
        return kind.model_validate(
            {
                "marketplace": marketplace,
                "actor": ENGINE,
                "now": await self.clocks.now(marketplace),
                "dispute_id": refund.dispute_id,
                "refund_id": refund.id,
                **about,
            }
        )

    async def _wanted(self, refund: Refund, marketplace: str) -> Wanted:
        """Raises Declined if the person is erased, so that the payment to give back is no longer known."""
        reading = await self._log.read([(refund.dispute_id, 0)])
        filed = next(r.event for r in reading.streams[refund.dispute_id] if isinstance(r.event, DisputeFiled))
        source = await self._codec.open(filed.order.payment_reference, marketplace)
        if source == ERASED:
            raise Declined("not_possible")
        return Wanted(
            refund_id=refund.id,
            amount=refund.amount,
            recipient=refund.recipient,
            source=source,
            attempt=refund.attempts,
            key=f"{refund.id}-{refund.failures}",
        )
