"""Officers' pages about profiles; each module registers its own."""

from profiles.admin import definitions, guarded, readers, records, views

__all__ = ["definitions", "guarded", "readers", "records", "views"]
