"""Two records of one person become one (CON-31)."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from audit import selectors as audit
from audit.models import EntryIndex
from consent import selectors, services
from consent.models import ConsentEvent, ConsentState
from consent.transitions import State
from subjects import selectors as subject_selectors
from subjects import services as subjects
from subjects.errors import SubjectHeldError, SubjectMergedError, SubjectUnknownError
from subjects.models import DataKey, Identifier, Subject
from subjects.naming import Named, person
from tests.consent.joined.records import GUEST, answer, folds, ledger, states
from tests.portal.world import APPROVER, AUTHOR, OFFERS

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-31")]


class TestChoices:
    @pytest.mark.parametrize(
        ("kept", "absorbed", "joined"),
        [
            ("given", "withdrawn", "withdrawn"), ("withdrawn", "given", "withdrawn"),
            ("given", "refused", "refused"), ("given", "requested", "requested"),
            ("given", "expired", "expired"), ("given", "revoked", "revoked"),
            ("given", "invalidated", "invalidated"), ("withdrawn", "invalidated", "invalidated"),
            ("refused", "withdrawn", "refused"), ("given", "given", "given"),
            (None, "given", "given"), (None, "refused", "refused"), ("given", None, "given"),
            ("requested", "given", "requested"), (None, None, None),
        ],
    )  # fmt: skip
    def test_the_more_protective_counts(self, company, asha, guest, merge, kept, absorbed, joined):
        answer(company, asha, kept)
        answer(company, guest, absorbed)

        merge()

        assert states(company, asha).get(OFFERS) == joined
        assert folds(asha)

    def test_no_line_of_either_ledger_changes(self, company, asha, guest, merge, split):
        company.yes(asha)
        answer(company, guest, "withdrawn")
        before = ledger(asha), ledger(guest)

        split(merge())

        assert (ledger(asha)[:1], ledger(guest)) == before
        assert [one["method"] for one in ledger(asha)] == ["checkbox", "merge", "split"]

    def test_a_line_says_where_its_evidence_is(self, company, asha, guest, merge):
        company.yes(asha)
        answer(company, guest, "withdrawn")
        source = ConsentEvent.objects.get(subject=guest, state="withdrawn")

        found = merge()

        line = ConsentEvent.objects.get(subject=asha, state="withdrawn")
        assert line.evidence == {
            "merge": str(found.id), "event": str(source.id), "method": "checkbox",
        }  # fmt: skip
        assert (line.actor_id, line.sequence) == (APPROVER.id, 2)

    def test_a_yes_comes_with_its_proof_its_time_and_its_end(self, company, asha, guest, merge):
        yes = company.yes(guest, language="hi", event_at=timezone.now() - timedelta(days=3))

        merge()

        state = ConsentState.objects.get(subject=asha)
        assert (state.state, state.is_provable, state.language) == ("given", True, "hi")
        assert (state.since_at, state.expires_at) == (yes.event_at, yes.expires_at)
        assert state.notice_version_id == yes.notice_version_id

    def test_a_yes_that_could_not_be_proven_still_cannot(self, company, asha, guest, merge):
        company.yes(guest, method="import")

        merge()

        assert not ConsentState.objects.get(subject=asha).is_provable

    def test_objections_of_either_stand(self, company, asha, guest, merge):
        services.object_to(by=AUTHOR, controller_id=company.id, subject_id=guest.id)

        merge()

        assert selectors.objections(company.id, asha.id).count() == 1


class TestIdentity:
    def test_every_identifier_finds_the_record_that_is_used(self, company, asha, guest, merge):
        merge()

        found = subject_selectors.find(company.id, "email", GUEST)
        assert found == asha
        assert {one.text for one in subject_selectors.reveal(asha)} == {
            "asha@example.in", GUEST,
        }  # fmt: skip
        assert subject_selectors.reveal(guest) == []

    def test_the_other_id_means_the_record_that_is_used(self, company, asha, guest, merge):
        merge()

        assert person(company.id, Named(subject_id=guest.id)) == asha

    @pytest.mark.req("P2")
    def test_nothing_is_recorded_where_it_would_count_for_nobody(
        self, company, asha, guest, merge, written
    ):
        company.yes(guest)
        merge()
        before = written()

        with pytest.raises(SubjectUnknownError):
            company.answer(guest, OFFERS, State.REFUSED)
        with pytest.raises(SubjectMergedError):
            services.withdraw(
                by=AUTHOR, controller_id=company.id, subject_id=guest.id, purpose=OFFERS,
                method="button",
            )  # fmt: skip
        with pytest.raises(SubjectMergedError):
            services.object_to(by=AUTHOR, controller_id=company.id, subject_id=guest.id)

        assert written() == before

    @pytest.mark.parametrize(
        ("mine", "theirs", "joined"),
        [
            ({"residence": "IN"}, {"residence": "DE"}, {"residence": ""}),
            ({"residence": "IN"}, {"residence": ""}, {"residence": "IN"}),
            ({}, {"has_guardian": True}, {"has_guardian": True}),
            (
                {"age_state": "adult", "age_assurance": "verified"},
                {"age_state": "child", "age_assurance": "declared", "adult_on": date(2030, 5, 1)},
                {"age_state": "child", "age_assurance": "declared", "adult_on": date(2030, 5, 1)},
            ),
            (
                {"age_state": "adult", "age_assurance": "verified"}, {},
                {"age_state": "unknown", "age_assurance": "unknown"},
            ),
            (
                {"age_state": "adult", "age_assurance": "verified"},
                {"age_state": "adult", "age_assurance": "declared"},
                {"age_state": "adult", "age_assurance": "declared"},
            ),
        ],
    )  # fmt: skip
    def test_facts_are_the_more_protective_and_come_back(
        self, company, merge, split, mine, theirs, joined
    ):
        one, two = company.person("m@example.in", **mine), company.person("t@example.in", **theirs)
        names = ("residence", "has_guardian", "age_state", "age_assurance", "adult_on")
        before = Subject.objects.filter(pk=one.pk).values(*names).get()

        found = merge(one, two)
        assert Subject.objects.filter(pk=one.pk).values(*joined).get() == joined
        split(found)

        assert Subject.objects.filter(pk=one.pk).values(*names).get() == before

    def test_what_stands_about_either_stands_about_the_one(self, company, asha, guest, merge):
        subjects.set_standing(by=AUTHOR, subject=guest, state="hold")

        merge()

        assert {one.state for one in subject_selectors.standings(asha)} == {"hold"}
        assert {one.state for one in subject_selectors.standings(guest)} == {"hold", "restricted"}

    def test_erasing_the_one_erases_the_other_with_it(self, company, asha, guest, merge):
        merge()

        subjects.destroy_key(by=AUTHOR, subject=asha)

        assert DataKey.objects.count() == Identifier.objects.count() == 0

    def test_a_hold_on_the_other_keeps_both(self, company, asha, guest, merge):
        merge()
        absorbed = Subject.objects.get(pk=guest.pk)
        held = absorbed.standings.create(
            controller_id=company.id, state="hold", scope_type="everything",
            since_at=timezone.now(),
        )  # fmt: skip

        with pytest.raises(SubjectHeldError):
            subjects.destroy_key(by=AUTHOR, subject=asha)

        assert held.ended_at is None
        assert DataKey.objects.count() == 2

    def test_the_log_names_nobody(self, company, asha, guest, merge, split):
        split(merge())

        for event in ("subject:merged", "subject:split"):
            said = str(audit.payload(EntryIndex.objects.get(event=event).id))
            assert GUEST not in said
            assert str(guest.id) not in said


def test_a_service_that_asks_by_the_other_id_is_shown_the_record_that_is_used(
    company, asha, guest, merge
):
    company.answer(asha, OFFERS, State.REFUSED)
    company.yes(guest)
    merge()

    who = {"by": AUTHOR, "controller_id": company.id, "subject_id": guest.id}
    (state,) = (one for one in services.show_states(**who, purposes=[OFFERS]) if one.event_id)
    page = services.show_page(**who, purposes=[OFFERS], after=None, limit=9)

    assert state.state is State.REFUSED
    assert {line.subject_id for line in page.lines} == {asha.id}
