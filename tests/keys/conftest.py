import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from keys import services
from keys.models import KeyVersion


@pytest.fixture
def own_keys(tmp_path, settings) -> Iterator[Path]:
    """A key file that only this test uses, fresh."""
    path = tmp_path / "keys.json"
    settings.KEYS_FILE = str(path)
    services.ensure_key_file(path)
    yield path
    services.forget()


@pytest.fixture
def unregistered(db: None) -> None:
    """A database that was used with no keys yet."""
    KeyVersion.objects.all().delete()


@pytest.fixture
def registered_keys(own_keys: Path, unregistered: None) -> Path:
    """The test's own key file, and a database that was used with it and no other."""
    services.register_versions()
    return own_keys


@pytest.fixture
def key_copy(db: None, tmp_path: Path, settings) -> Iterator[Path]:
    """The suite's keys in a file that this test may rotate."""
    place = tmp_path / "keys.json"
    shutil.copy(settings.KEYS_FILE, place)
    os.chmod(place, 0o600)
    settings.KEYS_FILE = str(place)
    before = set(KeyVersion.objects.values_list("id", flat=True))
    services.forget()
    yield place
    KeyVersion.objects.exclude(id__in=before).delete()
    services.forget()
