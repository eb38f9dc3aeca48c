"""Questions of services about consents, always within the purposes they are registered for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from consent import catalogue as catalogues
from consent import selectors
from consent.errors import ConsentMissingError, CursorUnknownError, NoticeMissingError
from consent.models import ConsentEvent, Purpose, PurposeVersion
from consent.selectors import NoticeWords, StateShown
from consent.versions import vocabulary


@dataclass(frozen=True, slots=True)
class PurposeShown:
    """A purpose in force, as a company's own site may show it."""

    code: str
    title: str
    description: str
    enables: str
    version: int
    dpv_purpose: str
    dpv_iri: str
    belongs_to: str
    grounds: Mapping[str, Any]
    bases: Mapping[str, str]
    categories: list[str]
    operations: list[str]
    recipients: list[str]
    retention_days: int
    valid_days: int | None
    effective_from: datetime | None
    is_registered: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Ledger lines, newest first, and the line to go on after; None at the end."""

    lines: list[ConsentEvent]
    after: UUID | None


def states(controller_id: UUID, subject_id: UUID, purposes: Collection[str]) -> list[StateShown]:
    """Where a person stands on these purposes."""
    return [one for one in selectors.states(controller_id, subject_id) if one.purpose in purposes]


def line(controller_id: UUID, event_id: UUID, purposes: Collection[str]) -> ConsentEvent:
    """One ledger line about one of these purposes. Raises ConsentMissingError."""
    found = selectors.event(controller_id, event_id)
    if found is None or found.purpose.code not in purposes:
        raise ConsentMissingError
    return found


def page(
    controller_id: UUID,
    subject_id: UUID,
    purposes: Collection[str],
    *,
    after: UUID | None,
    limit: int,
) -> Page:
    """A person's ledger lines about these purposes. Raises CursorUnknownError.

    Lines that are written meanwhile neither repeat nor hide one: the place is a line, not a number.
    """
    lines = selectors.history(controller_id, subject_id).filter(purpose__code__in=purposes)
    if after is not None:
        last = lines.filter(pk=after).first()
        if last is None:
            raise CursorUnknownError
        at = last.recorded_at
        lines = lines.filter(Q(recorded_at__lt=at) | Q(recorded_at=at, pk__lt=after))
    found = list(lines[: limit + 1])
    return Page(found[:limit], found[limit - 1].pk if len(found) > limit else None)


def purposes(controller_id: UUID, registered: Collection[str]) -> list[PurposeShown]:
    """The open purposes of a controller by code."""
    versions = (
        PurposeVersion.objects.begun()
        .filter(controller_id=controller_id, purpose__closed_at=None)
        .select_related("purpose", "parent")
        .order_by("purpose__code", "-number")
        .distinct("purpose__code")
    )
    return [_shown(version, registered) for version in versions]


def notice_in_force(controller_id: UUID, purpose: str, language: str) -> NoticeWords:
    """The newest published words about an open purpose: in the language, else in English.

    Raises PurposeUnknownError, PurposeClosedError, NoticeMissingError.
    """
    catalogues.in_force(controller_id).purpose(purpose)
    found = selectors.words_in_force(controller_id, purpose, language)
    if found is None:
        raise NoticeMissingError
    return found


def _shown(version: PurposeVersion, registered: Collection[str]) -> PurposeShown:
    purpose: Purpose = version.purpose
    return PurposeShown(
        code=purpose.code, title=version.title, description=version.description,
        enables=version.enables, version=version.number, dpv_purpose=version.dpv_purpose,
        dpv_iri=_iri(version.dpv_purpose),
        belongs_to=version.parent.code if version.parent else "",
        grounds=version.grounds, bases=_bases(version.grounds), categories=version.categories,
        operations=version.operations, recipients=version.recipients,
        retention_days=version.retention_days, valid_days=version.valid_days,
        effective_from=version.effective_from, is_registered=purpose.code in registered,
    )  # fmt: skip


def _bases(grounds: Mapping[str, str]) -> dict[str, str]:
    """The IRI of the ground in each law that has one."""
    terms = {pack: vocabulary.basis(pack, ground) for pack, ground in grounds.items()}
    return {pack: vocabulary.iri(term) for pack, term in terms.items() if term}


def _iri(term: str) -> str:
    """Empty for a term written down before terms were checked."""
    return vocabulary.iri(term) if vocabulary.is_purpose(term) else ""
