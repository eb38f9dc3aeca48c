"""Two records of one person become one, and two again (CON-31)."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit import selectors as audit
from audit.models import EntryIndex
from consent import selectors, services
from consent.errors import EndReasonError, MergeOverError
from consent.models import ConsentEvent, ConsentState, Merge
from consent.services.folding import fold
from consent.services.lines import lines_of, states_of
from consent.transitions import State
from subjects import selectors as subject_selectors
from subjects import services as subjects
from subjects.errors import (
    KeyDestroyedError,
    SubjectHeldError,
    SubjectMergedError,
    SubjectsNotTwoError,
    SubjectUnknownError,
)
from subjects.models import DataKey, Identifier, Subject
from subjects.naming import Named, person
from tests.portal.world import APPROVER, AUTHOR, MAPS, OFFERS, SURVEYS

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-31")]
GUEST = "asha.guest@example.in"


@pytest.fixture
def guest(company):
    """The other record of Asha."""
    return company.person(GUEST)


@pytest.fixture
def merge(company, asha, guest):
    def run(kept=None, absorbed=None, reason="duplicate"):
        return services.merge(
            by=APPROVER, controller_id=company.id, kept_id=(kept or asha).id,
            absorbed_id=(absorbed or guest).id, reason=reason,
        )  # fmt: skip

    return run


@pytest.fixture
def split(company):
    def run(found, reason="mistake"):
        return services.split(
            by=APPROVER, controller_id=company.id, merge_id=found.id, reason=reason
        )

    return run


def states(company, someone):
    return {
        one.purpose: one.state.value
        for one in selectors.states(company.id, someone.id)
        if one.event_id
    }


def ledger(someone):
    return list(ConsentEvent.objects.filter(subject=someone).order_by("id").values())


def snapshot(someone):
    rows = ConsentState.objects.filter(subject=someone).order_by("purpose__code")
    return list(rows.values("purpose_id", "event_id", "state", "since_at", "expires_at",
                            "is_provable", "language", "notice_version_id"))  # fmt: skip


def folds(someone):
    lines = lines_of(someone.controller_id, [someone.id])
    for state in states_of(someone.controller_id, [someone.id]):
        found = fold(line for line in lines if line.purpose_id == state.purpose_id)
        assert found._replace(id=state.id) == state
    return True


def answer(company, someone, state):
    """Bring the person into a state about offers; None: they were never asked."""
    if state == "withdrawn":
        company.yes(someone)
    if state == "expired":
        company.yes(someone, event_at=timezone.now() - timedelta(days=2),
                    expires_at=timezone.now() - timedelta(days=1))  # fmt: skip
    elif state in {"revoked", "invalidated"}:
        company.yes(someone)
        verb = services.revoke if state == "revoked" else services.invalidate
        reason = "purpose_ended" if state == "revoked" else "not_free"
        verb(by=APPROVER, controller_id=company.id, subject_id=someone.id, purpose=OFFERS,
             reason=reason)  # fmt: skip
    elif state:
        company.answer(someone, OFFERS, State(state))


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
