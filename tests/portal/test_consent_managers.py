"""People see which consent manager acted for them, and which of them the company works with."""

import pytest

from consent import services as consent
from tests.consent.signing import SECOND, entered
from tests.portal.world import OFFERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-27")]


@pytest.fixture
def saathi(company):
    return entered(company)


@pytest.fixture
def line(saathi, company, asha):
    """A yes that came through the consent manager."""
    words = {"notice": str(company.notice.id), "language": "en"}
    answer = saathi.post("/consents", saathi.passes_on(asha, "given", OFFERS, **words))
    return answer.json()["id"]


def test_the_history_and_the_receipt_name_it(line, asha_in):
    history = asha_in.get("/privacy/history/").content.decode()
    receipt = asha_in.get(f"/privacy/receipts/{line}/").content.decode()

    assert "your consent manager Saathi" in history
    assert "your consent manager Saathi" in receipt


def test_what_it_gave_is_withdrawn_here_in_one_step(line, asha_in, company, asha):
    answer = asha_in.post("/privacy/choices/", {"purpose": OFFERS, "answer": "withdraw"})

    assert answer.status_code == 303
    assert "You withdrew your yes" in asha_in.get("/privacy/history/").content.decode()


def test_the_company_names_those_it_works_with_and_no_others(saathi, company, client):
    entered(company, "mitra", accepted=False)

    before = client.get(f"/privacy/{company.slug}/").content.decode()
    consent.suspend_manager(by=SECOND, manager=saathi.manager, reason="complaints")
    after = client.get(f"/privacy/{company.slug}/").content.decode()

    assert "Saathi" in before
    assert "Mitra" not in before
    assert "Saathi" not in after
