"""A page of the admin is asked for or posted to; nothing else is answered, by whatever page."""

import pytest
from django.contrib import admin
from django.urls import URLResolver, reverse

from audit.models import EntryIndex
from tests.audit.log import write
from tests.desk import house

pytestmark = [pytest.mark.django_db, pytest.mark.req("ADM-03")]

OTHERS = ("put", "patch", "delete", "options", "trace")
SAMPLES = {
    "uuid": "01900000-0000-7000-8000-000000000001", "path": "x", "slug": "x", "str": "x",
    "int": "1",
}  # fmt: skip
MODELS = [model for model, _admin in house.admins()]


def addresses(patterns=None, before="/admin/"):
    """Every address of the site, with made-up values in its places."""
    for one in admin.site.get_urls() if patterns is None else patterns:
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, before + str(one.pattern))
        elif hasattr(one.pattern, "_route"):
            yield before + filled(one.pattern)


def filled(pattern):
    route = pattern._route
    for name, converter in pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower()
        for written in (f"<{kind}:{name}>", f"<{name}>"):
            route = route.replace(written, SAMPLES.get(kind, "x"))
    return route


@pytest.mark.parametrize("method", OTHERS)
def test_an_entry_of_the_log_answers_no_other_way_of_asking(auditor, lotus, method):
    (entry,) = write(controller_id=lotus.id)
    before = EntryIndex.objects.filter(controller_id=lotus.id).count()

    answer = getattr(auditor, method)(reverse("admin:audit_entryindex_change", args=[entry]))

    assert answer.status_code == 405
    assert EntryIndex.objects.filter(controller_id=lotus.id).count() == before


def test_no_list_and_no_row_does(desk, subtests):
    for model in MODELS:
        with subtests.test(model._meta.label):
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            pages = [
                reverse(f"{name}_changelist"),
                reverse(f"{name}_change", args=[SAMPLES["uuid"]]),
            ]

            assert {getattr(desk, way)(page).status_code for page in pages for way in OTHERS} == {
                405
            }


def test_no_other_page_of_the_site_does(desk):
    found = {one: desk.put(one).status_code for one in addresses() if "(?P" not in one}

    assert len(found) > 300
    assert {one: code for one, code in found.items() if code != 405} == {}


def test_a_stranger_learns_no_more(client):
    assert client.delete("/admin/audit/entryindex/").status_code == 405
    assert client.put("/admin/login/").status_code == 405
