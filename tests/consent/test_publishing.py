import copy
import hashlib
from uuid import uuid4

import pytest
import rfc8785
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from audit import selectors as audit
from audit.actors import Actor
from audit.models import EntryIndex
from consent import selectors, services
from consent.errors import (
    AlreadyPublishedError,
    NoticeIncompleteError,
    PurposeClosedError,
    PurposeUnknownError,
    SecondPersonError,
)
from consent.models import (
    NoticePurpose,
    NoticeTranslation,
    NoticeVersion,
    Purpose,
    PurposeVersion,
)
from consent.versions import lint
from tests.factories.languages import publish
from tests.portal.world import APPROVER, AUTHOR, DELIVERY, MAPS, OFFERS, SURVEYS, TITLES, content

pytestmark = pytest.mark.django_db

OFFICER = Actor("officer", "01900000-0000-7000-8000-0000000000aa")
ASKED = (OFFERS, SURVEYS, MAPS)


def words(**changes):
    given = {
        "title": "Offers", "description": "We write to you.", "enables": "You learn of it.",
        "dpv_purpose": "dpv:DirectMarketing", "grounds": {"IN": "consent"},
        "categories": ("pd:EmailAddress",), "retention_days": 30, "owner": "Marketing",
    }  # fmt: skip
    return services.Words(**{**given, **changes})


def draft_purpose(company, code=OFFERS, by=AUTHOR, **changes):
    given = words(**changes)
    return services.draft_purpose(by=by, controller_id=company.id, code=code, words=given)


def draft_notice(company, translations=None, by=AUTHOR, codes=ASKED, **more):
    english = {"en": content("en", company.controller)}
    return services.draft_notice(
        by=by, controller_id=company.id, code=more.pop("code", "website"), pack="IN",
        purposes=[company.versions[code] for code in codes],
        translations=english if translations is None else translations, **more,
    )  # fmt: skip


def events(prefix):
    found = EntryIndex.objects.filter(event__startswith=prefix).order_by("id")
    return list(found.values_list("event", flat=True))


class TestPurposes:
    @pytest.mark.req("CON-01")
    def test_a_version_holds_what_it_was_given_and_counts_up(self, company):
        version = draft_purpose(
            company, grounds={"IN": "consent", "EU": "6-1-a"}, recipients=("post",),
            is_material=False, is_tracking=True,
        )  # fmt: skip

        stored = PurposeVersion.objects.get(pk=version.pk)
        assert (stored.number, stored.purpose.code, stored.approved_at) == (2, OFFERS, None)
        assert stored.grounds == {"IN": "consent", "EU": "6-1-a"}
        assert (stored.categories, stored.recipients) == (["pd:EmailAddress"], ["post"])
        assert (stored.is_material, stored.is_tracking, stored.uses_ai) == (False, True, False)
        assert events("purpose:")[-1] == "purpose:drafted"

    @pytest.mark.req("CON-02")
    def test_the_author_cannot_approve_their_own(self, company):
        version = draft_purpose(company, by=OFFICER)

        with pytest.raises(SecondPersonError):
            services.approve_purpose(by=OFFICER, version=version)

        version.refresh_from_db()
        assert version.approved_at is None
        assert events("purpose:")[-1] == "purpose:drafted"

    @pytest.mark.req("CON-02")
    def test_a_second_person_can_and_both_are_known(self, company):
        approved = services.approve_purpose(by=APPROVER, version=draft_purpose(company, by=OFFICER))

        assert (approved.created_by, approved.approved_by) == (OFFICER.id, APPROVER.id)
        entries = EntryIndex.objects.filter(target_id=str(approved.id)).order_by("id")
        assert [(entry.event, entry.actor_id) for entry in entries] == [
            ("purpose:drafted", OFFICER.id), ("purpose:approved", APPROVER.id),
        ]  # fmt: skip

    def test_none_is_approved_twice(self, company):
        with pytest.raises(AlreadyPublishedError):
            services.approve_purpose(by=APPROVER, version=company.versions[OFFERS])

    def test_a_draft_counts_for_nothing(self, company, asha):
        draft_purpose(company, title="Not yet")

        assert selectors.purpose_titles(company.id)[OFFERS] == TITLES[OFFERS]["en"][0]
        assert company.yes(asha).purpose_version == 1

    def test_an_approved_one_counts_at_once(self, company, asha):
        company.adopt(draft_purpose(company, title="Now"))

        assert selectors.purpose_titles(company.id)[OFFERS] == "Now"
        assert company.yes(asha).purpose_version == 2

    def test_a_closed_one_cannot_be_closed_or_drafted_again(self, company):
        purpose = company.versions[OFFERS].purpose
        services.close_purpose(by=APPROVER, purpose=purpose)

        with pytest.raises(PurposeClosedError):
            services.close_purpose(by=APPROVER, purpose=purpose)
        with pytest.raises(PurposeClosedError):
            draft_purpose(company)
        assert events("purpose:closed") == ["purpose:closed"]

    @pytest.mark.parametrize("wrong", [{"title": ""}, {"title": "x" * 121}, {"retention_days": -1}])
    def test_words_that_cannot_be_leave_nothing(self, company, wrong):
        with pytest.raises(ValidationError), transaction.atomic():
            draft_purpose(company, "brand.new", **wrong)

        assert not Purpose.objects.filter(code="brand.new").exists()

    @pytest.mark.parametrize("code", ["Upper.Case", "a b", "a..b", ".a", "नाम"])
    def test_a_code_that_cannot_be_is_refused(self, company, code):
        with pytest.raises(IntegrityError), transaction.atomic():
            draft_purpose(company, code)

    @pytest.mark.req("P9")
    def test_codes_are_each_controllers_own(self, company, other):
        assert company.versions[OFFERS].purpose != other.versions[OFFERS].purpose
        services.close_purpose(by=APPROVER, purpose=company.versions[OFFERS].purpose)

        assert Purpose.objects.get(pk=other.versions[OFFERS].purpose_id).closed_at is None
        assert {one.controller_id for one in selectors.purposes([other.id])} == {other.id}


