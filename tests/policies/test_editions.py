"""The versions of the statutory rules: every rule came with one, and the newest decides."""

import pytest

from desk.decisions import words
from policies.pdp.engine import decide
from policies.rules import RULES
from policies.rules.permit import FINDINGS
from policies.rules.version import EDITIONS, POLICY_VERSION
from tests.policies.scenes import INDIA

pytestmark = pytest.mark.req("POL-14")


def test_every_rule_came_with_one_version():
    came = [number for one in EDITIONS for number in one.added]

    assert sorted(came) == sorted(
        {rule.number for rule in RULES} | {each.reason.rule for each in FINDINGS}
    )


def test_a_version_changes_only_what_was_there():
    known = set()
    for one in EDITIONS:
        assert known.issuperset(one.changed)
        known.update(one.added)


def test_they_follow_each_other_and_the_newest_decides():
    days = [one.since for one in EDITIONS]

    assert days == sorted(days)
    assert len({one.version for one in EDITIONS}) == len(EDITIONS)
    assert decide(INDIA).policy_version == POLICY_VERSION == EDITIONS[-1].version


def test_officers_read_what_each_brought():
    assert set(words.EDITIONS) == {one.version for one in EDITIONS}
    assert {one.reviewed_by for one in EDITIONS} <= set(words.REVIEWERS)
