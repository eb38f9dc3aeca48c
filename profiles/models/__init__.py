"""Rows of profiles: what is known, who may see it, and what went beyond or out."""

from profiles.models.attributes import (
    AttributeDefinition,
    FormerRecord,
    ProfileRecord,
    Sensitivity,
    ValueKind,
)
from profiles.models.guarded import (
    BreakGlass,
    Disclosure,
    ExportState,
    ProfileExport,
    Reveal,
    Verdict,
)
from profiles.models.views import (
    HolderType,
    ReaderRole,
    Relation,
    Seat,
    Treatment,
    ViewRule,
    ViewVersion,
)

__all__ = [
    "AttributeDefinition", "BreakGlass", "Disclosure", "ExportState", "FormerRecord", "HolderType",
    "ProfileExport", "ProfileRecord", "ReaderRole", "Relation", "Reveal", "Seat", "Sensitivity",
    "Treatment", "ValueKind", "Verdict", "ViewRule", "ViewVersion",
]  # fmt: skip
