"""Drafts of purposes and notices: they count for nothing until a second person has looked."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from audit import services as audit
from audit.actors import Actor, Target
from audit.canonical import canonical
from consent.errors import PurposeClosedError, PurposeUnknownError, ScheduleItemError
from consent.family import schedule
from consent.models import (
    Notice,
    NoticePurpose,
    NoticeTranslation,
    NoticeVersion,
    Purpose,
    PurposeVersion,
)
from consent.versions import vocabulary
from consent.versions.errors import (
    LanguageTagError,
    LegalGroundError,
    PurposeFamilyError,
    TermUnknownError,
)
from consent.versions.languages import canonical as canonical_tag

LATER = ("categories", "operations", "recipients", "effective_from")
"""Columns that may be empty in a draft, or are checked elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a purpose version says and allows (CON-01). `parent` is the wider purpose's code."""

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
    is_material: bool = True
    parent: str = ""


@transaction.atomic
def draft_purpose(*, by: Actor, controller_id: UUID, code: str, words: Words) -> PurposeVersion:
    """Draft the first or the next version of a purpose; what is not yet known may be empty.

    Raises PurposeClosedError, TermUnknownError, LegalGroundError, ScheduleItemError, and
    PurposeFamilyError where the parent is unknown, closed, or among the purpose's own descendants.
    """
    _refuse_unknown(words)
    purpose, _ = Purpose.objects.select_for_update().get_or_create(
        controller_id=controller_id, code=code
    )
    if purpose.closed_at:
        raise PurposeClosedError
    version = PurposeVersion(
        controller_id=controller_id, purpose=purpose, number=_next(purpose.versions),
        parent=_parent(purpose, words.parent), created_by=by.id, **_columns(words),
    )  # fmt: skip
    version.full_clean(exclude=LATER)
    version.save(force_insert=True)
    noted(by, "purpose:drafted", version, {"code": code, "number": version.number})
    return version


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

    `translations` holds its words by BCP 47 language tag, as persons wrote them; each gets the
    SHA-256 of its canonical bytes, and is approved for itself but for English, which publishing
    approves. Raises PurposeUnknownError when a purpose version is another controller's,
    LanguageTagError.
    """
    if any(one.controller_id != controller_id for one in purposes):
        raise PurposeUnknownError
    if len({canonical_tag(one) for one in translations} - {""}) < len(translations):
        raise LanguageTagError
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
            controller_id=controller_id, notice_version=version, content=content,
            language=canonical_tag(language), sha256=words_hash(content), drafted_by=by.id,
            drafted_by_type=by.type, drafted_at=version.created_at,
        )
        for language, content in translations.items()
    )  # fmt: skip
    noted(by, "notice:drafted", version, {"code": code, "number": version.number})
    return version


def words_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical bytes of a notice's words in one language, in hexadecimal."""
    return hashlib.sha256(canonical(dict(content))).hexdigest()


def noted(
    by: Actor, event: str, version: PurposeVersion | NoticeVersion, data: dict[str, Any]
) -> None:
    """Record what was done with a version."""
    kind = event.partition(":")[0]
    audit.record(
        event=event, by=by, controller_id=version.controller_id,
        target=Target(f"{kind}_version", str(version.id)), data=data,
        purpose=data["code"] if kind == "purpose" else "",
    )  # fmt: skip


def _refuse_unknown(words: Words) -> None:
    if words.dpv_purpose and not vocabulary.is_purpose(words.dpv_purpose):
        raise TermUnknownError(field="dpv_purpose")
    if words.schedule_item and schedule.item(words.schedule_item) is None:
        raise ScheduleItemError
    if vocabulary.unknown_data(words.categories):
        raise TermUnknownError(field="categories")
    if vocabulary.unknown_operations(words.operations):
        raise TermUnknownError(field="operations")
    if not all(vocabulary.basis(pack, ground) for pack, ground in words.grounds.items()):
        raise LegalGroundError


def _parent(purpose: Purpose, code: str) -> Purpose | None:
    """The wider purpose, where following parents upwards never comes back to this one."""
    if not code:
        return None
    parent = Purpose.objects.filter(
        controller_id=purpose.controller_id, code=code, closed_at=None
    ).first()
    if parent is None:
        raise PurposeFamilyError
    above: Purpose | None = parent
    seen = {purpose.pk}
    while above is not None:
        if above.pk in seen:
            raise PurposeFamilyError
        seen.add(above.pk)
        newest = above.versions.select_related("parent").order_by("-number").first()
        above = newest.parent if newest else None
    return parent


def _columns(words: Words) -> dict[str, Any]:
    columns = asdict(words)
    del columns["parent"]
    for name in ("categories", "operations", "recipients"):
        columns[name] = list(columns[name])
    columns["grounds"] = dict(words.grounds)
    return columns


def _next(versions: Any) -> int:
    return int(versions.aggregate(last=Max("number"))["last"] or 0) + 1
