"""Masks show no more than they say, and nothing of a value they do not fit."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.fields import TREATMENTS
from profiles.masks import COVER, masked, token

KEY = b"k" * 32
OTHER = b"o" * 32
ADDRESS = {"lines": "4 Lake Road", "locality": "Kochi", "region": "Kerala", "country": "IN",
           "postcode": "682001"}  # fmt: skip


@pytest.mark.req("PRO-02")
@pytest.mark.parametrize(
    ("treatment", "kind", "value", "expected"),
    [
        ("partial", "text", "Lakshmi Menon", "La•••on"),
        ("partial", "text", "Lakshmi", "L•••i"),
        ("partial", "text", "Devi", "•••"),
        ("partial", "email", "asha.rao@example.in", "a•••@•••.in"),
        ("partial", "email", "a@example.in", "•••"),
        ("partial", "phone", "+919812345678", "•••78"),
        ("partial", "phone", "12345", "•••"),
        ("partial", "address", ADDRESS, "Kerala, IN"),
        ("region", "address", ADDRESS, "Kerala, IN"),
        ("region", "address", {"lines": "4 Lake Road"}, None),
        ("region", "address", "4 Lake Road, Kerala", None),
        ("year", "date", "1990-04-02", "1990"),
        ("year", "moment", "1990-04-02T10:00:00Z", "1990"),
        ("year", "text", "next year", None),
        ("bucket", "integer", 7, "0-9"),
        ("bucket", "integer", 0, "0-9"),
        ("bucket", "integer", 34, "30-39"),
        ("bucket", "integer", 845_000, "800000-899999"),
        ("bucket", "integer", -34, "-39--30"),
        ("bucket", "decimal", "1234.50", "1000-1999"),
        ("bucket", "date", "1994-04-02", "1990-1999"),
        ("bucket", "text", "asthma", None),
        ("bucket", "boolean", True, None),
        ("hide", "text", "asthma", None),
        ("no such", "text", "asthma", None),
    ],
)  # fmt: skip
def test_shows_what_it_says(treatment, kind, value, expected):
    assert masked(treatment, kind, value) == expected


class TestToken:
    def test_alike_values_have_alike_tokens(self):
        one, two = (token(dict(reversed(given)), KEY)
                    for given in (ADDRESS.items(), list(ADDRESS.items())[::-1]))  # fmt: skip

        assert one == two

    def test_another_key_makes_another_token(self):
        assert token("a", KEY) != token("a", OTHER)

    @given(st.text(min_size=4))
    def test_says_nothing_of_the_value(self, value):
        made = token(value, KEY)

        assert re.fullmatch("t_[0-9a-f]{24}", made)

    def test_without_a_value_or_a_key_there_is_none(self):
        assert token(None, KEY) is None
        assert masked("token", "text", "a") is None
        assert masked("token", "text", "a", key=KEY) == token("a", KEY)


@pytest.mark.req("PRO-02")
@given(st.text(alphabet="abcdefghij", min_size=5, max_size=60))
def test_a_partial_mask_shows_at_most_four_characters_whatever_the_length(value):
    shown = masked("partial", "text", value)

    assert COVER in shown
    assert len(shown.replace(COVER, "")) <= 4


@given(
    st.sampled_from(sorted(TREATMENTS - {"show", "token"})),
    st.sampled_from(["text", "integer", "decimal", "date", "email", "phone", "address"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5,
    ),
)  # fmt: skip
def test_never_fails_and_gives_a_text_or_nothing(treatment, kind, value):
    found = masked(treatment, kind, value)

    assert found is None or isinstance(found, str)
    json.dumps(found)
