"""What is in force at a controller: approved purposes and published notices, read once for many.

A version counts from its own moment on, by PostgreSQL's clock. A frozen picture taken inside the
caller's transaction; nothing here is kept between requests.
"""

from dataclasses import dataclass, field
from uuid import UUID

from django.db.models.functions import Now

from consent.errors import NoticeNotInForceError, PurposeClosedError, PurposeUnknownError
from consent.models import NoticePurpose, NoticeTranslation, Purpose, PurposeVersion


@dataclass(frozen=True, slots=True)
class NoticeInForce:
    """A published notice version: its languages and the hash of the words in each."""

    version_id: UUID
    code: str
    number: int
    languages: dict[str, str]


@dataclass(frozen=True, slots=True)
class PurposeInForce:
    """A purpose with its approved version and the notices, newest first, that ask about it.

    `confirms` are the states that are confirmed to the person by a message, `remind_days` the days
    before a consent ends at which they are reminded.
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

    def notice(self, purpose: str, version_id: UUID | None, language: str) -> NoticeInForce:
        """The published notice of that id, or the newest one that has the language.

        Raises NoticeNotInForceError when there is none.
        """
        for notice in self.purpose(purpose).notices:
            wanted = version_id is None or notice.version_id == version_id
            if wanted and (not language or language in notice.languages):
                return notice
        raise NoticeNotInForceError

    def named_notice(self, purpose: str, code: str, number: int) -> NoticeInForce:
        """The published notice of that code and number about the purpose, closed or not.

        Raises NoticeNotInForceError when there is none.
        """
        found = self.purposes.get(purpose)
        for notice in found.notices if found else ():
            if (notice.code, notice.number) == (code, number):
                return notice
        raise NoticeNotInForceError


def in_force(controller_id: UUID) -> Catalogue:
    """The catalogue of a controller as this transaction sees it."""
    notices = _notices(controller_id)
    purposes: dict[str, PurposeInForce] = {}
    versions = (
        PurposeVersion.objects.begun()
        .filter(controller_id=controller_id)
        .select_related("purpose__contact_plan")
        .order_by("purpose_id", "number")
    )
    for version in versions:
        purpose: Purpose = version.purpose
        purposes[purpose.code] = PurposeInForce(
            purpose.id, purpose.code, version.title, version.number, version.valid_days,
            purpose.closed_at is not None, notices.get(purpose.id, ()),
            tuple(version.categories), *_contact(purpose),
        )  # fmt: skip
    return Catalogue(purposes)


def _contact(purpose: Purpose) -> tuple[frozenset[str], tuple[int, ...]]:
    plan = getattr(purpose, "contact_plan", None)
    if plan is None:
        return frozenset(), ()
    return frozenset(plan.confirms), tuple(plan.remind_days)


def _notices(controller_id: UUID) -> dict[UUID, tuple[NoticeInForce, ...]]:
    hashes: dict[UUID, dict[str, str]] = {}
    rows = NoticeTranslation.objects.filter(
        controller_id=controller_id, notice_version__effective_from__lte=Now()
    ).values_list("notice_version_id", "language", "sha256")
    for version_id, language, sha256 in rows:
        hashes.setdefault(version_id, {})[language] = sha256
    links = (
        NoticePurpose.objects.filter(
            controller_id=controller_id, notice_version__effective_from__lte=Now()
        )
        .select_related("notice_version__notice", "purpose_version")
        .order_by("-notice_version__effective_from", "-notice_version_id")
    )
    found: dict[UUID, tuple[NoticeInForce, ...]] = {}
    for link in links:
        version = link.notice_version
        notice = NoticeInForce(
            version.id, version.notice.code, version.number, hashes.get(version.id, {})
        )
        purpose_id = link.purpose_version.purpose_id
        found[purpose_id] = (*found.get(purpose_id, ()), notice)
    return found
