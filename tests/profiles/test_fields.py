"""Which fields a reader gets and why not the others: examples of each reason."""

from datetime import UTC, datetime, timedelta

import pytest

from profiles.fields import Cell, Defined, Held, Ruling, Why, fields, plan

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
FRESH, OLD = NOW - timedelta(days=1), NOW - timedelta(days=400)
CONTACT, HEALTH = "pd:EmailAddress", "pd:Health"
EMAIL = Defined(code="email", title="E-mail", category=CONTACT, kind="email", fresh_for_days=365)
DIAGNOSIS = Defined(code="diagnosis", title="Diagnosis", category=HEALTH, sensitivity="special")
SHOWN = Cell(category=CONTACT, treatment="show")
PERMITTED = {CONTACT: Ruling(permit=True), HEALTH: Ruling(permit=True)}
WITHDRAWN = Ruling(permit=False, reason_code="CONSENT_WITHDRAWN", text="No more.", since=OLD)
HERE = Held(source="crm", value="a@example.in", observed_at=FRESH, verified_by="kyc")


def one(definition=EMAIL, cells=(SHOWN,), rulings=PERMITTED, held=(HERE,), opens=()):
    planned = plan([definition], cells, rulings, opens.__contains__)
    found = fields(
        planned, {definition.code: held}, now=NOW, treat=lambda _defined, how, _value: f"<{how}>"
    )
    return found[0]


class TestMatrix:
    @pytest.mark.req("PRO-01")
    def test_what_no_rule_names_is_hidden(self):
        found = one(cells=())

        assert (found.value, found.why, found.treatment) == (None, Why.ROLE, "hide")

    def test_what_a_rule_shows_is_shown_with_its_source(self):
        found = one()

        assert (found.value, found.why, found.source) == ("a@example.in", None, "crm")
        assert (found.observed_at, found.verified_by) == (FRESH, "kyc")

    @pytest.mark.parametrize("treatment", ["hide", "", "everything"])
    def test_what_is_no_treatment_hides(self, treatment):
        assert one(cells=[Cell(category=CONTACT, treatment=treatment)]).why is Why.ROLE

    def test_a_rule_about_the_attribute_outweighs_its_category(self):
        own = Cell(category=CONTACT, attribute="email", treatment="hide")

        assert one(cells=[SHOWN, own]).why is Why.ROLE

    def test_a_rule_about_another_attribute_is_not_about_this_one(self):
        assert one(cells=[Cell(category=CONTACT, attribute="name", treatment="show")]).value is None

    def test_a_masked_field_says_so(self):
        found = one(cells=[Cell(category=CONTACT, treatment="partial")])

        assert (found.value, found.why, found.treatment) == ("<partial>", Why.MASKED, "partial")

    @pytest.mark.req("PRO-07")
    def test_sensitive_data_need_a_rule_of_their_own(self):
        ordinary = Cell(category=HEALTH, treatment="show")
        own = Cell(category=HEALTH, treatment="show", sensitivity="special")

        assert one(DIAGNOSIS, [ordinary]).why is Why.SENSITIVE
        assert one(DIAGNOSIS, [own]).value == "a@example.in"
        assert one(DIAGNOSIS, []).why is Why.ROLE

    def test_a_rule_about_sensitive_data_is_not_about_ordinary(self):
        own = Cell(category=CONTACT, treatment="show", sensitivity="special")

        assert one(cells=[own]).why is Why.ROLE


class TestDecision:
    def test_a_denied_category_says_why_and_since_when(self):
        found = one(rulings={CONTACT: WITHDRAWN})

        assert (found.value, found.why) == (None, Why.DENIED)
        assert (found.reason_code, found.since) == ("CONSENT_WITHDRAWN", OLD)
        assert found.why_text == "No more."

    def test_a_category_nobody_decided_about_is_denied(self):
        assert one(rulings={}).why is Why.DENIED

    def test_where_the_record_stands_is_told_as_restricted(self):
        ruling = Ruling(permit=False, reason_code="PROCESSING_RESTRICTED", is_standing=True)

        assert one(rulings={CONTACT: ruling}).why is Why.RESTRICTED

    def test_whoever_may_not_see_the_field_learns_no_decision(self):
        found = one(cells=(), rulings={CONTACT: WITHDRAWN})

        assert (found.why, found.reason_code, found.since) == (Why.ROLE, "", None)

    def test_of_a_denied_field_nothing_tells_whether_it_has_a_value(self):
        assert one(rulings={CONTACT: WITHDRAWN}) == one(rulings={CONTACT: WITHDRAWN}, held=())


