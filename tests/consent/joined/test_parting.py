"""Records that were joined become two again, and what may not be joined or parted."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from consent import selectors, services
from consent.errors import EndReasonError, MergeOverError
from consent.models import ConsentEvent, Merge
from consent.records import pdf
from consent.records.files import FORMS, file
from consent.transitions import State
from subjects import selectors as subject_selectors
from subjects import services as subjects
from subjects.errors import KeyDestroyedError, SubjectsNotTwoError, SubjectUnknownError
from tests.consent.joined.records import GUEST, answer, folds, snapshot, states
from tests.portal.world import APPROVER, AUTHOR, MAPS, OFFERS, SURVEYS

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-31")]


class TestSplit:
    def test_gives_back_the_original_evidence(self, company, asha, guest, merge, split):
        company.yes(asha)
        company.yes(asha, MAPS)
        answer(company, guest, "withdrawn")
        company.yes(guest, SURVEYS)
        before = snapshot(asha), snapshot(guest)

        split(merge())

        kept = [row for row in snapshot(asha) if row["state"] != "unknown"]
        assert (kept, snapshot(guest)) == before
        assert folds(asha)
        assert subject_selectors.find(company.id, "email", GUEST) == guest
        assert list(subject_selectors.standings(guest)) == []

    def test_of_a_yes_that_was_never_theirs_leaves_them_never_asked(
        self, company, asha, guest, merge, split
    ):
        company.yes(guest)
        found = merge()
        assert states(company, asha) == {OFFERS: "given"}

        split(found)

        assert states(company, asha) == {OFFERS: "unknown"}
        assert company.yes(asha).state == "given"
        assert folds(asha)

    @pytest.mark.req("P2")
    def test_a_no_of_the_time_between_counts_for_both(self, company, asha, guest, merge, split):
        company.yes(asha)
        company.yes(guest)
        found = merge()
        services.withdraw(
            by=AUTHOR, controller_id=company.id, subject_id=asha.id, purpose=OFFERS,
            method="button",
        )  # fmt: skip

        split(found)

        assert states(company, asha) == states(company, guest) == {OFFERS: "withdrawn"}

    def test_a_yes_of_the_time_between_stays_where_it_was_given(
        self, company, asha, guest, merge, split
    ):
        company.answer(guest, OFFERS, State.REFUSED)
        found = merge()
        company.yes(asha)

        split(found)

        assert states(company, asha) == {OFFERS: "given"}
        assert states(company, guest) == {OFFERS: "refused"}

    def test_objections_go_back_and_new_ones_count_for_both(
        self, company, asha, guest, merge, split
    ):
        who = {"by": AUTHOR, "controller_id": company.id}
        services.object_to(**who, subject_id=guest.id)
        found = merge()
        services.object_to(**who, subject_id=asha.id, kind="particular_situation", purpose=OFFERS)

        split(found)

        kinds = {
            someone.id: set(
                selectors.objections(company.id, someone.id).values_list("kind", flat=True)
            )
            for someone in (asha, guest)
        }
        assert kinds == {
            asha.id: {"particular_situation"},
            guest.id: {"direct_marketing", "particular_situation"},
        }

    def test_leaves_facts_that_somebody_changed_since(self, company, merge, split):
        one = company.person("m@example.in", residence="IN")
        found = merge(one, company.person("t@example.in", residence="DE"))
        subjects.set_facts(by=AUTHOR, subject=one, residence="FR")

        split(found)

        one.refresh_from_db()
        assert one.residence == "FR"

    def test_and_joining_again_comes_out_the_same(self, company, asha, guest, merge, split):
        company.yes(asha)
        answer(company, guest, "withdrawn")
        split(merge())

        merge()

        assert states(company, asha) == {OFFERS: "withdrawn"}
        assert folds(asha)

    def test_a_late_yes_from_before_does_not_undo_the_joining(self, company, asha, guest, merge):
        company.yes(asha, event_at=timezone.now() - timedelta(days=3))
        answer(company, guest, "withdrawn")
        merge()

        with time_machine.travel(timezone.now() + timedelta(hours=1)):
            company.yes(asha, event_at=timezone.now() - timedelta(days=1))

        assert states(company, asha) == {OFFERS: "withdrawn"}


@pytest.mark.req("CON-14")
def test_every_line_of_both_has_its_receipt_in_every_form(company, asha, guest, merge, split):
    company.yes(guest)
    split(merge())

    for line in ConsentEvent.objects.filter(controller_id=company.id):
        for form in FORMS:
            if form != "pdf" or pdf.is_available():
                assert file(form, company.id, line.id).body


class TestBadInput:
    def test_needs_a_known_reason(self, merge, split, asha):
        with pytest.raises(EndReasonError):
            merge(reason="they look alike")
        with pytest.raises(EndReasonError):
            split(merge(), reason="")

        assert Merge.objects.get().split_at is None

    def test_one_record_is_not_two(self, merge, asha):
        with pytest.raises(SubjectsNotTwoError):
            merge(asha, asha)

    def test_a_joined_record_is_joined_no_further(self, company, asha, guest, merge):
        third = company.person("third@example.in")
        merge()

        for kept, absorbed in ((third, guest), (guest, third), (third, asha)):
            with pytest.raises(SubjectsNotTwoError):
                merge(kept, absorbed)

        assert Merge.objects.count() == 1

    @pytest.mark.req("P9")
    def test_records_of_two_companies_are_two_people(self, company, other, asha, merge):
        foreign = other.person("x@example.nl")

        for kept, absorbed in ((asha, foreign), (foreign, asha)):
            with pytest.raises(SubjectUnknownError):
                merge(kept, absorbed)
        with pytest.raises(MergeOverError):
            services.split(
                by=APPROVER, controller_id=other.id, merge_id=merge().id, reason="mistake"
            )

    @pytest.mark.req("P9")
    def test_the_database_refuses_them_too(self, company, other, asha):
        foreign = other.person("x@example.nl")

        with pytest.raises(IntegrityError), transaction.atomic():
            Merge.objects.create(
                controller_id=company.id, subject=asha, absorbed_id=foreign.id, reason="guest",
                merged_at=timezone.now(), merged_by="me",
            )  # fmt: skip

    def test_what_is_over_is_over(self, company, merge, split):
        found = merge()
        split(found)

        with pytest.raises(MergeOverError):
            split(found)
        with pytest.raises(MergeOverError):
            services.split(
                by=APPROVER, controller_id=company.id, merge_id=uuid4(), reason="mistake"
            )

    def test_an_erased_record_joins_nobody(self, company, asha, guest, merge, written):
        subjects.destroy_key(by=AUTHOR, subject=asha)
        before = written()

        with pytest.raises(KeyDestroyedError):
            merge()

        assert written() == before
        assert subject_selectors.find(company.id, "email", GUEST) == guest
