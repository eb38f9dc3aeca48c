"""Questions about versions of purposes and notices: where they stand, what changed, what lacks."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, cast

from django.db.models import F, Max, Q
from django.utils import timezone

from consent.models import NoticeVersion, Purpose, PurposeVersion, WordsState
from consent.versions import classify
from consent.versions.classify import Change
from consent.versions.languages import ENGLISH
from consent.versions.lint import Finding, lint
from consent.versions.lint_eu import AskedEU, lint_eu

Version = PurposeVersion | NoticeVersion
COMPARED: Final = (
    "title", "description", "enables", "dpv_purpose", "grounds", "categories", "operations",
    "recipients", "retention_days", "valid_days", "owner", "is_marketing", "is_tracking",
    "is_detrimental_to_children", "uses_ai", "needs_explicit", "schedule_item",
)  # fmt: skip
"""What a purpose version says; its parent is compared by code."""


class Standing(StrEnum):
    """Where a version stands at a moment; of the approved ones time alone tells."""

    DRAFT = "draft"
    APPROVED = "approved"  # comes into force later
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    TAKEN_BACK = "taken_back"  # before it began


@dataclass(frozen=True, slots=True)
class Asked:
    """A purpose version that a notice version is about; `begins` is None while it is a draft."""

    code: str
    version: PurposeVersion
    begins: datetime | None


def standing(of: Version) -> Standing:
    """Where a version stands now."""
    put_at = of.approved_at if isinstance(of, PurposeVersion) else of.published_at
    if put_at is None:
        return Standing.DRAFT
    if of.effective_from is None:
        return Standing.TAKEN_BACK
    if of.effective_from > timezone.now():
        return Standing.APPROVED
    return Standing.IN_FORCE if _newest_begun(of) == of.number else Standing.SUPERSEDED


def newest_approved(of: Version) -> Any:
    """The other version of the same purpose or notice that begins, or began, last; or None."""
    found = _family(of).exclude(pk=of.pk).filter(effective_from__isnull=False)
    return found.order_by("-number").first()


def before(of: Version) -> Any:
    """The version that this one follows; None: it is the first that counts."""
    earlier = _family(of).filter(effective_from__isnull=False, number__lt=of.number)
    return earlier.order_by("-number").first()


def purpose_changes(of: PurposeVersion) -> list[Change]:
    """What a version changes against the one it follows; nothing, where it is the first."""
    old: PurposeVersion | None = before(of)
    return classify.purpose_changes(_said(old), _said(of)) if old else []


def notice_changes(of: NoticeVersion) -> list[Change]:
    """The same of a notice, in every language."""
    old: NoticeVersion | None = before(of)
    if old is None:
        return []
    purposes = _codes(old), _codes(of)
    return classify.notice_changes(_words(old), _words(of), purposes)


def asked(of: NoticeVersion) -> list[Asked]:
    """What a notice version is about."""
    links = of.purposes.select_related("purpose_version__purpose")
    found = (link.purpose_version for link in links)
    return [Asked(one.purpose.code, one, one.effective_from) for one in found]


def lacking(of: NoticeVersion, about: list[Asked] | None = None) -> list[str]:
    """What the law asks of the notice and its words do not say, by language, with the law.

    In which languages it must be readable is another question (`completeness`).
    """
    about = asked(of) if about is None else about
    words = _words(of)
    missing = [
        one
        for language, content in words.items()
        for one in lacking_in(of, language, content, about)
    ]
    if ENGLISH not in words:
        source = "DPDP Act 2023 s.5(3)" if of.notice.pack == "IN" else "GDPR Art 12(1)"
        missing.append(f"{ENGLISH}: translation ({source})")
    return missing


def lacking_in(
    of: NoticeVersion, language: str, content: dict[str, Any], about: list[Asked] | None = None
) -> list[str]:
    """The same of the words in one language."""
    about = asked(of) if about is None else about
    return [
        f"{language}: {finding.element} ({finding.reference})"
        for finding in _findings(of.notice.pack, content, about)
    ]


def _findings(pack: str, content: dict[str, Any], about: list[Asked]) -> list[Finding]:
    if pack == "IN":
        return lint(content, {one.code for one in about})
    european = [
        AskedEU(one.code, one.version.grounds.get("EU", ""), one.version.uses_ai) for one in about
    ]
    return lint_eu(content, european)


def _newest_begun(of: Version) -> int | None:
    """Read with the row where the list asked for it, so that a long list costs no query more."""
    if hasattr(of, "newest_begun"):
        return cast("int | None", of.newest_begun)
    return cast("int | None", _family(of).begun().aggregate(last=Max("number"))["last"])


def _family(of: Version) -> Any:
    if isinstance(of, PurposeVersion):
        return PurposeVersion.objects.filter(purpose_id=of.purpose_id)
    return NoticeVersion.objects.filter(notice_id=of.notice_id)


def _said(version: PurposeVersion) -> dict[str, Any]:
    said = {name: getattr(version, name) for name in COMPARED}
    return {**said, "parent": version.parent.code if version.parent else ""}


def _words(version: NoticeVersion) -> dict[str, dict[str, Any]]:
    """What a version says: its English words, and those approved in other languages."""
    rows = version.translations.filter(Q(language=ENGLISH) | Q(state=WordsState.APPROVED))
    return dict(rows.order_by(F("language")).values_list("language", "content"))


def _codes(version: NoticeVersion) -> set[str]:
    return {one.code for one in asked(version)}


def above(purpose: Purpose) -> list[Purpose]:
    """The purposes it belongs to, the nearest first. Nothing is inherited from any of them."""
    found: list[Purpose] = []
    parent = _parent(purpose)
    while parent is not None and parent not in found:
        found.append(parent)
        parent = _parent(parent)
    return found


def parts(purpose: Purpose) -> list[Purpose]:
    """The purposes that belong to it directly, by code, as their newest versions say."""
    newest = (
        PurposeVersion.objects.filter(controller_id=purpose.controller_id)
        .select_related("purpose")
        .order_by("purpose__code", "-number")
        .distinct("purpose__code")
    )
    return [one.purpose for one in newest if one.parent_id == purpose.pk]


def _parent(purpose: Purpose) -> Purpose | None:
    newest = purpose.versions.select_related("parent").order_by("-number").first()
    return newest.parent if newest else None
