"""What is in force at a controller: approved purposes and published notices, read once for many.

A version counts from its own moment on, by PostgreSQL's clock. A frozen picture as the caller's
transaction sees it: kept until the catalogue stamp moves (docs/adr/0014) or the next version
begins, and looked at each time whether that has happened.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from accounts.selectors import Stamp, catalogue_stamp
from consent.errors import NoticeNotInForceError, PurposeClosedError, PurposeUnknownError
from consent.models import (
    NoticePurpose,
    NoticeTranslation,
    Purpose,
    PurposeVersion,
    WordsState,
)


@dataclass(frozen=True, slots=True)
class NoticeInForce:
    """A published notice version: since when, and the hash of the approved words by language.

    `asks` is the version of the purpose that its words are about.
    """

    version_id: UUID
    code: str
    number: int
    languages: dict[str, str]
    since: datetime | None = None
    asks: int | None = None


@dataclass(frozen=True, slots=True)
class PurposeInForce:
    """A purpose with its approved version and the notices, newest first, that ask about it.

    `begun` are all its versions and since when each counts, newest first; `material` those that
    changed what it is. `confirms` are the
    states that are confirmed to the person by a message, `remind_days` the days before a consent
    ends at which they are reminded.
    """

    id: UUID
    code: str
    title: str
    version: int
    valid_days: int | None
    is_closed: bool
    notices: tuple[NoticeInForce, ...] = ()
    categories: tuple[str, ...] = ()
    confirms: frozenset[str] = frozenset()
    remind_days: tuple[int, ...] = ()
    begun: tuple[tuple[datetime, int], ...] = ()
    material: frozenset[int] = frozenset()

    def version_at(self, at: datetime) -> int:
        """The version that counted at a time; the first one for a time before any."""
        earliest = self.begun[-1][1] if self.begun else self.version
        return next((number for since, number in self.begun if since <= at), earliest)

    def version_asked(self, at: datetime, notice: NoticeInForce | None) -> int:
        """The version that an answer at a time is about.

        Words from before a material change asked about the purpose as it was: nobody agrees to
        what they were not told.
        """
        number = self.version_at(at)
        return number if notice is None or self.is_told(notice, number) else notice.asks or number

    def is_told(self, notice: NoticeInForce, number: int | None = None) -> bool:
        """Whether the notice's words are about that version, or the present one."""
        upto = number or self.version
        return notice.asks is None or not any(notice.asks < one <= upto for one in self.material)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The purposes of one controller by code."""

    purposes: dict[str, PurposeInForce] = field(default_factory=dict)

    def purpose(self, code: str) -> PurposeInForce:
        """Raises PurposeUnknownError (also while no version is approved), PurposeClosedError."""
        found = self.purposes.get(code)
        if found is None:
            raise PurposeUnknownError
        if found.is_closed:
            raise PurposeClosedError
        return found

    def notice(
        self, purpose: str, version_id: UUID | None, language: str, at: datetime
    ) -> NoticeInForce:
        """The published notice of that id, or the newest of the time that has the language.

        For a time before any the first one. Raises NoticeNotInForceError when there is none.
        """
        fitting = [
            notice
            for notice in self.purpose(purpose).notices
            if version_id in {None, notice.version_id}
            and (not language or language in notice.languages)
        ]
        if not fitting:
            raise NoticeNotInForceError
        shown = (notice for notice in fitting if notice.since is None or notice.since <= at)
        return next(shown, fitting[-1])

    def named_notice(self, purpose: str, code: str, number: int) -> NoticeInForce:
        """The published notice of that code and number about the purpose, closed or not.

        Raises NoticeNotInForceError when there is none.
        """
        found = self.purposes.get(purpose)
        for notice in found.notices if found else ():
            if (notice.code, notice.number) == (code, number):
                return notice
        raise NoticeNotInForceError


@dataclass(frozen=True, slots=True)
class _Kept:
    """A catalogue, the stamp it was read under, and when the next version begins."""

    stamp: Stamp
    until: datetime | None
    catalogue: Catalogue


_kept: dict[UUID, _Kept] = {}


def in_force(controller_id: UUID) -> Catalogue:
    """The catalogue of a controller as this transaction sees it."""
    return of_stamp(controller_id, *catalogue_stamp())


def of_stamp(controller_id: UUID, stamp: Stamp, now: datetime) -> Catalogue:
    """As `in_force`, for a stamp that this transaction has just read, and its time."""
    kept = _kept.get(controller_id)
    if kept is None or kept.stamp != stamp or (kept.until is not None and kept.until <= now):
        kept = _read(controller_id, stamp, now)
        _kept[controller_id] = kept
    return kept.catalogue


def _read(controller_id: UUID, stamp: Stamp, now: datetime) -> _Kept:
    begins: list[datetime] = []
    notices = _notices(controller_id, now, begins)
    purposes: dict[str, PurposeInForce] = {}
    begun: dict[UUID, tuple[tuple[datetime, int], ...]] = {}
    material: dict[UUID, frozenset[int]] = {}
    versions = (
        PurposeVersion.objects.filter(controller_id=controller_id, effective_from__isnull=False)
        .select_related("purpose__contact_plan")
        .order_by("purpose_id", "number")
    )
    for version in versions:
        since = version.effective_from or now
        if since > now:
            begins.append(since)
            continue
        purpose: Purpose = version.purpose
        earlier = begun.get(purpose.id, ())
        begun[purpose.id] = ((since, version.number), *earlier)
        if version.is_material:
            material[purpose.id] = material.get(purpose.id, frozenset()) | {version.number}
        purposes[purpose.code] = PurposeInForce(
            purpose.id, purpose.code, version.title, version.number, version.valid_days,
            purpose.closed_at is not None, notices.get(purpose.id, ()),
            tuple(version.categories), *_contact(purpose), begun[purpose.id],
            material.get(purpose.id, frozenset()),
        )  # fmt: skip
    return _Kept(stamp, min(begins, default=None), Catalogue(purposes))


def _contact(purpose: Purpose) -> tuple[frozenset[str], tuple[int, ...]]:
    plan = getattr(purpose, "contact_plan", None)
    if plan is None:
        return frozenset(), ()
    return frozenset(plan.confirms), tuple(plan.remind_days)


def _notices(
    controller_id: UUID, now: datetime, begins: list[datetime]
) -> dict[UUID, tuple[NoticeInForce, ...]]:
    """The notices of each purpose; the moments of those that have not begun go into `begins`."""
    hashes: dict[UUID, dict[str, str]] = {}
    rows = NoticeTranslation.objects.filter(
        controller_id=controller_id, notice_version__effective_from__isnull=False,
        state=WordsState.APPROVED,
    ).values_list("notice_version_id", "language", "sha256")  # fmt: skip
    for version_id, language, sha256 in rows:
        hashes.setdefault(version_id, {})[language] = sha256
    links = (
        NoticePurpose.objects.filter(
            controller_id=controller_id, notice_version__effective_from__isnull=False
        )
        .select_related("notice_version__notice", "purpose_version")
        .order_by("-notice_version__effective_from", "-notice_version_id")
    )
    found: dict[UUID, tuple[NoticeInForce, ...]] = {}
    for link in links:
        version = link.notice_version
        since = version.effective_from or now
        if since > now:
            begins.append(since)
            continue
        notice = NoticeInForce(
            version.id,
            version.notice.code,
            version.number,
            hashes.get(version.id, {}),
            since,
            link.purpose_version.number,
        )
        purpose_id = link.purpose_version.purpose_id
        found[purpose_id] = (*found.get(purpose_id, ()), notice)
    return found
