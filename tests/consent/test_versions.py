"""Versions begin at a moment, in order, seen by a second person who confirms what changed."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from audit import selectors as audit
from audit.models import EntryIndex
from consent import selectors, services
from consent.catalogue import in_force
from consent.errors import NoticeNotInForceError, PurposeClosedError, PurposeUnknownError
from consent.models import PurposeVersion
from consent.transitions import State
from consent.versions import selectors as versions
from consent.versions.errors import (
    BeginsInPastError,
    ChangeMaterialError,
    HasBegunError,
    LegalGroundError,
    PurposeFamilyError,
    PurposeIncompleteError,
    ReasonNeededError,
    TermUnknownError,
    VersionOrderError,
)
from consent.versions.selectors import Standing
from tests.consent.test_publishing import draft_notice, draft_purpose, refused, sql
from tests.patience import wait_until
from tests.portal.world import APPROVER, AUTHOR, DELIVERY, MAPS, OFFERS, SURVEYS, TITLES, content

pytestmark = pytest.mark.django_db

TITLE = TITLES[OFFERS]["en"][0]


def soon(seconds=5):
    return timezone.now() + timedelta(seconds=seconds)


def approve(company, by=APPROVER, code=OFFERS, effective_from=None, note="", **changes):
    """The next version of a purpose, approved: the present one but for the changes."""
    now = company.versions[code]
    same = {
        name: getattr(now, name)
        for name in ("title", "description", "enables", "valid_days", "retention_days", "owner",
                     "is_marketing")
    }  # fmt: skip
    version = draft_purpose(company, code, **{**same, "grounds": now.grounds, **changes})
    return services.approve_purpose(
        by=by, version=version, effective_from=effective_from, note=note
    )


def publish(company, effective_from=None, note="", is_material=True, introduction=""):
    words = content("en", company.controller)
    words["introduction"] = introduction or words["introduction"]
    draft = draft_notice(company, {"en": words}, is_material=is_material)
    return services.publish_notice(
        by=APPROVER, version=draft, effective_from=effective_from, note=note
    )


def said(event, version):
    entry = EntryIndex.objects.get(event=event, target_id=str(version.id))
    return audit.payload(entry.id)["data"]


@pytest.mark.req("CON-01")
class TestBeginning:
    def test_a_purpose_begins_at_its_moment_and_not_before(self, company, asha):
        begins = soon()
        version = approve(company, title="Later", effective_from=begins)

        before = selectors.purpose_titles(company.id)[OFFERS]
        first = company.yes(asha)
        was = versions.standing(version)
        wait_until(lambda: timezone.now() > begins)

        assert (before, first.purpose_version, was) == (TITLE, 1, Standing.APPROVED)
        assert selectors.purpose_titles(company.id)[OFFERS] == "Later"
        assert versions.standing(version) is Standing.IN_FORCE
        assert versions.standing(company.versions[OFFERS]) is Standing.SUPERSEDED
        (offers,) = [s for s in selectors.states(company.id, asha.id) if s.purpose == OFFERS]
        assert offers.is_stale  # the change was drafted as material
        assert company.yes(asha).purpose_version == 1  # no notice says yet what changed
        company.versions[OFFERS] = version
        publish(company)
        assert company.yes(asha).purpose_version == 2

    def test_a_notice_begins_at_its_moment_and_not_before(self, company, asha):
        begins = soon()
        version = publish(company, begins, introduction="Something else.")

        assert selectors.words_in_force(company.id, OFFERS, "en").version_id == company.notice.id
        assert selectors.words(company.id, version.id, "en") is None
        with pytest.raises(NoticeNotInForceError):
            company.yes(asha, notice_version=version.id)
        wait_until(lambda: timezone.now() > begins)

        assert selectors.words_in_force(company.id, OFFERS, "en").version_id == version.id
        assert selectors.words(company.id, version.id, "en").effective_from == begins
        assert company.yes(asha, notice_version=version.id).notice_version_id == version.id

    def test_without_a_moment_it_begins_at_once(self, company):
        version = approve(company)

        assert version.effective_from == version.approved_at
        assert versions.standing(version) is Standing.IN_FORCE

    def test_a_purpose_nobody_put_in_force_yet_is_unknown_until_then(self, company, asha):
        version = draft_purpose(company, "brand.new")
        services.approve_purpose(by=APPROVER, version=version, effective_from=soon(60))

        with pytest.raises(PurposeUnknownError):
            in_force(company.id).purpose("brand.new")

    def test_it_never_begins_in_the_past(self, company):
        draft = draft_purpose(company)

        with pytest.raises(BeginsInPastError):
            services.approve_purpose(by=APPROVER, version=draft, effective_from=soon(-60))

        assert PurposeVersion.objects.get(pk=draft.pk).approved_at is None

    def test_versions_begin_in_the_order_of_their_numbers(self, company):
        older = draft_purpose(company)
        approve(company, effective_from=soon(3600))

        for begins in (None, soon(60)):
            with pytest.raises(VersionOrderError):
                approve(company, effective_from=begins)
        with pytest.raises(VersionOrderError):
            services.approve_purpose(by=APPROVER, version=older, effective_from=soon(7200))
        assert approve(company, effective_from=soon(7200)).effective_from

    def test_so_do_those_of_notices(self, company):
        publish(company, soon(3600))

        with pytest.raises(VersionOrderError):
            publish(company)

    def test_a_notice_waits_for_its_purposes(self, company):
        begins = soon(3600)
        company.versions[OFFERS] = approve(company, effective_from=begins)

        with pytest.raises(PurposeUnknownError):
            publish(company)
        with pytest.raises(PurposeUnknownError):
            publish(company, begins - timedelta(seconds=1))
        assert publish(company, begins).effective_from == begins

    def test_none_begins_at_a_closed_purpose(self, company):
        draft = draft_purpose(company)
        services.close_purpose(by=APPROVER, purpose=draft.purpose)

        with pytest.raises(PurposeClosedError):
            services.approve_purpose(by=APPROVER, version=draft)

    @pytest.mark.parametrize("table", ["consent_purposeversion", "consent_noticeversion"])
    def test_a_draft_has_no_beginning_past_the_services_either(self, company, table):
        version = draft_notice(company) if "notice" in table else draft_purpose(company)

        with pytest.raises(IntegrityError, match="_begins_"), transaction.atomic():
            sql(f"UPDATE {table} SET effective_from = now() WHERE id = %s", version.id)


@pytest.mark.req("CON-03")
class TestTakingBack:
    def test_what_has_not_begun_never_does(self, company, asha):
        begins = soon()
        version = approve(company, title="Later", effective_from=begins)

        services.take_back_purpose(by=APPROVER, version=version)
        wait_until(lambda: timezone.now() > begins)

        version.refresh_from_db()
        assert versions.standing(version) is Standing.TAKEN_BACK
        assert selectors.purpose_titles(company.id)[OFFERS] == TITLE
        assert company.yes(asha).purpose_version == 1
        assert said("purpose:taken_back", version)["number"] == 2
        assert approve(company).number == 3  # it holds no later one up

    def test_a_notice_too(self, company):
        version = publish(company, soon(3600))

        services.take_back_notice(by=APPROVER, version=version)

        assert versions.standing(type(version).objects.get(pk=version.pk)) is Standing.TAKEN_BACK
        assert publish(company).number == 3

    @pytest.mark.parametrize("kind", ["purpose", "notice"])
    def test_what_has_begun_stays(self, company, kind):
        take_back = getattr(services, f"take_back_{kind}")
        version = company.notice if kind == "notice" else company.versions[OFFERS]

        with pytest.raises(HasBegunError):
            take_back(by=APPROVER, version=version)

    def test_twice_is_once(self, company):
        version = approve(company, effective_from=soon(3600))
        services.take_back_purpose(by=APPROVER, version=version)

        with pytest.raises(HasBegunError):
            services.take_back_purpose(by=APPROVER, version=version)

    @pytest.mark.parametrize("table", ["consent_purposeversion", "consent_noticeversion"])
    def test_the_database_lets_nothing_else_change_before_it_begins(self, company, table):
        is_notice = "notice" in table
        version = (
            publish(company, soon(3600))
            if is_notice
            else approve(company, effective_from=soon(3600))
        )
        where = f"UPDATE {table} SET %s WHERE id = '{version.id}'"

        for change in (
            "effective_from = now() + interval '1 day'", "is_material = NOT is_material",
            "effective_from = NULL, is_material = NOT is_material", "number = number",
        ):  # fmt: skip
            assert refused(where % change), change
        assert refused(f"DELETE FROM {table} WHERE id = '{version.id}'")
        assert not refused(where % "effective_from = NULL")

    @pytest.mark.parametrize("table", ["consent_purposeversion", "consent_noticeversion"])
    def test_nor_anything_at_all_once_it_has_begun(self, company, table):
        version = company.notice if "notice" in table else company.versions[OFFERS]

        assert refused(f"UPDATE {table} SET effective_from = NULL WHERE id = %s", version.id)


@pytest.mark.req("CON-19")
class TestConfirming:
    def test_a_recipient_more_is_material_whatever_the_draft_says(self, company, asha):
        company.yes(asha)

        with pytest.raises(ChangeMaterialError, match="recipients"):
            approve(company, recipients=("agency",), is_material=False, note="It is nothing.")
        approve(company, recipients=("agency",))

        assert stale(company, asha)

    def test_a_slip_of_the_pen_is_editorial_and_needs_no_reason(self, company, asha):
        company.yes(asha)

        approve(company, description="We write to you about new things and lower pirces.",
                is_material=False)  # fmt: skip

        assert not stale(company, asha)

    def test_other_words_need_a_reason_that_the_log_keeps(self, company, asha):
        company.yes(asha)

        with pytest.raises(ReasonNeededError) as refusal:
            approve(company, description="Letters.", is_material=False, note="  ")
        version = approve(
            company, description="Letters.", is_material=False, note=" Said more shortly. "
        )

        assert refusal.value.field == "note"
        assert not stale(company, asha)
        data = said("purpose:approved", version)
        assert (data["note"], data["is_material"]) == ("Said more shortly.", False)
        assert data["effective_from"] > 0

    def test_of_a_notice_the_same_holds(self, company, asha):
        company.yes(asha)
        for note, is_taken in (("", False), ("The same in short.", True)):
            with pytest.raises(ReasonNeededError) if not is_taken else transaction.atomic():
                version = publish(company, note=note, is_material=False, introduction="Yes or no?")

        assert not stale(company, asha)
        assert said("notice:published", version)["note"] == "The same in short."

    def test_data_more_in_a_notice_are_material(self, company):
        words = content("en", company.controller)
        words["items"][0]["data"].append("Your health")
        draft = draft_notice(company, {"en": words, "hi": content("hi", company.controller)},
                             is_material=False)  # fmt: skip

        with pytest.raises(ChangeMaterialError, match=f"en: {OFFERS} data"):
            services.publish_notice(by=APPROVER, version=draft, note="No.")

    def test_it_is_weighed_against_what_counts_and_not_against_drafts(self, company):
        draft_purpose(company, recipients=("agency",))
        taken_back = approve(company, recipients=("agency",), effective_from=soon(3600))
        services.take_back_purpose(by=APPROVER, version=taken_back)

        with pytest.raises(ChangeMaterialError):
            approve(company, recipients=("agency",), is_material=False)

    def test_the_first_version_changes_nothing(self, company):
        assert versions.purpose_changes(company.versions[OFFERS]) == []
        assert versions.notice_changes(company.notice) == []


def stale(company, person):
    return {s.purpose for s in selectors.states(company.id, person.id) if s.is_stale}


@pytest.mark.req("CON-01")
class TestCompleteness:
    @pytest.mark.parametrize(
        ("name", "nothing"),
        [("enables", ""), ("dpv_purpose", ""), ("grounds", {}), ("categories", ()),
         ("operations", ()), ("owner", "")],
    )  # fmt: skip
    def test_what_lacks_something_is_drafted_and_not_approved(self, company, name, nothing):
        draft = draft_purpose(company, "brand.new", **{name: nothing})

        with pytest.raises(PurposeIncompleteError, match=f"lacks: {name}"):
            services.approve_purpose(by=APPROVER, version=draft)

        assert PurposeVersion.objects.get(pk=draft.pk).approved_at is None

    @pytest.mark.req("CON-11")
    @pytest.mark.parametrize(
        ("field", "value"),
        [("dpv_purpose", "dpv:Nothing"), ("dpv_purpose", "DirectMarketing"),
         ("dpv_purpose", "dpv:Profiling"), ("categories", ("pd:Unheard",)),
         ("operations", ("Sell",)), ("operations", ("dpv:Marketing",))],
    )  # fmt: skip
    def test_a_term_nobody_knows_is_not_even_drafted(self, company, field, value):
        with pytest.raises(TermUnknownError) as refusal:
            draft_purpose(company, "brand.new", **{field: value})

        assert refusal.value.field == field
        assert not PurposeVersion.objects.filter(purpose__code="brand.new").exists()

    @pytest.mark.parametrize("grounds", [{"IN": "7a"}, {"EU": "consent"}, {"US": "consent"}])
    def test_nor_a_ground_the_law_does_not_have(self, company, grounds):
        with pytest.raises(LegalGroundError):
            draft_purpose(company, "brand.new", grounds=grounds)


@pytest.mark.req("CON-01")
class TestFamilies:
    def test_a_purpose_belongs_to_a_wider_one_by_its_code(self, company):
        draft_purpose(company, "marketing.email", parent=SURVEYS)
        part = draft_purpose(company, "marketing.email.weekly", parent="marketing.email")

        assert [one.code for one in versions.above(part.purpose)] == ["marketing.email", SURVEYS]
        assert [one.code for one in versions.parts(part.parent)] == ["marketing.email.weekly"]

    def test_a_yes_to_one_is_none_to_the_other_in_either_direction(self, company, asha):
        approve(company, code=SURVEYS, parent=OFFERS)
        company.yes(asha, OFFERS)
        company.yes(asha, MAPS)

        states = {s.purpose: s.state for s in selectors.states(company.id, asha.id)}
        assert (states[OFFERS], states[SURVEYS]) == (State.GIVEN, State.UNKNOWN)
        company.yes(asha, SURVEYS)
        services.withdraw(
            by=AUTHOR, controller_id=company.id, subject_id=asha.id, purpose=OFFERS,
            method="portal",
        )  # fmt: skip
        states = {s.purpose: s.state for s in selectors.states(company.id, asha.id)}
        assert (states[OFFERS], states[SURVEYS]) == (State.WITHDRAWN, State.GIVEN)

    def test_none_is_its_own_ancestor(self, company):
        draft_purpose(company, OFFERS, parent=SURVEYS)
        draft_purpose(company, SURVEYS, parent=DELIVERY)

        for code, parent in ((OFFERS, OFFERS), (DELIVERY, OFFERS), (DELIVERY, DELIVERY)):
            with pytest.raises(PurposeFamilyError):
                draft_purpose(company, code, parent=parent)

    def test_a_parent_is_open_and_known(self, company, other):
        draft_purpose(other, "only.there")
        services.close_purpose(by=APPROVER, purpose=company.versions[MAPS].purpose)

        for parent in ("only.there", MAPS, "no.such"):
            with pytest.raises(PurposeFamilyError):
                draft_purpose(company, OFFERS, parent=parent)

    @pytest.mark.req("P9")
    def test_the_database_lets_no_family_cross_controllers(self, company, other):
        draft = draft_purpose(company)

        with pytest.raises(DatabaseError, match="one_family"), transaction.atomic():
            sql("UPDATE consent_purposeversion SET parent_id = %s WHERE id = %s",
                other.versions[SURVEYS].purpose_id, draft.id)  # fmt: skip
        with pytest.raises(IntegrityError, match="not_its_own"), transaction.atomic():
            sql("UPDATE consent_purposeversion SET parent_id = purpose_id WHERE id = %s", draft.id)
