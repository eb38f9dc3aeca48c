"""Purposes and notices: drafted by one person, approved or published by another, then immutable."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from audit.canonical import canonical
from consent.errors import (
    AlreadyPublishedError,
    NoticeIncompleteError,
    PurposeClosedError,
    PurposeUnknownError,
    SecondPersonError,
)
from consent.lint import lint
from consent.models import (
    Notice,
    NoticePurpose,
    NoticeTranslation,
    NoticeVersion,
    Purpose,
    PurposeVersion,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a purpose version says and allows (CON-01)."""

    title: str
    description: str
    enables: str
    dpv_purpose: str
    grounds: Mapping[str, str]
    categories: tuple[str, ...]
    retention_days: int
    owner: str
    operations: tuple[str, ...] = ("Use",)
    recipients: tuple[str, ...] = ()
    valid_days: int | None = None
    is_marketing: bool = False
    is_tracking: bool = False
    is_detrimental_to_children: bool = False
    uses_ai: bool = False
    needs_explicit: bool = False
    schedule_item: str = ""
    is_material: bool = field(default=True)


@transaction.atomic
def draft_purpose(*, by: Actor, controller_id: UUID, code: str, words: Words) -> PurposeVersion:
    """Draft the first or the next version of a purpose. It counts for nothing until approved."""
    purpose, _ = Purpose.objects.select_for_update().get_or_create(
        controller_id=controller_id, code=code
    )
    if purpose.closed_at:
        raise PurposeClosedError
    version = PurposeVersion(
        controller_id=controller_id, purpose=purpose, number=_next(purpose.versions),
        created_by=by.id, **_columns(words),
    )  # fmt: skip
    version.full_clean(exclude=["categories", "operations", "recipients"])
    version.save(force_insert=True)
    _record(by, "purpose:drafted", version, {"code": code, "number": version.number})
    return version


@transaction.atomic
def approve_purpose(*, by: Actor, version: PurposeVersion) -> PurposeVersion:
    """Put a version in force (CON-02). Raises SecondPersonError, AlreadyPublishedError."""
    locked = (
        PurposeVersion.objects.select_for_update(of=("self",))
        .select_related("purpose")
        .get(pk=version.pk)
    )
    if locked.approved_at:
        raise AlreadyPublishedError
    if locked.created_by == by.id:
        raise SecondPersonError
    locked.approved_at, locked.approved_by = timezone.now(), by.id
    locked.save(update_fields=["approved_at", "approved_by"])
    data = {"code": locked.purpose.code, "number": locked.number}
    _record(by, "purpose:approved", locked, data)
    return locked


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


@transaction.atomic
def draft_notice(
    *,
    by: Actor,
    controller_id: UUID,
    code: str,
    pack: str,
    purposes: list[PurposeVersion],
    translations: Mapping[str, Mapping[str, Any]],
    is_material: bool = True,
) -> NoticeVersion:
    """Draft the first or next version of a notice about these purpose versions.

    `translations` holds its words by BCP 47 language tag; each gets the SHA-256 of its canonical
    bytes. Raises PurposeUnknownError when a purpose version is another controller's.
    """
    if any(one.controller_id != controller_id for one in purposes):
        raise PurposeUnknownError
    notice, _ = Notice.objects.select_for_update().get_or_create(
        controller_id=controller_id, code=code, defaults={"pack": pack}
    )
    version = NoticeVersion.objects.create(
        controller_id=controller_id, notice=notice, number=_next(notice.versions),
        is_material=is_material, created_by=by.id,
    )  # fmt: skip
    NoticePurpose.objects.bulk_create(
        NoticePurpose(controller_id=controller_id, notice_version=version, purpose_version=one)
        for one in purposes
    )
    NoticeTranslation.objects.bulk_create(
        NoticeTranslation(
            controller_id=controller_id, notice_version=version, language=language,
            content=content, sha256=words_hash(content),
        )
        for language, content in translations.items()
    )  # fmt: skip
    _record(by, "notice:drafted", version, {"code": code, "number": version.number})
    return version


@transaction.atomic
def publish_notice(*, by: Actor, version: NoticeVersion) -> NoticeVersion:
    """Put a notice version in force and freeze it (CON-03).

    Raises NoticeIncompleteError naming what an Indian notice lacks (CON-04), SecondPersonError,
    AlreadyPublishedError, PurposeUnknownError while one of its purposes is not approved.
    """
    locked = (
        NoticeVersion.objects.select_for_update(of=("self",))
        .select_related("notice")
        .get(pk=version.pk)
    )
    if locked.published_at:
        raise AlreadyPublishedError
    if locked.created_by == by.id:
        raise SecondPersonError
    _complete(locked)
    locked.published_at, locked.published_by = timezone.now(), by.id
    locked.save(update_fields=["published_at", "published_by"])
    hashes = dict(locked.translations.values_list("language", "sha256"))
    data = {"code": locked.notice.code, "number": locked.number, "sha256": hashes}
    _record(by, "notice:published", locked, data)
    return locked


def words_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical bytes of a notice's words in one language, in hexadecimal."""
    return hashlib.sha256(canonical(dict(content))).hexdigest()


def _complete(version: NoticeVersion) -> None:
    links = version.purposes.select_related("purpose_version__purpose")
    if any(link.purpose_version.approved_at is None for link in links):
        raise PurposeUnknownError
    codes = {link.purpose_version.purpose.code for link in links}
    translations = list(version.translations.all())
    missing = [
        f"{one.language}: {finding.element} ({finding.reference})"
        for one in translations
        for finding in lint(one.content, codes)
    ]
    if not any(one.language == "en" for one in translations):
        missing.append("en: translation (DPDP Act 2023 s.5(3))")
    if missing:
        raise NoticeIncompleteError("The notice lacks: " + "; ".join(missing) + ".")


def _columns(words: Words) -> dict[str, Any]:
    columns = asdict(words)
    for name in ("categories", "operations", "recipients"):
        columns[name] = list(columns[name])
    columns["grounds"] = dict(words.grounds)
    return columns


def _next(versions: Any) -> int:
    return int(versions.aggregate(last=Max("number"))["last"] or 0) + 1


def _record(
    by: Actor, event: str, version: PurposeVersion | NoticeVersion, data: dict[str, Any]
) -> None:
    kind = event.partition(":")[0]
    audit.record(
        event=event, by=by, controller_id=version.controller_id,
        target=Target(f"{kind}_version", str(version.id)), data=data,
        purpose=data["code"] if kind == "purpose" else "",
    )  # fmt: skip
