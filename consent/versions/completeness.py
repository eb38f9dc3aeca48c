"""In which languages a notice can be read: approved, drafted, waived until a day, or lacking.

For an Indian notice the law names 23 (DPDP Act 2023 s.5(3)); for another the controller chooses.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import QuerySet

from consent.models import LanguageWaiver, NoticeTranslation, NoticeVersion, Origin, WordsState
from consent.versions import languages, selectors
from consent.versions.selectors import Standing

INDIA = "IN"
SHOWN = frozenset({Standing.DRAFT, Standing.APPROVED, Standing.IN_FORCE})


class Cell(StrEnum):
    """How a notice version stands in one language."""

    APPROVED = "approved"
    DRAFT = "draft"
    MACHINE = "machine"  # drafted by a machine: nobody is shown it
    WAIVED = "waived"
    LACKING = "lacking"
    UNASKED = "unasked"  # no law asks for it


@dataclass(frozen=True, slots=True)
class Spoken:
    """A language of a version: how it stands, in which scripts, until when it is waived."""

    tag: str
    cell: Cell
    words: tuple[NoticeTranslation, ...] = ()
    until_on: date | None = None

    @property
    def is_source(self) -> bool:
        """English words that are there, whatever their state."""
        return self.tag == languages.ENGLISH and bool(self.words)


@dataclass(frozen=True, slots=True)
class Line:
    """A notice version in all languages; `others` are approved beyond those the law names."""

    version: NoticeVersion
    standing: Standing
    languages: tuple[Spoken, ...]
    others: tuple[str, ...]

    @property
    def lacking(self) -> tuple[str, ...]:
        """What stands in the way of publishing it; its English words are approved by that."""
        return tuple(one.tag for one in self.languages if one.cell in LACKING and not one.is_source)

    def count(self, *cells: Cell) -> int:
        return sum(one.cell in cells for one in self.languages)


LACKING = frozenset({Cell.DRAFT, Cell.MACHINE, Cell.LACKING})
"""What is neither approved nor waived."""


def today() -> date:
    """The day that waivers go by."""
    return datetime.now(UTC).date()


def approved_tags(version: NoticeVersion) -> set[str]:
    """The languages whose words were approved, and English, which publishing approves."""
    rows = NoticeTranslation.objects.filter(notice_version=version, state=WordsState.APPROVED)
    return {languages.ENGLISH, *rows.values_list("language", flat=True)}


def waivers(notice_id: UUID, on: date) -> QuerySet[LanguageWaiver]:
    """Those of a notice whose time covers a day, approved or not, the longest first."""
    found = LanguageWaiver.objects.filter(notice_id=notice_id, until_on__gte=on)
    return found.order_by("-until_on", "-id")


def covered(rows: Iterable[LanguageWaiver]) -> set[str]:
    """The languages of waivers that were approved."""
    return {tag for one in rows if one.approved_at for tag in one.languages}


def uncovered(version: NoticeVersion, on: date) -> list[str]:
    """The languages the law names in which the version has no approved words and no waiver."""
    if version.notice.pack != INDIA:
        return []
    without = covered(waivers(version.notice_id, on))
    return [one for one in languages.missing(approved_tags(version)) if one not in without]


def in_force(controller_id: UUID) -> list[NoticeVersion]:
    """The Indian notice versions in force that ask about a purpose that is open."""
    rows = (
        NoticeVersion.objects.begun()
        .filter(controller_id=controller_id, notice__pack=INDIA)
        .select_related("notice")
        .order_by("notice_id", "-number")
        .distinct("notice_id")
    )
    return [one for one in rows if _is_asking(one)]


def lines(controller_id: UUID) -> list[Line]:
    """The drafts, the versions to come and those in force, by notice, the newest first."""
    rows = (
        NoticeVersion.objects.filter(controller_id=controller_id)
        .with_newest("notice")
        .select_related("notice")
        .prefetch_related("translations")
        .order_by("notice__code", "-number")
    )
    until = _waived(controller_id)
    standings = ((one, selectors.standing(one)) for one in rows)
    found = [(one, standing) for one, standing in standings if standing in SHOWN]
    return [_line(one, standing, until.get(one.notice_id, {})) for one, standing in found]


def line(version: NoticeVersion) -> Line:
    """One version in all languages, whatever its standing."""
    until = _waived(version.controller_id).get(version.notice_id, {})
    return _line(version, selectors.standing(version), until)


def _is_asking(version: NoticeVersion) -> bool:
    return version.purposes.filter(purpose_version__purpose__closed_at=None).exists()


def _waived(controller_id: UUID) -> dict[UUID, dict[str, date]]:
    """Until when each language of each notice is waived, by approved waivers of today."""
    found: dict[UUID, dict[str, date]] = {}
    rows = LanguageWaiver.objects.filter(
        controller_id=controller_id, until_on__gte=today(), approved_at__isnull=False
    )
    for one in rows.order_by("until_on", "id"):
        found.setdefault(one.notice_id, {}).update(dict.fromkeys(one.languages, one.until_on))
    return found


def _line(version: NoticeVersion, standing: Standing, until: dict[str, date]) -> Line:
    rows = list(version.translations.all())
    spoken = tuple(_spoken(version, tag, rows, until.get(tag)) for tag in languages.REQUIRED)
    approved = sorted(one.language for one in rows if one.state == WordsState.APPROVED)
    others = tuple(one for one in approved if languages.code_of(one) not in languages.BY_TAG)
    return Line(version, standing, spoken, others)


def _spoken(
    version: NoticeVersion, tag: str, rows: Collection[NoticeTranslation], until: date | None
) -> Spoken:
    words = tuple(one for one in rows if languages.code_of(one.language) == tag)
    return Spoken(tag, _cell(version, words, until), words, until)


def _cell(version: NoticeVersion, words: Collection[NoticeTranslation], until: date | None) -> Cell:
    if any(one.state == WordsState.APPROVED for one in words):
        return Cell.APPROVED
    if until is not None:
        return Cell.WAIVED
    if any(one.origin == Origin.HUMAN for one in words):
        return Cell.DRAFT
    if words:
        return Cell.MACHINE
    return Cell.LACKING if version.notice.pack == INDIA else Cell.UNASKED
