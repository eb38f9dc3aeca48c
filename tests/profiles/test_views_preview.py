"""The preview: an invented person, planned and masked as real ones are."""

from datetime import UTC, datetime

import pytest

from profiles import matrix, preview
from profiles.fields import Cell, Defined, Why
from profiles.models import Treatment, ValueKind
from profiles.preview import SAMPLES, Situation

pytestmark = pytest.mark.req("PRO-01", "PRO-02")

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EMAIL = Defined(code="email", title="E-mail", category="pd:Contact", kind="email")
TIER = Defined(code="tier", title="Tier", category="pd:Loyalty", kind="choice", fresh_for_days=30)
ILLNESS = Defined(
    code="illness", title="Illness", category="pd:Health", kind="text", sensitivity="special"
)
ALL = [EMAIL, TIER, ILLNESS]


def seen(*cells, situation=Situation.PERMITTED):
    found = preview.seen(ALL, cells, situation=situation, now=NOW, choices={"tier": "gold"})
    return {one.code: one for one in found}


def test_hides_what_no_rule_names():
    assert {one.why for one in seen().values()} == {Why.ROLE}


def test_masks_and_shows_by_the_rules():
    shown = seen(
        Cell(category="pd:Contact", treatment="partial"),
        Cell(category="pd:Loyalty", treatment="show"),
    )

    assert shown["email"].value == "a•••@•••.example"
    assert (shown["tier"].value, shown["tier"].why) == ("gold", None)
    assert shown["illness"].value is None


def test_shows_sensitive_data_by_a_rule_about_them_alone():
    ordinary = seen(Cell(category="pd:Health", treatment="show"))
    special = seen(Cell(category="pd:Health", treatment="show", sensitivity="special"))

    assert ordinary["illness"].why is Why.SENSITIVE
    assert special["illness"].value == SAMPLES["text"]


def test_of_somebody_who_withdrew_shows_nothing_but_the_reason():
    shown = seen(Cell(category="pd:Contact", treatment="show"), situation=Situation.WITHDRAWN)[
        "email"
    ]

    assert (shown.value, shown.why) == (None, Why.DENIED)
    assert shown.reason_code == "CONSENT_WITHDRAWN"
    assert shown.since < NOW


def test_of_old_values_shows_none_that_has_an_age():
    rules = [Cell(category=one.category, treatment="show") for one in ALL]

    shown = seen(*rules, situation=Situation.STALE)

    assert shown["tier"].why is Why.STALE
    assert shown["email"].value == SAMPLES["email"]


@pytest.mark.parametrize("kind", ValueKind.values)
def test_has_a_value_of_every_kind_that_every_fitting_mask_fits(kind):
    one = Defined(code="x", title="X", category="c", kind=kind)

    for treatment in matrix.FITS[kind] - {"hide"}:
        (shown,) = preview.seen(
            [one], [Cell(category="c", treatment=treatment)], situation=Situation.PERMITTED,
            now=NOW, choices={},
        )  # fmt: skip
        assert shown.value is not None, treatment


def test_treatments_are_those_of_the_matrix():
    assert {"show", "hide"} < set(Treatment.values)
    assert set().union(*matrix.FITS.values()) == set(Treatment.values)
