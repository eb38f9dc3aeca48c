import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subjects.schemes import (
    MAX_LENGTH,
    SCHEMES,
    MalformedIdentifierError,
    UnknownSchemeError,
    mask,
    normalise,
)

SAME = [
    ("email", "Asha.Rao@Example.IN", "asha.rao@example.in"),
    ("email", "  asha@example.in\u00a0", "asha@example.in"),
    ("email", "STRASSE@EXAMPLE.DE", "strasse@example.de"),
    ("email", "जोशी@उदाहरण.भारत", "जोशी@उदाहरण.भारत"),
    ("email", "cafe\u0301@example.fr", "café@example.fr"),
    ("email", "क्\u200dष@उदाहरण.भारत", "क्\u200dष@उदाहरण.भारत"),
    ("phone", "+91 98123-45678", "+919812345678"),
    ("phone", "+91 (981) 234.5678", "+919812345678"),
    ("crm", " C-1 ", "C-1"),
    ("crm", "e\u0301", "é"),
    ("account", "ABC", "ABC"),
]
MALFORMED = [
    ("email", value)
    for value in (
        "", "asha", "asha@", "@example.in", "asha@example", "asha@@example.in", "a@b@c.in",
        "asha rao@example.in", "asha@example.", "asha@.in", "asha@example..in", "a\x00@example.in",
        "a\n@example.in", f"{'a' * MAX_LENGTH}@example.in",
        "\u202easha@example.in", "as\u200bha@example.in", "asha@exam\ufeffple.in",
    )
] + [
    ("phone", value)
    for value in (
        "", "9812345678", "0091981234567", "+0981234567", "+12345", "+1234567890123456",
        "+91981234567x", "+९१९८१२३४५६७८", "call me",
    )
] + [
    ("crm", value)
    for value in ("", "   ", "a\x00b", "a\x1fb", "a\x7f", "a\u2066b", "\ud800", "x" * 255)
]  # fmt: skip


@pytest.mark.parametrize(("scheme", "value", "stored"), SAME)
def test_spellings_of_one_identifier_become_one(scheme, value, stored):
    assert normalise(scheme, value) == stored


@pytest.mark.parametrize(("scheme", "value"), MALFORMED)
def test_what_has_not_the_form_of_its_scheme_is_refused(scheme, value):
    with pytest.raises(MalformedIdentifierError) as refusal:
        normalise(scheme, value)

    assert not value.strip() or value not in str(refusal.value)


@pytest.mark.parametrize("scheme", ["", "e-mail", "EMAIL", "passport"])
def test_an_unknown_scheme_is_refused(scheme):
    with pytest.raises(UnknownSchemeError):
        normalise(scheme, "asha@example.in")


def test_other_schemes_keep_case():
    """Numbers of a company's own may differ by nothing else."""
    assert normalise("crm", "a1") != normalise("crm", "A1")


@given(st.sampled_from(SCHEMES), st.text(max_size=300))
def test_normalising_again_changes_nothing(scheme, value):
    try:
        once = normalise(scheme, value)
    except MalformedIdentifierError:
        return

    assert normalise(scheme, once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert 1 <= len(once) <= MAX_LENGTH


@pytest.mark.parametrize(
    ("scheme", "value", "shown"),
    [
        ("email", "asha@example.in", "a•••@e•••"),
        ("phone", "+919812345678", "•••78"),
        ("crm", "CRM-4711", "•••11"),
        ("crm", "4711", "•••"),
        ("device", "x", "•••"),
    ],
)
@pytest.mark.req("P11")
def test_a_mask_shows_enough_to_recognise_and_not_to_contact(scheme, value, shown):
    assert mask(scheme, value) == shown


@given(st.sampled_from(["crm", "phone", "device", "account"]), st.text(min_size=1, max_size=60))
def test_a_mask_never_shows_more_than_two_characters_of_a_number(scheme, value):
    assert len(mask(scheme, value).replace("•", "", 3)) <= 2
