"""When two mail addresses are the same one."""

from contextlib import suppress

import idna


def normal(address: str) -> str:
    """The form in which two addresses are compared: without capitals, the domain as servers ask for it in DNS."""
    local, _, domain = address.strip().lower().rpartition("@")
    with suppress(idna.IDNAError):  # then it is compared as it is written
        domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    return f"{local}@{domain}"
