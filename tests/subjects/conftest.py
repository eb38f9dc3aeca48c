"""Two controllers, and people of them."""

import os
import shutil

import pytest

from audit.models import EntryIndex
from keys import services as keys
from keys.models import KeyVersion
from subjects import rewrap
from tests.locking import locked_first
from tests.subjects import people

__all__ = ["locked_first"]

BATCH = 7


@pytest.fixture
def lotus(db):
    return people.controller("lotus", "IN")


@pytest.fixture
def tulip(db):
    return people.controller("tulip", "NL")


@pytest.fixture
def asha(lotus):
    return people.add(lotus, ("email", people.EMAIL), ("crm", people.NUMBER))


@pytest.fixture
def events():
    """The events on the log so far, oldest first."""
    rows = EntryIndex.objects.exclude(event="controller:created").order_by("id")
    return lambda: list(rows.values_list("event", flat=True))


@pytest.fixture
def key_copy(db, tmp_path, settings):
    """The suite's keys in a file that this test may rotate."""
    place = tmp_path / "keys.json"
    shutil.copy(settings.KEYS_FILE, place)
    os.chmod(place, 0o600)
    settings.KEYS_FILE = str(place)
    before = set(KeyVersion.objects.values_list("id", flat=True))
    keys.forget()
    yield place
    KeyVersion.objects.exclude(id__in=before).delete()
    keys.forget()


@pytest.fixture
def crowd(lotus):
    """More people than three batches, and what each is called."""
    return {
        people.add(lotus, ("email", f"p{n}@example.in")): f"p{n}@example.in"
        for n in range(3 * BATCH + 2)
    }


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(rewrap, "BATCH", BATCH)
