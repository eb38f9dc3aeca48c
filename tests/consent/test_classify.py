"""What a change weighs: what is certain, what a person must weigh, what is nothing (CON-19)."""

import copy

import pytest

from consent.versions import classify
from consent.versions.classify import Weight

pytestmark = pytest.mark.req("CON-19")

PURPOSE = {
    "title": "Offers by e-mail", "description": "We write to you about lower prices.",
    "enables": "You learn of offers in time.", "dpv_purpose": "dpv:DirectMarketing",
    "grounds": {"IN": "consent"}, "categories": ["pd:EmailAddress", "pd:Name"],
    "operations": ["Use"], "recipients": ["post"], "retention_days": 365, "valid_days": 730,
    "owner": "Marketing", "is_marketing": True, "is_tracking": False,
    "is_detrimental_to_children": False, "uses_ai": False, "needs_explicit": True,
    "schedule_item": "", "parent": "",
}  # fmt: skip


def weigh(**changes):
    return {
        one.field: one.weight for one in classify.purpose_changes(PURPOSE, {**PURPOSE, **changes})
    }


@pytest.mark.parametrize(
    "change",
    [
        {"recipients": ["post", "agency"]},
        {"categories": ["pd:EmailAddress", "pd:Name", "pd:Age"]},
        {"categories": ["pd:EmailAddress", "pd:Health"]},
        {"operations": ["Use", "Share"]},
        {"retention_days": 366},
        {"valid_days": 731},
        {"valid_days": None},
        {"dpv_purpose": "dpv:Advertising"},
        {"grounds": {"IN": "s7a"}},
        {"grounds": {}},
        {"grounds": {"IN": "consent", "EU": "6-1-a"}},
        {"is_tracking": True},
        {"is_marketing": False},
        {"uses_ai": True},
        {"needs_explicit": False},
        {"is_detrimental_to_children": True},
        {"schedule_item": "Part B 4"},
        {"something_new": "x"},
    ],
)
def test_what_takes_more_from_people_or_nobody_thought_of_is_material(change):
    assert weigh(**change) == dict.fromkeys(change, Weight.MATERIAL)


@pytest.mark.parametrize(
    "change",
    [
        {"recipients": []},
        {"categories": ["pd:Name"]},
        {"categories": ["pd:Name", "pd:EmailAddress"]},
        {"retention_days": 30},
        {"valid_days": 30},
        {"owner": "Sales"},
        {"parent": "marketing"},
        {"title": "Offers by email"},
        {"title": "offers, by E-Mail"},
        {"description": "We write to you about lower pirces."},
        {"description": "We write to you about lower price."},
        {"description": "We write  to you\nabout lower prices!"},
    ],
)
def test_what_takes_less_or_is_spelt_otherwise_is_editorial(change):
    assert weigh(**change) == dict.fromkeys(change, Weight.EDITORIAL)


@pytest.mark.parametrize(
    "words",
    [
        "We write to you about prices.",
        "We write to you about lower prices and call you.",
        "We do not write to you about lower prices.",
        "They write to you about lower prices.",
        "",
    ],
)
def test_other_words_are_for_a_person_to_weigh(words):
    assert weigh(description=words) == {"description": Weight.UNCLEAR}


@pytest.mark.parametrize(
    ("old", "new"),
    [("not", "now"), ("1.5 years", "15 years"), ("12345 days", "12346 days"), ("10-20", "1020"),
     ("sold", "told"), ("शहर का नाम", "शहर का काम")],
)  # fmt: skip
def test_a_short_word_or_a_number_is_never_a_slip(old, new):
    (change,) = classify.purpose_changes({"description": old}, {"description": new})

    assert change.weight is Weight.UNCLEAR


def test_nothing_changed_is_nothing():
    assert classify.purpose_changes(PURPOSE, copy.deepcopy(PURPOSE)) == []
    assert not classify.is_material([])


def test_a_change_tells_what_was_and_what_is():
    (change,) = classify.purpose_changes(PURPOSE, {**PURPOSE, "retention_days": 400})

    assert (change.field, change.old, change.new) == ("retention_days", 365, 400)


