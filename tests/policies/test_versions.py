"""Versions of guardrails: nobody alone, nothing unrehearsed, nothing unsigned, one step back."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from audit.models import EntryIndex
from policies.guardrails.compiled import Refusing
from policies.versions import errors, selectors, services
from policies.versions.models import PolicyVersion
from policies.versions.selectors import Standing
from tests.factories import policies
from tests.factories.company import Company, company
from tests.factories.policies import APPROVER, AUTHOR, REHEARSAL, rule

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-14")]


@pytest.fixture
def lotus(db: None) -> Company:
    return company()


def now() -> datetime:
    return datetime.now(UTC)


class TestDraft:
    def test_begins_with_the_rules_in_force(self, lotus):
        policies.in_force(lotus.id, rule("one", channels=["sms"]))

        second = services.draft_policy(by=AUTHOR, controller_id=lotus.id, note="More")

        assert second.number == 2
        assert policies.rules_of(second) == ["one"]

    def test_there_is_one_at_a_time(self, lotus):
        policies.draft(lotus.id)

        with pytest.raises(errors.DraftExistsError):
            services.draft_policy(by=AUTHOR, controller_id=lotus.id, note="Again")

    def test_each_controller_has_its_own(self, lotus):
        other = company("other", name="Other")
        policies.draft(lotus.id)

        assert policies.draft(other.id).number == 1

    def test_a_rule_of_the_same_code_is_replaced_in_its_place(self, lotus):
        version = policies.draft(lotus.id, rule("a", channels=["sms"]), rule("b", channels=["x"]))

        changed = services.put_guardrail(
            by=AUTHOR, version=version, guardrail=rule("a", channels=["push"])
        )

        found = selectors.rules(changed)
        assert [one.code for one in found] == ["a", "b"]
        assert found[0].match.channels == ("push",)

    def test_a_rule_is_removed(self, lotus):
        version = policies.draft(lotus.id, rule("a", channels=["sms"]))

        assert (
            policies.rules_of(services.remove_guardrail(by=AUTHOR, version=version, code="a")) == []
        )

    def test_a_rule_that_is_not_there_cannot_be_removed(self, lotus):
        with pytest.raises(errors.GuardrailUnknownError):
            services.remove_guardrail(by=AUTHOR, version=policies.draft(lotus.id), code="a")

    def test_what_is_no_guardrail_is_refused_and_nothing_changes(self, lotus):
        version = policies.draft(lotus.id, rule("a", channels=["sms"]))

        with pytest.raises(errors.GuardrailUnreadableError):
            services.put_guardrail(by=AUTHOR, version=version, guardrail={"code": "b"})

        version.refresh_from_db()
        assert policies.rules_of(version) == ["a"]

    def test_rules_that_lock_everybody_out_are_refused_with_the_reason(self, lotus):
        version = policies.draft(lotus.id)

        with pytest.raises(errors.RulesRefusedError, match="all leave nothing"):
            services.put_guardrail(by=AUTHOR, version=version, guardrail=rule("all"))

    def test_every_change_is_recorded(self, lotus):
        version = policies.draft(lotus.id)
        services.put_guardrail(by=AUTHOR, version=version, guardrail=rule("a", channels=["sms"]))

        events = EntryIndex.objects.filter(target_id=str(version.id)).order_by("id")
        assert list(events.values_list("event", flat=True)) == [
            "policy:drafted", "policy:rules_replaced", "policy:rule_put",
        ]  # fmt: skip

    def test_discarded_it_makes_room_and_its_number_is_gone(self, lotus):
        services.discard_draft(by=AUTHOR, version=policies.draft(lotus.id))

        assert policies.draft(lotus.id).number == 2


class TestApproval:
    def test_needs_a_second_person(self, lotus):
        version = policies.rehearsed(lotus.id, rule(channels=["sms"]))

        with pytest.raises(errors.PolicySecondPersonError):
            services.approve_policy(by=AUTHOR, version=version)

    def test_whoever_changed_a_rule_is_no_second_person(self, lotus):
        version = policies.draft(lotus.id, rule(channels=["sms"]))
        services.put_guardrail(
            by=APPROVER, version=version, guardrail=rule("mine", channels=["push"])
        )
        version.refresh_from_db()
        ready = services.note_rehearsed(by=AUTHOR, version=version, job_id=REHEARSAL)

        with pytest.raises(errors.PolicySecondPersonError):
            services.approve_policy(by=APPROVER, version=ready)

    def test_needs_a_rehearsal(self, lotus):
        with pytest.raises(errors.NotRehearsedError):
            services.approve_policy(by=APPROVER, version=policies.draft(lotus.id))

    def test_a_change_makes_the_rehearsal_worthless(self, lotus):
        version = policies.rehearsed(lotus.id, rule(channels=["sms"]))
        services.put_guardrail(by=AUTHOR, version=version, guardrail=rule("b", channels=["push"]))
        version.refresh_from_db()

        with pytest.raises(errors.NotRehearsedError):
            services.approve_policy(by=APPROVER, version=version)

    def test_a_rehearsal_of_rules_changed_meanwhile_counts_for_nothing(self, lotus):
        begun = policies.draft(lotus.id, rule(channels=["sms"]))
        services.put_guardrail(by=AUTHOR, version=begun, guardrail=rule("b", channels=["push"]))

        with pytest.raises(errors.NotRehearsedError):
            services.note_rehearsed(by=AUTHOR, version=begun, job_id=REHEARSAL)

    def test_cannot_reach_back_in_time(self, lotus):
        version = policies.rehearsed(lotus.id, rule(channels=["sms"]))

        with pytest.raises(errors.EffectiveInPastError):
            services.approve_policy(
                by=APPROVER, version=version, effective_from=now() - timedelta(hours=1)
            )

    def test_signs_what_was_approved(self, lotus):
        version = policies.in_force(lotus.id, rule(channels=["sms"]))

        assert selectors.is_genuine(version)
        assert selectors.standing(version, now()) is Standing.ACTIVE

    def test_an_approved_version_is_frozen_in_the_database(self, lotus):
        version = policies.in_force(lotus.id, rule(channels=["sms"]))

        for change in ({"rules": []}, {"number": 9}, {"sha256": "0"}):
            with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
                PolicyVersion.objects.filter(pk=version.pk).update(**change)
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            PolicyVersion.objects.filter(pk=version.pk).delete()

    def test_nothing_but_a_draft_changes(self, lotus):
        version = policies.in_force(lotus.id, rule(channels=["sms"]))

        with pytest.raises(errors.NotADraftError):
            services.put_guardrail(by=AUTHOR, version=version, guardrail=rule("b"))


class TestForce:
    def test_of_two_the_later_counts_and_the_earlier_is_retired(self, lotus):
        first = policies.in_force(lotus.id, rule(channels=["sms"]))
        second = policies.in_force(lotus.id, rule(channels=["push"]))

        assert selectors.in_force(lotus.id, now()) == second
        assert selectors.standing(first, now()) is Standing.RETIRED

    def test_a_version_to_come_waits_for_its_moment(self, lotus):
        tomorrow = now() + timedelta(days=1)
        first = policies.in_force(lotus.id, rule(channels=["sms"]))
        second = policies.in_force(lotus.id, rule(channels=["push"]), effective_from=tomorrow)

        assert selectors.in_force(lotus.id, now()) == first
        assert selectors.standing(second, now()) is Standing.APPROVED
        assert selectors.in_force(lotus.id, tomorrow) == second

    def test_one_step_back_brings_the_one_before_into_force(self, lotus):
        first = policies.in_force(lotus.id, rule(channels=["sms"]))
        second = policies.in_force(lotus.id, rule(channels=["push"]))

        services.roll_back(by=AUTHOR, controller_id=lotus.id, number=1)

        assert selectors.in_force(lotus.id, now()) == first
        second.refresh_from_db()
        assert selectors.standing(second, now()) is Standing.WITHDRAWN
        assert selectors.is_genuine(first)

    def test_back_to_the_law_alone(self, lotus):
        policies.in_force(lotus.id, rule(channels=["sms"]))

        services.roll_back(by=AUTHOR, controller_id=lotus.id, number=0)

        assert selectors.in_force(lotus.id, now()) is None

    def test_what_was_in_force_at_a_moment_stays_told(self, lotus):
        second = policies.in_force(lotus.id, rule(channels=["push"]))
        then = now()
        services.roll_back(by=AUTHOR, controller_id=lotus.id, number=0)

        assert selectors.in_force(lotus.id, then) == second

    def test_going_back_to_what_is_in_force_is_refused(self, lotus):
        policies.in_force(lotus.id, rule(channels=["sms"]))

        for number in (1, 7):
            with pytest.raises(errors.NothingToRollBackError):
                services.roll_back(by=AUTHOR, controller_id=lotus.id, number=number)

    def test_a_withdrawn_version_never_comes_back(self, lotus):
        version = policies.in_force(lotus.id, rule(channels=["sms"]))
        services.roll_back(by=AUTHOR, controller_id=lotus.id, number=0)

        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            PolicyVersion.objects.filter(pk=version.pk).update(
                state="approved", withdrawn_at=None, withdrawn_by=""
            )


class TestChanges:
    def test_tell_what_was_added_changed_and_removed(self, lotus):
        policies.in_force(lotus.id, rule("a", channels=["sms"]), rule("b", channels=["x"]))
        version = services.draft_policy(by=AUTHOR, controller_id=lotus.id, note="Next")
        version = services.replace_guardrails(
            by=AUTHOR, version=version,
            guardrails=[rule("a", channels=["push"]), rule("c", channels=["mail"])],
        )  # fmt: skip

        told = {
            one.code: (one.old is not None, one.new is not None)
            for one in selectors.changes_of(version)
        }

        assert told == {"a": (True, True), "b": (True, False), "c": (False, True)}


class TestSignature:
    @pytest.mark.parametrize(
        "change",
        [
            {"rules": []},
            {"rules": [{"code": 1}]},
            {"number": 5},
            {"effective_from": datetime(2020, 1, 1, tzinfo=UTC)},
            {"approved_by": "somebody"},
            {"created_by": "somebody"},
            {"sha256": "0" * 64},
            {"signature": b"0" * 64},
            {"signing_key": "other"},
            {"controller_id": UUID(int=5)},
        ],
    )
    def test_a_version_that_is_not_what_was_signed_refuses_every_use(self, lotus, change):
        version = policies.in_force(lotus.id, rule(channels=["sms"]))

        for name, value in change.items():
            setattr(version, name, value)

        assert not selectors.is_genuine(version)
        assert isinstance(selectors.compiled_version(version), Refusing)
