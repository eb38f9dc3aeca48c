"""What a verification may find, and where. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from audit.tlog.notes import Checkpoint

Tell = Callable[[int], None]
"""Told of each so many entries that were looked at."""


class Problem(StrEnum):
    """What does not verify. A code is stable for ever."""

    # An entry against its payload and the index
    EDITED = "edited"
    PAYLOAD_MISSING = "payload_missing"
    ID_DIFFERS = "id_differs"
    CLASS_DIFFERS = "class_differs"
    INDEX_DISAGREES = "index_disagrees"
    INDEX_MISSING = "index_missing"
    # The tree against its own hashes
    BUNDLE_MISSING = "bundle_missing"
    BUNDLE_TORN = "bundle_torn"
    BUNDLE_DIFFERS = "bundle_differs"
    BUNDLE_BOUNDS_DIFFER = "bundle_bounds_differ"
    TILE_MISSING = "tile_missing"
    TILE_DIFFERS = "tile_differs"
    TREE_MISSING = "tree_missing"
    TREE_DIFFERS = "tree_differs"
    SURPLUS = "surplus"
    # The tree against what was signed
    ROOT_DIFFERS = "root_differs"
    SIGNATURE_WRONG = "signature_wrong"
    TRUNCATED = "truncated"
    UNSIGNED = "unsigned"
    # The tree against what somebody remembers
    FORKED = "forked"
    SHRUNK = "shrunk"
    CHECKPOINT_MISSING = "checkpoint_missing"
    NOTE_WRONG = "note_wrong"
    # Payloads and index lines against the logs
    UNLOGGED = "unlogged"
    INDEX_UNLOGGED = "index_unlogged"
    PLACED_TWICE = "placed_twice"
    DROP_UNPROVED = "drop_unproved"
    DROP_COUNT_DIFFERS = "drop_count_differs"
    # Clocks: nothing differs, but times cannot be relied on
    CLOCK_WENT_BACK = "clock_went_back"
    ID_FROM_FUTURE = "id_from_future"


REMARKS = frozenset({Problem.CLOCK_WENT_BACK, Problem.ID_FROM_FUTURE})
"""What is worth saying but no sign that an entry was touched."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not verify: in which log, where, which entry if one, and why.

    `since`: nothing before that position is concerned; the change lies from there to `position`.
    """

    controller_id: UUID
    position: int | None
    entry_id: UUID | None
    problem: Problem
    since: int | None = None

    @property
    def is_remark(self) -> bool:
        return self.problem in REMARKS


@dataclass(frozen=True, slots=True)
class Known:
    """A checkpoint somebody kept: what the log must still agree with."""

    checkpoint: Checkpoint
    is_ours: bool = True
    """Whether one of the log's keys signed it."""
