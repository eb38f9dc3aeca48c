"""Through which door an entry came: the request or job that wrote it, and roughly from where.

These are the BRD's log fields "correlation id" and "source IP (truncated)" (AUD-02). An address
is cut before anything keeps it, and an id that a caller made up is kept only where it has a form
that says nothing: a log that is kept for years needs no more to answer its questions (data
minimisation, GDPR 5(1)(c)). Pure.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import ip_address, ip_network
from typing import Final
from uuid import UUID

import msgspec

_TRACE: Final = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[0-9A-Fa-f]{32}")


class Door(msgspec.Struct, gc=False, frozen=True, omit_defaults=True):
    """A member of an entry; absent parts are left out. `request` may be the id of a job."""

    request: str = ""
    network: str = ""


_current: ContextVar[Door | None] = ContextVar("door", default=None)


def current() -> Door | None:
    """The door that is open here; None where nobody said."""
    return _current.get()


def enter(door: Door) -> None:
    """What is recorded from now on came through this door."""
    _current.set(door if door.request or door.network else None)


def leave() -> None:
    """What is recorded from now on came through no door that anybody named."""
    _current.set(None)


@contextmanager
def through_job(job_id: UUID) -> Iterator[None]:
    """What is recorded within came from this job, and from no address."""
    before = _current.set(Door(str(job_id)))
    try:
        yield
    finally:
        _current.reset(before)


def trace(offered: str) -> str:
    """`offered` where it is a UUID or 32 hexadecimal digits, else "": it could hold anything."""
    return offered if _TRACE.fullmatch(offered) else ""


def network(address: str) -> str:
    """The network of an address, IPv4 /24 or IPv6 /48: roughly where, not who; "" for no address.

    An IPv4 address in the clothes of an IPv6 one is an IPv4 address.
    """
    try:
        found = ip_address(address.partition("%")[0])  # no zone of a machine
    except ValueError:
        return ""
    plain = getattr(found, "ipv4_mapped", None) or found
    bits = 24 if plain.version == 4 else 48
    return str(ip_network((plain, bits), strict=False))
