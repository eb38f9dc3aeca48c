"""A company, a person, a receiver, and a subscriber whose address has agreed."""

import pytest

from consent.feed import subscribers
from tests.consent.feed.telling import tell
from tests.factories.company import AUTHOR, company
from tests.work.webhooks.ear import listening


@pytest.fixture
def lotus(db):
    return company()


@pytest.fixture
def asha(lotus):
    return lotus.person()


@pytest.fixture
def ear():
    with listening() as found:
        yield found


@pytest.fixture
def subscribe(lotus, ear):
    """Makes the service a subscriber at the ear; gives it and its secret, agreed and begun."""

    def make(**options):
        given = {"url": ear.url, **options}
        made = subscribers.subscribe(
            by=AUTHOR, controller_id=lotus.id, service_id=lotus.service.id, **given
        )
        tell()
        made[0].refresh_from_db()
        return made

    return make


@pytest.fixture
def mailer(subscribe):
    return subscribe()[0]
