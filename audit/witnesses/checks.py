"""The system check of the witnesses' file."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks

from audit.witnesses import configuration
from audit.witnesses.errors import WitnessConfigError


@checks.register(checks.Tags.security)
def witnesses_are_readable(
    app_configs: Sequence[AppConfig] | None, **_kwargs: Any
) -> list[checks.CheckMessage]:
    try:
        configuration.configured()
    except WitnessConfigError as error:
        hint = "Correct the file that SAMMATI_WITNESSES names (docs/operations.md, Witnesses)."
        return [checks.Error(str(error), hint=hint, id="audit.E001")]
    return []
