"""The verbs of profiles, each module re-exported here by its owner."""

from profiles.services.reading import Lifting, read, read_many

__all__ = ["Lifting", "read", "read_many"]
