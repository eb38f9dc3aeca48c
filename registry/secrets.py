"""Secrets of connected systems, wrapped by the installation's key; in clear only to be used."""

from keys import services as keys
from registry.errors_systems import SystemSecretError
from registry.models_connectors import Connector
from registry.models_systems import System

LONGEST = 1000


def wrap(row: System | Connector, secret: str) -> None:
    """Put a secret on the row, which the caller saves. Empty: none. Raises SystemSecretError."""
    if not secret:
        row.sealed_secret = row.secret_version = None
        return
    if len(secret) > LONGEST or not (secret.isascii() and secret.isprintable()):
        raise SystemSecretError
    wrapped = keys.wrap(secret.encode(), context=row.id.bytes)
    row.sealed_secret, row.secret_version = wrapped.blob, wrapped.version


def opened(row: System | Connector) -> str:
    """The secret, empty where there is none. Raises UnsealError, KeyUnavailableError."""
    if row.sealed_secret is None or row.secret_version is None:
        return ""
    blob = bytes(row.sealed_secret)
    return keys.unwrap(row.secret_version, blob, context=row.id.bytes).decode()
