"""Writes a notice as a mail: text and HTML, with what says that a machine sent it (RFC 3834) and to what it belongs.

There is no `List-Unsubscribe`: a notice is no advertisement, and nobody can give up being told.
"""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import idna


@dataclass(frozen=True, slots=True)
class Mail:
    """What is sent. `sent_from` and `reply_to` are addresses of the engine's own, `address` is the party's.

    `dated` is the same each time that the mail is sent, like everything else in it.
    """

    address: str
    sent_from: str
    sender_name: str
    reply_to: str
    message_id: str
    thread_id: str
    dated: datetime
    language: str
    heading: str
    text: str
    html: str


def written(mail: Mail) -> EmailMessage:
    """The message. Raises ValueError if the address cannot be written."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(mail.sender_name, addr_spec=mail.sent_from)
    message["To"] = Address(addr_spec=in_ascii(mail.address))
    message["Reply-To"] = Address(addr_spec=mail.reply_to)
    message["Subject"] = mail.heading
    message["Date"] = format_datetime(mail.dated)
    message["Message-ID"] = mail.message_id
    message["References"] = mail.thread_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = mail.language
    return message


def in_ascii(address: str) -> str:
    """The address with its domain as servers ask for it in DNS. Raises ValueError if the part before it is not ASCII: few
    servers take such an address (RFC 6531).
    """
    local, _, domain = address.rpartition("@")
    if not local.isascii():
        raise ValueError("the mailbox is not in ASCII")
    try:
        return f"{local}@{domain if domain.isascii() else idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError as error:
        raise ValueError("the domain is no name") from error
