"""From whom a marketplace takes notices about disputes: the secrets of each provider, checked when they are read."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, cast, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, StringConstraints

from domain.payments.provider_disputes import Provider
from mediation.gateways.adyen import dispute_notices as of_adyen
from mediation.gateways.adyen import signature as signed_by_adyen
from mediation.gateways.chosen import ByStripe, Chosen
from mediation.gateways.dispute_notices import Reader
from mediation.gateways.payments import UntrustedNotice
from mediation.gateways.paypal import dispute_notices as of_paypal
from mediation.gateways.paypal.signature import Pinned
from mediation.gateways.stripe import dispute_notices as of_stripe

READERS: Mapping[Provider, Reader] = {"stripe": of_stripe.read, "adyen": of_adyen.read, "paypal": of_paypal.read}

READER = 1
"""The version of the readers. Raise it when they learned something: what was unknown before is then read again."""

Check = Callable[[Mapping[str, str], bytes, datetime], None]
"""Raises UntrustedNotice. The instant is when the notice was received."""


def _hexadecimal(secret: SecretStr) -> SecretStr:
    try:
        long_enough = len(bytes.fromhex(secret.get_secret_value())) >= 16
    except ValueError:
        long_enough = False
    if not long_enough:
        raise ValueError("an HMAC key of Adyen has hexadecimal digits, at least 32")
    return secret


class _Secrets(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FromStripe(_Secrets):
    """The secrets of the endpoint: two, while the secret is changed."""

    secrets: Annotated[tuple[SecretStr, ...], Field(min_length=1, max_length=5)]

    def check(self, headers: Mapping[str, str], body: bytes, at: datetime) -> None:
        from mediation.gateways.stripe import signature  # large: only a marketplace that uses Stripe loads its client

        *others, last = self.secrets
        for secret in others:
            try:
                signature.check(headers, body, secret.get_secret_value(), at)
            except UntrustedNotice:
                continue
            return
        signature.check(headers, body, last.get_secret_value(), at)


class FromAdyen(_Secrets):
    """The HMAC keys of the webhook, in hexadecimal digits; and the name and password, if it has basic authentication."""

    hmac_keys: Annotated[
        tuple[Annotated[SecretStr, AfterValidator(_hexadecimal)], ...], Field(min_length=1, max_length=5)
    ]
    user: str | None = None
    password: SecretStr | None = None

    def check(self, headers: Mapping[str, str], body: bytes, at: datetime) -> None:
        keys = [bytes.fromhex(key.get_secret_value()) for key in self.hmac_keys]
        password = self.password.get_secret_value() if self.password else ""
        signed_by_adyen.check(headers, body, keys, (self.user, password) if self.user is not None else None)


class FromPayPal(_Secrets):
    """The id of the webhook, and the file with PayPal's certificate, its chain and the root, in PEM. `certificate_name` is
    the host that the certificate is for.
    """

    webhook_id: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    certificates: Path
    certificate_name: str = "messageverificationcerts.paypal.com"
    _pinned: Pinned = PrivateAttr()

    def model_post_init(self, context: object, /) -> None:
        try:
            self._pinned = Pinned(self.certificates, self.certificate_name)
        except OSError as error:
            raise ValueError(f"the certificates cannot be read: {error.strerror}") from None

    def check(self, headers: Mapping[str, str], body: bytes, at: datetime) -> None:
        self._pinned.check(headers, body, self.webhook_id, at)


class NoticesFrom(_Secrets):
    """The providers of one marketplace."""

    stripe: FromStripe | None = None
    adyen: FromAdyen | None = None
    paypal: FromPayPal | None = None


def checks(chosen: Mapping[str, NoticesFrom], gateways: Mapping[str, Chosen]) -> Mapping[tuple[str, Provider], Check]:
    """How the notices of each provider of each marketplace are checked. A gateway of Stripe with a secret for its notices is
    taken too.
    """
    found: dict[tuple[str, Provider], Check] = {}
    for marketplace, gateway in gateways.items():
        if isinstance(gateway, ByStripe) and gateway.notice_secret is not None:
            found[marketplace, "stripe"] = FromStripe(secrets=(gateway.notice_secret,)).check
    for marketplace, providers in chosen.items():
        for name in cast(tuple[Provider, ...], get_args(Provider)):
            if (secrets := getattr(providers, name)) is not None:
                found[marketplace, name] = secrets.check
    return found
