"""The mail server that takes the engine's mails: one SMTP transaction for each, and what its answer means.

A server that is down, or busy, is left alone for a while; nobody waits for it. What a mail's answer says is told by the first
digit of its code (RFC 5321, section 4.2.1): 4 is for now, 5 is for good.
"""

import re
import ssl
from email.message import EmailMessage
from time import monotonic
from typing import Literal, Protocol

import aiosmtplib

PATIENCE = 20.0
"""Seconds for each step of the conversation with the server."""

_SOON, _LONGEST = 5.0, 900.0
"""Seconds for which a server is left alone after one failure, and at most after many."""

_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b", re.ASCII)

_NOT_THIS_MAIL = (
    aiosmtplib.SMTPAuthenticationError,
    aiosmtplib.SMTPSenderRefused,
    aiosmtplib.SMTPConnectError,
    aiosmtplib.SMTPHeloError,
)
"""No mail of this account would be taken: somebody must look at the account."""

Security = Literal["starttls", "tls", "none"]


class Refused(Exception):
    """The server refuses this mail for good. `status` is the enhanced code (RFC 3463), if it gave one."""

    def __init__(self, status: str | None) -> None:
        self.status = status
        super().__init__(status or "no enhanced code")


class NotNow(Exception):
    """The mail was not taken, and may be later. `again_after` are seconds. `down`: no other mail would be taken either."""

    def __init__(self, why: str, again_after: float = _SOON, *, down: bool = False) -> None:
        self.again_after = again_after
        self.down = down
        super().__init__(why)


class Takes(Protocol):
    """A mail server, as the process of notices knows it."""

    async def send(self, message: EmailMessage, recipient: str) -> None:
        """Raises Refused and NotNow. After it returns, the server answers for the mail."""
        ...


class Server:
    """One account at one server. `fail_until` is when it may be asked again."""

    def __init__(
        self, host: str, port: int, security: Security, user: str | None, password: str | None, sent_from: str
    ) -> None:
        self._host, self._port, self._security = host, port, security
        self._user, self._password, self._sent_from = user, password, sent_from
        self._failures, self._alone_until = 0, 0.0

    async def send(self, message: EmailMessage, recipient: str) -> None:
        """Raises Refused and NotNow."""
        if (wait := self._alone_until - monotonic()) > 0:
            raise NotNow("left alone", wait, down=True)
        try:
            async with self._connection() as smtp:
                if self._user is not None:
                    await smtp.login(self._user, self._password or "")
                await smtp.send_message(message, sender=self._sent_from, recipients=[recipient])
        except (aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPResponseException) as error:
            self._judge(error)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise self._down(_why(error)) from None
        self._failures = 0

    def _connection(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            use_tls=self._security == "tls",
            start_tls=self._security == "starttls",
            timeout=PATIENCE,
        )

    def _judge(self, error: aiosmtplib.SMTPRecipientsRefused | aiosmtplib.SMTPResponseException) -> None:
        refused = error.recipients[0] if isinstance(error, aiosmtplib.SMTPRecipientsRefused) else error
        if isinstance(refused, _NOT_THIS_MAIL):
            raise self._down(f"{type(refused).__name__}: code {refused.code}") from None
        self._failures = 0
        if 500 <= refused.code < 600:
            found = _STATUS.search(str(refused.message))
            raise Refused(found[1] if found else None) from None
        raise NotNow(f"code {refused.code}") from None

    def _down(self, why: str) -> NotNow:
        self._failures += 1
        wait = min(_SOON * 2 ** min(self._failures - 1, 12), _LONGEST)
        self._alone_until = monotonic() + wait
        return NotNow(why, wait, down=True)


def _why(error: Exception) -> str:
    """For the operator: what to look at. It is never the server's text, which may name people."""
    cause = error.__cause__ or error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the server's certificate is not good: {cause.verify_message}"
    return f"{type(error).__name__}: {error}"
