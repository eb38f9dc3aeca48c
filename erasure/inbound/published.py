"""The keys that platforms publish: read when a token names one that is not known yet."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django.utils import timezone

from erasure.errors_inbound import CallbackKeysError
from erasure.inbound.signatures import Key
from erasure.models import PlatformApp
from registry.adapters import loop
from registry.connectors.contract import ConnectorError
from registry.connectors.web import Web, checked, look_up

URLS: Final = {
    "apple": "https://appleid.apple.com/auth/keys",
    "google": "https://www.googleapis.com/oauth2/v3/certs",
}
NOT_AGAIN_BEFORE: Final = dt.timedelta(minutes=5)
"""A stranger who names keys that do not exist makes us ask no oftener."""
WAIT_SECONDS: Final = 5.0
MOST: Final = 20


def keys_for(app: PlatformApp, named: str) -> Sequence[Key]:
    """The keys as known, after reading them again where none bears this name.

    Raises CallbackKeysError where they cannot be read.
    """
    known: list[dict[str, Any]] = app.keys
    now = timezone.now()
    is_fresh = app.keys_at is not None and app.keys_at > now - NOT_AGAIN_BEFORE
    if not named or is_fresh or any(one.get("kid") == named for one in known):
        return known
    read = _read(app.keys_url or URLS[app.platform])
    PlatformApp.objects.filter(pk=app.pk).update(keys=read, keys_at=now)
    return read


def _read(url: str) -> list[dict[str, Any]]:
    try:
        said = loop.run(_asked(url), seconds=WAIT_SECONDS)
    except (ConnectorError, TimeoutError):
        raise CallbackKeysError from None
    keys = said.get("keys") if isinstance(said, dict) else None
    if not isinstance(keys, list):
        raise CallbackKeysError
    return [one for one in keys[:MOST] if isinstance(one, dict)]


async def _asked(url: str) -> Any:
    async with Web() as web:
        return checked(await web.get(await look_up(url), {}, WAIT_SECONDS)).said
