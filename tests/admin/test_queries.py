"""Lists cost the same however many rows they show."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.console import CappedPaginator
from subjects.models import Subject
from tests.desk import house

pytestmark = pytest.mark.django_db
FEW, MANY = 2, 9


def cost(client, address):
    client.get(address)  # sessions and content types are warm
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def grow(lotus, count):
    for number in range(count):
        person = house.new_person(lotus, f"more{count}-{number}@lotus.example")
        lotus.world.yes(person)
        house.reports(lotus, person)
        house.officer(lotus, f"colleague{count}-{number}", "operator", "auditor")


def costs(client):
    """What each list costs, by its model."""
    lists = {
        model.__name__: reverse(
            f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        )
        for model, _ in house.admins()
    }
    return {name: cost(client, address) for name, address in lists.items()}


def test_a_list_of_many_rows_needs_no_more_queries(desk, lotus):
    grow(lotus, FEW)
    few = costs(desk)
    grow(lotus, MANY)
    many = costs(desk)

    assert not {name: one for name, one in few.items() if one > 20}
    assert not {name: (few[name], one) for name, one in many.items() if one > few[name]}


def test_the_first_page_needs_few_queries(desk, lotus):
    assert cost(desk, "/admin/") <= 16


def test_a_persons_page_needs_few_queries_whatever_happened(desk, lotus):
    address = f"/admin/people/{lotus.person.id}/"
    few = cost(desk, address)
    for _ in range(15):
        house.decide(lotus)

    assert cost(desk, address) <= few <= 30


def test_a_list_is_never_counted_beyond_its_cap(lotus, monkeypatch):
    monkeypatch.setattr(CappedPaginator, "CAP", 3)
    for number in range(5):
        house.new_person(lotus, f"n{number}@lotus.example")

    pages = CappedPaginator(Subject.objects.order_by("-id"), 2)

    assert pages.count == 3
    assert pages.is_capped
