"""Which missing payloads have ended in time: what retention recorded, as far as the log backs it.

A superuser can write a row of the ledger of ended months. It counts only if the log has the entry
that says the same, and if the month was past the floor of its class when that was recorded.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

import msgspec

from audit.classes import CLASS_BYTES, FLOORS, RetentionClass
from audit.models import Payload, Pending
from audit.models_retention import Dropped
from audit.tiles import LogReader

ID = 16
OF_DROPS = ("rc1", "held")
"""Where payloads of `retention:dropped` are, at first and after their own month ended."""

Month = tuple[int, date]
"""The byte of a class, and the first day of a month (UTC), as the partitions are cut."""


@dataclass
class Expiry:
    """What ended in one log. `seen` counts the missing payloads that this explains."""

    held: dict[Month, frozenset[bytes]] = field(default_factory=dict)
    told: Counter[Month] = field(default_factory=Counter)
    seen: Counter[Month] = field(default_factory=Counter)

    @classmethod
    def of(cls, reader: LogReader) -> "Expiry":
        """What the database says now. The newest row of a month says what is held still."""
        found = cls()
        rows = list(Dropped.objects.filter(controller_id=reader.tree.controller_id).order_by("id"))
        said = _said([row.entry_id for row in rows])
        for row in rows:
            month = (CLASS_BYTES.get(row.retention_class, 0), row.month)
            found.told[month] += row.count + row.lost
            if _agrees(row, said.get(row.entry_id)) and _is_placed(reader, row.entry_id):
                found.held[month] = _ids(bytes(row.held))
        return found

    @property
    def has_held(self) -> bool:
        """Whether some payloads outlived their month."""
        return any(self.held.values())

    def is_expired(self, entry: bytes, byte: int) -> bool:
        """Whether a payload that is not there came to the end of its class in its month."""
        try:
            made = _made_on(entry)
        except (ValueError, OverflowError):
            return False
        month = (byte, made.replace(day=1))
        if month not in self.held or entry in self.held[month]:
            return False
        self.seen[month] += 1
        return True

    def unproved(self) -> Iterator[Month]:
        """The months that ended as far as the ledger knows, but not as far as the log does."""
        yield from self.told.keys() - self.held.keys()

    def miscounted(self) -> Iterator[Month]:
        """The months of which more or fewer payloads are missing than ended.

        After a replay of the whole log, in one snapshot.
        """
        yield from (one for one in self.held if self.told[one] != self.seen[one])


def _said(entry_ids: list[UUID]) -> dict[UUID, bytes]:
    found = Payload.objects.filter(retention_class__in=OF_DROPS, id__in=entry_ids)
    return {one: bytes(body) for one, body in found.values_list("id", "body")}


def _agrees(row: Dropped, body: bytes | None) -> bool:
    """Whether the entry says what the row says, and said it no earlier than the law allows."""
    if body is None:
        return False
    said = msgspec.json.decode(body, type=dict[str, object])
    held = bytes(row.held)
    expected = {
        "class": row.retention_class, "month": f"{row.month:%Y-%m}", "count": row.count,
        "lost": row.lost, "held": len(held) // ID, "held_sha256": hashlib.sha256(held).hexdigest(),
    }  # fmt: skip
    return said.get("data") == expected and _is_late_enough(row)


def _is_late_enough(row: Dropped) -> bool:
    years, months = divmod(row.month.month, 12)  # the month after it
    over = row.month.replace(year=row.month.year + years, month=months + 1)
    floor = FLOORS[RetentionClass(row.retention_class)].years
    return _made_on(row.entry_id.bytes) >= over.replace(year=over.year + floor)


def _is_placed(reader: LogReader, entry_id: UUID) -> bool:
    """In the log, or handed to the sequencer just now."""
    if reader.position(entry_id) is not None:
        return True
    waiting = Pending.objects.filter(controller_id=reader.tree.controller_id)
    return any(entry_id.bytes in _ids(bytes(ids)) for ids in waiting.values_list("ids", flat=True))


def _made_on(entry: bytes) -> date:
    """The day (UTC) in an id of ours (UUIDv7)."""
    return datetime.fromtimestamp(int.from_bytes(entry[:6]) / 1000, UTC).date()


def _ids(joined: bytes) -> frozenset[bytes]:
    return frozenset(joined[at : at + ID] for at in range(0, len(joined), ID))
