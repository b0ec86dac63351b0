"""To which addresses nothing is sent: those that lead into a network that is not public, however they are written."""

import socket
from ipaddress import ip_network
from typing import Any

import pytest

from mediation.gateways.webhooks.addresses import Addresses, Refused, Unresolved
from mediation.gateways.webhooks.counts import WebhookCounts
from mediation.gateways.webhooks.post import Post

INSIDE = (
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://0.0.0.0/",
    "https://10.0.0.5/",
    "https://172.16.3.4/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://2852039166/latest/meta-data/",
    "https://100.64.0.1/",
    "https://198.18.0.1/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[fe80::1]/",
    "https://[fd00:ec2::254]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[2002:7f00:1::]/",
    "https://localhost/",
)
ODD = (
    "http://93.184.216.34/",
    "https://93.184.216.34:8443/",
    "https://93.184.216.34:99999/",
    "https://user:secret@93.184.216.34/",
    "ftp://93.184.216.34/",
    "file:///etc/passwd",
    "gopher://93.184.216.34/",
    "//93.184.216.34/",
    "https://",
    "https:///x",
    "nonsense",
)
NAMES = {
    "inside.example": ["10.1.2.3"],
    "both.example": ["93.184.216.34", "169.254.169.254"],
    "mapped.example": ["::ffff:192.168.0.9"],
    "public.example": ["93.184.216.34"],
}


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The names that exist. A test may change where they lead."""
    known = {name: list(addresses) for name, addresses in NAMES.items()}

    def look_up(host: Any, port: Any, *args: Any, **more: Any) -> list[Any]:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in known:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (one, port, 0, 0))
            if ":" in one
            else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in known[name]
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


@pytest.mark.parametrize("url", INSIDE + ODD)
async def test_a_hostile_address_is_refused(url: str) -> None:
    """When an endpoint is made, and once more when something is sent: it may have been stored before."""
    with pytest.raises((Refused, Unresolved)):
        await Addresses().check(url)
    post = Post(Addresses(), WebhookCounts(), patience=2.0)
    answer = await post.send(url, b"{}", {})
    post.close()
    assert answer.why == "address" or (
        answer.why == "connection" and url in ODD
    )  # some of them are no addresses at all


@pytest.mark.parametrize("name", ["inside.example", "both.example", "mapped.example"])
async def test_a_name_that_leads_inside_is_refused(name: str, named: dict[str, list[str]]) -> None:
    with pytest.raises(Refused):
        await Addresses().check(f"https://{name}/hook")


async def test_a_public_name_is_taken_and_an_unknown_one_is_not(named: dict[str, list[str]]) -> None:
    await Addresses().check("https://public.example/hook")
    await Addresses().check("https://public.example:443/hook")
    with pytest.raises(Unresolved):
        await Addresses().check("https://nobody.example/hook")


async def test_a_name_that_leads_inside_later_is_not_connected_to(named: dict[str, list[str]]) -> None:
    """The address that is connected to is the one that was checked."""
    await Addresses().check("https://public.example/hook")
    named["public.example"] = ["127.0.0.1"]
    post = Post(Addresses(), WebhookCounts())
    assert (await post.send("https://public.example/hook", b"{}", {})).why == "address"
    post.close()


async def test_private_networks_are_taken_if_the_operator_names_them() -> None:
    """Those, and no others. To them also over http, and to any port; to the rest of the world as before."""
    addresses = Addresses([ip_network("10.1.0.0/16"), ip_network("fd12::/16")])
    for url in ("http://10.1.2.3/", "http://10.1.2.3:8080/", "https://10.1.2.3/", "http://[fd12::1]:9000/"):
        await addresses.check(url)
    for url in (*INSIDE, *ODD, "http://10.2.0.1/", "https://10.2.0.1/"):
        with pytest.raises((Refused, Unresolved)):
            await addresses.check(url)
