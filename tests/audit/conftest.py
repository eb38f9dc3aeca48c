import pytest

from audit import sealing
from tests.audit import ages


@pytest.fixture
def past(superuser):
    """A past of this test's own, which no flush of the tests' database reaches."""
    ages.clear(superuser)
    yield
    ages.clear(superuser)


@pytest.fixture(autouse=True)
def nothing_put_aside(monkeypatch):
    """A log that one test damaged is sealed again in the next one."""
    monkeypatch.setattr(sealing, "_put_aside", sealing.PutAside())
