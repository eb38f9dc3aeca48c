"""A server to attack, a company and a person, each test's own."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.database import TestDatabase
from tests.factories.company import EVALUATION, Company, company
from tests.factories.server import Site, serving


@pytest.fixture
def lotus(transactional_db: None) -> Company:
    """An Indian company, committed, so that other connections see it."""
    return company()


@pytest.fixture
def asha(lotus: Company) -> Any:
    """A person who said yes to offers."""
    person = lotus.person()
    lotus.yes(person)
    return person


@pytest.fixture
def site(test_database: TestDatabase, tmp_path: Path) -> Iterator[Site]:
    """A server of this test's own, which it may kill."""
    with serving(test_database.environment(), tmp_path / "log") as found:
        yield found


@pytest.fixture
def ask(lotus, asha):
    """One question about the person, to a decision point in this process: status, seconds."""

    async def post(client, point):
        began = time.monotonic()
        body, headers = lotus.question(asha), {**lotus.headers, "X-Request-ID": "ask-4711"}
        answer = await client.post(EVALUATION, json=body, headers=headers)
        assert answer.headers["x-request-id"] == "ask-4711"
        return answer, time.monotonic() - began

    return post
