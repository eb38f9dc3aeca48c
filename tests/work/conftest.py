import tempfile
import uuid
from pathlib import Path

import pytest

from config.places import Places
from config.run.valkey import Valkey
from work import handlers


@pytest.fixture
def kind():
    """Registers a handler for this test only: `kind(record, perform=..., max_attempts=...)`."""
    made = []

    def register(record, **options):
        name = f"test.k{uuid.uuid4().hex[:12]}"
        handlers.handler(name, **options)(record)
        made.append(name)
        return name

    yield register
    for name in made:
        del handlers._handlers[name]


@pytest.fixture
def broker():
    """A Valkey of this test's own, which it may stop and flush."""
    with tempfile.TemporaryDirectory() as folder:
        found = Valkey(Places(data=Path(folder), sockets=Path(folder)))
        found.places.valkey.mkdir()
        found.start()
        yield found
        found.stop()
