"""Values end when their definitions say so, and nothing of a person under a legal hold does."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from audit.models import Payload
from profiles.errors_intake import (
    AttributeReservedError,
    AttributeRetiredError,
    AttributeTakenError,
    CategoryUnknownError,
    SensitivityTooLowError,
)
from profiles.models import AttributeDefinition, FormerRecord, ProfileRecord
from profiles.services import defining, retention
from subjects import services as subjects
from tests.profiles.intake_world import BY, days, events, make
from work import services as work
from work.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def lotus(db):
    return make()


@pytest.fixture
def asha(lotus):
    return lotus.person()


@pytest.fixture
def seen():
    return datetime.now(UTC)


def on(day):
    return time_machine.travel(day, tick=True)


def terms(lotus, code, **changes):
    definition = AttributeDefinition.objects.get(controller_id=lotus.id, code=code)
    now = {
        name: getattr(defining.Terms.of(definition), name)
        for name in defining.Terms.__dataclass_fields__
    }
    return definition, defining.Terms(**{**now, **changes})


class TestRetention:
    def test_a_value_goes_when_its_time_is_over_and_the_others_stay(self, lotus, asha, seen):
        lotus.take(asha, at=seen, seen_at="2026-03-01T10:00:00Z", city="Pune")
        assert ProfileRecord.objects.get().due_at == seen + days(30)

        with on(seen + days(29)):
            assert retention.end_due(limit=10) == 0
        with on(seen + days(31)):
            assert retention.end_due(limit=10) == 1

        row = ProfileRecord.objects.get()
        assert lotus.known(asha) == {"city": "Pune"}
        assert (row.codes, row.due_at) == (["city"], None)

    def test_it_is_on_record_by_code(self, lotus, asha, seen):
        lotus.take(asha, at=seen, seen_at="2026-03-01T10:00:00Z")

        with on(seen + days(31)):
            retention.end_due(limit=10)

        bodies = b"".join(bytes(one) for one in Payload.objects.values_list("body", flat=True))
        assert b'"attributes":["seen_at"],"source":"crm"' in bodies
        assert b"2026-03-01T10" not in bodies

    def test_a_record_without_values_goes_as_a_whole(self, lotus, asha, seen):
        lotus.take(asha, at=seen, seen_at="2026-03-01T10:00:00Z")

        with on(seen + days(31)):
            retention.end_due(limit=10)

        assert not ProfileRecord.objects.exists()

    def test_that_a_value_was_removed_is_forgotten_after_a_while(self, lotus, asha, seen):
        lotus.take(asha, at=seen - days(1), city="Pune")
        lotus.take(asha, at=seen, city=None)

        with on(seen + days(31)):
            retention.end_due(limit=10)

        assert not ProfileRecord.objects.exists()
        assert events().count("profile:ended") == 0

    def test_a_replaced_value_goes_after_its_own_time(self, lotus, asha, seen):
        lotus.take(asha, at=seen - days(2), email="old@example.in")
        lotus.take(asha, at=seen - days(1), email="new@example.in")

        with on(seen + days(89)):
            assert retention.end_former(limit=10) == 0
        with on(seen + days(91)):
            assert retention.end_former(limit=10) == 1

        assert lotus.known(asha) == {"email": "new@example.in"}

    def test_nothing_of_a_person_under_a_legal_hold_goes(self, lotus, asha, seen):
        lotus.take(asha, at=seen - days(2), email="old@example.in")
        lotus.take(asha, at=seen, email="new@example.in", seen_at="2026-03-01T10:00:00Z")
        hold = subjects.set_standing(by=BY, subject=asha, state="hold", reason="court")

        with on(seen + days(200)):
            retention.end_due(limit=10)
            retention.end_former(limit=10)
            assert retention.end_due(limit=10) == 0  # not looked at again and again
            assert len(lotus.known(asha)) == 2
            assert FormerRecord.objects.exists()
            subjects.end_standing(by=BY, standing=hold)
        with on(seen + days(202)):
            retention.end_due(limit=10)
            retention.end_former(limit=10)

        assert lotus.known(asha) == {"email": "new@example.in"}
        assert not FormerRecord.objects.exists()

    def test_what_nobody_can_read_any_more_goes(self, lotus, asha, seen):
        lotus.take(asha, at=seen, seen_at="2026-03-01T10:00:00Z", city="Pune")
        subjects.destroy_key(by=BY, subject=asha)

        with on(seen + days(31)):
            retention.end_due(limit=10)

        assert not ProfileRecord.objects.exists()

    def test_a_late_word_of_the_source_does_not_bring_it_back(self, lotus, asha, seen):
        with on(seen + days(31)):
            taken = lotus.take(asha, at=seen, seen_at="2026-03-01T10:00:00Z")

        assert taken.older == 1
        assert not ProfileRecord.objects.exists()


class TestChangedDefinitions:
    def run_jobs(self):
        while work.run_available(worker="test", limit=50):
            pass

    def test_a_shorter_retention_counts_for_what_is_stored(self, lotus, asha, seen):
        lotus.take(asha, at=seen - days(100), city="Pune", tier="gold")
        definition, changed = terms(lotus, "city", retention_days=60)

        defining.change_attribute(by=BY, definition=definition, terms=changed)
        self.run_jobs()
        retention.end_due(limit=10)

        assert lotus.known(asha) == {"tier": "gold"}

    def test_a_longer_one_keeps_what_is_there(self, lotus, asha, seen):
        lotus.take(asha, at=seen, seen_at="2026-03-01T10:00:00Z")
        definition, changed = terms(lotus, "seen_at", retention_days=90)

        defining.change_attribute(by=BY, definition=definition, terms=changed)
        with on(seen + days(31)):
            retention.end_due(limit=10)

        assert ProfileRecord.objects.get().due_at == seen + days(90)
        assert not Job.objects.filter(kind=defining.REVISIT).exists()

    def test_former_values_go_where_they_may_not_be_kept_any_more(self, lotus, asha, seen):
        lotus.take(asha, at=seen - days(2), email="old@example.in")
        lotus.take(asha, at=seen - days(1), email="new@example.in")
        definition, shorter = terms(lotus, "email", former_days=10)

        defining.change_attribute(by=BY, definition=definition, terms=shorter)
        self.run_jobs()
        former = FormerRecord.objects.get()
        assert former.until_at - former.replaced_at == days(10)
        definition, none = terms(lotus, "email", former_days=0)
        defining.change_attribute(by=BY, definition=definition, terms=none)
        self.run_jobs()

        assert not FormerRecord.objects.exists()
        assert lotus.known(asha) == {"email": "new@example.in"}

    def test_values_of_a_retired_attribute_go(self, lotus, asha, seen):
        lotus.take(asha, at=seen, city="Pune", tier="gold")
        definition, _ = terms(lotus, "city")

        defining.retire_attribute(by=BY, definition=definition)
        self.run_jobs()
        retention.end_due(limit=10)

        assert lotus.known(asha) == {"tier": "gold"}
        with pytest.raises(AttributeRetiredError):
            defining.retire_attribute(by=BY, definition=definition)

    def test_another_companys_attribute_of_the_same_code_is_untouched(self, lotus, seen):
        tulip = make("tulip", "NL")
        stranger = tulip.person()
        tulip.take(stranger, at=seen, city="Utrecht")
        definition, _ = terms(lotus, "city")

        defining.retire_attribute(by=BY, definition=definition)
        self.run_jobs()
        retention.end_due(limit=10)

        assert tulip.known(stranger) == {"city": "Utrecht"}


class TestDefining:
    def test_it_is_on_record(self, lotus):
        before = len(events())

        lotus.define("shoe", "text")
        definition, changed = terms(lotus, "shoe", title="Size of shoes")
        defining.change_attribute(by=BY, definition=definition, terms=changed)
        defining.change_attribute(by=BY, definition=definition, terms=changed)

        assert events()[before:] == ["attribute:defined", "attribute:changed"]

    def test_a_category_that_is_not_registered(self, lotus):
        with pytest.raises(CategoryUnknownError):
            lotus.define("shoe", "text", "pd:Unheard")

        assert not AttributeDefinition.objects.filter(code="shoe").exists()

    def test_another_companys_category(self, lotus):
        from registry import services as registry

        tulip = make("tulip", "NL")
        registry.record_category(by=BY, controller_id=tulip.id, code="pd:Shoe", name="Shoe")

        with pytest.raises(CategoryUnknownError):
            lotus.define("shoe", "text", "pd:Shoe")

    @pytest.mark.parametrize("category", ["pd:Health", "pd:CriminalConviction"])
    @pytest.mark.parametrize("sensitivity", ["ordinary", "child"])
    def test_special_data_are_special(self, lotus, category, sensitivity):
        with pytest.raises(SensitivityTooLowError):
            lotus.define("illness", "text", category, sensitivity)

    def test_nor_can_a_category_be_changed_to_one(self, lotus):
        definition, changed = terms(lotus, "city", category="pd:Health")

        with pytest.raises(SensitivityTooLowError):
            defining.change_attribute(by=BY, definition=definition, terms=changed)

    def test_a_code_is_used_once_for_ever(self, lotus):
        definition, _ = terms(lotus, "city")
        defining.retire_attribute(by=BY, definition=definition)

        with pytest.raises(AttributeTakenError):
            lotus.define("city", "text")

    @pytest.mark.parametrize("code", ["subject", "observed_at", "verified_by"])
    def test_words_of_ours_are_no_codes(self, lotus, code):
        with pytest.raises(AttributeReservedError):
            lotus.define(code, "text")

    @pytest.mark.parametrize(
        "given",
        [
            {"kind": "colour"}, {"code": "with.dot"}, {"code": "with space"}, {"code": ""},
            {"kind": "choice"}, {"choices": ("a",)}, {"max_length": 0}, {"max_length": 5000},
            {"code": "x" * 61}, {"sensitivity": "odd"},
        ],
    )  # fmt: skip
    def test_what_cannot_be(self, lotus, given):
        with pytest.raises(ValidationError):
            lotus.define(**{"code": "shoe", "kind": "text", **given})

    @pytest.mark.parametrize(
        "change", ["kind = 'integer'", "sensitivity = 'special'", "code = 'town'"]
    )
    def test_the_database_keeps_it_what_it_was_defined_as(self, lotus, change):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE profiles_attributedefinition SET {change} WHERE code = 'city'")
