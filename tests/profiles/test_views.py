"""Versions of the views: drafted, previewed, approved by a second person, taken back (PRO-01)."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from audit.models import EntryIndex
from audit.selectors import payload
from consent import services as consents
from consent.models import Purpose
from profiles import selectors_views as selectors
from profiles import services as profiles
from profiles.errors_views import (
    RulesUnfitError,
    RuleUnknownError,
    ViewDraftExistsError,
    ViewNotADraftError,
    ViewNotPreviewedError,
    ViewSecondPersonError,
    ViewsNothingToRollBackError,
)
from profiles.matrix import Change, Place
from profiles.models import AttributeDefinition, ViewRule
from profiles.selectors_views import ViewStanding
from tests.profiles import views_world
from tests.profiles.views_world import (
    AUTHOR,
    BRANCH,
    CAMPAIGN,
    CONTACT,
    HEALTH,
    MONEY,
    OFFERS,
    SECOND,
    SURVEYS,
    THIRD,
    rule,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("PRO-01")]
PLACE = Place(BRANCH, OFFERS, CONTACT)


@pytest.fixture
def lotus():
    return views_world.make()


def previewed(version, by=SECOND):
    return profiles.note_previewed(by=by, version=version)


class TestDrafting:
    def test_begins_with_no_rule_and_shows_nobody_anything(self, lotus):
        draft = profiles.draft_view(by=AUTHOR, controller_id=lotus.id, note="The first")

        assert (draft.number, draft.authors) == (1, [AUTHOR.id])
        assert selectors.standing(draft) is ViewStanding.DRAFT
        assert selectors.rules_of(draft) == {}
        assert selectors.in_force(lotus.id) is None

    def test_begins_with_the_rules_in_force(self, lotus):
        lotus.in_force(rule("partial"))

        draft = profiles.draft_view(by=AUTHOR, controller_id=lotus.id, note="The next")

        assert draft.number == 2
        assert selectors.rules_of(draft) == {PLACE: "partial"}

    def test_is_of_one_draft_at_a_time(self, lotus):
        lotus.draft(rule())

        with pytest.raises(ViewDraftExistsError):
            profiles.draft_view(by=SECOND, controller_id=lotus.id, note="Another")

    def test_needs_a_word_of_why(self, lotus):
        with pytest.raises(ValidationError):
            profiles.draft_view(by=AUTHOR, controller_id=lotus.id, note="")

    def test_is_recorded(self, lotus):
        draft = lotus.draft(rule())

        entry = EntryIndex.objects.get(event="view:drafted")
        assert (entry.target_id, entry.actor_id) == (str(draft.id), AUTHOR.id)
        assert payload(entry.id)["data"] == {"number": 1, "base": 0}


class TestRules:
    def test_of_a_place_replace_each_other(self, lotus):
        draft = lotus.draft(rule("show"))

        profiles.put_rules(by=AUTHOR, version=draft, rules=[rule("token")])

        assert selectors.rules_of(draft) == {PLACE: "token"}

    def test_that_are_empty_take_the_old_one_away(self, lotus):
        draft = lotus.draft(rule("show"), rule("show", category=MONEY))

        profiles.put_rules(by=AUTHOR, version=draft, rules=[rule("")])

        assert selectors.rules_of(draft) == {Place(BRANCH, OFFERS, MONEY): "show"}

    def test_may_be_about_one_attribute_a_relation_or_a_sensitivity(self, lotus):
        draft = lotus.draft(
            rule("show"), rule("hide", attribute="mobile"), rule("partial", relation="joint"),
            rule("show", category=HEALTH, sensitivity="special"),
        )  # fmt: skip

        assert len(selectors.rules_of(draft)) == 4

    def test_that_change_nothing_leave_the_preview_as_it_is(self, lotus):
        draft = previewed(lotus.draft(rule("show")))

        same = profiles.put_rules(by=THIRD, version=draft, rules=[rule("show")])

        assert same.previewed_at is not None
        assert same.authors == [AUTHOR.id]

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"role": "nobody"}, "no such reader's role"),
            ({"purpose": "no.such"}, "no such purpose"),
            ({"category": "pd:Unknown"}, "not registered"),
            ({"attribute": "shoe_size"}, "no such attribute"),
            ({"attribute": "income"}, "another category"),
            ({"category": HEALTH, "attribute": "diagnosis"}, "another category or sensitivity"),
            ({"attribute": "email", "treatment": "year"}, "cannot be treated so"),
            ({"treatment": "region"}, "cannot be treated so"),
        ],
    )
    def test_that_cannot_stand_are_refused_with_the_reason(self, lotus, wrong, words):
        draft = lotus.draft(rule("partial"))

        with pytest.raises(RulesUnfitError, match=words):
            profiles.put_rules(
                by=AUTHOR,
                version=draft,
                rules=[rule("token"), rule(**{"treatment": "show"} | wrong)],
            )

        assert selectors.rules_of(draft) == {PLACE: "partial"}

    @pytest.mark.parametrize(
        "wrong", [{"sensitivity": "secret"}, {"relation": "cousin"}, {"treatment": "blur"}]
    )
    def test_with_terms_that_do_not_exist_are_refused(self, lotus, wrong):
        draft = lotus.draft()

        with pytest.raises(RulesUnfitError):
            profiles.put_rules(
                by=AUTHOR, version=draft, rules=[rule(**{"treatment": "show"} | wrong)]
            )

    def test_of_another_company_are_unknown_here(self, lotus):
        tulip = views_world.make("tulip", "Tulip Stores")
        profiles.create_role(by=AUTHOR, controller_id=tulip.id, code="agent", name="Agent")

        with pytest.raises(RulesUnfitError, match="no such reader's role"):
            lotus.draft(rule(role="agent"))

    def test_are_removed_one_by_one(self, lotus):
        draft = lotus.draft(rule("show"))
        row = ViewRule.objects.get(version=draft)

        profiles.remove_rule(by=THIRD, version=draft, rule_id=row.id)

        draft.refresh_from_db()
        assert selectors.rules_of(draft) == {}
        assert draft.authors == [AUTHOR.id, THIRD.id]
        with pytest.raises(RuleUnknownError):
            profiles.remove_rule(by=THIRD, version=draft, rule_id=row.id)

    def test_are_told_in_the_log_by_number_alone(self, lotus):
        lotus.draft(rule("show"), rule("show", category=MONEY))

        entry = EntryIndex.objects.get(event="view:rules_put")
        assert payload(entry.id)["data"] == {"number": 1, "rules": 2}


class TestApproval:
    def test_puts_the_draft_in_force_and_ends_the_one_before(self, lotus):
        first = lotus.in_force(rule("show"))
        second = lotus.in_force(rule("hide"))

        first.refresh_from_db()
        assert selectors.in_force(lotus.id) == second
        assert selectors.standing(first) is ViewStanding.ENDED
        assert (first.ended_by, second.approved_by) == (SECOND.id, SECOND.id)
        assert selectors.in_force_at(lotus.id, first.approved_at) == first

    def test_needs_a_preview(self, lotus):
        with pytest.raises(ViewNotPreviewedError):
            profiles.approve_view(by=SECOND, version=lotus.draft(rule()))

    def test_needs_a_preview_of_what_the_draft_is_now(self, lotus):
        draft = previewed(lotus.draft(rule("partial")))
        changed = profiles.put_rules(by=AUTHOR, version=draft, rules=[rule("show")])

        assert changed.previewed_at is None
        with pytest.raises(ViewNotPreviewedError):
            profiles.approve_view(by=SECOND, version=changed)

    def test_is_of_what_the_approver_had_before_them(self, lotus):
        """Between their page and their click somebody changed a rule and looked at it."""
        before = previewed(lotus.draft(rule("partial")))
        profiles.put_rules(by=AUTHOR, version=before, rules=[rule("show")])
        previewed(before, by=AUTHOR)

        with pytest.raises(ViewNotPreviewedError):
            profiles.approve_view(by=SECOND, version=before)

    @pytest.mark.parametrize("by", [AUTHOR, THIRD])
    def test_is_not_for_whoever_drafted_or_changed_it(self, lotus, by):
        draft = lotus.draft(rule("partial"))
        draft = profiles.put_rules(by=THIRD, version=draft, rules=[rule("show")])

        with pytest.raises(ViewSecondPersonError):
            profiles.approve_view(by=by, version=previewed(draft))

        assert selectors.in_force(lotus.id) is None

    def test_looks_again_at_what_the_rules_name(self, lotus):
        draft = previewed(lotus.draft(rule("show")))
        purpose = Purpose.objects.get(controller_id=lotus.id, code=OFFERS)
        consents.close_purpose(by=AUTHOR, purpose=purpose)

        with pytest.raises(RulesUnfitError, match="closed"):
            profiles.approve_view(by=SECOND, version=draft)

    def test_happens_once(self, lotus):
        version = lotus.in_force(rule())

        for verb in (profiles.approve_view, profiles.discard_view, profiles.note_previewed):
            with pytest.raises(ViewNotADraftError):
                verb(by=THIRD, version=version)
        with pytest.raises(ViewNotADraftError):
            profiles.put_rules(by=AUTHOR, version=version, rules=[rule("hide")])

    @pytest.mark.req("P4")
    def test_does_not_happen_where_it_cannot_be_recorded(self, lotus, broken_log):
        draft = previewed(lotus.draft(rule()))
        broken_log.breaks()

        with pytest.raises(DatabaseError), transaction.atomic():
            profiles.approve_view(by=SECOND, version=draft)

        assert selectors.in_force(lotus.id) is None


class TestGivingUp:
    def test_keeps_the_draft_to_be_read_and_lets_the_next_begin(self, lotus):
        draft = profiles.discard_view(by=AUTHOR, version=lotus.draft(rule()))

        following = profiles.draft_view(by=AUTHOR, controller_id=lotus.id, note="Again")

        assert selectors.standing(draft) is ViewStanding.GIVEN_UP
        assert following.number == 2
        assert selectors.rules_of(following) == {}
        with pytest.raises(ViewNotADraftError):
            profiles.note_previewed(by=SECOND, version=draft)


class TestGoingBack:
    def test_puts_the_earlier_rules_in_force_as_a_new_version(self, lotus):
        first = lotus.in_force(rule("partial"))
        lotus.in_force(rule("show"))

        restored = profiles.roll_back_view(by=THIRD, controller_id=lotus.id, number=1)

        assert selectors.in_force(lotus.id) == restored
        assert (restored.number, restored.restores, restored.restored_by) == (3, first, THIRD.id)
        assert (restored.drafted_by, restored.approved_by) == (AUTHOR.id, SECOND.id)
        assert selectors.rules_of(restored) == {PLACE: "partial"}

    def test_may_be_done_by_one_of_the_two_and_leaves_a_draft_alone(self, lotus):
        lotus.in_force(rule("partial"))
        lotus.in_force(rule("show"))
        draft = lotus.draft(rule("hide"))

        profiles.roll_back_view(by=AUTHOR, controller_id=lotus.id, number=1)

        assert selectors.draft(lotus.id) == draft

    def test_to_nothing_shows_nobody_anything(self, lotus):
        version = lotus.in_force(rule("show"))

        assert profiles.roll_back_view(by=THIRD, controller_id=lotus.id, number=0) is None

        version.refresh_from_db()
        assert selectors.in_force(lotus.id) is None
        assert version.ended_by == THIRD.id

    def test_from_nothing_is_possible(self, lotus):
        lotus.in_force(rule("show"))
        profiles.roll_back_view(by=THIRD, controller_id=lotus.id, number=0)

        restored = profiles.roll_back_view(by=THIRD, controller_id=lotus.id, number=1)

        assert selectors.rules_of(restored) == {PLACE: "show"}

    @pytest.mark.parametrize("number", [0, 1, 9])
    def test_goes_nowhere_where_nothing_was_approved(self, lotus, number):
        lotus.draft(rule())

        with pytest.raises(ViewsNothingToRollBackError):
            profiles.roll_back_view(by=THIRD, controller_id=lotus.id, number=number)

    def test_to_what_is_in_force_is_nothing(self, lotus):
        lotus.in_force(rule())

        with pytest.raises(ViewsNothingToRollBackError):
            profiles.roll_back_view(by=THIRD, controller_id=lotus.id, number=1)


class TestDifferences:
    def test_are_told_against_what_is_in_force(self, lotus):
        lotus.in_force(rule("partial"), rule("show", category=MONEY))

        draft = lotus.draft(rule("show"), rule("hide", category=MONEY, attribute="income"))

        income = Place(BRANCH, OFFERS, MONEY, "income")
        changes = selectors.changes_of(draft)
        assert changes == [Change(PLACE, "partial", "show"), Change(income, "show", "hide")]
        assert [str(one.step) for one in changes] == ["wider", "narrower"]

    def test_of_a_version_in_force_are_told_against_the_one_before(self, lotus):
        lotus.in_force(rule("partial"))

        version = lotus.in_force(rule("token"), rule("show", role=CAMPAIGN, purpose=SURVEYS))

        assert selectors.changes_of(version) == [
            Change(PLACE, "partial", "token"),
            Change(Place(CAMPAIGN, SURVEYS, CONTACT), "hide", "show"),
        ]


def test_an_attribute_that_moved_is_found_before_approval(lotus):
    draft = previewed(lotus.draft(rule("partial", attribute="email")))
    AttributeDefinition.objects.filter(controller_id=lotus.id, code="email").update(category=MONEY)

    with pytest.raises(RulesUnfitError, match="another category or sensitivity"):
        profiles.approve_view(by=SECOND, version=draft)
