"""What officers fill in about a rule is refused beside its field, and read back in words."""

import pytest
from django.utils.translation import override

from policies.guardrails import parse
from policies.versions import forms, words

pytestmark = pytest.mark.req("POL-14")
WORDS = {"text_en": "Not so often.", "person_en": "We do not write so often."}


def filled(form, **said):
    return form({"code": "mine", "title": "A rule", **WORDS, **said}, obj=None, controllers={})


def rule(form, **said):
    made = filled(form, **said)
    assert made.errors == {}
    (read,) = parse([made.cleaned_data["guardrail"]])
    return read


@pytest.mark.parametrize(
    ("form", "said", "field"),
    [
        (forms.DenyForm, {"regions": "India"}, "regions"),
        (forms.DenyForm, {"purposes": "marketing.*.offers"}, "purposes"),
        (forms.DenyForm, {"channels": "e mail, s*s"}, "channels"),
        (forms.DenyForm, {"code": "Night"}, "code"),
        (forms.CapForm, {"limit": 1, "length": 401, "unit": 86_400}, "length"),
        (forms.DelayForm, {"triggers": "cart*", "length": 1, "unit": 86_400}, "triggers"),
        (forms.QuietForm, {"starts": "25:00", "ends": "09:00"}, "starts"),
        (forms.RequireForm, {"obligation": "retain_days", "detail": "-5"}, "detail"),
        (forms.RequireForm, {"obligation": "retain_days", "detail": "0"}, "detail"),
        (forms.RequireForm, {"obligation": "retain_days", "detail": "many"}, "detail"),
        (forms.RequireForm, {"obligation": "mask", "detail": ""}, "detail"),
    ],
)
def test_what_is_no_rule_is_refused_beside_its_field(form, said, field):
    errors = filled(form, **said).errors

    assert list(errors) == [field]
    assert not {"regex", "Expected", "Enter a valid value"} & set(errors[field][0].split())


@pytest.mark.parametrize(
    ("form", "said", "expected"),
    [
        (
            forms.RequireForm, {"obligation": "retain_days", "detail": "30"},
            "Permitted only with an obligation: Delete the result after some days (30).",
        ),
        (
            forms.RequireForm, {"obligation": "human_review_before_effect", "detail": ""},
            "Permitted only with an obligation: A human reviews it before it takes effect.",
        ),
        (
            forms.DelayForm, {"triggers": "cart_left", "length": 1, "unit": 86_400},
            "Denied for 1 day after cart_left.",
        ),
    ],
)  # fmt: skip
def test_a_rule_is_read_back_with_all_that_it_says(form, said, expected):
    with override("en"):
        assert words.effect(rule(form, **said).effect) == expected


def test_a_rule_is_read_back_in_the_officers_language():
    capped = rule(
        forms.CapForm, limit=3, length=1, unit=86_400, per=["channel"], text_hi="इतनी बार नहीं।"
    )

    with override("hi"):
        assert "channel" not in words.effect(capped.effect)
        assert words.said(capped.text) == "इतनी बार नहीं।"
        assert words.said(capped.person) == WORDS["person_en"]


def test_codes_keep_their_order_among_words_that_run_from_right_to_left():
    named = rule(forms.DenyForm, purposes="marketing.*")

    with override("ur"):
        assert "\u2066marketing.*\u2069" in words.concerned(named.match)
    with override("hi"):
        assert "\u2066" not in words.concerned(named.match)
