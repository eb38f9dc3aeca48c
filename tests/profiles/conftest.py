"""A log that cannot be written."""

from tests.desk.conftest import broken_log

__all__ = ["broken_log"]
