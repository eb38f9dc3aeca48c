"""Words are drafted by one and approved by another; only then anybody is shown them."""

import copy
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from audit.actors import Actor
from audit.models import EntryIndex
from audit.selectors import payload
from consent import catalogue, selectors, services
from consent.errors import NoticeIncompleteError, SecondPersonError
from consent.models import NoticeTranslation, Origin, WordsState
from consent.versions.errors import (
    LanguageTagError,
    OfficerReadsError,
    SourceLanguageError,
    TranslationApprovedError,
    TranslationChangedError,
    TranslationFileError,
    TranslationUnlikeError,
    VersionOverError,
)
from tests.consent.test_languages import ndjson
from tests.consent.test_publishing import draft_notice, refused
from tests.factories.languages import publish
from tests.portal.world import APPROVER, AUTHOR, OFFERS, content

pytestmark = [pytest.mark.django_db, pytest.mark.req("CON-07")]

OFFICER = Actor("officer", "01900000-0000-7000-8000-0000000000aa")


def tamil(company, **changes):
    return {**content("hi", company.controller), "title": "நாங்கள் கேட்பது", **changes}


def drafted(company, language="ta", by=AUTHOR, origin="human", **changes):
    return services.draft_translation(
        by=by, version=company.notice, language=language, content=tamil(company, **changes),
        origin=origin,
    )  # fmt: skip


def approved(words, by=APPROVER):
    return services.approve_translation(by=by, translation=words, sha256=words.sha256)


def shown(company, language="ta"):
    found = selectors.words_in_force(company.id, OFFERS, language)
    return (found.language, found.content["title"])


class TestADraft:
    def test_may_be_added_to_a_published_notice_and_is_shown_to_nobody(self, company, asha):
        words = drafted(company)

        assert shown(company)[0] == "en"
        assert selectors.words(company.id, company.notice.id, "ta") is None
        assert "ta" not in catalogue.in_force(company.id).purposes[OFFERS].notices[0].languages
        with pytest.raises(Exception, match="no published notice"):
            company.yes(asha, language="ta")
        entry = EntryIndex.objects.get(event="translation:drafted", target_id=str(words.id))
        assert payload(entry.id)["data"] == {
            "code": "website", "number": 1, "language": "ta", "sha256": words.sha256,
            "origin": "human",
        }  # fmt: skip

    def test_is_kept_under_the_one_spelling_of_its_tag_and_replaced_by_the_next(self, company):
        first = drafted(company, "KS-arab", origin="machine")
        second = drafted(company, "ks", by=APPROVER, title="نوٹس")

        assert first.pk == second.pk
        stored = NoticeTranslation.objects.get(pk=first.pk)
        assert (stored.language, stored.origin, stored.drafted_by) == ("ks", "human", APPROVER.id)
        assert stored.sha256 == second.sha256 != first.sha256

    def test_of_english_is_refused_for_it_is_what_the_version_means(self, company):
        for tag in ("en", "en-IN", "ENG"):
            with pytest.raises(SourceLanguageError):
                drafted(company, tag)

    @pytest.mark.parametrize("tag", ["", "hindi!", "h", "x" * 30, "hi_IN"])
    def test_under_no_tag_is_refused(self, company, tag):
        with pytest.raises(LanguageTagError):
            drafted(company, tag)

    @pytest.mark.parametrize(
        "wrong", [{"title": "a\0b"}, {"title": "\ud800"}, {"n": 1.5}, {"नाम": "x"},
                  {"title": "x" * 100_001}, {"n": 2**60}],
    )  # fmt: skip
    def test_of_what_cannot_be_kept_is_refused_and_leaves_nothing(self, company, wrong):
        with pytest.raises(TranslationUnlikeError):
            drafted(company, **wrong)

        assert not NoticeTranslation.objects.filter(language="ta").exists()

    def test_of_approved_words_is_refused(self, company):
        with pytest.raises(TranslationApprovedError):
            drafted(company, "hi")

    def test_of_a_superseded_version_is_refused(self, company):
        old = company.notice
        company.republish()

        with pytest.raises(VersionOverError):
            services.draft_translation(
                by=AUTHOR, version=old, language="ta", content=tamil(company)
            )

    def test_of_a_version_that_was_drafted_under_no_tag_is_refused(self, company):
        words = content("en", company.controller)
        for tags in ({"en", "hindi!"}, {"en", "EN"}):
            with pytest.raises(LanguageTagError):
                draft_notice(company, dict.fromkeys(tags, words))


