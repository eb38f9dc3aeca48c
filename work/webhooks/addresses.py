"""Where a call may go: https to public hosts, or this very machine. Nothing inside.

The name is looked up once and the connection goes to the address that was looked at, so a name
that changes its mind in between reaches nothing either. What the operator has named
(SAMMATI_WEBHOOK_NETWORKS) may be called too, over https. Who calls for another end passes the
networks of that as `inner`; then this machine has to be among them as well.
"""

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from work.webhooks.errors import AddressRefusedError

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
LONGEST = 500
_PORTS = {"https": 443, "http": 80}
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_LEADING_ELSEWHERE = tuple(
    ipaddress.ip_network(one)
    for one in ("192.0.0.0/24", "192.88.99.0/24", "2001::/32", "2002::/16")
)
"""Protocol assignments, and the tunnels in which an address of an inner network may travel."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Place:
    """A URL that may be called: the address to connect to, the host's name, and its port."""

    url: str
    host: str
    port: int
    address: str
    is_secure: bool


def check(url: str, *, inner: Sequence[str] | None = None) -> str:
    """The URL itself if its form is allowed; looks nothing up. Raises AddressRefusedError."""
    parts = _parts(url)
    host = parts.hostname or ""
    plain = host in LOOPBACK
    if parts.scheme != "https" and not (parts.scheme == "http" and plain):
        raise AddressRefusedError
    if not host or parts.username or parts.password or parts.fragment:
        raise AddressRefusedError
    literal = _literal(host)
    if literal is not None and not plain and not _may_be_called(literal, inner):
        raise AddressRefusedError
    return url


def resolve(url: str, *, inner: Sequence[str] | None = None) -> Place:
    """Look the host up. Raises AddressRefusedError if any of its addresses is not allowed.

    OSError where the name leads nowhere.
    """
    parts = _parts(check(url, inner=inner))
    host, scheme = parts.hostname or "", parts.scheme
    port = parts.port or _PORTS[scheme]
    if inner is not None or host not in LOOPBACK:
        return Place(url, host, port, address_of(host, port, inner=inner), scheme == "https")
    found = [_address(row[4][0]) for row in _looked_up(host, port)]
    if not found or not all(map(_is_loopback, found)):
        raise AddressRefusedError
    return Place(url, host, port, str(found[0]), scheme == "https")


def address_of(host: str, port: int, *, inner: Sequence[str] | None = None) -> str:
    """The address to connect to, where every address of the host is allowed.

    Raises AddressRefusedError; OSError where the name leads nowhere.
    """
    found = [_address(row[4][0]) for row in _looked_up(host, port)]
    if not found or not all(_may_be_called(one, inner) for one in found):
        raise AddressRefusedError
    return str(found[0])


def _looked_up(host: str, port: int) -> list[Any]:
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:  # a name that no name server could ever know
        raise AddressRefusedError from None


def networks(words: Sequence[str]) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """The networks an operator named. Raises ValueError for what is none."""
    return tuple(ipaddress.ip_network(word) for word in words)


def _parts(url: str) -> SplitResult:
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        raise AddressRefusedError
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise AddressRefusedError from None
    return parts


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _address(text: str | int) -> Address:
    return ipaddress.ip_address(str(text).partition("%")[0])


def _is_loopback(address: Address) -> bool:
    return address.is_loopback


def _may_be_called(address: Address, inner: Sequence[str] | None = None) -> bool:
    """Public, or in a network that the operator allows."""
    seen = getattr(address, "ipv4_mapped", None) or address
    allowed = networks(settings.WEBHOOK_NETWORKS if inner is None else inner)
    return _is_public(seen) or any(seen in one for one in allowed)


def _is_public(address: Address) -> bool:
    """Global unicast that leads nowhere else: Python's own notion lets translated ones pass."""
    if any(address in one for one in _LEADING_ELSEWHERE):
        return False
    if address.version == 6 and address not in _GLOBAL_UNICAST:
        return False
    return bool(address.is_global and not address.is_multicast)
