"""Questions about purposes, notices and consents."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from consent.catalogue import Catalogue, in_force
from consent.models import (
    ConsentEvent,
    ConsentState,
    NoticeTranslation,
    NoticeVersion,
    Objection,
    ObjectionKind,
    ObjectionState,
    Purpose,
    PurposeVersion,
    Restriction,
    WordsState,
)
from consent.transitions import VALID, State
from consent.versions.languages import best


@dataclass(frozen=True, slots=True)
class StateShown:
    """Where a person stands on one purpose, for people to read.

    `grounds` is the ground per law; `is_stale` says that the words changed materially since the
    person answered, so that a yes no longer counts (CON-19).
    """

    purpose: str
    title: str
    description: str
    state: State
    since_at: datetime | None
    expires_at: datetime | None
    event_id: UUID | None
    notice_version_id: UUID | None
    language: str
    is_closed: bool
    grounds: Mapping[str, str]
    is_stale: bool

    @property
    def is_valid(self) -> bool:
        return self.state in VALID


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """The words of one published notice version in one language.

    `approved_at` is later than `published_at` for a language that was added to the version.
    """

    version_id: UUID
    code: str
    number: int
    language: str
    content: Mapping[str, Any]
    sha256: str
    published_at: datetime | None
    effective_from: datetime | None
    id: UUID | None = None
    approved_at: datetime | None = None


def states(controller_id: UUID, subject_id: UUID) -> list[StateShown]:
    """Where a person stands on every purpose in force and every purpose they ever chose on.

    A consent whose time has ended reads expired although nobody wrote that yet.
    """
    now = timezone.now()
    rows = ConsentState.objects.filter(controller_id=controller_id, subject_id=subject_id)
    held = {row.purpose_id: row for row in rows}
    stale = _stale(controller_id, list(held.values()))
    shown = [
        _shown(version, held.get(version.purpose_id), now, stale)
        for version in _latest(controller_id)
    ]
    return [one for one in shown if not one.is_closed or one.event_id]


def history(controller_id: UUID, subject_id: UUID, purpose: str = "") -> QuerySet[ConsentEvent]:
    """The ledger lines of a person, newest first, of one purpose or all."""
    lines = ConsentEvent.objects.filter(controller_id=controller_id, subject_id=subject_id)
    if purpose:
        lines = lines.filter(purpose__code=purpose)
    return lines.select_related("purpose", "notice_version__notice").order_by("-recorded_at", "-id")


def event(controller_id: UUID, event_id: UUID) -> ConsentEvent | None:
    """One ledger line of this controller."""
    found = ConsentEvent.objects.filter(controller_id=controller_id, pk=event_id)
    return found.select_related("purpose", "notice_version__notice").first()


def words(controller_id: UUID, version_id: UUID, language: str) -> NoticeWords | None:
    """The approved words of a published notice version in just that language, or None."""
    found = (
        NoticeTranslation.objects.filter(
            controller_id=controller_id, notice_version_id=version_id, language=language,
            notice_version__effective_from__lte=Now(), state=WordsState.APPROVED,
        )
        .select_related("notice_version__notice")
        .first()
    )  # fmt: skip
    if found is None:
        return None
    version: NoticeVersion = found.notice_version
    return NoticeWords(
        version.id, version.notice.code, version.number, found.language, found.content,
        found.sha256, version.published_at, version.effective_from, found.id, found.approved_at,
    )  # fmt: skip


def words_in_force(controller_id: UUID, purpose: str, language: str) -> NoticeWords | None:
    """The newest published words about a purpose, in the approved language that comes nearest.

    That is the one wished for, else the same in another script, else English; `language` of the
    answer tells. None where there is no notice.
    """
    catalogue: Catalogue = in_force(controller_id)
    known = catalogue.purposes.get(purpose)
    if known is None or not known.notices:
        return None
    newest = known.notices[0]
    return words(controller_id, newest.version_id, best(language, newest.languages))


def purposes(controller_ids: list[UUID]) -> QuerySet[Purpose]:
    """The purposes of these controllers, by code."""
    return Purpose.objects.filter(controller_id__in=controller_ids).order_by("code", "id")


def purpose_titles(controller_id: UUID) -> dict[str, str]:
    """What each purpose is called now, by code."""
    return {version.purpose.code: version.title for version in _latest(controller_id)}


def marketing_purposes(controller_id: UUID) -> frozenset[str]:
    """The codes of purposes that are direct marketing, or were in a version approved before."""
    rows = PurposeVersion.objects.begun().filter(controller_id=controller_id, is_marketing=True)
    return frozenset(rows.values_list("purpose__code", flat=True))


def objections(controller_id: UUID, subject_id: UUID) -> QuerySet[Objection]:
    """The objections that stand, newest first."""
    return Objection.objects.filter(
        controller_id=controller_id, subject_id=subject_id, lifted_at=None
    ).order_by("-objected_at", "id")


def objected(controller_id: UUID, ids: Collection[UUID]) -> dict[UUID, set[str]]:
    """To which purposes these people's objections stand, by code.

    One to direct marketing is to every purpose that is any (GDPR 21(2), (3)). One that waits for
    an officer is left out, and so is one to a use, such as a sale, that names no purpose.
    """
    rows = Objection.objects.filter(
        controller_id=controller_id, subject_id__in=ids, lifted_at=None,
        state=ObjectionState.UPHELD,
    ).values_list("subject_id", "kind", "purpose__code")  # fmt: skip
    marketing: frozenset[str] | None = None
    found: dict[UUID, set[str]] = {}
    for subject_id, kind, purpose in rows:
        if purpose:
            found.setdefault(subject_id, set()).add(purpose)
        elif kind == ObjectionKind.DIRECT_MARKETING:
            marketing = marketing_purposes(controller_id) if marketing is None else marketing
            found.setdefault(subject_id, set()).update(marketing)
    return found


def restrictions(controller_id: UUID, subject_id: UUID) -> QuerySet[Restriction]:
    """The restrictions of processing that stand, newest first."""
    return Restriction.objects.filter(
        controller_id=controller_id, subject_id=subject_id, lifted_at=None
    ).order_by("-asked_at", "id")


def restriction(controller_id: UUID, restriction_id: UUID) -> Restriction | None:
    """One restriction of this controller, standing or over, with its person."""
    rows = Restriction.objects.select_related("subject", "controller")
    return rows.filter(controller_id=controller_id, pk=restriction_id).first()


def _latest(controller_id: UUID) -> list[PurposeVersion]:
    """The approved version in force of each purpose, by purpose code."""
    return list(
        PurposeVersion.objects.begun()
        .filter(controller_id=controller_id)
        .select_related("purpose")
        .order_by("purpose__code", F("number").desc())
        .distinct("purpose__code")
    )


def _stale(controller_id: UUID, rows: list[ConsentState]) -> set[UUID]:
    """The purposes whose words, or whose meaning, changed materially since the person answered."""
    newer = NoticeVersion.objects.filter(
        notice=OuterRef("notice"), effective_from__lte=Now(), is_material=True,
        number__gt=OuterRef("number"),
    )  # fmt: skip
    notices = NoticeVersion.objects.filter(Exists(newer), controller_id=controller_id)
    old = set(notices.values_list("id", flat=True))
    material = PurposeVersion.objects.begun().filter(controller_id=controller_id, is_material=True)
    oldest = dict(material.values_list("purpose_id").annotate(Max("number")))
    return {
        row.purpose_id
        for row in rows
        if row.notice_version_id in old or row.purpose_version < oldest.get(row.purpose_id, 0)
    }


def _shown(
    version: PurposeVersion, row: ConsentState | None, now: datetime, stale: set[UUID]
) -> StateShown:
    state = State(row.state) if row else State.UNKNOWN
    if row and state in VALID and row.expires_at and row.expires_at <= now:
        state = State.EXPIRED
    return StateShown(
        purpose=version.purpose.code, title=version.title, description=version.description,
        state=state, since_at=row.since_at if row else None,
        expires_at=row.expires_at if row else None, event_id=row.event_id if row else None,
        notice_version_id=row.notice_version_id if row else None,
        language=row.language if row else "", is_closed=version.purpose.closed_at is not None,
        grounds=version.grounds, is_stale=state in VALID and version.purpose_id in stale,
    )  # fmt: skip
