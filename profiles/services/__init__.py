"""The verbs of profiles, each module re-exported here by its owner."""

from profiles.services.reading import read, read_many
from profiles.services.seats import create_role, end_seat, grant_seat, retire_role
from profiles.services.views import (
    NewRule,
    approve_view,
    discard_view,
    draft_view,
    note_previewed,
    put_rules,
    remove_rule,
    roll_back_view,
)

__all__ = [
    "NewRule", "approve_view", "create_role", "discard_view", "draft_view", "end_seat",
    "grant_seat", "note_previewed", "put_rules", "read", "read_many", "remove_rule",
    "retire_role", "roll_back_view",
]  # fmt: skip
