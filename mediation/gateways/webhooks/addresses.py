"""To which addresses webhooks may be sent: https on port 443, and no network that is not public.

To the networks that the operator names they may also be sent over http, and to other ports. The name is resolved once; every
address that it has must be allowed, and the connection goes to one of these.
"""

import asyncio
import socket
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import urlsplit

from ssrfguard import AddressTable, Block, Policy, Reach, SSRFGuardError, resolve

Network = IPv4Network | IPv6Network

LONGEST = 2000
"""Characters of an address."""

_PATIENCE = 5.0
"""Seconds in which a name is looked up."""

_EVERYWHERE = AddressTable(
    tuple(
        Block(ip_network(net), "not a network that the operator named", "-", Reach.DENIED)
        for net in ("0.0.0.0/0", "::/0")
    )
)


class Refused(Exception):
    """Nothing may be sent to this address."""


class Unresolved(Exception):
    """The name in this address is not known at the moment."""


class Addresses:
    """`networks` are those that the operator names."""

    def __init__(self, networks: Sequence[Network] = ()) -> None:
        self.public = Policy(
            allowed_schemes=frozenset({"https"}),
            allowed_ports=frozenset({443}),
            allowed_networks=tuple(networks),
            max_url_length=LONGEST,
        )
        self.named = Policy(
            denied_networks=_EVERYWHERE,
            allowed_ports=frozenset(range(1, 65536)) if networks else frozenset({443}),
            allowed_networks=tuple(networks),
            max_url_length=LONGEST,
        )
        self._any_named = bool(networks)

    def policy(self, url: str) -> Policy:
        """The policy that holds for this address. It does not say that the address is allowed."""
        try:
            parts = urlsplit(url)
            usual = parts.scheme == "https" and parts.port in (None, 443)
        except ValueError:
            usual = True
        return self.public if usual or not self._any_named else self.named

    async def check(self, url: str) -> None:
        """Raises Refused, and Unresolved."""
        policy = self.policy(url)
        try:
            async with asyncio.timeout(_PATIENCE):
                await asyncio.to_thread(lambda: resolve(policy.check_url(url), policy=policy))
        except SSRFGuardError:
            raise Refused(url) from None
        except (socket.gaierror, UnicodeError, TimeoutError):
            raise Unresolved(url) from None
