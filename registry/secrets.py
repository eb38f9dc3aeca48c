"""The secret of a connected system, wrapped by the installation's key; in clear only to be used."""

from keys import services as keys
from registry.errors_systems import SystemSecretError
from registry.models_systems import System

LONGEST = 1000


def wrap(system: System, secret: str) -> None:
    """Put a secret on the row, which the caller saves. Empty: none. Raises SystemSecretError."""
    if not secret:
        system.sealed_secret = system.secret_version = None
        return
    if len(secret) > LONGEST or not (secret.isascii() and secret.isprintable()):
        raise SystemSecretError
    wrapped = keys.wrap(secret.encode(), context=system.id.bytes)
    system.sealed_secret, system.secret_version = wrapped.blob, wrapped.version


def opened(system: System) -> str:
    """The secret, empty where there is none. Raises UnsealError, KeyUnavailableError."""
    if system.sealed_secret is None or system.secret_version is None:
        return ""
    blob = bytes(system.sealed_secret)
    return keys.unwrap(system.secret_version, blob, context=system.id.bytes).decode()
