"""A company that asks for consent, a person, and what is on the ledger and the log."""

import pytest

from audit.models import EntryIndex, Payload
from consent.models import ConsentEvent, ConsentState
from tests.portal import world


@pytest.fixture
def company(db):
    return world.make()


@pytest.fixture
def other(db):
    return world.make("tulip", "Tulip", "NL")


@pytest.fixture
def asha(company):
    return company.person()


@pytest.fixture
def lines():
    """The states of the ledger's lines, in order."""
    return lambda: list(
        ConsentEvent.objects.order_by("subject_id", "purpose_id", "sequence").values_list(
            "state", flat=True
        )
    )


@pytest.fixture
def written():
    """How much was ever written: ledger lines, states, entries and their index."""
    models = (ConsentEvent, ConsentState, Payload, EntryIndex)
    return lambda: tuple(model.objects.count() for model in models)
