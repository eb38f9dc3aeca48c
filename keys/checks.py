"""System checks: are there keys, and are they the ones this database was used with?"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import DatabaseError

from keys import selectors, services
from keys.errors import KeyUnavailableError

Found = list[checks.CheckMessage]


@checks.register(checks.Tags.security, deploy=True)
def keys_are_available(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> Found:
    """Only with `--deploy`: on a new machine the migrations run before the first keys are made."""
    try:
        services.current_provider().versions()
    except KeyUnavailableError as error:
        return [
            checks.Error(
                str(error), hint="Nothing can be read or decided without keys.", id="keys.E001"
            )
        ]
    return []


@checks.register(checks.Tags.database)
def keys_belong_to_this_database(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_kwargs: Any
) -> Found:
    """Quiet while there are no keys or no tables yet: other checks and errors speak of those."""
    if not databases:
        return []
    try:
        held = {
            (k.purpose, k.version): k.fingerprint for k in services.current_provider().versions()
        }
        wrong = selectors.mismatches(held=held, known=selectors.registered_fingerprints())
    except (KeyUnavailableError, DatabaseError):
        return []
    return [_mismatch(purpose, version) for purpose, version in wrong]


def _mismatch(purpose: str, version: int) -> checks.Error:
    return checks.Error(
        f"The {purpose} key {version} this database was used with is not the one configured.",
        hint="Point SAMMATI_KEYS_FILE to the key file that belongs to this database.",
        id="keys.E002",
    )
