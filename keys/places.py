"""Which key provider this process uses: a program, the environment, or a file, in this order."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings

from keys.command import CommandProvider
from keys.errors import KeyUnavailableError
from keys.provider import FileProvider, KeyProvider

PROGRAM: Final = "program:"


def place() -> str:
    """The name under which this process's provider and what came from it are remembered."""
    return f"{PROGRAM}{settings.KEYS_COMMAND}" if settings.KEYS_COMMAND else settings.KEYS_FILE


def own_file() -> Path | None:
    """The key file that the suite may make itself; None where keys come from elsewhere."""
    if settings.KEYS_COMMAND or os.environ.get("SAMMATI_KEYS") or not settings.KEYS_FILE:
        return None
    return Path(settings.KEYS_FILE)


@lru_cache(maxsize=8)
def provider_at(place: str) -> KeyProvider:
    """The provider of a place. Raises KeyUnavailableError."""
    if place.startswith(PROGRAM):
        return CommandProvider(place.removeprefix(PROGRAM))
    text = os.environ.get("SAMMATI_KEYS", "")
    if text:
        return FileProvider.from_text(text)
    if not place:
        raise KeyUnavailableError(
            "No keys are configured: set SAMMATI_KEYS_FILE to a file that `manage.py ensure_keys` "
            "wrote, SAMMATI_KEYS to its content, or SAMMATI_KEYS_COMMAND to a program that keeps "
            "them."
        )
    return FileProvider.from_path(Path(place))
