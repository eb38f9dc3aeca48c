"""The versions of a catalogue: which one is in force at a moment, and that it is compiled once."""

from datetime import UTC, datetime, timedelta

import pytest

from policies.guardrails.compiled import Refusing
from policies.pdp.catalogue import compiled as catalogue
from policies.pdp.catalogue import micros
from policies.pdp.policy import NONE
from policies.versions import services
from policies.versions.loading import LAW_ALONE, Timeline
from tests.factories import policies
from tests.factories.company import company
from tests.factories.policies import AUTHOR, rule

pytestmark = pytest.mark.req("POL-14")

FIRST, SECOND = Refusing(1), Refusing(2)
LINE = Timeline((10, 20), (FIRST, SECOND))


@pytest.mark.parametrize(
    ("now", "policy", "until"),
    [(9, NONE, 10), (10, FIRST, 20), (19, FIRST, 20), (20, SECOND, None), (99, SECOND, None)],
)
def test_a_version_holds_from_its_first_microsecond_to_the_next_ones(now, policy, until):
    assert LINE.at(now) is policy
    assert LINE.until(now) == until


def test_without_versions_the_law_alone_decides():
    assert LAW_ALONE.at(1) is NONE
    assert LAW_ALONE.until(1) is None


@pytest.mark.django_db(transaction=True)
class TestCatalogue:
    def caller(self):
        (found,) = catalogue().callers.values()
        return found

    def test_holds_what_is_in_force_and_what_is_to_come(self):
        lotus = company()
        policies.in_force(lotus.id, rule("old", channels=["sms"]))
        policies.in_force(lotus.id, rule("now", channels=["sms"]))
        later = datetime.now(UTC) + timedelta(days=1)
        policies.in_force(lotus.id, rule("next", channels=["sms"]), effective_from=later)

        timeline = self.caller().timeline

        assert [one.number for one in timeline.policies] == [2, 3]
        assert timeline.starts[1] == micros(later)

    def test_a_permit_lasts_no_longer_than_the_rules_it_was_given_under(self):
        lotus = company()
        begins = datetime.now(UTC) + timedelta(hours=1)
        policies.in_force(lotus.id, rule("next", channels=["sms"]), effective_from=begins)

        caller = self.caller()

        assert caller.lasting(micros(begins) - 5_000_001, 60) == 5
        assert caller.lasting(micros(begins) - 90_000_000, 60) == 60
        assert caller.lasting(micros(begins), 60) == 60

    def test_a_version_is_compiled_once(self):
        lotus = company()
        policies.in_force(lotus.id, rule("now", channels=["sms"]))

        first, second = self.caller().timeline, self.caller().timeline

        assert first.policies[0] is second.policies[0]

    def test_a_draft_and_a_withdrawn_version_are_not_in_it(self):
        lotus = company()
        policies.in_force(lotus.id, rule("now", channels=["sms"]))
        services.roll_back(by=AUTHOR, controller_id=lotus.id, number=0)
        policies.draft(lotus.id, rule("draft", channels=["sms"]))

        assert self.caller().timeline is LAW_ALONE
