"""Why a mail came back, by the status code of the report (RFC 3463)."""

from typing import Literal

_WHY: tuple[tuple[str, Literal["no_mailbox", "mailbox_full", "blocked", "expired"]], ...] = (
    ("2.2", "mailbox_full"),
    ("4.7", "expired"),
    ("1.", "no_mailbox"),
    ("2.1", "no_mailbox"),
    ("7.", "blocked"),
)


def why_of(status: str | None) -> Literal["no_mailbox", "mailbox_full", "blocked", "expired", "other"]:
    subject = status.partition(".")[2] if status is not None else ""
    return next(
        (why for begins, why in _WHY if subject == begins or (begins.endswith(".") and subject.startswith(begins))),
        "other",
    )
