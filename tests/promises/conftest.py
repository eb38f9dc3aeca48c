"""A server to attack, a company and a person, each test's own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.database import TestDatabase
from tests.factories.company import Company, company
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