ITEM = {
    "purpose": "a.b", "title": "Offers", "description": "We write to you.", "enables": "You know.",
    "data": ["E-mail address", "Name"], "recipients": ["Post"], "retention": "One year",
    "basis": "Your consent", "interests": "",
}  # fmt: skip
CONTENT = {
    "title": "What we ask", "introduction": "We ask you.", "items": [ITEM],
    "withdraw": {"text": "Withdraw", "url": "/privacy/"},
    "contact": {"name": "Meera", "email": "a@b.example"},
    "controller": {"name": "Lotus", "contact": "a@b.example"}, "transfers": "There are none.",
    "collected_from": "person",
}  # fmt: skip


def words(change):
    new = copy.deepcopy(CONTENT)
    change(new)
    found = classify.notice_changes({"en": CONTENT}, {"en": new}, ({"a.b"}, {"a.b"}))
    return {one.field: one.weight for one in found}


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("en: a.b data", lambda c: c["items"][0]["data"].append("Health")),
        ("en: a.b recipients", lambda c: c["items"][0]["recipients"].append("Agency")),
        ("en: a.b retention", lambda c: c["items"][0].update(retention="Two years")),
        ("en: a.b basis", lambda c: c["items"][0].update(basis="Our interest")),
        ("en: a.b more", lambda c: c["items"][0].update(more="x")),
        ("en: transfers", lambda c: c.update(transfers="To the United States.")),
        ("en: controller", lambda c: c.update(controller={"name": "Tulip", "contact": "x"})),
        ("en: source", lambda c: c.update(source="A data broker")),
        ("en: withdraw", lambda c: c.pop("withdraw")),
        ("en: collected_from", lambda c: c.pop("collected_from")),
        ("en: unheard", lambda c: c.update(unheard=1)),
    ],
)
def test_of_a_notice_facts_are_material(field, change):
    assert words(change) == {field: Weight.MATERIAL}


@pytest.mark.parametrize(
    ("field", "weight", "change"),
    [
        ("en: a.b data", Weight.EDITORIAL,
         lambda c: c["items"][0].update(data=["Email address", "Name"])),
        ("en: a.b data", Weight.EDITORIAL, lambda c: c["items"][0]["data"].pop()),
        ("en: withdraw", Weight.EDITORIAL, lambda c: c["withdraw"].update(url="/choices/")),
        ("en: contact", Weight.EDITORIAL, lambda c: c["contact"].update(name="Asha")),
        ("en: introduction", Weight.EDITORIAL, lambda c: c.update(introduction="We ask you!")),
        ("en: introduction", Weight.UNCLEAR, lambda c: c.update(introduction="We ask all.")),
        ("en: a.b title", Weight.UNCLEAR, lambda c: c["items"][0].update(title="Letters")),
    ],
)  # fmt: skip
def test_of_a_notice_words_are_weighed_like_a_purposes(field, weight, change):
    assert words(change) == {field: weight}


def test_a_purpose_more_is_material_and_a_purpose_less_is_not():
    both = {"en": CONTENT}

    (more,) = classify.notice_changes(both, both, ({"a.b"}, {"a.b", "c.d"}))
    (less,) = classify.notice_changes(both, both, ({"a.b", "c.d"}, {"a.b"}))

    assert (more.field, more.weight) == ("purposes", Weight.MATERIAL)
    assert less.weight is Weight.EDITORIAL


def test_a_language_more_is_editorial_and_a_language_less_is_for_a_person_to_weigh():
    one, two = {"en": CONTENT}, {"en": CONTENT, "hi": CONTENT}
    same = ({"a.b"}, {"a.b"})

    assert [c.weight for c in classify.notice_changes(one, two, same)] == [Weight.EDITORIAL]
    assert [c.weight for c in classify.notice_changes(two, one, same)] == [Weight.UNCLEAR]


@pytest.mark.parametrize("nonsense", [{}, {"items": None}, {"items": ["a"]}, {"title": 1}])
def test_nonsense_is_weighed_too(nonsense):
    found = classify.notice_changes({"en": CONTENT}, {"en": nonsense}, ({"a.b"}, {"a.b"}))

    assert classify.is_material(found)
