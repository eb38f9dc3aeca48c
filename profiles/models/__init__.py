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
from profiles.models.watched import (
    Answer,
    FlaggedPerson,
    ReaderPerson,
    ReadingLimits,
    Unusual,
    UnusualAccess,
    Watch,
)

__all__ = [
    "Answer", "AttributeDefinition", "BreakGlass", "Disclosure", "ExportState", "FlaggedPerson",
    "FormerRecord", "HolderType", "ProfileExport", "ProfileRecord", "ReaderPerson", "ReaderRole",
    "ReadingLimits", "Relation", "Reveal", "Seat", "Sensitivity", "Treatment", "Unusual",
    "UnusualAccess", "ValueKind", "Verdict", "ViewRule", "ViewVersion", "Watch",
]  # fmt: skip
