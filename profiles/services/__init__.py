"""The verbs of profiles, each module re-exported here by its owner."""

from profiles.services.around import Related, related
from profiles.services.breaking import break_glass, close_glass, review_glass
from profiles.services.disclosing import Handed, Told, record_disclosure
from profiles.services.exporting import (
    approve_export,
    refuse_export,
    request_export,
    take_export,
)
from profiles.services.finding import RECORD, find
from profiles.services.reading import read, read_many
from profiles.services.revealing import reveal
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
from profiles.services.watching import flag, forget_reader, know_reader, set_limits, unflag

__all__ = [
    "RECORD", "Handed", "NewRule", "Related", "Told", "approve_export", "approve_view",
    "break_glass", "close_glass", "create_role", "discard_view", "draft_view", "end_seat", "find",
    "flag", "forget_reader", "grant_seat", "know_reader", "note_previewed", "put_rules", "read",
    "read_many", "record_disclosure", "refuse_export", "related", "remove_rule", "request_export",
    "retire_role", "reveal", "review_glass", "roll_back_view", "set_limits", "take_export",
    "unflag",
]  # fmt: skip
