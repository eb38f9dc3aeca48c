"""What `/-/ready` says of the keys."""

import pytest

from keys import provider, services

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(settings, tmp_path, monkeypatch):
    """A key file of this test's own, looked at again with every question."""
    monkeypatch.setattr(provider, "RECHECK_SECONDS", -1.0)
    settings.KEYS_FILE = str(tmp_path / "keys.json")
    services.ensure_key_file(tmp_path / "keys.json")
    services.forget()
    yield tmp_path / "keys.json"
    services.forget()


def test_keys_that_went_away_later_are_missed(client, path):
    assert client.get("/-/ready").json()["keys"] is True

    path.unlink()

    found = client.get("/-/ready")
    assert (found.status_code, found.json()["keys"]) == (503, False)
