"""Flags that say where a person's data come from (PRO-09)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from audit.models import EntryIndex
from audit.selectors import payload
from registry import services as registry
from subjects import merging, provenance
from subjects import services as subjects
from subjects.errors import (
    ProvenanceCategoryError,
    ProvenanceEndedError,
    ProvenanceKindError,
    ProvenanceOverError,
    ProvenanceReferenceError,
    ProvenanceResidentError,
    ProvenanceTooManyError,
    SubjectMergedError,
)
from subjects.family import today
from subjects.flags import Flag, read, write
from subjects.models import Provenance, Subject
from tests.subjects import people
from tests.subjects.people import BY
from work.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.req("PRO-09")]
CONTRACT = "MSA-2026-114"
EMAIL = "pd:EmailAddress"


@pytest.fixture
def lotus(lotus):
    registry.record_category(by=BY, controller_id=lotus.id, code=EMAIL, name="E-mail")
    return lotus


@pytest.fixture
def john(lotus):
    return people.add(lotus, ("email", "john@example.com"), residence="US")


def outsourced(person, reference=CONTRACT, **more):
    return provenance.set_flag(
        by=BY, subject=person, kind="outsourced", reference=reference, **more
    )


def public(person, category=EMAIL, reference="Gazette 7", **more):
    return provenance.set_flag(
        by=BY, subject=person, kind="published", category=category, reference=reference, **more
    )


def kept(person):
    return Subject.objects.get(pk=person.pk).provenance


class TestSetting:
    def test_is_on_record_and_where_decisions_read_it(self, john, events):
        day = today() + timedelta(days=3)

        made = outsourced(john, f"  {CONTRACT} ", valid_until=day)
        public(john)

        assert (made.reference, made.set_by_type, made.set_by) == (CONTRACT, BY.type, BY.id)
        assert events()[-2:] == ["provenance:set"] * 2
        out, published = read(kept(john))
        assert (out.kind, published) == ("outsourced", Flag("published", EMAIL))
        assert out.until % 86_400_000_000 == 0

    def test_keeps_what_shows_it_out_of_the_log(self, john):
        outsourced(john)

        entry = EntryIndex.objects.get(event="provenance:set")
        assert CONTRACT not in str(payload(entry.id))

    @pytest.mark.parametrize("reference", ["", "   ", "\t\n", "x" * 201, "a\x00b"])
    def test_needs_what_shows_it(self, john, reference, events):
        before = events()

        with pytest.raises(ProvenanceReferenceError):
            outsourced(john, reference)

        assert (Provenance.objects.count(), kept(john), events()) == (0, "", before)

    def test_of_an_outsourcing_is_not_for_a_resident_of_india(self, lotus):
        asha = people.add(lotus, ("email", people.EMAIL), residence="IN")

        with pytest.raises(ProvenanceResidentError):
            outsourced(asha)

        assert kept(asha) == ""
        public(asha)

    def test_of_an_outsourcing_is_possible_while_nobody_knows_where_they_live(self, asha):
        assert outsourced(asha).kind == "outsourced"

    @pytest.mark.parametrize(
        ("more", "error"),
        [
            ({"kind": "bought"}, ProvenanceKindError),
            ({"kind": "published"}, ProvenanceCategoryError),
            ({"kind": "published", "category": "pd:Nothing"}, ProvenanceCategoryError),
            ({"kind": "published", "category": "a=b"}, ProvenanceCategoryError),
            ({"kind": "outsourced", "category": EMAIL}, ProvenanceCategoryError),
        ],
    )
    def test_refuses_what_is_no_flag(self, john, more, error):
        with pytest.raises(error):
            provenance.set_flag(by=BY, subject=john, reference=CONTRACT, **more)

    def test_refuses_a_day_that_has_passed(self, john):
        outsourced(john, valid_until=today())

        with pytest.raises(ProvenanceOverError):
            outsourced(john, valid_until=today() - timedelta(days=1))

    def test_twice_is_once_and_other_words_replace_it(self, john, events):
        first = outsourced(john)
        assert outsourced(john) == first
        assert events().count("provenance:set") == 1

        second = outsourced(john, "MSA-2027-1")

        assert list(Provenance.objects.filter(ended_at=None)) == [second]
        assert events()[-2:] == ["provenance:ended", "provenance:set"]
        assert kept(john) == "outsourced"

    def test_has_an_end(self, lotus, john):
        for n in range(provenance.AT_MOST):
            code = f"pd:C{n}"
            registry.record_category(by=BY, controller_id=lotus.id, code=code, name=code)
            public(john, code)

        with pytest.raises(ProvenanceTooManyError):
            public(john)

    def test_changes_nothing_where_it_cannot_be_recorded(self, john, monkeypatch):
        def broken(**_said):
            raise RuntimeError("the log is full")

        monkeypatch.setattr(provenance.audit, "record", broken)

        with pytest.raises(RuntimeError), transaction.atomic():
            outsourced(john)

        assert (Provenance.objects.count(), kept(john)) == (0, "")


class TestTheDatabase:
    @pytest.mark.parametrize(
        ("row", "constraint"),
        [
            ({"reference": ""}, "has_reference"),
            ({"reference": " \n "}, "has_reference"),
            ({"category": EMAIL}, "has_category"),
            ({"kind": "published"}, "has_category"),
            ({"kind": "published", "category": "a b"}, "has_category"),
            ({"kind": "bought"}, "has_category"),
        ],
    )
    def test_refuses_what_is_no_flag(self, lotus, john, row, constraint):
        whole = {"kind": "outsourced", "reference": CONTRACT, **row}

        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Provenance.objects.create(
                controller_id=lotus.id, subject=john, set_by_type="system", set_by="x", **whole
            )

    def test_keeps_one_of_a_kind(self, lotus, john):
        outsourced(john)

        with pytest.raises(IntegrityError, match="once"), transaction.atomic():
            Provenance.objects.create(
                controller_id=lotus.id, subject=john, kind="outsourced", reference="another",
                set_by_type="system", set_by="x",
            )  # fmt: skip


class TestEnding:
    def test_takes_it_out_of_decisions_and_recalls_permits(self, john, events):
        outsourced(john)
        public(john)

        ended = provenance.end_flag(by=BY, subject=john, kind="outsourced")

        assert ended.ended_at is not None
        assert read(kept(john)) == (Flag("published", EMAIL),)
        assert events()[-1] == "provenance:ended"
        assert Job.objects.filter(kind="permits.ended").count() == 1

    def test_happens_once(self, john):
        outsourced(john)
        provenance.end_flag(by=BY, subject=john, kind="outsourced")

        for kind, category in (("outsourced", ""), ("published", EMAIL)):
            with pytest.raises(ProvenanceEndedError):
                provenance.end_flag(by=BY, subject=john, kind=kind, category=category)


class TestJoining:
    @pytest.fixture
    def twin(self, lotus):
        return people.add(lotus, ("email", "j.doe@example.com"), residence="US")

    def join(self, john, twin):
        one, other = merging.both(john.controller_id, john.id, twin.id)
        with transaction.atomic():
            return merging.join(by=BY, kept=one, absorbed=other)

    def test_keeps_only_what_stands_about_both(self, john, twin, events):
        outsourced(john)
        public(john)
        outsourced(twin, "another contract")

        self.join(john, twin)

        assert kept(john) == "outsourced"
        assert events().count("provenance:ended") == 1

    def test_does_not_give_what_stands_about_the_other_alone(self, john, twin):
        outsourced(twin)

        self.join(john, twin)

        assert kept(john) == ""
        with pytest.raises(SubjectMergedError):
            outsourced(twin, "again")

    @pytest.mark.parametrize(("mine", "theirs"), [(None, 3), (5, 3)])
    def test_keeps_none_that_ends_sooner_about_the_other(self, john, twin, mine, theirs):
        outsourced(john, valid_until=mine and today() + timedelta(days=mine))
        outsourced(twin, valid_until=today() + timedelta(days=theirs))

        self.join(john, twin)

        assert kept(john) == ""

    def test_parted_again_it_stays_ended(self, john, twin):
        outsourced(john)
        joined = self.join(john, twin)
        one, other = merging.both(john.controller_id, john.id, twin.id)

        with transaction.atomic():
            merging.part(by=BY, kept=one, absorbed=other, joined=joined)

        assert kept(john) == ""


def test_a_moved_person_keeps_the_flag_which_does_not_count(john):
    outsourced(john)

    subjects.set_facts(by=BY, subject=john, residence="IN")

    assert kept(john) == "outsourced"  # tests/policies: and India's Act applies again


def test_are_written_in_one_order():
    flags = (Flag("published", "pd:Age", 5), Flag("outsourced"), Flag("published", "a/b"))

    assert write(flags) == "outsourced published/a/b published/pd:Age=5"
    assert set(read(write(flags))) == set(flags)
    assert read("") == ()
