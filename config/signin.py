"""Officers' sign-in, slowed down for whoever guesses passwords."""

from typing import Any

import structlog
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.cache import BaseCache, cache
from django.core.cache.backends.locmem import LocMemCache
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

ATTEMPTS = 5
WINDOW_SECONDS = 300
logger = structlog.get_logger(__name__)
_own: BaseCache = LocMemCache("sign-in", {})


class OfficerSignInForm(AdminAuthenticationForm):
    """Refuses after `ATTEMPTS` failures of one account within the window, right password or not."""

    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "too_many": _("Too many failed sign-ins. Please try again in five minutes."),
    }

    def clean(self) -> dict[str, Any]:
        key = account_key(self.cleaned_data.get("username") or "")
        if count(key) > ATTEMPTS:
            raise ValidationError(self.error_messages["too_many"], code="too_many")
        cleaned: dict[str, Any] = super().clean()
        forget(key)
        return cleaned


def account_key(username: str) -> str:
    """What the counter is stored under: the name itself is nowhere."""
    digest = salted_hmac("config.signin", username.strip().casefold(), algorithm="sha256")
    return f"sign-in:{digest.hexdigest()}"


def count(key: str) -> int:
    """Count one attempt; without the shared counter this process counts for itself."""
    try:
        return _count(cache, key)
    except Exception as error:  # noqa: BLE001 (whatever the broker's client raises)
        logger.warning("sign_in_counter_unavailable", exc_info=error)
        return _count(_own, key)


def forget(key: str) -> None:
    """The right password was given: earlier failures no longer count."""
    try:
        cache.delete(key)
    except Exception as error:  # noqa: BLE001 (as above)
        logger.warning("sign_in_counter_unavailable", exc_info=error)
    _own.delete(key)


def _count(counter: BaseCache, key: str) -> int:
    counter.add(key, 0, WINDOW_SECONDS)
    return counter.incr(key)
