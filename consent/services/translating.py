"""The words of a notice in another language: drafted by one, approved by another (CON-07).

A version means what its English words say, so words may be added to one that is published. Until
they are approved nobody is shown them; afterwards they never change.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from audit import services as audit
from audit.actors import Actor, Target
from audit.canonical import CanonicalError
from consent.errors import NoticeIncompleteError, SecondPersonError
from consent.models import Notice, NoticeTranslation, NoticeVersion, Origin, WordsState
from consent.services import waiving
from consent.services.drafting import words_hash
from consent.versions import languages, translated
from consent.versions import selectors as versions
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
from consent.versions.selectors import Standing

MOST_CHARACTERS: Final = 100_000
"""Of the words in one language."""
OVER: Final = frozenset({Standing.SUPERSEDED, Standing.TAKEN_BACK})
NAMED: Final = 5


@transaction.atomic
def draft_translation(
    *,
    by: Actor,
    version: NoticeVersion,
    language: str,
    content: Mapping[str, Any],
    origin: str = Origin.HUMAN,
) -> NoticeTranslation:
    """Draft the words of a notice version in one language, or draft them anew.

    Raises LanguageTagError, SourceLanguageError for English, TranslationUnlikeError for what cannot
    be words, VersionOverError, TranslationApprovedError; ValueError for another origin.
    """
    locked = _locked(version)
    tag = _tag(language)
    _refuse_unstorable(content)
    words = _row(locked, tag)
    words.content, words.sha256 = dict(content), words_hash(content)
    words.origin = Origin(origin)
    words.drafted_at, words.drafted_by, words.drafted_by_type = timezone.now(), by.id, by.type
    words.save()
    noted(by, "translation:drafted", words, locked)
    return words


@transaction.atomic
def import_translations(
    *, by: Actor, version: NoticeVersion, lines: str
) -> list[NoticeTranslation]:
    """Draft the words of all languages of a file, CSV or NDJSON; all of them or none.

    Raises TranslationFileError and whatever draft_translation raises.
    """
    english = version.translations.filter(language=languages.ENGLISH).first()
    try:
        drafts = translated.parsed(lines, english.content if english else {})
    except translated.UnreadableError as error:
        raise TranslationFileError(str(error)) from None
    return [
        draft_translation(
            by=by, version=version, language=one.language, content=one.content, origin=one.origin
        )
        for one in drafts
    ]


@transaction.atomic
def approve_translation(
    *, by: Actor, translation: NoticeTranslation, sha256: str
) -> NoticeTranslation:
    """Approve the words of one language; from then on they are shown, and never change.

    `sha256` names the words that were read. Raises TranslationApprovedError,
    TranslationChangedError, SecondPersonError, OfficerReadsError for a machine's words and somebody
    who is no officer, VersionOverError, TranslationUnlikeError and NoticeIncompleteError naming
    where the words lack something.
    """
    version = _locked(translation.notice_version)
    words = NoticeTranslation.objects.select_for_update(of=("self",)).get(pk=translation.pk)
    if words.state == WordsState.APPROVED:
        raise TranslationApprovedError
    if words.sha256 != sha256:
        raise TranslationChangedError
    if words.drafted_by == by.id:
        raise SecondPersonError
    if words.origin == Origin.MACHINE and by.type != "officer":
        raise OfficerReadsError
    _refuse_unlike(version, words)
    mark_approved(by, words, timezone.now())
    noted(by, "translation:approved", words, version)
    waiving.look(version.controller_id)
    return words


def mark_approved(by: Actor, words: NoticeTranslation, at: datetime) -> None:
    """Write who approved the words. What publishing approves, English, is marked by it."""
    words.state = WordsState.APPROVED
    words.approved_at, words.approved_by, words.approved_by_type = at, by.id, by.type
    words.save(update_fields=["state", "approved_at", "approved_by", "approved_by_type"])


def noted(by: Actor, event: str, words: NoticeTranslation, version: NoticeVersion) -> None:
    """Record what was done with the words of one language."""
    audit.record(
        event=event, by=by, controller_id=words.controller_id,
        target=Target("notice_translation", str(words.id)),
        data={
            "code": version.notice.code, "number": version.number, "language": words.language,
            "sha256": words.sha256, "origin": str(words.origin),
        },
    )  # fmt: skip


def _locked(version: NoticeVersion) -> NoticeVersion:
    """The version, locked in the order of publishing. Raises VersionOverError."""
    notice = Notice.objects.select_for_update().get(pk=version.notice_id)
    locked = NoticeVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    locked.notice = notice
    if versions.standing(locked) in OVER:
        raise VersionOverError
    return locked


def _tag(language: str) -> str:
    tag = languages.canonical(language)
    if not tag:
        raise LanguageTagError
    if languages.code_of(tag) == languages.ENGLISH:
        raise SourceLanguageError
    return tag


def _row(version: NoticeVersion, tag: str) -> NoticeTranslation:
    """The draft in that language, or a new one. Raises TranslationApprovedError."""
    found = version.translations.select_for_update().filter(language=tag).first()
    if found is None:
        return NoticeTranslation(
            controller_id=version.controller_id, notice_version=version, language=tag
        )
    if found.state == WordsState.APPROVED:
        raise TranslationApprovedError
    return found


def _refuse_unstorable(content: Mapping[str, Any]) -> None:
    """What has no hash, or cannot be kept, is told before the database is asked."""
    try:
        words_hash(content)
    except (CanonicalError, UnicodeEncodeError, RecursionError):
        raise TranslationUnlikeError(_("The words hold something that is no text.")) from None
    size = 0
    for text in translated.strings(content):
        if "\0" in text:
            raise TranslationUnlikeError(_("The words hold something that is no text."))
        size += len(text)
    if size > MOST_CHARACTERS:
        raise TranslationUnlikeError(
            _("The words are longer than %(named)s characters."), named=str(MOST_CHARACTERS)
        )


def _refuse_unlike(version: NoticeVersion, words: NoticeTranslation) -> None:
    english = version.translations.filter(language=languages.ENGLISH).first()
    if english is None:
        raise NoticeIncompleteError(_("The notice has no English words, which say what it means."))
    if missing := versions.lacking_in(version, words.language, words.content):
        raise NoticeIncompleteError(_("The notice lacks: %(named)s."), named="; ".join(missing))
    if odd := translated.unlike(english.content, words.content):
        raise TranslationUnlikeError(
            _("These places differ from the English words: %(named)s."),
            named=", ".join(odd[:NAMED]),
        )
