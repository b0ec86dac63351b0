"""The Message-ID of a notice's mail. It says which notice it is, so that a report about the mail finds the notice."""

import re
from typing import NamedTuple
from uuid import UUID

_FORM = re.compile(r"<?notice\.([0-9a-f]{32})\.([0-9a-f]{32})@[^\s<>@]+>?", re.ASCII)


class NoticeOf(NamedTuple):
    dispute_id: UUID
    notice_id: UUID


def message_id_of(dispute_id: UUID, notice_id: UUID, domain: str) -> str:
    return f"<notice.{dispute_id.hex}.{notice_id.hex}@{domain}>"


def thread_id_of(dispute_id: UUID, domain: str) -> str:
    """The id that all mails about one dispute refer to, so that mail programs show them together. No mail has it."""
    return f"<dispute.{dispute_id.hex}@{domain}>"


def named_by(message_id: str) -> NoticeOf | None:
    """The notice whose mail has this Message-ID. None if it is no notice's. With or without angle brackets."""
    found = _FORM.fullmatch(message_id.strip())
    return NoticeOf(UUID(found[1]), UUID(found[2])) if found else None
