"""The configured gateway of each marketplace: checked when it is read, then made into a gateway."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AnyHttpUrl, BaseModel, ConfigDict, Field, SecretStr, field_validator
from standardwebhooks import Webhook

from mediation.gateways.counted import CountedGateway, GatewayCounts
from mediation.gateways.payments import Gateways, MarketplaceGateway, PaymentGateway
from mediation.gateways.sandbox.gateway import SandboxGateway


class _Chosen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def moves_real_money(self) -> bool:
        """As far as the configuration shows: a marketplace that pays by itself does not say it."""
        return False


class ByMarketplace(_Chosen):
    """The marketplace pays, and reports over the API."""

    kind: Literal["marketplace"]

    def gateway(self) -> PaymentGateway:
        return MarketplaceGateway()


class ByStripe(_Chosen):
    """Without `notice_secret`, the endpoint's secret, no notice is accepted. `address` is another server, for tests."""

    kind: Literal["stripe"]
    secret_key: SecretStr
    notice_secret: SecretStr | None = None
    address: AnyHttpUrl | None = None

    @field_validator("secret_key")
    @classmethod
    def _is_secret(cls, key: SecretStr) -> SecretStr:
        if not key.get_secret_value().startswith(("sk_", "rk_")):
            raise ValueError("a secret or restricted key of Stripe begins with sk_ or rk_")
        return key

    @property
    def moves_real_money(self) -> bool:
        return "_live_" in self.secret_key.get_secret_value()

    def gateway(self) -> PaymentGateway:
        from mediation.gateways.stripe.gateway import StripeGateway  # large: only a marketplace that uses it loads it

        notice = self.notice_secret.get_secret_value() if self.notice_secret else None
        address = str(self.address).rstrip("/") if self.address else None
        return StripeGateway(self.secret_key.get_secret_value(), notice, address)


class BySandbox(_Chosen):
    """The engine's sandbox provider: its address, its key, and the secret that signs its notices."""

    kind: Literal["sandbox"]
    address: AnyHttpUrl
    key: SecretStr
    notice_secret: SecretStr

    @field_validator("notice_secret")
    @classmethod
    def _is_standard(cls, secret: SecretStr) -> SecretStr:
        try:
            Webhook(secret.get_secret_value())
        except Exception:
            raise ValueError("a secret of Standard Webhooks is whsec_ and base64") from None
        return secret

    def gateway(self) -> PaymentGateway:
        return SandboxGateway(str(self.address), self.key.get_secret_value(), self.notice_secret.get_secret_value())


Chosen = Annotated[ByMarketplace | ByStripe | BySandbox, Field(discriminator="kind")]


def gateways(chosen: Mapping[str, Chosen], counts: GatewayCounts | None = None) -> Gateways:
    """The configured gateways. Every call to a provider is counted."""
    counted = counts or GatewayCounts()
    made = {marketplace: one.gateway() for marketplace, one in chosen.items()}
    return Gateways({name: CountedGateway(one, counted) if one.asked else one for name, one in made.items()})
