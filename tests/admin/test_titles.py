"""What the page of a row is called: words and a day, never a bare id."""

import re
from datetime import UTC, datetime

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import translation

from keys.ids import uuid7
from keys.naming import dated, tailed
from tests.desk import house

pytestmark = pytest.mark.req("ADM-01")
OURS = list(admin.site._registry)
WHOLE_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
DAY = datetime(2026, 11, 23, 18, tzinfo=UTC)


def heading(page):
    """What the page is called: in its tab, on its way there, and above it."""
    title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1]
    way = re.search(r'<div class="breadcrumbs">(.*?)</div>', page, re.DOTALL)[1]
    return title, re.sub(r"<[^>]*>", "", way)


def test_the_page_of_a_row_is_called_by_words(lotus, subtests):
    for model in OURS:
        with subtests.test(model.__name__):
            row = model.objects.get(pk=lotus.rows[model.__name__])

            assert not WHOLE_ID.search(str(row)), (
                f"{row}: let __str__ say what it is, and from when."
            )


@pytest.mark.parametrize("model", ["Step", "VaultAccess", "ShownEvidence", "Certificate"])
def test_neither_tab_nor_way_shows_an_id(model, lotus):
    shown = house.model_named(model)
    name = f"admin:{shown._meta.app_label}_{shown._meta.model_name}_change"
    desk = house.signed_in(house.officer(lotus, "olga", "privacy_officer"))

    page = desk.get(reverse(name, args=[lotus.rows[model]]), headers={"accept-language": "en"})

    for said in heading(page.content.decode()):
        assert not WHOLE_ID.search(said)


def test_a_day_reads_from_the_left_in_every_language():
    assert dated("Erase", DAY) == "Erase 2026-11-23"
    with translation.override("ur"):
        assert dated("مٹانا", DAY) == "مٹانا \u20662026-11-23\u2069"


def test_a_day_that_is_not_known_yet_is_left_out():
    assert dated("Copy of a person's data", None) == "Copy of a person's data"


def test_an_id_is_shown_by_its_end():
    one = uuid7()

    assert tailed("Parent of", one) == f"Parent of …{str(one)[-12:]}"
    assert tailed("", one) == f"…{str(one)[-12:]}"
