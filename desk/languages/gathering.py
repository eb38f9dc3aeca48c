"""What the page of languages shows: each notice version in each language, and the same as CSV."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from audit.exporting.copies import cell
from consent.versions import completeness
from consent.versions.completeness import Cell, Line, Spoken
from consent.versions.languages import BY_TAG, REQUIRED, direction
from consent.versions.naming import language_name
from consent.versions.selectors import Standing
from desk.languages import words
from desk.languages.drawing import Grid, Square, grid, square

COLUMNS = ("notice", "version", "law", "standing", "language", "name", "state", "until", "tags")
LONGEST_LABEL = 30


@dataclass(frozen=True, slots=True)
class Head:
    """A column of the table: a language."""

    tag: str
    name: str
    english: str
    direction: str


@dataclass(frozen=True, slots=True)
class Said:
    """How a version stands in one language, in words."""

    state: str
    text: str
    tags: str


@dataclass(frozen=True, slots=True)
class Row:
    """A version in words; `lacking` is what stands in the way of its next version."""

    id: UUID
    name: str
    standing: str
    law: str
    approved: int
    waiting: int
    waived: str
    lacking: tuple[Head, ...]
    others: tuple[str, ...]
    cells: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page but for its frame."""

    sentence: str
    is_alarming: bool
    drawn: Grid
    legend: tuple[tuple[Square, str], ...]
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]


def gathered(lines: Sequence[Line]) -> Page:
    """The page of these versions."""
    alarming = sum(bool(one.lacking) for one in lines if one.standing is Standing.IN_FORCE)
    return Page(
        _sentence(len(lines), alarming), bool(alarming), _drawn(lines),
        tuple((square(code, 0, 0), str(name)) for code, name in words.CELLS.items()),
        tuple(map(_head, REQUIRED)), tuple(map(_row, lines)),
    )  # fmt: skip


def table(lines: Sequence[Line]) -> str:
    """The same as CSV, a line for each version and language."""
    text = io.StringIO()
    written = csv.writer(text)
    written.writerow(COLUMNS)
    written.writerows(row for one in lines for row in _cells(one))
    return text.getvalue()


def lines(controller_id: UUID) -> list[Line]:
    """The versions of a controller that are drafts, to come, or in force."""
    return completeness.lines(controller_id)


def _cells(line: Line) -> Iterator[list[str]]:
    notice = line.version.notice
    for one in line.languages:
        tags = " ".join(words.language for words in one.words)
        until = one.until_on.isoformat() if one.until_on else ""
        yield [
            cell(notice.code), str(line.version.number), notice.pack, line.standing, one.tag,
            BY_TAG[one.tag].english, one.cell, until, cell(tags),
        ]  # fmt: skip


def _sentence(versions: int, alarming: int) -> str:
    if not versions:
        return _("There is no notice yet.")
    if not alarming:
        return _("Every notice in force can be read in all languages of its law, or waives them.")
    return ngettext(
        "%(n)d notice in force lacks languages of the law, and no waiver counts. It stays in force;"
        " its next version has to wait.",
        "%(n)d notices in force lack languages of the law, and no waiver counts. They stay in"
        " force; their next versions have to wait.",
        alarming,
    ) % {"n": alarming}  # fmt: skip


def _drawn(found: Sequence[Line]) -> Grid:
    rows = [
        (Truncator(_name(one)).chars(LONGEST_LABEL), [spoken.cell for spoken in one.languages])
        for one in found
    ]
    return grid(rows, REQUIRED, is_rtl=get_language_bidi())


def _row(line: Line) -> Row:
    return Row(
        line.version.pk, str(line.version), str(words.STANDINGS[line.standing]),
        str(words.LAWS[line.version.notice.pack]), line.count(Cell.APPROVED),
        _drafts(line), _waived(line), tuple(map(_head, line.lacking)),
        line.others, tuple(map(_said, line.languages)),
    )  # fmt: skip


def _drafts(line: Line) -> int:
    """In how many languages words wait to be approved, also where they are waived for now."""
    return sum(bool(one.words) and one.cell is not Cell.APPROVED for one in line.languages)


def _waived(line: Line) -> str:
    """How many languages are waived, and until when the first of them is."""
    until = [one.until_on for one in line.languages if one.cell is Cell.WAIVED and one.until_on]
    if not until:
        return ""
    told = {"n": len(until), "date": date_format(min(until))}
    return ngettext("%(n)d until %(date)s", "%(n)d until %(date)s", len(until)) % told


def _said(one: Spoken) -> Said:
    text = str(words.CELLS[one.cell])
    if one.cell is Cell.WAIVED and one.until_on:
        text = _("%(state)s until %(date)s") % {"state": text, "date": date_format(one.until_on)}
    return Said(one.cell, text, " ".join(words.language for words in one.words))


def _head(tag: str) -> Head:
    return Head(tag, language_name(tag), BY_TAG[tag].english, direction(tag))


def _name(line: Line) -> str:
    return f"{line.version} · {words.STANDINGS[line.standing]}"
