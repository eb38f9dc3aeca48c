from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from audit import selectors as audit
from audit.models import EntryIndex
from consent import selectors, services
from consent.errors import (
    EventTimeError,
    ForbiddenMethodError,
    GiverNotVerifiedError,
    IllegalTransitionError,
    NoticeNotInForceError,
    PurposeClosedError,
    PurposeUnknownError,
    UnknownMethodError,
)
from consent.methods import ACCEPTED, FORBIDDEN
from consent.models import ConsentEvent, ConsentState, NoticeTranslation
from consent.services import choices
from consent.transitions import State
from subjects import services as subjects
from subjects.errors import SubjectUnknownError
from tests.portal.world import APPROVER, AUTHOR, DELIVERY, MAPS, OFFERS, SURVEYS, content

pytestmark = pytest.mark.django_db


def sha256(notice, language):
    return NoticeTranslation.objects.get(notice_version=notice, language=language).sha256


@pytest.mark.req("BRD-CC1", "BRD-CC4")
class TestMethods:
    @pytest.mark.req("CON-08")
    @pytest.mark.parametrize("method", ["preselected", "silence", "inactivity", "bundled"])
    def test_what_is_no_affirmative_act_is_refused_with_its_reason(
        self, company, asha, written, method
    ):
        before = written()

        with pytest.raises(ForbiddenMethodError, match=r"affirmative|not specific") as refusal:
            company.yes(asha, method=method)

        assert refusal.value.message == FORBIDDEN[method]
        assert (refusal.value.status, written()) == (422, before)

    @pytest.mark.req("CON-08")
    def test_no_other_method_is_forbidden_and_none_is_both(self):
        assert set(FORBIDDEN) == {"preselected", "silence", "inactivity", "bundled"}
        assert not ACCEPTED & set(FORBIDDEN)

    @pytest.mark.parametrize("method", ["", "telepathy", "Checkbox"])
    def test_an_unknown_method_is_refused(self, company, asha, written, method):
        before = written()

        with pytest.raises(UnknownMethodError):
            company.yes(asha, method=method)

        assert written() == before

    @pytest.mark.req("CON-08", "CON-13")
    @pytest.mark.parametrize("method", sorted(ACCEPTED - {"import"}))
    def test_each_accepted_method_is_provable(self, company, asha, method):
        company.yes(asha, method=method)

        assert ConsentState.objects.get().is_provable

    def test_a_yes_without_a_known_act_is_not(self, company, asha):
        company.yes(asha, method="import")

        assert not ConsentState.objects.get().is_provable


class TestWhatIsRecorded:
    @pytest.mark.req("CON-03", "CON-13")
    def test_a_line_says_who_when_how_and_which_words(self, company, asha):
        at = timezone.now() - timedelta(hours=2)
        event = company.yes(
            asha, language="hi", event_at=at, is_explicit=True, reason="shop",
            evidence={"session": "s-1"},
        )  # fmt: skip

        stored = ConsentEvent.objects.get()
        assert (stored.id, stored.state, stored.event_at) == (event.id, "given", at)
        assert stored.recorded_at > at
        assert (stored.notice_version, stored.language) == (company.notice, "hi")
        assert stored.notice_sha256 == sha256(company.notice, "hi")
        assert (stored.method, stored.channel, stored.given_by) == ("checkbox", "web", "principal")
        assert (stored.is_explicit, stored.reason, stored.evidence) == (
            True, "shop", {"session": "s-1"},
        )  # fmt: skip
        assert (stored.actor_type, stored.actor_id) == ("system", AUTHOR.id)
        assert stored.purpose_version == 1

    @pytest.mark.req("CON-13")
    def test_the_log_says_it_too_without_naming_the_person(self, company, asha):
        event = company.yes(asha)

        entry = EntryIndex.objects.get(event="consent:given")
        said = audit.payload(entry.id)
        assert entry.target_id == said["target"]["id"] == str(event.id)
        assert said["subject"] == str(asha.pseudonym)
        assert said["data"]["sha256"] == sha256(company.notice, "en")
        assert str(asha.id) not in str(said)

    def test_what_is_returned_is_what_is_stored(self, company, asha):
        event = company.yes(asha, evidence={"a": "b"}, is_explicit=True)

        stored = ConsentEvent.objects.get()
        for field in ConsentEvent._meta.concrete_fields:
            assert getattr(event, field.attname) == getattr(stored, field.attname), field.name