class TestNotices:
    @pytest.mark.req("CON-03")
    def test_each_language_has_the_hash_of_its_words(self, company):
        whole = {tag: content(tag, company.controller) for tag in ("en", "hi")}
        version = publish(draft_notice(company, whole))

        stored = NoticeTranslation.objects.filter(controller_id=company.id)
        assert stored.count() == 4
        for one in stored:
            assert one.sha256 == hashlib.sha256(rfc8785.dumps(one.content)).hexdigest()
        entry = EntryIndex.objects.get(event="notice:published", target_id=str(version.id))
        assert audit.payload(entry.id)["data"]["sha256"] == {
            one.language: one.sha256 for one in version.translations.all()
        }

    @pytest.mark.req("CON-02")
    def test_the_author_cannot_publish_their_own(self, company):
        version = draft_notice(company, by=OFFICER)

        with pytest.raises(SecondPersonError):
            services.publish_notice(by=OFFICER, version=version)

        assert NoticeVersion.objects.get(pk=version.pk).published_at is None
        published = services.publish_notice(by=APPROVER, version=version)
        assert (published.created_by, published.published_by) == (OFFICER.id, APPROVER.id)

    @pytest.mark.req("CON-02")
    @pytest.mark.parametrize("table", ["consent_noticeversion", "consent_purposeversion"])
    def test_nor_past_the_services(self, company, table):
        version = draft_notice(company) if "notice" in table else draft_purpose(company)
        verb = "published" if "notice" in table else "approved"

        with pytest.raises(IntegrityError, match="by_another"), transaction.atomic():
            sql(f"UPDATE {table} SET {verb}_at = now(), {verb}_by = created_by WHERE id = %s",
                version.id)  # fmt: skip

    def test_none_is_published_twice(self, company):
        with pytest.raises(AlreadyPublishedError):
            services.publish_notice(by=APPROVER, version=company.notice)

    def test_without_english_is_refused(self, company):
        version = draft_notice(company, {"hi": content("hi", company.controller)})

        with pytest.raises(NoticeIncompleteError, match="en: translation"):
            services.publish_notice(by=APPROVER, version=version)

    def test_about_a_purpose_not_yet_approved_is_refused(self, company):
        company.versions[OFFERS] = draft_purpose(company)

        with pytest.raises(PurposeUnknownError):
            services.publish_notice(by=APPROVER, version=draft_notice(company))

    @pytest.mark.req("P9")
    def test_about_a_purpose_of_another_controller_is_refused(self, company, other):
        company.versions[OFFERS] = other.versions[OFFERS]

        with pytest.raises(PurposeUnknownError):
            draft_notice(company)

    def test_a_draft_is_shown_to_nobody(self, company):
        draft = draft_notice(company)

        assert selectors.words(company.id, draft.id, "en") is None
        assert selectors.words_in_force(company.id, OFFERS, "en").version_id == company.notice.id

    def test_words_in_force_fall_back_to_english(self, company):
        shown = selectors.words_in_force(company.id, OFFERS, "ta")

        assert (shown.language, shown.code, shown.number) == ("en", "website", 1)
        assert selectors.words_in_force(company.id, OFFERS, "hi").language == "hi"
        assert selectors.words_in_force(company.id, DELIVERY, "en") is None
        assert selectors.words_in_force(company.id, "no.such", "en") is None


