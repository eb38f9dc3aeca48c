"""A company whose purpose shares data of every kind, and lines in every state."""

import pytest

from consent import services
from consent.transitions import State
from registry import services as registry
from tests.consent.records.kit import WORDS
from tests.portal.world import APPROVER, AUTHOR, OFFERS, SURVEYS


@pytest.fixture
def recipients(company):
    for code, kind, country in (("post", "processor", "IN"), ("lab", "recipient", "DE")):
        registry.record_party(
            by=AUTHOR, controller_id=company.id, code=code, name=code.title(), kind=kind,
            country=country, contract_reference="C-1",
        )  # fmt: skip
    registry.record_category(
        by=AUTHOR, controller_id=company.id, code="pd:Health", name="Health", is_special=True
    )


@pytest.fixture
def health(company, recipients):
    """Offers, as a purpose that shares health data with others."""
    draft = services.draft_purpose(by=AUTHOR, controller_id=company.id, code=OFFERS, words=WORDS)
    company.versions[OFFERS] = services.approve_purpose(by=APPROVER, version=draft)
    company.republish()


@pytest.fixture
def event(company, asha, health):
    return company.yes(asha, language="hi", is_explicit=True)


@pytest.fixture
def every_line(company, asha):
    """One line in each state that a person or an officer can bring about."""
    found = [company.answer(asha, SURVEYS, State.REQUESTED)]
    found += [company.answer(asha, SURVEYS, state) for state in (State.DEFERRED, State.REFUSED)]
    found += [company.yes(asha), company.yes(asha)]
    found.append(company.answer(asha, OFFERS, State.WITHDRAWN))
    return found
