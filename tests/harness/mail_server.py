"""A mail server in this process, which takes mails or refuses them as a test says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from ssl import SSLContext
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

from mediation.gateways.mail.chosen import ByMail
from mediation.gateways.mail.server import Security

OK = "250 2.0.0 Taken"


@dataclass
class MailServer:
    """`says` is its answer to a mail to this recipient; without one it takes the mail. `came` is set with each mail."""

    port: int = 0
    security: Security = "none"
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)
    asked: int = 0
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, server: Any, session: Any, envelope: Envelope, address: str, options: Any
    ) -> str:
        self.asked += 1
        self.came.set()
        if (answer := self.says.get(address, OK)) != OK:
            return answer
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it so
        self, server: Any, session: Any, envelope: Envelope
    ) -> str:
        raw = envelope.content
        assert isinstance(raw, bytes)
        self.taken.append((envelope.rcpt_tos[0], message_from_bytes(raw, policy=policy.default)))
        self.came.set()
        return OK

    def account(self, **more: Any) -> ByMail:
        at = {"host": "127.0.0.1", "port": self.port, "security": self.security, "sent_from": "disputes@bazaar.example"}
        return ByMail.model_validate({**at, "sender_name": "Bazaar", **more})

    async def until(self, number: int, to: str | None = None) -> list[EmailMessage]:
        """The mails that it took, as soon as there are so many, to this address alone if one is given."""
        async with asyncio.timeout(30):
            while len(found := [mail for rcpt, mail in self.taken if to in (None, rcpt)]) < number:
                self.came.clear()
                await self.came.wait()
        return found


@asynccontextmanager
async def mail_server(
    security: Security = "none", certificate: SSLContext | None = None, password: str | None = None
) -> AsyncIterator[MailServer]:
    """`password` is that of the user `disputes`."""
    known = MailServer(security=security)
    loop = asyncio.get_running_loop()
    about: dict[str, Any] = {"hostname": "mail.test", "loop": loop}
    if security == "starttls":
        about |= {"tls_context": certificate, "require_starttls": True}
    if password is not None:
        known_by = partial(_judged, ("disputes", password))
        about |= {"authenticator": known_by, "auth_require_tls": security == "starttls"}
    server = await loop.create_server(
        lambda: SMTP(known, **about), "127.0.0.1", 0, ssl=certificate if security == "tls" else None
    )
    known.port = server.sockets[0].getsockname()[1]
    try:
        yield known
    finally:
        server.close()


def _judged(good: tuple[str, str], server: Any, session: Any, envelope: Any, mechanism: str, said: Any) -> AuthResult:
    assert isinstance(said, LoginPassword)
    return AuthResult(success=(said.login.decode(), said.password.decode()) == good, handled=False)


def parts(mail: EmailMessage) -> tuple[str, str]:
    """The text and the HTML."""
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content(), html.get_content()
