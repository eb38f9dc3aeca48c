"""What the law wants readable is not published without, unless somebody waived it until a day."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.actors import Actor
from audit.alarms import open_alarms
from audit.models import EntryIndex
from audit.selectors import payload
from consent import selectors, services
from consent.errors import SecondPersonError
from consent.models import LanguageWaiver, NoticeTranslation, NoticeVersion
from consent.services import waiving
from consent.versions import completeness
from consent.versions.completeness import Cell
from consent.versions.errors import (
    LanguagesMissingError,
    WaiverDecidedError,
    WaiverNotNeededError,
    WaiverReasonError,
    WaiverTimeError,
)
from consent.versions.languages import SCHEDULED
from tests.consent.test_publishing import draft_notice, refused
from tests.factories.languages import REASON, publish, waive
from tests.portal.world import APPROVER, AUTHOR, OFFERS, content

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-07")]

OFFICER = Actor("officer", "01900000-0000-7000-8000-0000000000aa")


def fresh(company, **more):
    """A notice of another code, which nothing is waived for."""
    return draft_notice(company, code="fresh", **more)


def translated(company, version, tags, by=APPROVER):
    for tag in tags:
        words = services.draft_translation(
            by=AUTHOR, version=version, language=tag, content=content("hi", company.controller)
        )
        services.approve_translation(by=by, translation=words, sha256=words.sha256)


def today():
    return datetime.now(UTC).date()


@pytest.fixture
def lapsed(company, monkeypatch):
    """The company 301 days from now: its notice is in force, the waiver of 300 days is over."""
    later = today() + timedelta(days=301)
    monkeypatch.setattr(completeness, "today", lambda: later)
    return company


@pytest.fixture
def alarms(company):
    return lambda: [one.kind for one in open_alarms([company.id])]


@pytest.mark.req("BRD-CC3")
class TestPublication:
    def test_is_refused_while_a_language_is_missing_and_names_it(self, company):
        version = fresh(company)
        translated(company, version, set(SCHEDULED) - {"sat"})

        with pytest.raises(LanguagesMissingError, match=r"s\.5\(3\)\): sat\.$"):
            services.publish_notice(by=APPROVER, version=version)

        assert NoticeVersion.objects.get(pk=version.pk).published_at is None
        translated(company, version, ["sat"])
        assert services.publish_notice(by=APPROVER, version=version).published_at

    def test_counts_a_language_in_another_script(self, company):
        version = fresh(company)
        translated(company, version, {*SCHEDULED, "ks-Deva", "mni-Mtei"} - {"ks", "mni"})

        assert services.publish_notice(by=APPROVER, version=version).published_at

    def test_does_not_count_drafts(self, company):
        version = fresh(company)
        translated(company, version, set(SCHEDULED) - {"sat", "ta"})
        for tag, origin in (("sat", "machine"), ("ta", "human")):
            services.draft_translation(
                by=AUTHOR, version=version, language=tag, origin=origin,
                content=content("hi", company.controller),
            )  # fmt: skip

        with pytest.raises(LanguagesMissingError, match=": sat, ta"):
            services.publish_notice(by=APPROVER, version=version)

    def test_approves_english_and_nothing_else(self, company):
        words = {tag: content(tag, company.controller) for tag in ("en", "hi")}
        version = draft_notice(company, words)

        services.publish_notice(by=APPROVER, version=version)

        stood = dict(version.translations.values_list("language", "state"))
        assert stood == {"en": "approved", "hi": "draft"}
        english = version.translations.get(language="en")
        assert (english.approved_by, english.drafted_by) == (APPROVER.id, AUTHOR.id)
        assert selectors.words_in_force(company.id, OFFERS, "hi").language == "en"

    def test_of_a_european_notice_asks_for_english_alone(self, company):
        """The rest of what it must say is tried elsewhere."""
        version = fresh(company)
        version.notice.pack = "EU"

        assert completeness.uncovered(version, today()) == []


class TestAWaiver:
    def test_lets_a_notice_be_published_and_is_approved_by_who_does(self, company):
        version = fresh(company)
        waiver = waive(version.notice)

        services.publish_notice(by=APPROVER, version=version)

        waiver.refresh_from_db()
        assert (waiver.approved_by, waiver.waived_by) == (APPROVER.id, AUTHOR.id)
        entry = EntryIndex.objects.get(event="waiver:approved", target_id=str(waiver.id))
        assert payload(entry.id)["data"] == {
            "code": "fresh", "languages": list(SCHEDULED), "reason": REASON,
            "until_on": waiver.until_on.isoformat(),
        }  # fmt: skip

    def test_of_who_publishes_does_not_count(self, company):
        version = fresh(company)
        waiver = waive(version.notice, by=APPROVER)

        with pytest.raises(LanguagesMissingError):
            services.publish_notice(by=APPROVER, version=version)

        waiver.refresh_from_db()
        assert waiver.approved_at is None

    def test_that_somebody_else_approved_counts_for_who_asked_for_it(self, company):
        version = fresh(company)
        services.approve_waiver(by=OFFICER, waiver=waive(version.notice, by=APPROVER))

        assert services.publish_notice(by=APPROVER, version=version).published_at

    def test_covers_its_languages_alone(self, company):
        version = fresh(company)
        waive(version.notice, languages=[one for one in SCHEDULED if one != "ur"])

        with pytest.raises(LanguagesMissingError, match=": ur"):
            services.publish_notice(by=APPROVER, version=version)
        assert not LanguageWaiver.objects.filter(notice=version.notice).exclude(approved_at=None)

    def test_of_another_notice_does_not_count(self, company):
        waive(company.notice.notice)

        with pytest.raises(LanguagesMissingError):
            services.publish_notice(by=APPROVER, version=fresh(company))

    def test_must_cover_the_day_the_version_begins(self, company):
        version = fresh(company)
        waive(version.notice, days=3)

        with pytest.raises(LanguagesMissingError):
            services.publish_notice(
                by=APPROVER, version=version, effective_from=timezone.now() + timedelta(days=5)
            )

    def test_that_is_not_needed_is_not_approved(self, company):
        version = fresh(company)
        translated(company, version, SCHEDULED)
        waiver = waive(version.notice)

        services.publish_notice(by=APPROVER, version=version)

        waiver.refresh_from_db()
        assert waiver.approved_at is None

    @pytest.mark.parametrize("wrong", [["en"], ["hi", "fr"], [], ["hindi!"], ["en", "hi"]])
    def test_is_of_scheduled_languages(self, company, wrong):
        with pytest.raises(WaiverNotNeededError):
            waive(company.notice.notice, languages=wrong)

    @pytest.mark.parametrize("days", [-1, 367, 4000])
    def test_ends_within_a_year(self, company, days):
        with pytest.raises(WaiverTimeError):
            waive(company.notice.notice, days=days)

    @pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
    def test_has_a_reason(self, company, reason):
        with pytest.raises(WaiverReasonError):
            services.waive_languages(
                by=AUTHOR, notice=company.notice.notice, languages=["hi"], reason=reason,
                until_on=today(),
            )  # fmt: skip

    def test_is_not_for_a_european_notice(self, company):
        company.notice.notice.pack = "EU"

        with pytest.raises(WaiverNotNeededError):
            services.waive_languages(
                by=AUTHOR, notice=company.notice.notice, languages=["hi"], reason=REASON,
                until_on=today(),
            )  # fmt: skip

    def test_is_not_approved_by_who_asked_for_it_nor_twice(self, company):
        waiver = waive(company.notice.notice)

        with pytest.raises(SecondPersonError):
            services.approve_waiver(by=AUTHOR, waiver=waiver)
        services.approve_waiver(by=APPROVER, waiver=waiver)
        with pytest.raises(WaiverDecidedError):
            services.approve_waiver(by=OFFICER, waiver=waiver)

    def test_never_changes_and_the_database_bounds_it(self, company):
        waiver = waive(company.notice.notice, languages=["hi"])
        for column in ("reason", "until_on", "languages", "waived_by"):
            change = f"UPDATE consent_languagewaiver SET {column} = {column} WHERE id = %s"
            assert not refused(change, waiver.id)  # the same again is no change
        assert refused("UPDATE consent_languagewaiver SET reason = 'x' WHERE id = %s", waiver.id)
        assert refused("DELETE FROM consent_languagewaiver WHERE id = %s", waiver.id)
        services.approve_waiver(by=APPROVER, waiver=waiver)
        assert refused("UPDATE consent_languagewaiver SET approved_by = approved_by WHERE id = %s",
                       waiver.id)  # fmt: skip

    @pytest.mark.parametrize(
        ("change", "constraint"),
        [
            ({"until_on": today() + timedelta(days=400)}, "at_most_a_year"),
            ({"until_on": today() - timedelta(days=1)}, "at_most_a_year"),
            ({"reason": ""}, "says_why"), ({"languages": []}, "says_why"),
            ({"approved_by": "b"}, "approved_whole"),
            ({"approved_by": "a", "approved_at": timezone.now()}, "by_another"),
        ],
    )  # fmt: skip
    def test_past_the_services_neither(self, company, change, constraint):
        whole = {
            "controller_id": company.id,
            "notice": company.notice.notice,
            "languages": ["hi"],
            "reason": "r",
            "waived_on": today(),
            "waived_by": "a",
            "until_on": today(),
        }
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            LanguageWaiver.objects.create(**{**whole, **change})


class TestAfterItLapsed:
    def test_the_notice_stays_in_force_and_officers_are_alarmed(self, lapsed, alarms, asha):
        assert waiving.watch() == 1

        assert alarms() == ["languages_lacking"]
        assert lapsed.yes(asha).notice_version == lapsed.notice
        (line,) = completeness.lines(lapsed.id)
        assert set(line.lacking) == set(SCHEDULED) - {"hi"}

    def test_no_further_version_is_published(self, lapsed):
        begins = timezone.now() + timedelta(days=301)

        with pytest.raises(LanguagesMissingError):
            services.publish_notice(
                by=APPROVER, version=draft_notice(lapsed), effective_from=begins
            )

    def test_a_new_one_quiets_the_alarm_once_it_is_approved(self, lapsed, alarms):
        waiving.watch()
        waiver = waive(lapsed.notice.notice, days=400)
        waiving.watch()
        assert alarms()

        services.approve_waiver(by=APPROVER, waiver=waiver)

        assert not alarms()

    def test_the_last_missing_language_quiets_it_too(self, lapsed, alarms):
        waiving.watch()
        translated(lapsed, lapsed.notice, set(SCHEDULED) - {"hi", "ur"})
        assert alarms()

        translated(lapsed, lapsed.notice, ["ur"])

        assert not alarms()

    def test_is_not_approved_any_more(self, company, monkeypatch):
        waiver = waive(company.notice.notice)
        monkeypatch.setattr(completeness, "today", lambda: waiver.until_on + timedelta(days=1))

        with pytest.raises(WaiverDecidedError):
            services.approve_waiver(by=APPROVER, waiver=waiver)

    def test_a_notice_about_closed_purposes_alone_alarms_nobody(self, lapsed, alarms):
        for code in (OFFERS, "research.surveys", "location.shop_finder"):
            services.close_purpose(by=APPROVER, purpose=lapsed.versions[code].purpose)

        assert waiving.watch() == 0
        assert not alarms()

    def test_while_it_counts_nobody_is_alarmed(self, company, alarms):
        assert waiving.watch() == 0
        assert not alarms()


class TestCompleteness:
    def test_shows_each_version_in_each_language(self, company):
        services.draft_translation(
            by=AUTHOR, version=company.notice, language="ta", content={"title": "x"},
            origin="machine",
        )  # fmt: skip
        draft = fresh(company)
        services.draft_translation(
            by=AUTHOR, version=draft, language="ta", content={"title": "x"}, origin="machine"
        )
        services.draft_translation(by=AUTHOR, version=draft, language="ur", content={"title": "x"})

        new, now = completeness.lines(company.id)

        cells = {one.tag: one.cell for one in now.languages}
        assert [cells[one] for one in ("en", "hi", "ta")] == [
            Cell.APPROVED, Cell.APPROVED, Cell.WAIVED,
        ]  # fmt: skip
        assert now.lacking == ()
        assert "en" not in new.lacking  # publishing approves it
        assert {"ta", "ur", "sat"} <= set(new.lacking)
        cells = {one.tag: one.cell for one in new.languages}
        assert (cells["en"], cells["ta"], cells["ur"], cells["sat"]) == (
            Cell.DRAFT, Cell.MACHINE, Cell.DRAFT, Cell.LACKING,
        )  # fmt: skip

    @pytest.mark.req("P9")
    def test_is_of_one_controller(self, company, other):
        assert {one.version.controller_id for one in completeness.lines(company.id)} == {company.id}
        assert NoticeTranslation.objects.filter(controller_id=other.id).exists()

    def test_costs_no_more_with_more_versions(self, company, django_assert_max_num_queries):
        for _ in range(3):
            publish(draft_notice(company))
            draft_notice(company)

        with django_assert_max_num_queries(4):
            assert len(completeness.lines(company.id)) == 4
