"""Opening cases: what changes at once, what is frozen, and what is opened once only."""

import hashlib
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from audit.canonical import canonical
from audit.models import EntryIndex
from erasure import errors, sealing, selectors, services
from erasure.models import Case
from subjects import selectors as subjects
from subjects import tombstones
from subjects.errors import SubjectUnknownError
from tests.erasure.cases_world import OFFICER, new, opened, system
from tests.factories.company import OFFERS, company

pytestmark = pytest.mark.django_db


@pytest.fixture
def lotus():
    return company()


@pytest.fixture
def asha(lotus):
    return lotus.person()


def standings(person):
    return [(one.state, one.scope_type, one.scope) for one in subjects.standings(person)]


class TestOpening:
    @pytest.mark.req("ERA-01", "ERA-03")
    def test_the_standing_is_set_in_the_same_transaction(self, lotus, asha):
        found = opened(lotus, asha)

        assert standings(asha) == [("erasing", "everything", "")]
        assert found.is_new
        assert found.case_id == found.id

    @pytest.mark.req("ERA-16")
    def test_what_the_person_is_known_by_gets_a_tombstone(self, lotus, asha):
        opened(lotus, asha)

        assert tombstones.known(lotus.id, [("email", "asha.rao@example.in")])

    def test_a_part_leaves_the_identifier_without_a_tombstone(self, lotus, asha):
        opened(lotus, asha, scope_type="purpose", scope=OFFERS)

        assert standings(asha) == [("erasing", "purpose", OFFERS)]
        assert not tombstones.known(lotus.id, [("email", "asha.rao@example.in")])

    def test_plan_policy_and_packs_are_frozen_with_it(self, lotus, asha):
        found = selectors.case(lotus.id, opened(lotus, asha).id)

        assert found.packs == ["IN"]
        assert found.plan_sha256 == hashlib.sha256(canonical(found.plan)).hexdigest()
        assert found.plan["version"] == 1
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            Case.objects.filter(pk=found.pk).update(plan={}, plan_sha256="0" * 64)

    def test_what_it_was_opened_as_cannot_be_changed(self, lotus, asha):
        found = opened(lotus, asha)

        with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
            Case.objects.filter(pk=found.id).update(trigger="unlawful")
        with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
            Case.objects.filter(pk=found.id)._raw_delete("default")

    def test_it_is_on_the_record(self, lotus, asha):
        found = opened(lotus, asha)

        entry = EntryIndex.objects.get(event="case:opened")
        assert entry.target_id == str(found.id)
        assert entry.subject_id == asha.id

    def test_identifiers_are_sealed_under_a_key_of_the_case(self, lotus, asha):
        found = opened(lotus, asha)

        assert sealing.identifiers([found.id])[found.id] == {"email": ("asha.rao@example.in",)}
        assert b"asha" not in bytes(Case.objects.get(pk=found.id).sealed)

    def test_a_rotation_of_the_wrapping_key_takes_the_key_of_the_case_along(
        self, key_copy, lotus, asha
    ):
        found = opened(lotus, asha)
        before = sealing.opened([found.id])

        call_command("rotate_keys", stdout=io.StringIO())

        assert Case.objects.get(pk=found.id).wrapping_version == 2
        assert sealing.opened([found.id]) == before

    def test_what_a_case_forgot_stays_forgotten(self, lotus, asha):
        found = opened(lotus, asha)
        sealed = bytes(Case.objects.get(pk=found.id).sealed)

        assert sealing.forget([found.id]) == 1

        assert sealing.identifiers([found.id]) == {}
        with pytest.raises(DatabaseError), transaction.atomic():
            Case.objects.filter(pk=found.id).update(sealed=sealed)


class TestOnce:
    def test_the_same_cause_is_one_case(self, lotus, asha):
        first, again = opened(lotus, asha), opened(lotus, asha)

        assert again.id == first.id
        assert not again.is_new
        assert Case.objects.count() == 1

    def test_twice_in_one_call_is_one_case(self, lotus, asha):
        one, other = services.open_cases(
            by=OFFICER, controller_id=lotus.id, new=[new(asha), new(asha)]
        )

        assert one.id == other.id
        assert Case.objects.count() == 1

    def test_a_second_request_joins_the_one_under_way(self, lotus, asha):
        first = opened(lotus, asha)
        second = opened(lotus, asha, trigger="platform", trigger_ref="m-9")

        assert second.id != first.id
        assert second.case_id == first.id
        row = selectors.case(lotus.id, second.id)
        assert (row.state, row.code, row.joined_into) == ("cancelled", "joined", first.id)
        assert selectors.working_case(lotus.id, second.id).id == first.id

    def test_a_part_joins_the_whole_but_the_whole_no_part(self, lotus, asha):
        part = opened(lotus, asha, scope_type="purpose", scope=OFFERS)
        whole = opened(lotus, asha, trigger_ref="r-2")
        again = opened(lotus, asha, scope_type="purpose", scope=OFFERS, trigger_ref="r-3")

        assert whole.case_id == whole.id != part.id
        assert again.case_id in {part.id, whole.id}


