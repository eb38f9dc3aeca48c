"""Connections to MySQL and MariaDB: to the address that was looked at, and nowhere else. Blocking.

Both are spoken to by PyMySQL, an optional part (the extra `mysql`). What differs between them is
how a statement is bounded in time; quotes, modes and isolation are set for the session by whoever
uses it.
"""

import socket
import ssl
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, Final

__all__ = ["PORT", "Login", "bounds", "connected", "is_installed"]

PORT: Final = 3306


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """`address` is where to connect, a path for a socket; `host` the name in the certificate."""

    address: str
    host: str
    port: int
    database: str
    user: str
    secret: str = field(repr=False)
    tls: str
    seconds: float


def is_installed() -> bool:
    """Whether the extra is."""
    return find_spec("pymysql") is not None


def connected(login: Login) -> Any:
    """An open connection. Raises what the driver, the socket or TLS say; their words are theirs."""
    import pymysql  # noqa: PLC0415 (an optional part)

    is_socket = login.address.startswith("/")
    opened: Any = pymysql.connect(
        host="localhost" if is_socket else login.host, port=login.port, user=login.user,
        password=login.secret, database=login.database, charset="utf8mb4", autocommit=False,
        defer_connect=True, read_timeout=login.seconds, write_timeout=login.seconds,
        **({"ssl_disabled": True} if is_socket else _tls(login.tls)),
    )  # fmt: skip
    opened.connect(_wire(login))
    return opened


def bounds(version: str, seconds: float) -> str:
    """The statement that bounds reading, by the server's version; the two count differently."""
    if "mariadb" in version.lower():
        return f"SET SESSION max_statement_time = {seconds:.3f}"
    return f"SET SESSION max_execution_time = {max(1, int(seconds * 1000))}"


def _tls(mode: str) -> dict[str, Any]:
    if mode == "disable":
        return {"ssl_disabled": True}
    context = ssl.create_default_context()
    if mode == "require":
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return {"ssl": context}


def _wire(login: Login) -> socket.socket:
    """To the address that was looked at; the library would look the name up again."""
    if not login.address.startswith("/"):
        return socket.create_connection((login.address, login.port), login.seconds)
    wire = socket.socket(socket.AF_UNIX)
    try:
        wire.settimeout(login.seconds)
        wire.connect(login.address)
    except BaseException:
        wire.close()
        raise
    return wire
