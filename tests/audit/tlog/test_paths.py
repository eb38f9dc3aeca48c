import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.tlog.paths import PathError, Place

pytestmark = pytest.mark.req("AUD-03")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("0/000", Place(0, 0)),
        ("0/x001/x234/067", Place(0, 1234067)),  # the example of c2sp.org/tlog-tiles
        ("63/999", Place(63, 999)),
        ("1/x001/000.p/255", Place(1, 1000, 255)),
        ("entries/273.p/112", Place(None, 273, 112)),
    ],
)
def test_each_place_has_one_address(text, place):
    assert Place.parse(text) == place
    assert str(place) == text


@given(st.none() | st.integers(0, 63), st.integers(0, 10**21 - 1), st.integers(1, 256))
def test_every_place_comes_back(level, number, width):
    place = Place(level, number, width)

    assert Place.parse(str(place)) == place


@given(st.text(st.sampled_from("0123456789x/.pentris\n"), max_size=30))
def test_whatever_is_read_is_written_the_same(text):
    try:
        found = Place.parse(text)
    except PathError:
        return
    assert str(found) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "0", "0/", "/000", "0/0", "0/00", "0/0000", "0/x000/001", "0/001/002", "0/x001",
        "00/000", "64/000", "-1/000", "0/000.p/0", "0/000.p/256", "0/000.p/007", "0/000.p",
        "0/000/", "0/000\n", "entries", "Entries/000", "0/\u0661\u0661\u0661",
        "0/" + "x001/" * 7 + "000",
    ],
)  # fmt: skip
def test_no_other_text_is_an_address(text):
    with pytest.raises(PathError):
        Place.parse(text)
