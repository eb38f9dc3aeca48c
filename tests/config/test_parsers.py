import contextlib
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.parsers import MAX_BYTES, BodyTooLargeError, MalformedBodyError, StrictJSONParser

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=10,
)


def parse(body):
    return StrictJSONParser().parse(io.BytesIO(body), "application/json", {})


@given(VALUES)
def test_reads_every_ordinary_value(value):
    assert parse(json.dumps(value).encode()) == value
    assert parse(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary(max_size=64))
def test_any_bytes_are_read_or_refused_cleanly(body):
    with contextlib.suppress(MalformedBodyError):
        parse(body)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "malformed_body"),
        (b"{", "malformed_body"),
        (b'{"a":1}x', "malformed_body"),
        (b'"\xff"', "malformed_body"),
        (b'\xef\xbb\xbf{"a":1}', "malformed_body"),
        ("{}".encode("utf-16"), "malformed_body"),
        (b"9" * 5000, "malformed_body"),
        (b'{"a":1,"a":2}', "duplicate_member"),
        (b'[{"a":{"b":1,"\\u0062":2}}]', "duplicate_member"),
        (b"[NaN]", "not_a_number"),
        (b"-Infinity", "not_a_number"),
        (b"1e999", "number_too_large"),
        (b'{"a":"\\u0000"}', "nul_in_string"),
        (b'{"\\u0000":1}', "nul_in_string"),
        (b'["\\ud800"]', "lone_surrogate"),
        (b'{"\\udfff":1}', "lone_surrogate"),
        (b"[" * 33 + b"]" * 33, "too_deep"),
        (b"[" * 100_000 + b"]" * 100_000, "too_deep"),
    ],
)
def test_refuses_what_has_no_single_safe_meaning(body, code):
    with pytest.raises(MalformedBodyError) as caught:
        parse(body)

    assert caught.value.get_codes() == code


def test_accepts_the_deepest_allowed_nesting():
    assert parse(b"[" * 32 + b"]" * 32)


def test_refuses_a_body_over_one_mebibyte_without_reading_it_all():
    stream = io.BytesIO(b" " * (MAX_BYTES + 100))

    with pytest.raises(BodyTooLargeError):
        StrictJSONParser().parse(stream, "application/json", {})

    assert stream.tell() == MAX_BYTES + 1
