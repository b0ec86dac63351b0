"""The sample desk before its first dispute: the mandates of its neutrals, and its policy."""

from api.cli.demo.people import ADMINISTRATOR, MARKETPLACE, NEUTRALS, subject
from api.services import Services
from domain.kernel.base import Actor, Role
from domain.kernel.money import Money
from domain.kernel.windows import Window
from domain.neutral.mandate import GrantMandate
from domain.policy.book import PublishPolicy
from domain.policy.party_request_rules import PartyRequestRules
from domain.policy.policy import Policy, Windows

_LIMITS = {
    "EUR": "2000.00",
    "GBP": "2000.00",
    "CNY": "15000.00",
    "USD": "2000.00",
    "JPY": "300000",
    "KWD": "500.000",
    "XBT": "0.50000000",
}
_POLICY = Policy(
    version="demo-2026",
    windows=Windows(message_reply=Window(amount=2, unit="business_days")),
    party_requests=PartyRequestRules(),
)
"""The first policy; and whoever a message is written to owes an answer, or is asked by the other party for something."""


async def open_desk(services: Services, marketplace: str) -> None:
    """Grants the mandates, and publishes the policy. The second marketplace has neither: it keeps the first policy."""
    if marketplace != MARKETPLACE:
        return
    administrator = Actor(subject=subject(services, ADMINISTRATOR), role=Role.ADMINISTRATOR)
    now = services.clocks.real()
    await services.engine.handle(PublishPolicy(marketplace=marketplace, actor=administrator, now=now, policy=_POLICY))
    for neutral in NEUTRALS:
        await services.engine.handle(
            GrantMandate(
                marketplace=marketplace,
                actor=administrator,
                now=now,
                neutral=subject(services, neutral),
                languages=neutral.languages,
                authority=tuple(Money.of(amount, currency) for currency, amount in _LIMITS.items()),
            )
        )
