"""No identity document and no token of a parent is ever stored: the whole database is searched."""

import json

import pytest
from django.db import connection

from consent import services
from consent.models import ParentalCheck
from subjects.models import Subject
from tests.consent.families import house
from tests.portal import world
from tests.portal.world import AUTHOR

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-22", "P10")]

COLUMNS = """
    SELECT c.table_name, c.column_name FROM information_schema.columns c
    JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
      AND c.data_type IN ('text', 'character varying', 'jsonb', 'json', 'bytea', 'ARRAY')
"""


def holding(needle):
    """Every column of every table in which the needle stands, in clear or in base64 or hex."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, column in cursor.fetchall():
            cursor.execute(
                f'SELECT 1 FROM "{table}" WHERE position(%s in '
                f"coalesce(encode(\"{column}\"::text::bytea, 'escape'), '')) > 0 "
                f'OR position(%s in "{column}"::text) > 0 LIMIT 1',
                [needle, needle.encode().hex()],
            )
            if cursor.fetchone():
                found.append(f"{table}.{column}")
    return found


@pytest.fixture
def company(settings):
    settings.PARENT_TOKEN_ISSUER = house.ISSUER
    return world.make()


def test_a_token_that_was_handed_in_is_nowhere(company, caplog):
    kid = house.child(company)
    for n, token in enumerate((house.GOOD, house.MINOR, house.NOBODY)):
        parent = house.mother(company, f"parent{n}@example.in")
        house.check(company, house.name(company, kid, parent), "virtual_token", token)

    assert ParentalCheck.objects.filter(state="verified").count() == 1
    for token in (house.GOOD, house.MINOR, house.NOBODY):
        assert holding(token) == []
        assert token not in caplog.text


def test_the_search_finds_what_is_there(company):
    house.check(
        company, house.name(company, house.child(company), house.mother(company)),
        "virtual_token", house.GOOD,
    )  # fmt: skip
    Subject.objects.update(region=house.GOOD)

    assert "consent_parentalcheck.reference" in holding(house.REFERENCE)
    assert holding(house.GOOD) == ["subjects_subject.region"]


def test_what_an_issuer_says_when_it_breaks_is_not_logged(company, settings, caplog):
    settings.PARENT_TOKEN_ISSUER = "tests.consent.families.house.BrokenIssuer"
    named = house.name(company, house.child(company), house.mother(company))

    with pytest.raises(services.parents.verifiers.VerifierUnavailableError) as refused:
        house.check(company, named, "virtual_token", house.GOOD)

    assert house.GOOD not in caplog.text + str(refused.value) + json.dumps(refused.value.args)
    assert refused.value.__cause__ is None
    assert holding(house.GOOD) == []


def test_no_column_could_hold_a_scan(company):
    kinds = {field.get_internal_type() for field in ParentalCheck._meta.concrete_fields}

    assert kinds.isdisjoint({"BinaryField", "FileField", "ImageField", "TextField", "JSONField"})
    longest = [field.max_length or 0 for field in ParentalCheck._meta.concrete_fields]
    assert max(longest) <= 80


def test_a_documents_number_comes_in_by_no_door(company):
    named = house.name(company, house.child(company), house.mother(company))
    for attempt in (house.DOCUMENT, f"passport {house.DOCUMENT}"):
        with pytest.raises(Exception, match="reference"):
            services.record_details(
                by=AUTHOR, controller_id=company.id, check_id=named.id, is_adult=True,
                reference=attempt,
            )  # fmt: skip

    assert holding(house.DOCUMENT) == []
