from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from subjects import selectors, services
from subjects.errors import StandingUnknownError, SubjectUnknownError
from subjects.models import Relationship, Standing, Subject
from tests.subjects.people import BY, add, at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben(lotus):
    return add(lotus, ("email", "ben@example.in"))


@pytest.fixture
def theo(tulip):
    return add(tulip, ("email", "theo@example.nl"))


class TestFacts:
    def test_change_and_stay(self, asha, events):
        services.set_facts(by=BY, subject=asha, residence="IN", language="hi")
        services.set_facts(
            by=BY, subject=asha, age_state="child", age_assurance="verified",
            adult_on=date(2031, 5, 1), time_zone="Asia/Kolkata",
        )  # fmt: skip

        found = Subject.objects.get()
        assert (found.residence, found.language, found.age_state, found.adult_on) == (
            "IN", "hi", "child", date(2031, 5, 1),
        )  # fmt: skip
        assert events()[-2:] == ["subject:changed"] * 2

    @pytest.mark.parametrize(
        "facts",
        [
            {"age_state": "child"},
            {"age_assurance": "verified"},
            {"age_state": "toddler", "age_assurance": "verified"},
            {"residence": "India"},
            {"residence": "in"},
            {"residence": "I"},
            {"time_zone": "Mars/Olympus"},
            {"time_zone": "../etc/passwd"},
        ],
    )
    def test_impossible_ones_are_refused_and_leave_nothing(self, asha, events, facts):
        before = Subject.objects.values().get(), events()

        with pytest.raises(ValidationError):
            services.set_facts(by=BY, subject=asha, **facts)

        assert (Subject.objects.values().get(), events()) == before

    @pytest.mark.parametrize(
        "change",
        [
            {"age_state": "child", "age_assurance": "unknown"},
            {"age_state": "unknown", "age_assurance": "declared"},
            {"residence": "xx"},
        ],
    )
    def test_the_database_refuses_them_too(self, asha, change):
        with pytest.raises(IntegrityError), transaction.atomic():
            Subject.objects.update(**change)

    @pytest.mark.req("P9")
    def test_a_person_is_known_at_their_controller_only(self, lotus, tulip, asha, theo):
        assert selectors.subject(lotus.id, asha.id) == asha
        with pytest.raises(SubjectUnknownError):
            selectors.subject(tulip.id, asha.id)
        with pytest.raises(SubjectUnknownError):
            services.lock(tulip.id, asha.id)
        assert list(services.lock_many(lotus.id, [theo.id, asha.id])) == [asha.id]
        assert selectors.in_bulk(lotus.id, [asha.id, theo.id]) == {asha.id: asha}
        assert list(selectors.subjects([tulip.id])) == [theo]


class TestStandings:
    def test_one_that_stands_is_not_set_twice(self, asha, events):
        first = services.set_standing(by=BY, subject=asha, state="restricted")
        again = services.set_standing(by=BY, subject=asha, state="restricted", reason="other")

        assert first == again
        assert list(selectors.standings(asha)) == [first]
        assert events().count("standing:set") == 1

    def test_each_scope_is_one_of_its_own(self, asha):
        for scope_type, scope in (
            ("everything", ""), ("purpose", "a.b"), ("purpose", "a.c"), ("category", "pd:Email"),
        ):  # fmt: skip
            services.set_standing(
                by=BY, subject=asha, state="restricted", scope_type=scope_type, scope=scope
            )
        services.set_standing(by=BY, subject=asha, state="hold")

        assert selectors.standings(asha).count() == 5

    def test_one_that_ended_can_be_set_again(self, asha, events):
        first = services.set_standing(by=BY, subject=asha, state="restricted")

        services.end_standing(by=BY, standing=first)
        second = services.set_standing(by=BY, subject=asha, state="restricted")

        assert first != second
        assert list(selectors.standings(asha)) == [second]
        assert events()[-3:] == ["standing:set", "standing:ended", "standing:set"]

    def test_one_that_ended_cannot_end_again(self, asha, events):
        standing = services.set_standing(by=BY, subject=asha, state="restricted")
        services.end_standing(by=BY, standing=standing)

        with pytest.raises(StandingUnknownError):
            services.end_standing(by=BY, standing=standing)

        assert events().count("standing:ended") == 1

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_set_one(self, asha):
        answers = at_once(
            *[lambda: services.set_standing(by=BY, subject=asha, state="erasing")] * 3
        )

        assert len({one.id for one in answers}) == Standing.objects.count() == 1

    @pytest.mark.parametrize(
        ("scope_type", "scope"), [("everything", "a.b"), ("purpose", ""), ("category", "")]
    )
    def test_a_scope_without_its_name_is_refused(self, asha, scope_type, scope):
        with pytest.raises(IntegrityError), transaction.atomic():
            services.set_standing(
                by=BY, subject=asha, state="restricted", scope_type=scope_type, scope=scope
            )

    @pytest.mark.parametrize("wrong", [{"state": "gone"}, {"state": ""}, {"scope_type": "all"}])
    def test_a_state_or_scope_that_no_rule_knows_is_refused(self, asha, events, wrong):
        before = events()
        with pytest.raises(ValueError, match="is not a valid"):
            services.set_standing(by=BY, subject=asha, **{"state": "hold", **wrong})

        assert (Standing.objects.count(), events()) == (0, before)

    def test_the_database_refuses_a_second_one_standing(self, lotus, asha):
        standing = services.set_standing(by=BY, subject=asha, state="hold")
        standing.id = uuid4()

        with pytest.raises(IntegrityError), transaction.atomic():
            standing.save(force_insert=True)

    @pytest.mark.req("P8")
    def test_erased_scopes_are_those_that_stand(self, lotus, asha, ben):
        services.set_standing(
            by=BY, subject=asha, state="erasing", scope_type="purpose", scope="a.b"
        )
        over = services.set_standing(by=BY, subject=ben, state="erased")

        assert selectors.erased_scopes(lotus.id, [asha.id, ben.id]) == {
            asha.id: {"a.b"}, ben.id: {""},
        }  # fmt: skip
        services.end_standing(by=BY, standing=over)
        assert selectors.erased_scopes(lotus.id, [ben.id]) == {}


