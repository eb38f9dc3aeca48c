"""Companies, officers, and a log that cannot be written."""

import pytest

from tests.desk import house
from tests.desk.conftest import broken_log, desk, entries, lotus, officer, tulip

__all__ = ["broken_log", "desk", "entries", "lotus", "officer", "tulip"]


@pytest.fixture
def auditor(lotus):
    """A client signed in as an auditor of Lotus."""
    return house.signed_in(house.officer(lotus, "ada", "auditor"))
