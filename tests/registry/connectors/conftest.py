import pytest

from tests.registry.connectors.house import answering


@pytest.fixture
def inside(settings):
    """This machine is among the networks that may be called."""
    settings.SYSTEM_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def system(inside):
    with answering() as found:
        yield found
