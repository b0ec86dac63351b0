"""A delivery report: whom a mail did not reach, and which mail that was."""

import re
from dataclasses import dataclass
from email.message import Message

from flufl.bounce import all_failures

from mediation.mail.decoding import decoded
from mediation.mail.reading import Mail

_MESSAGE_ID = re.compile(r"^message-id:\s*<([^<>\s]+)>", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"^status:\s*([245]\.\d{1,3}\.\d{1,3})", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Bounce:
    """`message_ids` are those that the report names: the returned mail's is among them. `status` is as in RFC 3463."""

    permanent: tuple[str, ...]
    temporary: tuple[str, ...]
    message_ids: tuple[str, ...]
    status: str | None


def bounce(mail: Mail) -> Bounce | None:
    """None if the mail reports no failure: it may report a delivery."""
    temporary, permanent = all_failures(mail.headers)
    if not (temporary or permanent):
        return None
    inside = "\n".join(_texts(mail.headers))
    status = _STATUS.search(inside)
    return Bounce(
        permanent=_sorted(permanent),
        temporary=_sorted(temporary),
        message_ids=tuple(dict.fromkeys([*mail.references, *_MESSAGE_ID.findall(inside)])),
        status=status[1] if status else None,
    )


def _sorted(found: object) -> tuple[str, ...]:
    assert isinstance(found, set | frozenset)
    names = (one.decode("ascii", errors="replace") if isinstance(one, bytes) else str(one) for one in found)
    return tuple(sorted(name.lower() for name in names))


def _texts(report: Message) -> list[str]:
    """The text of every part, and the head of each mail inside."""
    found = []
    for part in report.walk():
        if part is not report:
            found += [f"{name}: {value}" for name, value in part.items()]
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and part.get_content_maintype() in {"text", "message"}:
            found.append(decoded(payload, None))
    return found
