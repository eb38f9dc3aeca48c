"""A decision point to ask: the real server, shared by a worker's tests; the company asks it."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from policies.versions import services as policy
from tests.database import TestDatabase
from tests.factories.company import EVALUATION, OFFERS, Company, company
from tests.factories.decisions import recorded
from tests.factories.server import Site, serving
from tests.policies.rehearsing import OLGA
from tests.policies.searches import RESOURCE


@pytest.fixture(scope="session")
def site(django_db_setup: TestDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The server under uvicorn on the tests' database."""
    log = tmp_path_factory.mktemp("pdp") / "log"
    with serving(django_db_setup.environment(), log) as found:
        yield found


@pytest.fixture
def http(site: Site) -> Iterator[httpx.Client]:
    with site.client() as client:
        yield client


@pytest.fixture
def lotus(transactional_db: None) -> Company:
    """An Indian company, committed, so that the server sees it."""
    return company()


@pytest.fixture
def asha(lotus: Company) -> Any:
    """A person who said yes to offers."""
    person = lotus.person()
    lotus.yes(person)
    return person


@pytest.fixture
def ask(http: httpx.Client) -> Callable[..., dict[str, Any]]:
    """Asks about a person and gives the decision; whatever is not one fails the test."""

    def decide(asker: Company, person: Any, **action: Any) -> dict[str, Any]:
        body = person if isinstance(person, dict) else asker.question(person, **action)
        answer = http.post(EVALUATION, json=body, headers=asker.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return decide


@pytest.fixture
def search(http: httpx.Client) -> Callable[..., dict[str, Any]]:
    """Searches, and gives the answer; whatever is not one fails the test."""

    def find(asker: Company, path: str = RESOURCE, page: Any = None, **more: Any) -> dict[str, Any]:
        body = {**asker.question("ignored"), **more}
        if page is not None:
            body["page"] = page
        answer = http.post(path, json=body, headers=asker.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return find


@pytest.fixture
def draft(lotus: Company) -> Callable[..., Any]:
    """Makes the draft of these rules."""

    def make(*rules: Any) -> Any:
        version = policy.draft_policy(by=OLGA, controller_id=lotus.id, note="try")
        for one in rules:
            version = policy.put_guardrail(by=OLGA, version=version, guardrail=one)
        return version

    return make


@pytest.fixture
def asked(lotus: Company) -> Callable[..., Any]:
    """Records a decision about somebody, asked by SMS unless said otherwise."""
    people = {}

    def make(name="asha", *, given=True, channel="sms", campaign="", purpose=OFFERS, at=None):
        person = people.get(name) or lotus.person(f"{name}@example.in")
        people[name] = person
        return recorded(
            lotus.id, lotus.service.id, person, given=given, purpose=purpose, at=at,
            asks={"channel": channel, "campaign": campaign},
        )  # fmt: skip

    return make
