"""What the columns of officers' lists and pages are called, in each language."""

import re

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.db.models import Model
from django.test import RequestFactory
from django.utils import translation

from tests.portal import catalogues

OURS = list(admin.site._registry)
SAME = {"SHA-256"}
"""Words that read the same everywhere."""


def shown_fields(model):
    """The columns of the table that the list, its filters or the page of a row show."""
    found = admin.site._registry[model]
    listed = [*found.list_display, *found.list_filter, *(found.fields or ())]
    names = {one[0] if isinstance(one, tuple) else one for one in listed}
    return [one for one in model._meta.fields if one.name in names or found.fields is None]


def test_a_filter_asks_whether_something_happened_and_not_whether_a_field_is_empty(subtests):
    for model in OURS:
        with subtests.test(model.__name__):
            filters = admin.site._registry[model].list_filter
            kinds = [one[1] for one in filters if isinstance(one, tuple)]

            assert admin.EmptyFieldListFilter not in kinds


def in_language(language, words):
    with translation.override(language):
        return str(words)


@pytest.mark.req("ADM-01", "POR-12")
def test_columns_and_rows_are_named_in_every_language(subtests):
    for model in OURS:
        with subtests.test(model.__name__):
            known = {
                code: catalogues.compiled(code) for code, _ in settings.LANGUAGES if code != "en"
            }
            labels = [model._meta.verbose_name, *(one.verbose_name for one in shown_fields(model))]

            said = {in_language("en", one) for one in labels} - SAME

            for code, catalogue in known.items():
                assert {one for one in said if one not in catalogue} == set(), (
                    f"Name it in config/labels.py and translate it to {code}."
                )


def columns(model, user):
    """What the list of a model really shows to an officer."""
    request = RequestFactory().get("/admin/")
    request.user = user
    return admin.site._registry[model].get_list_display(request)


@pytest.mark.django_db
@pytest.mark.req("ADM-01", "POR-12")
def test_headings_are_words_of_the_language(officer, subtests):
    for model in OURS:
        with subtests.test(model.__name__):
            shown = admin.site._registry[model]

            for column in columns(model, officer):
                for code in ("en", "hi", "ur"):
                    with translation.override(code):
                        said = str(label_for_field(column, model, shown))
                    assert not re.search(r"\bid$", said, re.IGNORECASE), (
                        f"{said}: say in words what it is."
                    )
                    assert code == "en" or not said.isascii(), f"{said}: translate it to {code}."


@pytest.mark.req("POR-12")
@pytest.mark.parametrize("words", catalogues.NAVIGATION)
@pytest.mark.parametrize("code", ["hi", "ur"])
def test_the_words_of_djangos_pages_are_translated_too(code, words):
    assert words in catalogues.compiled(code)


@pytest.mark.req("POR-12")
def test_a_state_of_a_consent_is_said_in_words(db):
    model = next(one for one in OURS if one.__name__ == "ConsentState")

    with translation.override("ur"):
        assert str(dict(model._meta.get_field("state").choices)["given"]) == "دی گئی"


def test_a_row_is_called_by_words_of_its_own(subtests):
    for model in OURS:
        with subtests.test(model.__name__):
            assert model.__str__ is not Model.__str__
