import hashlib
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from uuid import UUID

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from audit.canonical import SAFE_INTEGER, CanonicalError, canonical, commitment
from audit.services import micros

ASCII = st.text(st.characters(max_codepoint=127))
AWKWARD = st.sampled_from([
    "\x00\x01\x08\t\n\x0b\x0c\r\x1f\x7f", '"\\/', "\u2028\u2029", "नमस्ते", "اردو", "😀𝄞", "e\u0301",
    "</script>", "\ufeff",
])  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers(-SAFE_INTEGER, SAFE_INTEGER) | st.text() | AWKWARD
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ASCII, inner, max_size=4),
    max_leaves=12,
)
REFUSED = st.one_of(
    st.floats(),
    st.integers(min_value=SAFE_INTEGER + 1),
    st.integers(max_value=-SAFE_INTEGER - 1),
    st.binary(),
    st.datetimes(),
    st.just({"नाम": 1}),
    st.just({1: "a"}),
    st.just({None: "a"}),
    st.just({1, 2}),
    st.just(UUID(int=1)),
)


@pytest.mark.req("P5")
class TestCanonical:
    @given(VALUES)
    @example({"b": 1, "a": [True, None, "\x7f"], "B": '\u20ac$\x0f\nA\'B"\\\\"/'})
    @example({"": {}, "a": [], "\x00": "\x00"})
    def test_equals_rfc_8785(self, value):
        assert canonical(value) == rfc8785.dumps(value)

    @given(st.permutations(["b", "a", "aa", "A", "", "\x01", "_"]))
    def test_does_not_depend_on_the_order_of_keys(self, names):
        assert canonical(dict.fromkeys(names, 1)) == canonical(dict.fromkeys(sorted(names), 1))

    @given(REFUSED, st.integers(0, 3))
    def test_refuses_what_has_no_one_form_however_deep(self, value, depth):
        for level in range(depth):
            value = {"a": value} if level % 2 else [1, value]

        with pytest.raises(CanonicalError):
            canonical(value)

    @pytest.mark.parametrize("text", ["\ud800", "a\udfffb"])
    @pytest.mark.parametrize("wrap", [lambda text: text, lambda text: {"a": [text]}])
    def test_refuses_half_a_character(self, text, wrap):
        with pytest.raises(ValueError, match=r"surrogates|canonical"):
            canonical(wrap(text))

    def test_takes_words_and_numbers_by_their_value(self):
        class Word(StrEnum):
            YES = "yes"

        class Number(IntEnum):
            TWO = 2

        assert canonical([Word.YES, Number.TWO, (1,)]) == b'["yes",2,[1]]'


def test_a_commitment_is_the_hash_of_salt_and_body():
    assert commitment(b"salt", b"body") == hashlib.sha256(b"saltbody").digest()


class TestMicros:
    @given(st.datetimes(timezones=st.timezones()).filter(lambda at: 1600 < at.year < 2400))
    def test_is_exact(self, at):
        assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
            microseconds=micros(at)
        ) == at.astimezone(UTC)

    def test_counts_from_1970(self):
        assert micros(datetime(1970, 1, 1, tzinfo=UTC)) == 0
        assert micros(datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)) == -1
