"""Purposes and notices in force: put there by a second person, from a moment on, then immutable."""

from datetime import datetime
from typing import Final, cast

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from audit import services as audit
from audit.actors import Actor, Target
from consent.errors import (
    AlreadyPublishedError,
    NoticeIncompleteError,
    PurposeClosedError,
    PurposeUnknownError,
    SecondPersonError,
)
from consent.models import Notice, NoticeVersion, Purpose, PurposeVersion, WordsState
from consent.services import waiving
from consent.services.drafting import noted
from consent.services.translating import mark_approved
from consent.versions import selectors as versions
from consent.versions.classify import Change, Weight
from consent.versions.errors import (
    BeginsInPastError,
    ChangeMaterialError,
    HasBegunError,
    PurposeIncompleteError,
    ReasonNeededError,
    VersionOrderError,
)
from consent.versions.languages import ENGLISH

MANDATORY: Final = (
    "title", "description", "enables", "dpv_purpose", "grounds", "categories", "operations",
    "owner",
)  # fmt: skip
"""What a purpose in force may not lack (CON-01); the rest has a value or may be nothing."""


@transaction.atomic
def approve_purpose(
    *,
    by: Actor,
    version: PurposeVersion,
    effective_from: datetime | None = None,
    note: str = "",
) -> PurposeVersion:
    """Put a version in force from a moment on: now, without one (CON-02).

    `note` is a reason that the log keeps; it is needed where words changed and the draft says that
    nothing material did. Raises SecondPersonError, AlreadyPublishedError, PurposeClosedError,
    PurposeIncompleteError naming what is missing, BeginsInPastError, VersionOrderError,
    ChangeMaterialError, ReasonNeededError.
    """
    purpose = Purpose.objects.select_for_update().get(pk=version.purpose_id)
    locked = PurposeVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if locked.approved_at:
        raise AlreadyPublishedError
    if locked.created_by == by.id:
        raise SecondPersonError
    if purpose.closed_at:
        raise PurposeClosedError
    _refuse_incomplete(locked)
    _confirm(versions.purpose_changes(locked), is_material=locked.is_material, note=note)
    locked.approved_at, locked.approved_by = _now(), by.id
    locked.effective_from = _beginning(locked, locked.approved_at, effective_from)
    locked.save(update_fields=["approved_at", "approved_by", "effective_from"])
    data = {"code": purpose.code, "number": locked.number, **_said(locked, note)}
    noted(by, "purpose:approved", locked, data)
    return locked


@transaction.atomic
def publish_notice(
    *,
    by: Actor,
    version: NoticeVersion,
    effective_from: datetime | None = None,
    note: str = "",
) -> NoticeVersion:
    """Put a notice version in force from a moment on, and freeze it (CON-03).

    Raises NoticeIncompleteError naming what the law asks for and it lacks (CON-04, CON-05),
    PurposeUnknownError while one of its purposes is not in force by then, LanguagesMissingError
    naming the languages of the law in which an Indian notice has neither approved words nor a
    waiver (CON-07), and otherwise as `approve_purpose`.
    """
    notice = Notice.objects.select_for_update().get(pk=version.notice_id)
    locked = NoticeVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    locked.notice = notice
    if locked.published_at:
        raise AlreadyPublishedError
    if locked.created_by == by.id:
        raise SecondPersonError
    now = _now()
    begins = _beginning(locked, now, effective_from)
    _complete(locked, begins)
    _confirm(versions.notice_changes(locked), is_material=locked.is_material, note=note)
    waiving.refuse_unread(by, locked, now=now, begins=begins)
    _approve_english(by, locked, now)
    locked.published_at, locked.published_by, locked.effective_from = now, by.id, begins
    locked.save(update_fields=["published_at", "published_by", "effective_from"])
    approved = locked.translations.filter(state=WordsState.APPROVED)
    hashes = dict(approved.values_list("language", "sha256"))
    data = {"code": notice.code, "number": locked.number, "sha256": hashes}
    noted(by, "notice:published", locked, {**data, **_said(locked, note)})
    waiving.look(locked.controller_id)
    return locked