class TestWords:
    def test_by_default_are_the_newest_in_force(self, company, asha):
        newest = company.republish()

        assert company.yes(asha).notice_version == newest

    def test_without_a_language_are_the_english_ones(self, company, asha):
        event = company.yes(asha, language="")

        assert (event.language, event.notice_sha256) == ("en", sha256(company.notice, "en"))

    @pytest.mark.req("CON-03")
    def test_may_be_older_ones_that_the_person_saw(self, company, asha):
        old = company.notice
        company.republish()

        event = company.yes(asha, notice_version=old.id)

        assert (event.notice_version, event.notice_sha256) == (old, sha256(old, "en"))

    def test_are_the_newest_that_have_the_language(self, company, asha):
        bilingual = company.notice
        english = services.draft_notice(
            by=AUTHOR, controller_id=company.id, code="website", pack="IN",
            purposes=[company.versions[code] for code in (OFFERS, SURVEYS, MAPS)],
            translations={"en": content("en", company.controller)},
        )  # fmt: skip
        services.publish_notice(by=APPROVER, version=english)

        assert company.yes(asha, language="hi").notice_version == bilingual
        assert company.yes(asha, SURVEYS, language="en").notice_version == english

    @pytest.mark.parametrize("words", [{"language": "fr"}, {"notice_version": uuid4()}])
    def test_that_nobody_published_make_no_consent(self, company, asha, written, words):
        before = written()

        with pytest.raises(NoticeNotInForceError):
            company.yes(asha, **words)

        assert written() == before

    def test_of_a_draft_make_no_consent(self, company, asha):
        draft = services.draft_notice(
            by=AUTHOR, controller_id=company.id, code="app", pack="IN",
            purposes=[company.versions[OFFERS]],
            translations={"en": content("en", company.controller)},
        )  # fmt: skip
        with pytest.raises(NoticeNotInForceError):
            company.yes(asha, notice_version=draft.id)

    def test_about_another_purpose_make_no_consent(self, company, asha):
        with pytest.raises(NoticeNotInForceError):
            company.yes(asha, DELIVERY)

    @pytest.mark.req("P9")
    def test_of_another_controller_make_no_consent(self, company, other, asha):
        with pytest.raises(NoticeNotInForceError):
            company.yes(asha, notice_version=other.notice.id)

    def test_are_not_needed_for_a_no(self, company, asha):
        event = company.answer(asha, OFFERS, State.REFUSED, language="fr")

        assert (event.state, event.notice_version, event.notice_sha256) == ("refused", None, "")


class TestPurposes:
    def test_an_unknown_one_is_refused(self, company, asha, written):
        before = written()

        with pytest.raises(PurposeUnknownError):
            company.yes(asha, "no.such.purpose")

        assert written() == before

    @pytest.mark.req("CON-02")
    def test_one_without_an_approved_version_is_refused(self, company, asha):
        words = services.Words(
            title="T", description="D", enables="E", dpv_purpose="dpv:Marketing",
            grounds={"IN": "consent"}, categories=("pd:Name",), retention_days=1, owner="O",
        )  # fmt: skip
        services.draft_purpose(by=AUTHOR, controller_id=company.id, code="new.one", words=words)

        with pytest.raises(PurposeUnknownError):
            company.yes(asha, "new.one")

    def test_a_closed_one_takes_no_yes_but_every_end(self, company, asha):
        company.yes(asha)
        services.close_purpose(by=APPROVER, purpose=company.versions[OFFERS].purpose)

        with pytest.raises(PurposeClosedError):
            company.yes(asha)
        with pytest.raises(PurposeClosedError):
            company.answer(company.person("b@example.in"), OFFERS, State.REQUESTED)
        ended = services.withdraw(
            by=AUTHOR, controller_id=company.id, subject_id=asha.id, purpose=OFFERS,
            method="button",
        )  # fmt: skip
        assert ended.state == "withdrawn"
        assert company.answer(asha, OFFERS, State.REFUSED).state == "withdrawn"


@pytest.mark.req("P9")
class TestWhoseTheyAre:
    def test_a_person_of_another_controller_is_unknown(self, company, other, asha, written):
        before = written()

        with pytest.raises(SubjectUnknownError):
            other.yes(asha)

        assert written() == before

    def test_a_made_up_person_is_unknown(self, company, asha):
        choice = services.Choice(
            subject_id=uuid4(), purpose=OFFERS, state=State.GIVEN, method="button"
        )
        with pytest.raises(SubjectUnknownError):
            services.record(by=AUTHOR, controller_id=company.id, choice=choice)

    def test_questions_are_answered_within_a_controller(self, company, other, asha):
        event = company.yes(asha)

        assert selectors.event(other.id, event.id) is None
        assert selectors.event(company.id, event.id).purpose.code == OFFERS
        assert list(selectors.history(other.id, asha.id)) == []
        assert selectors.words(other.id, company.notice.id, "en") is None
        assert {one.state for one in selectors.states(other.id, asha.id)} == {State.UNKNOWN}


@pytest.mark.req("CON-30")
class TestEventTime:
    @pytest.mark.parametrize("ahead", [timedelta(minutes=6), timedelta(days=400)])
    def test_in_the_future_is_refused(self, company, asha, written, ahead):
        before = written()

        with pytest.raises(EventTimeError):
            company.yes(asha, event_at=timezone.now() + ahead)

        assert written() == before

    def test_a_clock_may_be_a_little_ahead(self, company, asha):
        at = timezone.now() + timedelta(minutes=4)

        assert company.yes(asha, event_at=at).event_at == at

    def test_long_ago_is_fine_for_the_first(self, company, asha):
        at = timezone.now() - timedelta(days=300)

        assert company.yes(asha, event_at=at).event_at == at

    def test_before_the_last_one_takes_its_place_before_it(self, company, asha, lines):
        at = timezone.now() - timedelta(days=3)
        company.yes(asha, event_at=at)

        company.answer(asha, OFFERS, State.REFUSED, event_at=at - timedelta(seconds=1))

        assert lines() == ["given", "refused"]
        assert ConsentState.objects.get().state == "given"


