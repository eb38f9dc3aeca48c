"""What a system answered, before anybody judged the values. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """Values by attribute code; a code that is missing has none. `observed_at` None: just now."""

    values: Mapping[str, Any] = field(default_factory=dict)
    observed_at: datetime | None = None


def moment(value: object) -> datetime | None:
    """A time with its zone, as JSON or a database says it; None for anything else."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        return None
    return value.astimezone(UTC)
