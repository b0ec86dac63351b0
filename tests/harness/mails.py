"""Mails as mail programs send them, and a client that hands them in over LMTP."""

import asyncio
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import make_msgid

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def mail(
    sender: str,
    to: str,
    text: str,
    *,
    subject: str = "Re:",
    charset: str = "utf-8",
    files: Sequence[tuple[str, bytes]] = (),
    **headers: str,
) -> bytes:
    """`headers` are named with `_` in place of `-`."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Message-ID"] = headers.pop("Message_ID", make_msgid(domain="mail.example"))
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text, charset=charset)
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def bounce_of(message_id: str, recipient: str, status: str = "5.1.1") -> bytes:
    """As Postfix reports it (RFC 3464)."""
    return "\r\n".join(
        [
            "From: MAILER-DAEMON@mx.example (Mail Delivery System)",
            "To: disputes@bazaar.example",
            "Subject: Undelivered Mail Returned to Sender",
            "Auto-Submitted: auto-replied",
            "MIME-Version: 1.0",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
            "",
            "--b",
            "Content-Type: text/plain",
            "",
            f"<{recipient}>: host mx.example said: 550 {status} no such user",
            "--b",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; mx.example",
            "",
            f"Final-Recipient: rfc822; {recipient}",
            "Action: failed",
            f"Status: {status}",
            f"Diagnostic-Code: smtp; 550 {status} no such user",
            "",
            "--b",
            "Content-Type: text/rfc822-headers",
            "",
            f"Message-ID: {message_id}",
            "",
            "--b--",
            "",
        ]
    ).encode()


@dataclass
class Answers:
    """What the server said: of the data, one answer for each recipient."""

    refused: dict[str, tuple[int, str]] = field(default_factory=dict)
    data: tuple[int, str] = (0, "")


class Client:
    """The operator's mail server, as the engine sees it."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def hand_in(self, raw: bytes, *to: str, return_path: str = "writer@mail.example") -> Answers:
        return await asyncio.to_thread(self._hand_in, raw, to, return_path)

    def _hand_in(self, raw: bytes, to: Sequence[str], return_path: str) -> Answers:
        found = Answers()
        with smtplib.LMTP("127.0.0.1", self.port) as lmtp:
            lmtp.ehlo_or_helo_if_needed()
            lmtp.mail(return_path)
            for one in to:
                code, said = lmtp.rcpt(one)
                if code >= 400:
                    found.refused[one] = code, said.decode()
            if len(found.refused) < len(to):
                code, said = lmtp.data(raw)
                found.data = code, said.decode()
        return found