def drop(*path):
    def change(words):
        at = words
        for step in path[:-1]:
            at = at[step]
        del at[path[-1]]

    return change


def put(value, *path):
    def change(words):
        at = words
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value

    return change


LACKING = {
    # element: ways to lack it
    "title_and_introduction": [drop("title"), put(" ", "introduction")],
    "purposes_of_this_notice": [put("another.one", "items", 0, "purpose"), drop("items", 2)],
    "itemised_data": [drop("items", 0, "data"), put([], "items", 1, "data"),
                      put([""], "items", 2, "data"), put("all", "items", 0, "data")],
    "purpose_description": [drop("items", 0, "description"), put("", "items", 1, "title")],
    "goods_or_services_enabled": [drop("items", 2, "enables"), put(None, "items", 0, "enables")],
    "withdrawal_link": [drop("withdraw"), put("", "withdraw", "text"), put("x", "withdraw", "url")],
    "rights_link": [drop("rights"), put("ftp://x.example", "rights", "url")],
    "grievance_means": [drop("grievance"), put("https://", "grievance", "url")],
    "board_complaint_means": [drop("board"), put("javascript:alert(1)", "board", "url")],
    "answering_person": [drop("contact"), put("", "contact", "email"), put([], "contact")],
}  # fmt: skip


@pytest.mark.req("CON-04")
class TestLint:
    def test_whole_words_lack_nothing(self, company):
        for tag in ("en", "hi"):
            assert lint.lint(content(tag, company.controller), set(ASKED)) == []

    @pytest.mark.parametrize(
        ("element", "change"),
        [(element, change) for element, ways in LACKING.items() for change in ways],
    )
    def test_each_missing_element_is_named_with_its_law(self, company, element, change):
        lacking = copy.deepcopy(content("en", company.controller))
        change(lacking)

        (finding,) = lint.lint(lacking, set(ASKED))

        assert finding.element == element
        assert "DPDP" in finding.reference

    @pytest.mark.parametrize("element", LACKING)
    def test_a_notice_that_lacks_one_is_not_published(self, company, element):
        words = copy.deepcopy(content("en", company.controller))
        LACKING[element][0](words)
        version = draft_notice(company, {"en": words})

        with pytest.raises(NoticeIncompleteError, match=f"lacks: en: {element} ") as refusal:
            services.publish_notice(by=APPROVER, version=version)

        assert refusal.value.message.count("DPDP") == 1
        assert NoticeVersion.objects.get(pk=version.pk).published_at is None

    def test_these_are_all_the_elements(self):
        assert set(LACKING) == set(lint.ELEMENTS)
        assert len(lint.ELEMENTS) == 10

    @pytest.mark.parametrize(
        "nonsense", [{}, {"items": None}, {"items": ["a"], "contact": "x", "withdraw": []}]
    )
    def test_nonsense_lacks_everything(self, nonsense):
        assert [one.element for one in lint.lint(nonsense, {OFFERS})] == list(lint.ELEMENTS)


def sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.rowcount