class TestApproval:
    def test_by_a_second_person_shows_the_words_at_once_and_binds_consents(self, company, asha):
        words = approved(drafted(company))

        assert shown(company) == ("ta", "நாங்கள் கேட்பது")
        event = company.yes(asha, language="ta")
        assert (event.notice_version, event.notice_sha256) == (company.notice, words.sha256)
        entry = EntryIndex.objects.get(event="translation:approved", target_id=str(words.id))
        assert (entry.actor_id, payload(entry.id)["data"]["sha256"]) == (APPROVER.id, words.sha256)

    def test_asks_nobody_again_who_agreed_before(self, company, asha):
        company.yes(asha)

        approved(drafted(company))

        (state,) = [one for one in selectors.states(company.id, asha.id) if one.purpose == OFFERS]
        assert not state.is_stale

    def test_by_who_drafted_them_is_refused(self, company):
        with pytest.raises(SecondPersonError):
            approved(drafted(company, by=OFFICER), by=OFFICER)

        assert shown(company)[0] == "en"

    def test_of_a_machines_words_is_an_officers(self, company):
        words = drafted(company, by=Actor.system("translator"), origin="machine")

        for by in (APPROVER, Actor("service", str(uuid4()))):
            with pytest.raises(OfficerReadsError):
                approved(words, by=by)
        assert shown(company)[0] == "en"
        assert approved(words, by=OFFICER).approved_by_type == "officer"
        assert shown(company)[0] == "ta"

    def test_of_words_that_were_drafted_anew_meanwhile_is_refused(self, company):
        read = drafted(company)
        drafted(company, title="மற்ற சொற்கள்")

        with pytest.raises(TranslationChangedError):
            services.approve_translation(by=APPROVER, translation=read, sha256=read.sha256)

    def test_happens_once(self, company):
        words = approved(drafted(company))

        with pytest.raises(TranslationApprovedError):
            approved(words, by=OFFICER)

    def test_of_words_that_lack_what_the_law_asks_for_is_refused(self, company):
        words = drafted(company, board={"text": "", "url": "https://board.example/"})

        with pytest.raises(NoticeIncompleteError, match=r"ta: board_complaint_means \(DPDP"):
            approved(words)

    def test_of_words_that_say_other_things_than_the_english_ones_is_refused(self, company):
        items = copy.deepcopy(content("hi", company.controller)["items"])
        items.reverse()

        with pytest.raises(TranslationUnlikeError, match="/items/0/purpose"):
            approved(drafted(company, items=items))

    def test_of_a_taken_back_or_superseded_version_is_refused(self, company):
        words = drafted(company)
        company.republish()

        with pytest.raises(VersionOverError):
            approved(words)

    def test_of_a_draft_version_waits_for_its_publication(self, company):
        version = draft_notice(company)
        words = services.draft_translation(
            by=AUTHOR, version=version, language="ta", content=tamil(company)
        )
        approved(words)
        assert shown(company)[0] == "en"

        publish(version)

        assert shown(company)[0] == "ta"

    def test_is_undone_where_the_log_refuses_the_record(self, company, monkeypatch):
        words = drafted(company)
        monkeypatch.setattr("consent.services.translating.audit.record", _refuse)

        with pytest.raises(DatabaseError):
            approved(words)

        assert NoticeTranslation.objects.get(pk=words.pk).state == WordsState.DRAFT


def _refuse(**_parts):
    raise DatabaseError