class TestSources:
    def test_what_no_source_has_is_unknown(self):
        assert one(held=()).why is Why.UNKNOWN

    def test_another_units_source_is_not_shown(self):
        found = one(held=[Held(source="loans", is_of_other_unit=True, value="a", observed_at=NOW)])

        assert (found.value, found.why, found.source) == (None, Why.UNIT, "")

    def test_a_source_that_did_not_answer_is_unavailable(self):
        assert one(held=[Held(source="crm", is_unavailable=True)]).why is Why.UNAVAILABLE

    def test_another_source_stands_in_for_one_that_did_not_answer(self):
        assert one(held=[Held(source="cdp", is_unavailable=True), HERE]).source == "crm"

    @pytest.mark.req("PRO-04")
    def test_a_stale_value_is_not_shown_and_says_how_old_it_is(self):
        found = one(held=[Held(source="crm", value="a", observed_at=OLD)])

        assert (found.value, found.why, found.observed_at) == (None, Why.STALE, OLD)
        assert found.reason_code == "ACCURACY_NOT_ASSURED"

    def test_a_value_of_unknown_age_is_stale_where_age_matters(self):
        assert one(held=[Held(source="crm", value="a")]).why is Why.STALE
        assert one(DIAGNOSIS, [Cell(category=HEALTH, treatment="show", sensitivity="special")],
                   held=[Held(source="crm", value="a")]).value == "a"  # fmt: skip

    def test_the_newest_value_counts(self):
        other = Held(source="cdp", value="b", observed_at=NOW)

        assert one(held=[HERE, other]).value == one(held=[other, HERE]).value == "b"

    def test_a_value_that_was_taken_in_as_more_sensitive_stays_so(self):
        assert one(held=[Held(source="crm", value="a", sensitivity="child")]).why is Why.SENSITIVE


@pytest.mark.req("PRO-07")
class TestLists:
    def test_nothing_sensitive_is_in_a_list(self):
        own = Cell(category=HEALTH, treatment="show", sensitivity="special")

        (found,) = plan([DIAGNOSIS], [own], PERMITTED, is_list=True)

        assert (found.why, found.treatment) == (Why.SENSITIVE, "hide")

    def test_what_is_ordinary_is(self):
        assert plan([EMAIL], [SHOWN], PERMITTED, is_list=True) == plan([EMAIL], [SHOWN], PERMITTED)

    def test_of_what_no_rule_shows_a_list_tells_no_more(self):
        (found,) = plan([DIAGNOSIS], [], PERMITTED, is_list=True)

        assert found.why is Why.ROLE


class TestBeyondTheView:
    def test_what_was_opened_is_shown_without_its_mask(self):
        found = one(cells=[Cell(category=CONTACT, treatment="partial")], opens=["email"])

        assert (found.value, found.why, found.is_beyond_view) == ("a@example.in", None, True)

    def test_what_was_opened_is_shown_though_hidden_sensitive_or_another_units(self):
        held = [Held(source="loans", is_of_other_unit=True, value="a", observed_at=FRESH)]

        assert one(cells=(), opens=["email"]).value == "a@example.in"
        assert one(DIAGNOSIS, (), opens=["diagnosis"], held=held).value == "a"

    def test_no_decision_is_ever_opened(self):
        assert one(opens=["email"], rulings={CONTACT: WITHDRAWN}).why is Why.DENIED

    def test_nor_what_is_stale(self):
        held = [Held(source="crm", value="a", observed_at=OLD)]

        assert one(cells=(), opens=["email"], held=held).why is Why.STALE

    def test_what_the_view_shows_anyway_is_not_beyond_it(self):
        assert one(opens=["email"]).is_beyond_view is False
