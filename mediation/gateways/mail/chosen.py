"""How each marketplace's notices leave, by the settings: its mail server, from whom the mails come, and where its pages are."""

from collections.abc import Mapping
from email.message import EmailMessage
from time import monotonic
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from mediation.gateways.mail.counts import MailCounts
from mediation.gateways.mail.server import NotNow, Refused, Security, Server, Takes

_Domain = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", max_length=200)]


def _page(template: str) -> str:
    if not template.startswith(("https://", "http://")):
        raise ValueError("a page begins with https://")
    try:
        template.format(dispute_id="", case_number="", order_id="")
    except (KeyError, IndexError, ValueError):
        raise ValueError("a page may hold {dispute_id}, {case_number} and {order_id}, and no other braces") from None
    return template


Page = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_page)]


class ByMail(BaseModel):
    """The account at the mail server. `sent_from` is the sender's address, to which also reports about mails go.

    `reply_domain` is the domain of the addresses to which parties answer; without it, that of `sent_from`.
    `receiving_server` is the name under which the operator's server writes `Authentication-Results` into mails that arrive.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: Annotated[str, StringConstraints(min_length=1, max_length=250)]
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Security = "starttls"
    user: str | None = None
    password: SecretStr | None = None
    sent_from: Annotated[str, StringConstraints(pattern=r"^[!-?A-~]+@[a-z0-9.-]+$", max_length=250)]
    sender_name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    reply_domain: _Domain | None = None
    page: Page | None = None
    receiving_server: _Domain | None = None

    @property
    def domain(self) -> str:
        return self.reply_domain or self.sent_from.rpartition("@")[2]

    def server(self) -> Server:
        password = self.password.get_secret_value() if self.password else None
        return Server(self.host, self.port, self.security, self.user, password, self.sent_from)


class Post:
    """The mail account of one marketplace, and its server."""

    def __init__(self, account: ByMail, counts: MailCounts, server: Takes | None = None) -> None:
        self.account = account
        self._counts = counts
        self._server = server or account.server()

    async def send(self, message: EmailMessage, recipient: str) -> None:
        """Raises Refused and NotNow. After it returns, the server answers for the mail."""
        begun, outcome = monotonic(), "given_up"
        try:
            await self._server.send(message, recipient)
            outcome = "taken"
        except Refused:
            outcome = "refused"
            raise
        except NotNow:
            outcome = "not_now"
            raise
        finally:
            self._counts.note(outcome, monotonic() - begun)


Posts = Mapping[str, Post]
"""By marketplace. One that is not named sends no mail: its notices wait."""


def posts(chosen: Mapping[str, ByMail], counts: MailCounts) -> Posts:
    return {marketplace: Post(account, counts) for marketplace, account in chosen.items()}
