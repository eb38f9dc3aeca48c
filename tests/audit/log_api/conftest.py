"""Two companies, the log of one of them, and who reads it."""

import shutil

import pytest
from django.core.cache import cache

from audit import sealing
from audit.tiles import LogReader
from keys import services as keys
from tests.api import house
from tests.audit.log import PERSON, write
from tests.audit.log_api.kit import Reader
from tests.portal import world

ENTRIES = 600


@pytest.fixture(autouse=True)
def _fresh_pace(key_file):
    cache.clear()


@pytest.fixture
def own_keys(tmp_path, settings):
    """The suite's keys in a file that this test may rotate."""
    path = tmp_path / "keys.json"
    shutil.copy2(settings.KEYS_FILE, path)
    settings.KEYS_FILE = str(path)
    keys.forget()
    yield
    keys.forget()


@pytest.fixture
def lotus(db):
    return world.make()


@pytest.fixture
def tulip(db):
    return world.make("tulip", "Tulip Stores")


@pytest.fixture
def key(lotus):
    """Of a service of Lotus."""
    return house.caller(lotus).key


@pytest.fixture
def ids(lotus, key):
    """The records of Lotus, placed in its log: those of its founding, and 600 more."""
    found = write(ENTRIES, controller_id=lotus.id, event="decision:made", subject=PERSON)
    sealing.seal_all()
    return found


@pytest.fixture
def reader(lotus, ids, key):
    """A service of Lotus."""
    return Reader(lotus.id, key)


@pytest.fixture
def stranger(lotus, ids):
    return Reader(lotus.id)


@pytest.fixture
def log(lotus, ids):
    """The log as the suite itself reads it."""
    return LogReader.of(lotus.id)
