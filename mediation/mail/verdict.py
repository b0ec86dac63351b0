"""What the receiving mail server found about the sender of a mail: DMARC, or DKIM for the sender's own domain.

Source: RFC 8601. Anybody can write such a header into a mail. Only one that names the operator's own server counts, and that
server removes those that others wrote in its name (section 5 there).
"""

import re
from typing import Literal

from mediation.mail.reading import Mail

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"\b(dmarc|dkim)\s*=\s*([a-z]+)", re.IGNORECASE)
_DOMAIN = re.compile(r"\bheader\.[di]\s*=\s*(?:[^\s;@]*@)?([^\s;@]+)", re.IGNORECASE)


def verdict(mail: Mail, server: str | None) -> Literal["pass", "fail", "none"]:
    """`server` is the name under which the operator's server writes (its authserv-id). None: no such header is trusted."""
    if server is None:
        return "none"
    found = next(
        (value for value in map(_plain, mail.headers.get_all("Authentication-Results", [])) if _is_by(value, server)),
        "",
    )
    _, *results = found.split(";")
    of_dkim: Literal["pass", "none"] = "none"
    for result in results:
        said = _RESULT.search(result)
        if said is None:
            continue
        method, outcome = said[1].lower(), said[2].lower()
        if method == "dmarc" and outcome in ("pass", "fail"):
            return "pass" if outcome == "pass" else "fail"
        if method == "dkim" and outcome == "pass" and _is_own(_DOMAIN.search(result), mail.sender):
            of_dkim = "pass"
    return of_dkim


def _plain(value: object) -> str:
    return _COMMENT.sub(" ", " ".join(str(value).split()))


def _is_by(value: str, server: str) -> bool:
    said = value.partition(";")[0].split()
    return bool(said) and said[0].lower() == server.lower()


def _is_own(signed_by: re.Match[str] | None, sender: str) -> bool:
    """The domain that signed is that of the sender, or one above it."""
    domain = sender.rpartition("@")[2]
    return signed_by is not None and f".{domain}".endswith(f".{signed_by[1].lower()}") and "." in signed_by[1]