@pytest.mark.req("CON-13")
class TestGuardians:
    @pytest.fixture
    def parent(self, company):
        return company.person("parent@example.in")

    def relate(self, parent, child, kind="parent", verified_by="digilocker"):
        subjects.relate(
            by=AUTHOR, subject=parent, related_id=child.id, kind=kind, verified_by=verified_by
        )

    @pytest.mark.parametrize("kind", ["parent", "guardian"])
    def test_a_verified_one_may_answer(self, company, asha, parent, kind):
        self.relate(parent, asha, kind)

        event = company.yes(asha, given_by=kind, guardian_id=parent.id)

        assert (event.guardian_id, event.guardian_verified) == (parent.id, True)
        assert ConsentState.objects.get().guardian_verified

    @pytest.mark.parametrize(
        ("kind", "verified_by"), [("parent", ""), ("household", "visit"), (None, "")]
    )
    def test_another_may_not(self, company, asha, parent, written, kind, verified_by):
        if kind:
            self.relate(parent, asha, kind, verified_by)
        before = written()

        with pytest.raises(GiverNotVerifiedError):
            company.yes(asha, given_by="parent", guardian_id=parent.id)

        assert written() == before

    def test_the_relation_counts_in_its_direction_only(self, company, asha, parent):
        self.relate(asha, parent)

        with pytest.raises(GiverNotVerifiedError):
            company.yes(asha, given_by="guardian", guardian_id=parent.id)

    def test_one_who_is_not_named_is_not_verified(self, company, asha):
        company.yes(asha, given_by="parent")

        assert not ConsentState.objects.get().guardian_verified

    def test_a_principal_needs_none(self, company, asha, parent):
        assert not company.yes(asha, guardian_id=parent.id).guardian_verified


class TestStates:
    def test_every_purpose_in_force_is_shown(self, company, asha):
        company.yes(asha)

        shown = {one.purpose: one.state for one in selectors.states(company.id, asha.id)}
        assert shown == {
            OFFERS: State.GIVEN, SURVEYS: State.UNKNOWN, MAPS: State.UNKNOWN,
            DELIVERY: State.UNKNOWN,
        }  # fmt: skip

    def test_a_closed_one_only_to_who_chose_on_it(self, company, asha):
        company.yes(asha)
        for code in (OFFERS, MAPS):
            services.close_purpose(by=APPROVER, purpose=company.versions[code].purpose)

        shown = {one.purpose: one.is_closed for one in selectors.states(company.id, asha.id)}
        assert shown == {OFFERS: True, SURVEYS: False, DELIVERY: False}

    @pytest.mark.req("CON-19")
    @pytest.mark.parametrize("is_material", [True, False])
    def test_a_material_change_makes_them_stale(self, company, asha, is_material):
        company.yes(asha)
        company.republish(is_material=is_material)

        (offers,) = (one for one in selectors.states(company.id, asha.id) if one.event_id)
        assert offers.is_stale is is_material
        company.yes(asha)
        (offers,) = (one for one in selectors.states(company.id, asha.id) if one.event_id)
        assert (offers.is_stale, offers.state) == (False, State.RENEWED)

    def test_history_is_newest_first(self, company, asha):
        company.yes(asha)
        company.yes(asha, MAPS)
        company.answer(asha, OFFERS, State.REFUSED)

        of_all = selectors.history(company.id, asha.id)
        assert [(one.purpose.code, one.state) for one in of_all] == [
            (OFFERS, "withdrawn"), (MAPS, "given"), (OFFERS, "given"),
        ]  # fmt: skip
        of_one = selectors.history(company.id, asha.id, OFFERS)
        assert [one.state for one in of_one] == ["withdrawn", "given"]


def test_an_illegal_step_leaves_nothing(company, asha, written):
    before = written()

    with pytest.raises(IllegalTransitionError):
        company.answer(asha, OFFERS, State.WITHDRAWN)

    assert written() == before


class TestSeveralAtOnce:
    def test_a_bad_one_is_kept_out_and_the_rest_stand(self, company, asha, lines):
        wishes = [(State.GIVEN, "button"), (State.GIVEN, "silence"), (State.REFUSED, "button")]
        given = [
            services.Choice(subject_id=asha.id, purpose=OFFERS, state=state, method=method)
            for state, method in wishes
        ]

        outcomes = choices.record_many(by=AUTHOR, controller_id=company.id, choices=given)

        assert [getattr(one, "state", type(one)) for one in outcomes] == [
            "given", ForbiddenMethodError, "withdrawn",
        ]  # fmt: skip
        assert lines() == ["given", "withdrawn"]
