"""What the columns of officers' lists and pages are called, in each language."""

import pytest
from django.conf import settings
from django.contrib import admin
from django.db.models import Model
from django.utils import translation

from tests.portal import catalogues

OURS = list(admin.site._registry)
SAME = {"SHA-256"}
DJANGOS = {"last login", "username", "email address", "active", "date joined"}
"""Words that read the same everywhere, and those of Django's own table of people."""


def shown_fields(model):
    """The columns of the table that the list, its filters or the page of a row show."""
    found = admin.site._registry[model]
    listed = [*found.list_display, *found.list_filter, *(found.fields or ())]
    names = {one[0] if isinstance(one, tuple) else one for one in listed}
    return [one for one in model._meta.fields if one.name in names or found.fields is None]


def in_language(language, words):
    with translation.override(language):
        return str(words)


@pytest.mark.req("ADM-01", "POR-12")
@pytest.mark.parametrize("model", OURS, ids=lambda one: one.__name__)
def test_columns_and_rows_are_named_in_every_language(model):
    known = {code: catalogues.compiled(code) for code, _ in settings.LANGUAGES if code != "en"}
    labels = [model._meta.verbose_name, *(one.verbose_name for one in shown_fields(model))]

    said = {in_language("en", one) for one in labels} - SAME - DJANGOS

    for code, catalogue in known.items():
        assert {one for one in said if one not in catalogue} == set(), (
            f"Name it in config/labels.py and translate it to {code}."
        )


@pytest.mark.req("POR-12")
def test_a_state_of_a_consent_is_said_in_words(db):
    model = next(one for one in OURS if one.__name__ == "ConsentState")

    with translation.override("ur"):
        assert str(dict(model._meta.get_field("state").choices)["given"]) == "دی گئی"


@pytest.mark.parametrize("model", OURS, ids=lambda one: one.__name__)
def test_a_row_is_called_by_words_of_its_own(model):
    assert model.__str__ is not Model.__str__