def refused(statement, *parameters):
    try:
        with transaction.atomic():
            sql(statement, *parameters)
    except DatabaseError as error:
        return error.__cause__.sqlstate == "SL001"
    return False


@pytest.mark.req("CON-03")
class TestImmutable:
    """Nothing of what people agreed to can change: not by the models, not by SQL."""

    PARTS = ("consent_noticetranslation", "consent_noticepurpose")

    def columns(self, table):
        with connection.cursor() as cursor:
            found = connection.introspection.get_table_description(cursor, table)
        return [column.name for column in found]

    def test_no_column_of_an_approved_purpose_version(self, company):
        version = company.versions[OFFERS]
        table = "consent_purposeversion"
        for column in self.columns(table):
            assert refused(f"UPDATE {table} SET {column} = {column} WHERE id = %s", version.id)
        assert refused(f"DELETE FROM {table} WHERE id = %s", version.id)

    def test_no_column_of_a_published_notice_version(self, company):
        table = "consent_noticeversion"
        for column in self.columns(table):
            statement = f"UPDATE {table} SET {column} = {column} WHERE id = %s"
            assert refused(statement, company.notice.id)
        assert refused(f"DELETE FROM {table} WHERE id = %s", company.notice.id)

    @pytest.mark.parametrize("table", PARTS)
    def test_no_part_of_a_published_notice(self, company, table):
        where = "WHERE notice_version_id = %s"
        for column in self.columns(table):
            assert refused(f"UPDATE {table} SET {column} = {column} {where}", company.notice.id)
        assert refused(f"DELETE FROM {table} {where}", company.notice.id)

    @pytest.mark.parametrize("table", PARTS)
    def test_nothing_moves_into_or_out_of_a_published_notice(self, company, table):
        draft = draft_notice(company)
        move = f"UPDATE {table} SET notice_version_id = %s WHERE notice_version_id = %s"

        assert refused(move, company.notice.id, draft.id)
        assert refused(move, draft.id, company.notice.id)

    def test_nothing_is_added_to_a_published_notice(self, company):
        """But drafts of translations, which nobody is shown (test_languages_rows)."""
        assert refused(
            "INSERT INTO consent_noticetranslation (id, controller_id, notice_version_id, language,"
            " content, sha256, origin, state, drafted_at, drafted_by, drafted_by_type,"
            " approved_at, approved_by, approved_by_type) VALUES (%s, %s, %s, 'ta', '{}', '',"
            " 'human', 'approved', now(), 'a', '', now(), 'b', '')",
            uuid4(), company.id, company.notice.id,
        )  # fmt: skip
        assert refused(
            "INSERT INTO consent_noticepurpose (id, controller_id, notice_version_id,"
            " purpose_version_id) VALUES (%s, %s, %s, %s)",
            uuid4(), company.id, company.notice.id, company.versions[DELIVERY].id,
        )  # fmt: skip

    def test_by_the_models_neither(self, company):
        translation = company.notice.translations.first()
        translation.content = {"title": "Other words"}
        changes = [
            translation.save,
            translation.delete,
            company.versions[OFFERS].save,
            company.notice.save,
            NoticePurpose.objects.filter(notice_version=company.notice).delete,
            lambda: PurposeVersion.objects.update(title="Other"),
            lambda: NoticeTranslation.objects.bulk_create([NoticeTranslation(
                controller_id=company.id, notice_version=company.notice, language="ta",
                content={}, sha256="", state="approved", drafted_at=timezone.now())]),
        ]  # fmt: skip
        for change in changes:
            with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
                change()

    def test_a_draft_can(self, company):
        """So that a refusal above means protection, not a statement that never works."""
        draft, version = draft_notice(company), draft_purpose(company)

        assert not refused("UPDATE consent_purposeversion SET title = 'x' WHERE id = %s",
                           version.id)  # fmt: skip
        assert not refused("UPDATE consent_noticeversion SET is_material = false WHERE id = %s",
                           draft.id)  # fmt: skip
        for table in self.PARTS:
            assert not refused(f"DELETE FROM {table} WHERE notice_version_id = %s", draft.id)
        assert not refused("DELETE FROM consent_noticeversion WHERE id = %s", draft.id)
