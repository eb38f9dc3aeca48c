"""Migrations that tell Django what people read beside fields, and change no table."""

from typing import Any

from django.db.migrations.operations import SeparateDatabaseAndState

__all__ = ["Restated"]


class Restated(SeparateDatabaseAndState):
    """Many fields with other words: models are put together once afterwards, not for each field."""

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)
        super().state_forwards(app_label, state)