class TestFiles:
    def test_are_taken_whole(self, company):
        lines = ndjson(
            {"language": "ta", "origin": "machine", "content": tamil(company)},
            {"language": "te", "origin": "human", "content": tamil(company)},
        )

        made = services.import_translations(by=AUTHOR, version=company.notice, lines=lines)

        assert [(one.language, one.origin) for one in made] == [("ta", "machine"), ("te", "human")]

    @pytest.mark.parametrize(
        ("row", "error"),
        [
            ({"language": "en", "origin": "human", "content": {}}, SourceLanguageError),
            ({"language": "hi", "origin": "human", "content": {}}, TranslationApprovedError),
            ({"language": "!", "origin": "human", "content": {}}, LanguageTagError),
            ({"language": "te"}, TranslationFileError),
        ],
    )
    def test_with_one_wrong_line_leave_nothing(self, company, row, error):
        lines = ndjson({"language": "ta", "origin": "human", "content": tamil(company)}, row)

        with pytest.raises(error):
            services.import_translations(by=AUTHOR, version=company.notice, lines=lines)

        assert not NoticeTranslation.objects.filter(state="draft").exists()


class TestTheDatabase:
    """Past the services: by the models, and by SQL."""

    def update(self, words, **columns):
        with transaction.atomic():
            NoticeTranslation.objects.filter(pk=words.pk).update(**columns)

    def approval(self, by="b", kind="officer"):
        return {"state": "approved", "approved_at": timezone.now(), "approved_by": by,
                "approved_by_type": kind}  # fmt: skip

    def test_refuses_approval_by_who_drafted_it(self, company):
        with pytest.raises(IntegrityError, match="approved_by_another"):
            self.update(drafted(company), **self.approval(by=AUTHOR.id))

    @pytest.mark.parametrize("kind", ["", "system", "service", "subject"])
    def test_refuses_a_machines_draft_that_no_officer_approved(self, company, kind):
        with pytest.raises(IntegrityError, match="machine_read_by_officer"):
            self.update(drafted(company, origin="machine"), **self.approval(kind=kind))

    @pytest.mark.parametrize(
        "half", [{"state": "approved"}, {"approved_at": timezone.now()}, {"approved_by": "b"},
                 {"state": "approved", "approved_at": timezone.now()}],
    )  # fmt: skip
    def test_refuses_half_an_approval(self, company, half):
        with pytest.raises(IntegrityError, match="approved_whole"):
            self.update(drafted(company), **half)

    @pytest.mark.parametrize(
        "change", [{"content": {"title": "x"}}, {"sha256": "0" * 64}, {"origin": Origin.HUMAN},
                   {"drafted_by": "somebody"}, {"drafted_by_type": "officer"}],
    )  # fmt: skip
    def test_refuses_to_change_words_while_they_are_approved(self, company, change):
        words = drafted(company, origin="machine")

        with pytest.raises(DatabaseError, match="never changes it"):
            self.update(words, **self.approval(), **change)

    def test_refuses_to_change_or_delete_approved_words(self, company):
        words = approved(drafted(company))
        for column in ("content", "sha256", "origin", "state", "approved_by", "drafted_by"):
            assert refused(
                f"UPDATE consent_noticetranslation SET {column} = {column} WHERE id = %s", words.id
            )
        assert refused("DELETE FROM consent_noticetranslation WHERE id = %s", words.id)

    def test_refuses_words_that_are_approved_from_the_start(self, company):
        words = drafted(company)
        words.pk, words.language = uuid4(), "te"
        for name, value in self.approval().items():
            setattr(words, name, value)

        with pytest.raises(DatabaseError, match="drafted first"), transaction.atomic():
            words.save(force_insert=True)

    def test_refuses_to_move_a_draft(self, company):
        words, other = drafted(company), draft_notice(company)
        for change in ({"notice_version": other}, {"language": "te"}):
            with pytest.raises(DatabaseError, match="place of a translation"):
                self.update(words, **change)

    def test_lets_a_draft_be_changed_and_deleted(self, company):
        """So that the refusals above mean protection, not statements that never work."""
        words = drafted(company)

        self.update(words, content={"title": "x"}, origin="machine")
        self.update(words, **self.approval())
        assert drafted(company, "te").delete()[0] == 1