@transaction.atomic
def take_back_purpose(*, by: Actor, version: PurposeVersion) -> PurposeVersion:
    """Let an approved version never begin, as long as it has not. Raises HasBegunError."""
    locked = PurposeVersion.objects.select_for_update(of=("self",)).select_related("purpose")
    return cast("PurposeVersion", _take_back(by, locked.get(pk=version.pk), "purpose:taken_back"))


@transaction.atomic
def take_back_notice(*, by: Actor, version: NoticeVersion) -> NoticeVersion:
    """Let a published version never begin, as long as it has not. Raises HasBegunError."""
    locked = NoticeVersion.objects.select_for_update(of=("self",)).select_related("notice")
    return cast("NoticeVersion", _take_back(by, locked.get(pk=version.pk), "notice:taken_back"))


@transaction.atomic
def close_purpose(*, by: Actor, purpose: Purpose) -> Purpose:
    """End a purpose for good: every check denies from now on (R03). Raises PurposeClosedError."""
    locked = Purpose.objects.select_for_update().get(pk=purpose.pk)
    if locked.closed_at:
        raise PurposeClosedError
    locked.closed_at = timezone.now()
    locked.save(update_fields=["closed_at"])
    audit.record(
        event="purpose:closed", by=by, controller_id=locked.controller_id,
        target=Target("purpose", str(locked.id)), purpose=locked.code,
    )  # fmt: skip
    return locked


def _take_back(
    by: Actor, locked: PurposeVersion | NoticeVersion, event: str
) -> PurposeVersion | NoticeVersion:
    if locked.effective_from is None or locked.effective_from <= _now():
        raise HasBegunError
    was = audit.micros(locked.effective_from)
    locked.effective_from = None
    locked.save(update_fields=["effective_from"])
    named = locked.purpose if isinstance(locked, PurposeVersion) else locked.notice
    data = {"code": named.code, "number": locked.number, "effective_from": was}
    noted(by, event, locked, data)
    return locked


def _approve_english(by: Actor, version: NoticeVersion, now: datetime) -> None:
    """Who publishes has read what the version means; other languages are approved one by one."""
    english = version.translations.select_for_update().get(language=ENGLISH)
    if english.state != WordsState.APPROVED:
        mark_approved(by, english, now)


def _now() -> datetime:
    """The moment by PostgreSQL's clock, the one that checks go by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cast("datetime", cursor.fetchone()[0])


def _beginning(
    locked: PurposeVersion | NoticeVersion, now: datetime, wished: datetime | None
) -> datetime:
    """When a version begins: versions begin in the order of their numbers."""
    begins = wished or now
    if begins < now:
        raise BeginsInPastError
    last = versions.newest_approved(locked)
    if last is None or last.effective_from is None:
        return begins
    if last.number > locked.number or last.effective_from > begins:
        raise VersionOrderError
    return begins


def _refuse_incomplete(version: PurposeVersion) -> None:
    missing = [name for name in MANDATORY if not getattr(version, name)]
    if missing:
        raise PurposeIncompleteError(_("The purpose lacks: %(named)s."), named=", ".join(missing))


def _confirm(changes: list[Change], *, is_material: bool, note: str) -> None:
    """A change that is material is so, whoever calls it editorial; one in doubt needs a reason."""
    if is_material:
        return
    material = [one.field for one in changes if one.weight is Weight.MATERIAL]
    if material:
        raise ChangeMaterialError(
            _("These changes are material: %(named)s."), named=", ".join(material)
        )
    if not note.strip() and any(one.weight is Weight.UNCLEAR for one in changes):
        raise ReasonNeededError


def _said(locked: PurposeVersion | NoticeVersion, note: str) -> dict[str, object]:
    begins = locked.effective_from
    return {
        "effective_from": audit.micros(begins) if begins else 0,
        "is_material": locked.is_material,
        "note": note.strip(),
    }


def _complete(version: NoticeVersion, begins: datetime) -> None:
    """Raises PurposeUnknownError, NoticeIncompleteError."""
    asked = versions.asked(version)
    if any(one.begins is None or one.begins > begins for one in asked):
        raise PurposeUnknownError
    missing = versions.lacking(version, asked)
    if missing:
        raise NoticeIncompleteError(_("The notice lacks: %(named)s."), named="; ".join(missing))
