"""The grid stands where the reader begins, and tells states by shape as well as by colour."""

import pytest

from consent.versions.completeness import Cell
from consent.versions.languages import REQUIRED
from desk.languages.drawing import LABEL, SIDE, grid, square
from desk.languages.words import CELLS, STANDINGS

pytestmark = pytest.mark.req("CON-07")

ROWS = [("website 1", ["approved"] + ["lacking"] * 22), ("website 2", ["draft"] * 23)]


def test_has_a_square_for_each_row_and_language_within_the_frame():
    drawn = grid(ROWS, REQUIRED)

    assert len(drawn.squares) == 46
    assert (len(drawn.rows), len(drawn.columns)) == (2, 23)
    for one in drawn.squares:
        assert LABEL <= one.x <= drawn.width - drawn.side
        assert 0 < one.y <= drawn.height - drawn.side


@pytest.mark.req("POR-12")
def test_is_mirrored_for_who_reads_from_the_right():
    plain, mirrored = (grid(ROWS, REQUIRED, is_rtl=is_rtl) for is_rtl in (False, True))

    assert plain.squares[0].x < plain.squares[22].x
    assert mirrored.squares[0].x > mirrored.squares[22].x
    assert {one.x for one in mirrored.rows} == {mirrored.width}
    assert max(one.x for one in mirrored.squares) + SIDE <= mirrored.width - LABEL + SIDE
    assert min(one.x for one in mirrored.squares) >= 0


def test_gives_every_state_a_shape_of_its_own_and_a_name():
    shapes = [square(one, 0, 0).points for one in Cell]

    assert len(set(shapes)) == len(Cell)
    assert set(CELLS) == set(Cell)
    assert set(STANDINGS) == {"draft", "approved", "in_force"}


def test_without_notices_is_empty():
    assert grid([], REQUIRED).squares == ()
