"""The acts of the marketplace and the engine in the law reports."""

from datetime import timedelta
from uuid import UUID, uuid5

from domain.filing.delivery import ReportDelivery
from domain.filing.recommendations import CountCase
from domain.filing.standing_rules import ApplyStandingRules
from domain.kernel.base import Instant
from domain.payments.execution import ConfirmRefund, InstructRefund, ReleaseRefund
from domain.payments.failure import FailRefund
from domain.payments.referral import RetryRefund, SettleRefundOtherwise
from domain.policy.book import PublishPolicy
from domain.policy.outage_facts import Outage
from domain.policy.outages import RecordOutage
from domain.policy.policy import Policy
from domain.privacy.access import AnswerAccess
from domain.remedies.closure import CancelDispute
from domain.remedies.elsewhere import RecordRefundElsewhere, TakeBackRefundElsewhere
from domain.silence import RecordLapses
from tests.domain.law.acts import FIRST, Act, Somebody, id_of, money, refund_of, words


class OfTheHouse(Somebody):
    """The acts of the marketplace and the engine."""

    def instructs_refund(self, number: int) -> Act:
        return self.act(InstructRefund, commitment_id=id_of(number))

    def confirms_refund(self, number: int) -> Act:
        key = uuid5(FIRST, f"re_{number}")
        return self.act(ConfirmRefund, refund_id=refund_of(number), provider_reference="re_1", reference_key=key)

    def fails_refund(self, number: int, reason: str = "declined", attempt: int | None = None) -> Act:
        return self.act(FailRefund, refund_id=refund_of(number), reason=reason, attempt=attempt)

    def retries_refund(self, number: int, attempt: int | None = None) -> Act:
        return self.act(RetryRefund, refund_id=refund_of(number), attempt=attempt)

    def settles_refund(self, number: int, reference: str = "TRF-1") -> Act:
        return self.act(
            SettleRefundOtherwise,
            refund_id=refund_of(number),
            how="bank_transfer",
            reference=reference,
            reference_key=uuid5(FIRST, reference),
        )

    def releases_refund(self, number: int) -> Act:
        return self.act(ReleaseRefund, refund_id=refund_of(number))

    def refunds_elsewhere(self, amount: str, reference: str = "cb-1") -> Act:
        return self.act(
            RecordRefundElsewhere,
            payment_key=uuid5(FIRST, reference),
            amount=money(amount),
            how="chargeback",
            paid_at=lambda now, _: now,
        )

    def takes_back(self, reference: str = "cb-1") -> Act:
        return self.act(TakeBackRefundElsewhere, payment_key=uuid5(FIRST, reference))

    def reports_delivery(
        self, *, arrived: timedelta | None = None, expected: timedelta | None = None, tracking: str | None = None
    ) -> Act:
        """`arrived`: that long ago; `expected`: within that time."""
        return self.act(
            ReportDelivery,
            carrier="SDA" if tracking else None,
            number=tracking,
            tracking_key=uuid5(FIRST, tracking) if tracking else None,
            delivered_at=lambda now, _: None if arrived is None else now - arrived,
            latest_delivery_at=lambda now, _: None if expected is None else now + expected,
        )

    def cancels(self) -> Act:
        return self.act(CancelDispute, reason=words("Opened twice by mistake."))

    def counts(self, side: str) -> Act:
        return self.act(CountCase, side=side, since=lambda now, _: now)

    def applies_standing_rules(self, version: int = 1) -> Act:
        return self.act(ApplyStandingRules, version=version)

    def ticks(self) -> Act:
        return self.act(RecordLapses)

    def publishes(self, policy: Policy, *, applies_from: Instant | None = None, notice_days: int = 0) -> Act:
        return self.act(PublishPolicy, policy=policy, applies_from=applies_from, notice_days=notice_days).about(None)

    def answers_access(self, subject: UUID) -> Act:
        return self.act(AnswerAccess, subject=subject)

    def records_outage(self, began_at: Instant, ended_at: Instant) -> Act:
        return self.act(RecordOutage, outage=Outage(began_at=began_at, ended_at=ended_at)).about(None)
