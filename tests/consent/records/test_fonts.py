"""Which fonts write a PDF's letters, and how its times are written."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from consent.records import fonts, pdf

pytestmark = pytest.mark.req("CON-14", "POR-12")
URDU = "تاریخچہ سے کہا"


@pytest.fixture
def installed(monkeypatch):
    """Fonts by name, with the letters each has."""

    def install(**found):
        files = {f"{name}.ttf": Path(name.replace("_", "-")) for name in found}
        named = {name.replace("_", "-"): path for name, path in files.items()}
        monkeypatch.setattr(fonts, "_files", lambda _: named)
        letters = {path: frozenset(found[name[:-4]]) for name, path in files.items()}
        monkeypatch.setattr(fonts, "letters", letters.__getitem__)

    return install


def test_letters_of_one_script_come_from_one_font_so_that_they_join(installed):
    installed(
        NotoSans_Regular="History", DejaVuSans=f"History{URDU[:5]}", NotoSansArabic_Regular=URDU
    )

    found = fonts.covering(f"History {URDU}", "")

    assert [str(one) for one in found] == ["NotoSans-Regular", "NotoSansArabic-Regular"]


def test_what_no_better_font_has_comes_from_the_last(installed):
    installed(NotoSans_Regular="History", DejaVuSans="→")

    assert len(fonts.covering("History →", "")) == 2


def test_a_time_has_its_zone_once():
    assert pdf.moment(datetime(2026, 3, 1, 12, tzinfo=UTC)).count("UTC") == 1
