"""Reading one profile: which fields, why not the others, and what the log keeps of it."""

import pytest

from profiles.fields import Why
from tests.factories.profiles import HEALTH, MONEY, VALUES, house, rule


@pytest.fixture
def lotus(transactional_db):
    found = house()
    found.seat(found.service)
    found.shows(
        rule("show"), rule("bucket", category=MONEY, attribute="income"),
        rule("year", category=MONEY),
    )  # fmt: skip
    return found


def by_code(shown):
    return {one.code: one for one in shown.fields}


class TestRead:
    def test_shows_what_the_matrix_shows(self, lotus):
        person = lotus.person()

        found = by_code(lotus.reads(person))

        assert found["email"].value == VALUES["email"]
