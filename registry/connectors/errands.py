"""The token of a link to what is to be done by hand: which system or party, and nobody's name."""

from typing import Final
from uuid import UUID

from django.core import signing

__all__ = ["made", "read"]

SALT: Final = "sammati.errand"
DAYS: Final = 14


def made(system_id: UUID, keys: list[str]) -> str:
    """A token of these steps at a system, or at a party without one."""
    return signing.dumps({"system": str(system_id), "first": min(keys, default="")}, salt=SALT)


def read(token: str) -> UUID | None:
    """The system or party of a token; None for one that is wrong or too old."""
    try:
        said = signing.loads(token, salt=SALT, max_age=DAYS * 86_400)
        return UUID(said["system"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None
