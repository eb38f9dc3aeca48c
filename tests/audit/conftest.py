import pytest

from tests.audit import ages


@pytest.fixture
def past(superuser):
    """A past of this test's own, which no flush of the tests' database reaches."""
    ages.clear(superuser)
    yield
    ages.clear(superuser)
