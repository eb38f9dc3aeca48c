"""A log that cannot be written, and a working day."""

import pytest
import time_machine

from tests.desk.conftest import broken_log
from tests.profiles.guarded_world import NOON

__all__ = ["broken_log"]


@pytest.fixture
def noon():
    """Noon of a working day; ask for it before anything else is made."""
    with time_machine.travel(NOON, tick=True) as clock:
        yield clock
