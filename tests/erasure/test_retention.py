"""Retention: rules that contradict are resolved and explained, and what must go is purged."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from audit import alarms
from erasure import errors, selectors
from erasure.models import Case, RetentionRule
from erasure.planning.retention import Counted, Rule, minima, resolve
from erasure.services import deciding, retaining
from erasure.services.retaining import NewRule
from registry import services as registry
from tests.erasure.cases_world import EMAIL, OFFICER, fates, opened, system
from tests.erasure.test_cases_deciding import policy
from tests.factories.company import OFFERS, company

pytestmark = pytest.mark.req("ERA-13")
TODAY = date(2026, 11, 22)
SINCE = Counted(collected=date(2026, 1, 1))
TAX = Rule(code="tax", minimum_days=2000, citation="Tax Act 5")
BANK = Rule(code="bank", minimum_days=3000, citation="Banking Act 9", category=EMAIL)
SHORT = Rule(code="short", maximum_days=30)


def resolved(*rules, packs=("IN",), purposes=(), category=EMAIL, counted=SINCE):
    return resolve(rules, category, purposes, packs, counted, TODAY)


class TestResolving:
    def test_the_longest_minimum_decides_and_is_cited(self):
        found = resolved(TAX, BANK)

        assert (found.decided_by, found.citation) == ("bank", "Banking Act 9")
        assert found.keep_until == date(2026, 1, 1) + timedelta(days=3000)
        assert found.considered == ("bank", "tax")

    def test_a_maximum_gives_way_to_a_law_and_the_answer_says_so(self):
        found = resolved(TAX, SHORT)

        assert found.overruled == ("short",)
        assert found.gone_from == found.keep_until

    def test_the_shortest_maximum_counts_where_no_law_wants_more(self):
        found = resolved(SHORT, Rule(code="long", maximum_days=900))

        assert (found.keep_until, found.gone_from) == (None, date(2026, 1, 31))

    def test_a_minimum_of_another_law_does_not_bind(self):
        indian = Rule(code="in", pack="IN", minimum_days=900, citation="s.8(7)")

        assert resolved(indian).decided_by == "in"
        assert resolved(indian, packs=("EU",)).considered == ()
        assert resolved(indian, packs=("IN", "EU")).considered == ()

    def test_one_of_a_purpose_binds_where_the_data_serve_it(self):
        orders = Rule(code="orders", purpose="orders", minimum_days=900, citation="c")

        assert resolved(orders).considered == ()
        assert resolved(orders, purposes=("orders",)).decided_by == "orders"

    def test_where_nobody_knows_the_day_a_minimum_counts_from_today(self):
        found = resolved(Rule(code="u", counts_from="last_use", minimum_days=10, citation="c"))

        assert found.keep_until == TODAY + timedelta(days=10)

    def test_a_minimum_that_has_passed_keeps_nothing(self):
        passed = Rule(code="p", minimum_days=5, citation="c")

        assert minima([passed, TAX], [EMAIL], (), ("IN",), SINCE, TODAY)[0].rule == "tax"
        assert minima([passed], [EMAIL], (), ("IN",), SINCE, TODAY) == ()

    rules = st.lists(
        st.builds(
            Rule, code=st.sampled_from("abcdef"), pack=st.sampled_from(["", "IN", "EU"]),
            minimum_days=st.integers(0, 4_000_000), citation=st.just("c"),
            maximum_days=st.none() | st.integers(0, 4_000_000),
            counts_from=st.sampled_from(["collected", "last_use", "purpose_end"]),
        ),
        max_size=6,
    )  # fmt: skip

    @given(rules=rules, packs=st.sampled_from([("IN",), ("EU",), ("IN", "EU"), ()]))
    def test_nothing_must_be_gone_before_a_law_lets_it(self, rules, packs):
        found = resolve(rules, EMAIL, (), packs, SINCE, TODAY)

        assert not (found.keep_until and found.gone_from) or found.gone_from >= found.keep_until
        assert bool(found.keep_until) == bool(found.citation)


def rule(company, **said):
    new = NewRule(**{"code": "r", "counts_from": "collected", **said})
    return retaining.record_rule(by=OFFICER, controller_id=company.id, new=new)


@pytest.fixture
def lotus(db):
    return company()


@pytest.mark.req("BRD-AD2")
class TestRules:
    @pytest.mark.parametrize(
        "said",
        [
            {"minimum_days": 5}, {"purpose": "no.such", "maximum_days": 5},
            {"category": "pd:Nothing", "maximum_days": 5}, {"pack": "US", "maximum_days": 5},
            {"minimum_days": 9, "citation": "c", "maximum_days": 5}, {"maximum_days": 0},
            {"counts_from": "birth", "maximum_days": 5}, {"code": "not a slug", "maximum_days": 5},
            {"counts_from": "purpose_end", "maximum_days": 5}, {"maximum_days": 4_000_000},
            {"minimum_days": 4_000_000, "citation": "c"},
        ],
    )  # fmt: skip
    def test_one_without_law_or_sense_is_refused(self, lotus, said):
        with pytest.raises(errors.RetentionRuleError):
            rule(lotus, **said)
        assert not RetentionRule.objects.exists()

    def test_it_is_ended_and_never_changed(self, lotus):
        found = rule(lotus, maximum_days=30)

        with pytest.raises(errors.RetentionRuleError):
            rule(lotus, maximum_days=40)
        with pytest.raises(DatabaseError), transaction.atomic():
            RetentionRule.objects.filter(pk=found.pk).update(maximum_days=40)
        retaining.end_rule(by=OFFICER, controller_id=lotus.id, rule_id=found.id)
        assert selectors.rules(lotus.id) == ()
        with pytest.raises(errors.RetentionRuleUnknownError):
            retaining.end_rule(by=OFFICER, controller_id=lotus.id, rule_id=found.id)

    def test_a_minimum_keeps_an_element_until_its_day(self, lotus):
        policy(lotus, vault=False)
        system(lotus, "crm", holds=[EMAIL, "pd:Name"], by_category=True)
        rule(lotus, minimum_days=100, citation="Tax Act 5", purpose=OFFERS)
        asha = lotus.person()
        lotus.yes(asha)

        found = selectors.case(lotus.id, opened(lotus, asha).id)

        element = next(one for one in found.plan["elements"] if one["fate"] == "keep")
        assert element["citation"] == "Tax Act 5"
        assert found.revisit_on == date.fromisoformat(element["until"])

    def test_it_is_explained_for_one_person(self, lotus):
        rule(lotus, minimum_days=100, citation="Tax Act 5")
        rule(lotus, code="short", maximum_days=5)

        found = retaining.explain(lotus.id, lotus.person().id, EMAIL)

        assert (found.citation, found.overruled) == ("Tax Act 5", ("short",))


@pytest.mark.req("BRD-AD2")
class TestPurging:
    def later(self, days):
        return time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=True)

    def test_what_is_past_its_maximum_goes_once(self, lotus):
        policy(lotus, vault=False)
        rule(lotus, maximum_days=30, purpose=OFFERS)
        asha = lotus.person()
        lotus.yes(asha)

        assert retaining.purge_due() == 0
        with self.later(40):
            assert retaining.purge_due() == 1
            assert retaining.purge_due() == 0

        case = Case.objects.get()
        assert (case.trigger, case.scope_type, case.scope) == ("retention", "purpose", OFFERS)

    def test_it_goes_once_officers_had_their_days_to_object(self, lotus):
        policy(lotus, vault=False, alert_days=14)
        lotus.person()

        with self.later(40):
            rule(lotus, maximum_days=30, effective_on=date(2020, 1, 1))
            assert retaining.purge_due() == 0
            assert retaining.warn() == 1
        with self.later(53):
            assert retaining.purge_due() == 0
        with self.later(55):
            assert retaining.purge_due() == 1
            assert retaining.warn() == 0

    def test_what_went_is_not_announced_again(self, lotus):
        policy(lotus, vault=False)
        rule(lotus, maximum_days=30, purpose=OFFERS)
        lotus.yes(lotus.person())

        with self.later(40):
            retaining.purge_due()
            assert retaining.warn() == 0

    @pytest.mark.parametrize("counts_from", ["collected", "last_use"])
    def test_what_an_officer_refused_does_not_come_back_the_next_day(self, lotus, counts_from):
        policy(lotus, vault=False, approval=["retention"])
        rule(lotus, maximum_days=30, counts_from=counts_from)
        lotus.person()

        with self.later(40):
            assert retaining.purge_due() == 1
            deciding.refuse(
                by=OFFICER, controller_id=lotus.id, case_id=Case.objects.get().id,
                reason="A claim is open.", ground="",
            )  # fmt: skip
        with self.later(42):
            assert retaining.purge_due() == 0

    def test_what_goes_by_nothing_but_a_word_is_not_announced(self, lotus):
        policy(lotus, automatic=[])
        rule(lotus, maximum_days=30)
        lotus.person()

        with self.later(40):
            assert retaining.warn() == 0

    def test_a_category_goes_once(self, lotus):
        policy(lotus, vault=False)
        registry.record_category(by=OFFICER, controller_id=lotus.id, code=EMAIL, name="E-mail")
        rule(lotus, maximum_days=30, category=EMAIL)
        lotus.person()

        with self.later(40):
            assert retaining.purge_due() == 1
        with self.later(42):
            assert retaining.purge_due() == 0
            assert retaining.warn() == 0

    @pytest.mark.parametrize(("residence", "gone"), [("IN", 0), ("DE", 1)])
    def test_a_rule_of_one_law_is_for_people_under_it(self, lotus, residence, gone):
        policy(lotus, vault=False)
        rule(lotus, maximum_days=30, pack="EU")
        lotus.person("max@example.de", residence=residence)

        with self.later(40):
            assert retaining.warn() == gone
            assert retaining.purge_due() == gone

    @pytest.mark.parametrize("days", [30_000, 4_000_000])
    def test_a_rule_that_reaches_behind_the_calendar_stops_nobody_elses(self, lotus, days):
        """Entered before there was a bound."""
        policy(lotus, vault=False)
        lotus.yes(lotus.person())
        RetentionRule.objects.create(
            controller_id=lotus.id, code="slip", maximum_days=days, counts_from="collected",
            effective_on=TODAY, created_by="author",
        )  # fmt: skip

        assert retaining.purge_due() == 0
        assert retaining.warn() == 0

    def test_without_an_approved_policy_nothing_is_purged(self, lotus):
        rule(lotus, maximum_days=30, purpose=OFFERS)
        lotus.yes(lotus.person())

        with self.later(40):
            assert retaining.purge_due() == 0

    def test_an_officer_is_warned_before(self, lotus):
        policy(lotus, alert_days=14)
        rule(lotus, maximum_days=30)
        lotus.person()

        assert retaining.warn() == 0
        with self.later(20):
            assert retaining.warn() == 1
            assert [one.kind for one in alarms.open_alarms([lotus.id])] == ["purge_near"]

    def test_what_a_law_kept_goes_when_the_law_lets_it(self, lotus):
        policy(lotus, vault=False)
        system(lotus, "crm", holds=[EMAIL], by_category=True)
        rule(lotus, minimum_days=100, citation="Tax Act 5")
        done = opened(lotus, lotus.person())
        Case.objects.filter(pk=done.id).update(
            state="closed", closed_at=datetime.now(UTC), closed_by="engine"
        )

        with self.later(99):
            assert retaining.revisit_due() == 0
        with self.later(101):
            assert retaining.revisit_due() == 1

        after = Case.objects.get(trigger_ref=f"after:{done.id}")
        assert set(fates(after.plan).values()) == {"erase"}
