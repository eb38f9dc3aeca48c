"""What somebody looks for in the log: one value, whoever asks. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.canonical import canonical


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """All that is given must hold; what is left empty is not asked.

    `controller_ids` says whose logs, and is never widened by anything else (P9). `events`,
    `purposes` and `reasons` each mean any of these. `reasons` of an empty tuple finds nothing:
    a text that stands in no reason was looked for. Times are of the entries, `until` excluded.
    """

    controller_ids: tuple[UUID, ...]
    subject_id: UUID | None = None
    actor_id: str = ""
    actor_type: str = ""
    events: tuple[str, ...] = ()
    except_events: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    target_type: str = ""
    target_id: str = ""
    outcome: str = ""
    reasons: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def digest(self) -> bytes:
        """The same for the same question: what a cursor is bound to."""
        asked = {one.name: _plain(getattr(self, one.name)) for one in fields(self)}
        return hashlib.sha256(canonical(asked)).digest()[:16]

    def as_dict(self) -> dict[str, Any]:
        """For keeping: what was asked, in JSON's words."""
        return {
            one.name: _kept(value)
            for one in fields(self)
            if (value := getattr(self, one.name)) not in (None, "", ())
            or one.name == "reasons"
            and value == ()
        }

    @classmethod
    def of_dict(cls, kept: Mapping[str, Any]) -> "Criteria":
        """The criteria that `as_dict` kept."""
        found: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()
        }
        found["controller_ids"] = tuple(UUID(one) for one in found["controller_ids"])
        if "subject_id" in found:
            found["subject_id"] = UUID(found["subject_id"])
        for name in ("since", "until"):
            if name in found:
                found[name] = datetime.fromisoformat(found[name])
        return cls(**found)


def _kept(value: Any) -> Any:
    if isinstance(value, tuple):
        return [str(one) for one in value]
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return sorted(str(one) for one in value)
    if isinstance(value, datetime):
        return value.timestamp().hex()
    return None if value is None else str(value)
