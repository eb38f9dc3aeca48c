"""Where a recall may be sent: https to public hosts, or this very machine. Nothing inside.

The name is looked up once and the connection goes to the address that was looked at, so a name
that changes its mind in between reaches nothing either.
"""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from policies.recalls.errors import AddressRefusedError

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
LONGEST = 500
_PORTS = {"https": 443, "http": 80}
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Place:
    """A URL that may be called: the address to connect to, the host's name, and its port."""

    url: str
    host: str
    port: int
    address: str
    is_secure: bool


def check(url: str) -> str:
    """The URL itself if its form is allowed; looks nothing up. Raises AddressRefusedError."""
    parts = _parts(url)
    host = parts.hostname or ""
    plain = host in LOOPBACK
    if parts.scheme != "https" and not (parts.scheme == "http" and plain):
        raise AddressRefusedError
    if not host or parts.username or parts.password or parts.fragment:
        raise AddressRefusedError
    literal = _literal(host)
    if literal is not None and not plain and not _is_public(literal):
        raise AddressRefusedError
    return url


def resolve(url: str) -> Place:
    """Look the host up. Raises AddressRefusedError if any of its addresses is not allowed."""
    parts = _parts(check(url))
    host, scheme = parts.hostname or "", parts.scheme
    port = parts.port or _PORTS[scheme]
    found = [_address(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    allowed = _is_loopback if host in LOOPBACK else _is_public
    if not found or not all(map(allowed, found)):
        raise AddressRefusedError
    return Place(url, host, port, str(found[0]), scheme == "https")


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


def _is_public(address: Address) -> bool:
    """Global unicast, the inner address of an IPv4-mapped one included."""
    mapped = getattr(address, "ipv4_mapped", None)
    seen = mapped or address
    return bool(seen.is_global and not seen.is_multicast)
