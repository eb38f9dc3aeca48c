"""The catalogue is kept while nothing changed, and never a moment longer."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from consent import catalogue, services
from tests.portal.world import APPROVER, AUTHOR, OFFERS, SURVEYS, TITLES, content

pytestmark = [pytest.mark.django_db, pytest.mark.req("P2", "CON-01")]


def notices(company):
    return [one.number for one in catalogue.in_force(company.id).purposes[OFFERS].notices]


def draft(company):
    return services.draft_notice(
        by=AUTHOR, controller_id=company.id, code="website", pack="IN",
        purposes=[company.versions[code] for code in TITLES],
        translations={tag: content(tag, company.controller) for tag in ("en", "hi")},
    )  # fmt: skip


def test_costs_one_query_while_nothing_changes(company, django_assert_num_queries):
    first = catalogue.in_force(company.id)

    with django_assert_num_queries(1):
        assert catalogue.in_force(company.id) is first


def test_shows_a_publication_at_once(company):
    assert notices(company) == [1]

    company.republish()

    assert notices(company) == [2, 1]


def test_forgets_what_was_rolled_back_even_where_the_stamp_is_used_again(company):
    """Two changes that were never both there have the same number, but not the same writer."""
    catalogue.in_force(company.id)
    with transaction.atomic():
        services.close_purpose(by=APPROVER, purpose=company.versions[OFFERS].purpose)
        assert closed(company) == {OFFERS}
        transaction.set_rollback(True)

    services.close_purpose(by=APPROVER, purpose=company.versions[SURVEYS].purpose)

    assert closed(company) == {SURVEYS}


def closed(company):
    return {code for code, one in catalogue.in_force(company.id).purposes.items() if one.is_closed}


def test_lets_a_version_begin_at_its_moment_though_nobody_changes_anything(company):
    version = services.publish_notice(
        by=APPROVER, version=draft(company), effective_from=timezone.now() + timedelta(seconds=2)
    )
    assert notices(company) == [1]

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(2.1)")

    assert notices(company) == [version.number, 1]


@pytest.mark.req("P9")
def test_of_one_company_tells_nothing_of_another(company, other):
    services.close_purpose(by=APPROVER, purpose=other.versions[OFFERS].purpose)

    assert not catalogue.in_force(company.id).purposes[OFFERS].is_closed
    assert catalogue.in_force(other.id).purposes[OFFERS].is_closed