class TestRelationships:
    def test_a_verified_guardian_counts(self, lotus, asha, ben, events):
        services.relate(
            by=BY, subject=ben, related_id=asha.id, kind="guardian", verified_by="digilocker"
        )

        assert selectors.is_verified_guardian(lotus.id, ben.id, asha.id)
        assert not selectors.is_verified_guardian(lotus.id, asha.id, ben.id)
        assert events()[-1] == "subject:related"

    @pytest.mark.parametrize(
        ("kind", "verified_by"), [("guardian", ""), ("household", "visit"), ("parent", "")]
    )
    def test_a_mere_claim_or_another_kind_does_not(self, lotus, asha, ben, kind, verified_by):
        services.relate(by=BY, subject=ben, related_id=asha.id, kind=kind, verified_by=verified_by)

        assert not selectors.is_verified_guardian(lotus.id, ben.id, asha.id)
        assert selectors.relationships(ben).count() == 1

    @pytest.mark.req("P9")
    def test_to_a_person_of_another_controller_is_refused(self, asha, theo, events):
        before = events()
        with pytest.raises(SubjectUnknownError):
            services.relate(by=BY, subject=asha, related_id=theo.id, kind="household")

        assert (Relationship.objects.count(), events()) == (0, before)

    def test_to_oneself_or_twice_is_refused(self, asha, ben):
        services.relate(by=BY, subject=asha, related_id=ben.id, kind="household")

        for related in (asha, ben):
            with pytest.raises(ValidationError):
                services.relate(by=BY, subject=asha, related_id=related.id, kind="household")


AT = datetime(2026, 1, 1, tzinfo=UTC)
ROWS = {
    "subjects_identifier": {
        "scheme": "crm", "digest": b"d" * 32, "digest_version": 1, "sealed": b"s",
        "created_at": AT,
    },
    "subjects_standing": {
        "state": "hold", "scope_type": "everything", "scope": "", "since_at": AT, "reason": "",
    },
    "subjects_relationship": {
        "related_id": uuid4(), "kind": "household", "verified_by": "", "created_at": AT,
    },
    "subjects_provenance": {
        "kind": "outsourced", "category": "", "reference": "C-1", "set_at": AT,
        "set_by_type": "system", "set_by": "test",
    },
    "subjects_signinlink": {"language": "en", "created_at": AT, "expires_at": AT},
    "consent_objection": {"kind": "direct_marketing", "objected_at": AT},
    "consent_restriction": {
        "ground": "claims", "scope_type": "everything", "scope": "", "method": "phone",
        "asked_at": AT, "announced_by": "", "reason": "", "told_through": "", "lifted_by": "",
        "is_taken_back": False,
    },
    "consent_devicechoice": {
        "category": "analytics", "is_allowed": False, "method": "button", "chosen_at": AT,
    },
}  # fmt: skip


@pytest.mark.req("P9")
@pytest.mark.parametrize("table", ROWS)
def test_no_row_about_a_person_can_belong_to_another_controller(table, lotus, tulip, asha):
    with pytest.raises(IntegrityError, match="one_controller"), transaction.atomic():
        insert(table, tulip, asha)

    insert(table, lotus, asha)


@pytest.mark.req("P6", "P9")
def test_a_persons_row_is_emptied_and_never_deleted(asha):
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        Subject.objects.filter(pk=asha.id)._raw_delete("default")

    assert Subject.objects.filter(pk=asha.id).exists()


def insert(table, controller, subject):
    row = {"id": uuid4(), "controller_id": controller.id, "subject_id": subject.id, **ROWS[table]}
    names, places = ", ".join(row), ", ".join(["%s"] * len(row))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", list(row.values()))