class TestRefusals:
    @pytest.mark.parametrize(
        ("said", "error"),
        [
            ({"trigger": "whim"}, errors.CaseTriggerError),
            ({"trigger_ref": ""}, errors.CaseTriggerError),
            ({"verb": "burn"}, errors.CaseTriggerError),
            ({"scope_type": "purpose", "scope": "no.such"}, errors.CaseScopeError),
            ({"scope_type": "category", "scope": "pd:Nothing"}, errors.CaseScopeError),
            ({"scope": "x"}, errors.CaseScopeError),
            ({"scope_type": "planet", "scope": "x"}, errors.CaseScopeError),
            ({"received_at": datetime(2100, 1, 1, tzinfo=UTC)}, errors.CaseReceivedError),
            ({"verb": "correct"}, errors.CorrectionEmptyError),
            ({"values": {"email": "x"}}, errors.CorrectionEmptyError),
        ],
    )
    def test_what_cannot_be_is_refused_and_leaves_nothing(self, lotus, asha, said, error):
        with pytest.raises(error):
            opened(lotus, asha, **said)

        assert not Case.objects.exists()
        assert standings(asha) == []

    @pytest.mark.req("P9")
    def test_another_companys_person_is_nobody(self, lotus):
        stranger = company("tulip", name="Tulip").person()

        with pytest.raises(SubjectUnknownError):
            opened(lotus, stranger)
        assert not Case.objects.exists()

    def test_one_bad_case_of_many_opens_none(self, lotus, asha):
        with pytest.raises(errors.CaseScopeError):
            services.open_cases(
                by=OFFICER, controller_id=lotus.id,
                new=[new(asha), new(asha, trigger_ref="r-2", scope="x")],
            )  # fmt: skip

        assert not Case.objects.exists()


class TestManyAtOnce:
    def test_many_people_cost_a_bounded_number_of_statements(
        self, lotus, django_assert_max_num_queries
    ):
        people = [lotus.person(f"p{number}@example.in") for number in range(60)]
        system(lotus, "crm", holds=["pd:EmailAddress"], by_category=True)

        with django_assert_max_num_queries(80):
            found = services.open_cases(
                by=OFFICER, controller_id=lotus.id,
                new=[new(one, trigger_ref=f"r-{number}") for number, one in enumerate(people)],
            )  # fmt: skip

        assert [one.subject_id for one in found] == [one.id for one in people]
        assert len({row.plan_sha256 for row in Case.objects.all()}) == 1


class TestDryRun:
    def test_it_is_the_plan_and_writes_nothing_of_the_person(self, lotus, asha):
        crm = system(lotus, "crm", holds=["pd:EmailAddress"], by_category=True)

        shown = services.dry_run(controller_id=lotus.id, subject_id=asha.id)

        assert not Case.objects.exists()
        assert standings(asha) == []
        assert str(crm.id) in {one.get("system") for one in shown["steps"]}
        found = selectors.case(lotus.id, opened(lotus, asha).id)
        assert shown.pop("review") == ""
        assert [(one.system, one.how) for one in shown.pop("told")] == [
            ("crm", "call"), ("sammati", "call")
        ]  # fmt: skip
        assert found.plan == shown


class TestClock:
    @pytest.mark.req("ERA-15")
    def test_it_counts_from_receipt_and_not_from_opening(self, lotus):
        anna = lotus.person("anna@example.de", residence="DE")
        received = datetime.now(UTC) - timedelta(days=10)

        found = selectors.case(lotus.id, opened(lotus, anna, received_at=received).id)

        assert found.received_at == received
        assert timedelta(days=17) < found.due_at - datetime.now(UTC) < timedelta(days=25)

    def test_a_case_past_its_time_is_overdue(self, lotus, asha):
        opened(lotus, asha, received_at=datetime.now(UTC) - timedelta(days=90))

        rows = selectors.overdue([lotus.id])
        assert [row.subject_id for row in rows] == [asha.id]
