"""What a reader sees beyond the view, for a while: fields revealed, and glass broken (PRO-02).

Both open only what the role's view closes: masks, hiding, sensitivity and another unit's sources.
What the person chose, what the law forbids and what is stale stays closed. What was opened before
another record was joined to the person's was not opened for that record, and opens nothing more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import connection

_WIDENED = """
WITH joined AS (
  SELECT max(merged_at) AS at FROM consent_merge
  WHERE controller_id = %(controller)s AND subject_id = %(subject)s AND split_at IS NULL
)
SELECT attribute, expires_at, NULL::uuid FROM profiles_reveal, joined
WHERE controller_id = %(controller)s AND holder_id = %(holder)s AND expires_at > %(now)s
  AND seat_id = %(seat)s AND subject_id = %(subject)s AND purpose = %(purpose)s
  AND opened_at > coalesce(joined.at, '-infinity')
UNION ALL
SELECT '', expires_at, id FROM profiles_breakglass, joined
WHERE controller_id = %(controller)s AND holder_id = %(holder)s AND expires_at > %(now)s
  AND seat_id = %(seat)s AND subject_id = %(subject)s AND purpose = %(purpose)s
  AND opened_at > coalesce(joined.at, '-infinity')
ORDER BY expires_at
"""


@dataclass(frozen=True, slots=True)
class Widened:
    """What one seat sees of one person for one purpose beyond its view.

    `revealed` are attribute codes and until when each is shown in full. While `glass_id` is set,
    every field of the person that a decision permits is shown in full, until `glass_until`.
    """

    revealed: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))
    glass_id: UUID | None = None
    glass_until: datetime | None = None

    @property
    def reference(self) -> str:
        """What the record of a read names, where something was read by it; empty for nothing."""
        if self.glass_id is not None:
            return f"glass:{self.glass_id}"
        return "reveal" if self.revealed else ""

    def opens(self, code: str) -> bool:
        """Whether broken glass opens this attribute, whatever the view says of it."""
        return self.glass_id is not None

    def unmasks(self, code: str) -> bool:
        """Whether the mask of this attribute was opened; what is hidden stays hidden."""
        return code in self.revealed


NOTHING = Widened()


def widened(
    *,
    controller_id: UUID,
    seat_id: UUID,
    holder_id: str,
    subject_id: UUID,
    purpose: str,
    now: datetime,
) -> Widened:
    """What is open to this seat and its holder beyond the view. One statement; lists ask for none.

    Nobody else's seat, no other person or purpose and no other time is ever widened by it.
    """
    given: dict[str, Any] = {
        "controller": controller_id, "seat": seat_id, "holder": holder_id, "subject": subject_id,
        "purpose": purpose, "now": now,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_WIDENED, given)
        rows = cursor.fetchall()
    if not rows:
        return NOTHING
    revealed = {code: until for code, until, glass in rows if glass is None}
    glass_until, glass_id = next(
        ((until, glass) for _, until, glass in reversed(rows) if glass is not None), (None, None)
    )
    return Widened(MappingProxyType(revealed), glass_id, glass_until)
