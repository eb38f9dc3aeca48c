"""A company, a person and a browser without a screen."""

import re

import pytest
from django.core import mail
from django.test import Client

from audit.models import EntryIndex
from tests.portal import world
from work import services as work

LINK = re.compile(r"/privacy/sign-in/\S+")
RETURN_LINK = re.compile(r"/privacy/return/\S+")


@pytest.fixture
def company(db):
    return world.make()


@pytest.fixture
def asha(company):
    return company.person()


@pytest.fixture
def audited(company):
    """The events on the company's log."""
    entries = EntryIndex.objects.filter(controller_id=company.id)
    return lambda: set(entries.values_list("event", flat=True))


@pytest.fixture
def run_jobs():
    """Does what is due, as a worker would."""
    return lambda: work.run_available(worker="test")


@pytest.fixture
def ask_link(client, run_jobs):
    """Asks for a link by the form and returns it as the message says it, or None."""

    def ask(company, email="asha@example.in", client=client):
        mail.outbox.clear()
        answer = client.post(f"/privacy/{company.slug}/sign-in/", {"email": email})
        assert answer.status_code == 303
        run_jobs()
        return LINK.search(mail.outbox[0].body)[0] if mail.outbox else None

    return ask


@pytest.fixture
def sign_in(ask_link):
    """A client that is signed in as the person of this address."""

    def enter(company, email="asha@example.in"):
        client = Client()
        link = ask_link(company, email, client)
        assert client.post(link).status_code == 303
        return client

    return enter


@pytest.fixture
def asha_in(sign_in, company, asha):
    return sign_in(company)


@pytest.fixture
def erased(asha_in, run_jobs):
    """Asha asked to be erased, and it is done; her browser of before."""
    assert asha_in.post("/privacy/requests/erasure/").status_code == 303
    run_jobs()
    return asha_in


@pytest.fixture
def ask_return(run_jobs):
    """Asks for a link by the form everybody uses, and returns the link to come back, or None."""

    def ask(company, email="asha@example.in", client=None):
        mail.outbox.clear()
        answer = (client or Client()).post(f"/privacy/{company.slug}/sign-in/", {"email": email})
        assert answer.status_code == 303
        run_jobs()
        found = [RETURN_LINK.search(one.body) for one in mail.outbox]
        return found[0][0] if found and found[0] else None

    return ask
