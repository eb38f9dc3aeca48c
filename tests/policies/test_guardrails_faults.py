"""Rules that cannot stand together are refused with the reason, before anybody rehearses them."""

import time

import pytest

from policies.guardrails import parse
from policies.guardrails.faults import Known, faults
from policies.versions import words
from tests.factories.policies import rule

pytestmark = pytest.mark.req("POL-14")

KNOWN = Known(
    purposes=frozenset({"marketing.email", "marketing.sms", "research", "old"}),
    open_purposes=frozenset({"marketing.email", "marketing.sms", "research"}),
    categories=frozenset({"pd:EmailAddress"}),
    recipients=frozenset({"post"}),
)


def found(*rules):
    return [(one.kind, one.rules) for one in faults(parse(list(rules)), KNOWN)]


def test_rules_that_can_stand_have_no_fault():
    rules = [
        rule("a", channels=["sms"], regions=["DE"]),
        rule("b", "cap", limit=3, seconds=60, per=["channel"]),
        rule("c", "cap", limit=9, seconds=600, per=["channel"]),
        rule("d", "quiet", starts="21:00", ends="09:00"),
        rule("e", "require", obligation="why", args={"url": "x"}, purposes=["marketing.*"]),
        rule("f", "require", obligation="why", args={"url": "y"}, purposes=["research"]),
        rule("g", attributes=["health.*"], unless_volunteered=True),
        rule("h", purposes=["marketing.*"], campaigns=["diwali"]),
    ]

    assert found(*rules) == []


@pytest.mark.parametrize(
    ("rules", "kind", "blamed"),
    [
        ([rule("a", channels=["x"]), rule("a", channels=["y"])], "twice", ("a",)),
        ([rule("a", purposes=["sys.rights"])], "reserved", ("a",)),
        ([rule("a", purposes=["sys.*"])], "reserved", ("a",)),
        ([rule("a", purposes=["marketing.emial"])], "unknown_purposes", ("a",)),
        ([rule("a", categories=["pd:Shoe"])], "unknown_categories", ("a",)),
        ([rule("a", recipients=["bank"])], "unknown_recipients", ("a",)),
        (
            [rule("a", "require", obligation="notify_first", args={"purpose": "marketing.fax"})],
            "unknown_purposes", ("a",),
        ),
        (
            [rule("a", "require", obligation="mask", args={"data": ["pd:Shoe"]})],
            "unknown_categories", ("a",),
        ),
        ([rule("a")], "lock_out", ("a",)),
        ([rule("a", "off", whom="everybody")], "lock_out", ("a",)),
        ([rule("a", "quiet", starts="09:00", ends="09:00")], "lock_out", ("a",)),
        (
            [rule("a", purposes=["marketing.*"]), rule("b", purposes=["research"])],
            "lock_out", ("a", "b"),
        ),
        (
            [
                rule("night", "quiet", starts="21:00", ends="09:00"),
                rule("day", "quiet", starts="09:00", ends="21:00"),
            ],
            "lock_out", ("night", "day"),
        ),
        (
            [
                rule("a", purposes=["marketing.*"]),
                rule("b", "quiet", starts="10:00", ends="10:00", purposes=["research"]),
            ],
            "lock_out", ("a", "b"),
        ),
        (
            [rule("a", "require", obligation="n", args={"purpose": "research"},
                  purposes=["research"])],
            "loop", ("a",),
        ),
        (
            [
                rule("a", "require", obligation="n", args={"purpose": "research"},
                     purposes=["marketing.*"]),
                rule("b", "require", obligation="m", args={"purpose": "marketing.sms"},
                     purposes=["research"]),
            ],
            "loop", ("b", "a"),
        ),
        (
            [
                rule("a", "require", obligation="n", args={"purpose": "research"},
                     purposes=["marketing.*"]),
                rule("b", purposes=["research"]),
            ],
            "duty_barred", ("a", "b"),
        ),
        (
            [
                rule("a", "require", obligation="why", args={"url": "x"}),
                rule("b", "require", obligation="why", args={"url": "y"}, channels=["sms"]),
            ],
            "different_duties", ("a", "b"),
        ),
        (
            [
                rule("a", "cap", limit=3, seconds=60, per=["channel", "item"]),
                rule("b", "cap", limit=4, seconds=60, per=["item", "channel"]),
            ],
            "different_limits", ("a", "b"),
        ),
        (
            [
                rule("wide", purposes=["marketing.*"]),
                rule("why", "require", obligation="why", purposes=["marketing.sms"]),
            ],
            "pointless", ("why", "wide"),
        ),
        (
            [
                rule("wide", regions=["IN"]),
                rule("cap", "cap", limit=1, seconds=60, regions=["IN-MH"], channels=["sms"]),
            ],
            "pointless", ("cap", "wide"),
        ),
    ],
)  # fmt: skip
def test_a_fault_is_found_and_said(rules, kind, blamed):
    assert (kind, blamed) in found(*rules)

    said = words.refusal(faults(parse(rules), KNOWN))
    assert all(code in said for code in blamed)


@pytest.mark.parametrize(
    "rules",
    [
        [rule("a", purposes=["marketing.*"])],
        [rule("a", unless_volunteered=True)],
        [rule("a", "off")],
        [rule("a", "quiet", starts="09:00", ends="08:59")],
        [rule("a", "quiet", starts="09:00", ends="09:00", days=[6, 7])],
        [rule("a", "require", obligation="n", args={"purpose": "research"},
              purposes=["marketing.*"])],
        [
            rule("a", "require", obligation="why", args={"url": "x"}, channels=["sms"]),
            rule("b", "require", obligation="why", args={"url": "y"}, channels=["push"]),
        ],
        [rule("a", purposes=["old"])],
    ],
)  # fmt: skip
def test_what_only_looks_like_a_fault_is_none(rules):
    assert found(*rules) == []


def test_what_is_left_open_by_one_rule_is_not_covered_by_another():
    narrow = rule("narrow", regions=["IN-MH"])
    wide = rule("wide", "require", obligation="why", regions=["IN"])

    assert found(narrow, wide) == []


@pytest.mark.parametrize("kind", ["deny", "require", "cap"])
def test_ten_thousand_rules_are_looked_through_in_seconds(kind):
    more = {
        "deny": {},
        "require": {"obligation": "why"},
        "cap": {"limit": 3, "seconds": 60},
    }[kind]
    rules = parse([
        rule(f"r{n}", kind, **more, campaigns=[f"c{n}"],
             **({"args": {"n": n}} if kind == "require" else {}))
        for n in range(10_000)
    ])  # fmt: skip

    begun = time.process_time()

    assert faults(rules, KNOWN) == []
    assert time.process_time() - begun < 10


def test_every_kind_of_fault_has_its_sentence():
    assert set(words.FAULTS) >= {
        "twice", "reserved", "unknown_purposes", "unknown_categories", "unknown_recipients",
        "lock_out", "loop", "duty_barred", "different_duties", "different_limits", "pointless",
    }  # fmt: skip
