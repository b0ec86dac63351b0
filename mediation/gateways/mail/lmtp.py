"""Takes mails over LMTP (RFC 2033) from the operator's mail server. A mail is on the disk before it is accepted.

Whoever can connect can hand in a mail, so the port must be open to the operator's own server alone. Which mails are spam, and
whether their senders are who they say, that server finds out.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session

_NO_MAILBOX = "550 5.1.1 No such mailbox"
_NOT_NOW = "451 4.3.0 Try again later"
_TAKEN = "250 2.0.0 Taken"
_TOO_LARGE = "552 5.3.4 The mail is larger than {limit} bytes"
_LONGEST_LINE = 1024 * 1024
"""Bytes. The standard allows 1,000; mail programs send longer ones."""

_MOST_RECIPIENTS = 100

_log = structlog.get_logger(__name__)

Whose = Callable[[str], Awaitable[str | None]]
"""The marketplace to which a recipient's address belongs. None: nobody has it here."""

Take = Callable[[str, str | None, Sequence[str], bytes], Awaitable[object]]
"""Stores a mail: of a marketplace, from a return path, to these addresses, the bytes."""


class Handler:
    def __init__(self, whose: Whose, take: Take, refused: Callable[[], None]) -> None:
        self._whose = whose
        self._take = take
        self.refused = refused

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, server: Any, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            marketplace = await self._whose(address)
        except Exception as error:
            _log.error("recipient_not_looked_up", error=type(error).__name__)
            return _NOT_NOW
        if marketplace is None:
            self.refused()
            return _NO_MAILBOX
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.append(marketplace)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it so
        self, server: Any, session: Session, envelope: Envelope
    ) -> str:
        """One answer for each recipient, in their order."""
        raw = envelope.original_content
        assert isinstance(raw, bytes)
        marketplaces = envelope.rcpt_options
        answers = dict[str, str]()
        for marketplace in dict.fromkeys(marketplaces):
            to = [one for one, of in zip(envelope.rcpt_tos, marketplaces, strict=True) if of == marketplace]
            try:
                await self._take(marketplace, (envelope.mail_from or "").strip("<>"), to, raw)
                answers[marketplace] = _TAKEN
            except Exception as error:
                _log.error("mail_not_stored", error=type(error).__name__)
                answers[marketplace] = _NOT_NOW
        return "\r\n".join(answers[of] for of in marketplaces)


class _Server(LMTP):
    line_length_limit = _LONGEST_LINE

    async def push(self, status: Any) -> None:
        """After the data there is one answer for each recipient, also when the data was too much (RFC 2033, section 4.2)."""
        said = status.decode() if isinstance(status, bytes) else str(status)
        if said.startswith(("552 Error: Too much", "552 Error: message size", "500 Line too long")):
            assert isinstance(self.event_handler, Handler)
            self.event_handler.refused()
            too_large = _TOO_LARGE.format(limit=self.data_size_limit)
            answer = too_large if said.startswith("552") else "554 5.6.0 A line is too long"
            recipients = self.envelope.rcpt_tos if self.envelope is not None else []
            said = "\r\n".join(answer for _ in recipients or [""])
        await super().push(said)


@asynccontextmanager
async def lmtp_server(handler: Handler, listening: socket.socket, *, most: int, name: str) -> AsyncIterator[None]:
    """Serves until the context is left. `most` are the bytes of one mail, `name` is how the server calls itself."""
    loop = asyncio.get_running_loop()

    def begin() -> _Server:
        return _Server(
            handler, data_size_limit=most, enable_SMTPUTF8=True, hostname=name, ident="mediation engine", loop=loop
        )

    server = await loop.create_server(begin, sock=listening)
    try:
        yield
    finally:
        server.close()
