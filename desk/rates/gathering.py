"""What the page of consent rates shows, with small groups taken out, and the same as CSV."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.text import Truncator
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from audit.exporting.copies import cell
from consent import figures
from consent import selectors as consents
from consent.figures import Answered, Answers
from consent.versions.naming import language_name
from desk.charts import Chart, Datum, chart
from desk.rates import words
from desk.rates.hiding import Group, hidden

AT_MOST = 200_000
SHOWN = 12
"""So many values have a bar; the table has all."""
PER_MILLE = 1000
COLUMNS = ("by", "value", "name", "answers", "yes", "no", "rate_percent")


@dataclass(frozen=True, slots=True)
class Rate:
    """A row: a value and how often it was yes; None where a small group would show."""

    value: str
    name: str
    answers: int | None
    yes: int | None
    no: int | None

    @property
    def per_mille(self) -> int | None:
        """The share of yes, rounded."""
        if not self.answers or self.yes is None:
            return None
        return round(PER_MILLE * self.yes / self.answers)


@dataclass(frozen=True, slots=True)
class RateShown:
    """A row of a table in words."""

    name: str
    answers: str
    yes: str
    no: str
    rate: str


@dataclass(frozen=True, slots=True)
class Dimension:
    """The rates by one thing answers differ in."""

    code: str
    title: str
    column: str
    chart: Chart
    rows: tuple[RateShown, ...]
    left_out: int
    has_hidden: bool


@dataclass(frozen=True, slots=True)
class Rates:
    """All of a controller's rates in one period, not yet in words."""

    whole: Rate
    by: dict[str, tuple[Rate, ...]]
    begins_at: datetime | None


def rates(controller_id: UUID, *, days: int) -> Rates:
    """The rates of so many days, by at most `AT_MOST` lines of the ledger."""
    since = timezone.now() - timedelta(days=days)
    found = figures.answered(controller_id, since=since, at_most=AT_MOST)
    titles = consents.purpose_titles(controller_id)
    (whole,) = _safe([found.whole], [""])
    return Rates(
        whole,
        {code: _rows(code, found, titles) for code in words.DIMENSIONS},
        found.begins_at,
    )


def dimensions(of: Rates) -> list[Dimension]:
    """The rates in words, each with its chart."""
    return [_dimension(code, of.by[code]) for code in words.DIMENSIONS]


def sentence(whole: Rate) -> str:
    """The rate of all answers together."""
    if whole.answers is None:
        return _("Fewer than 5 people answered in this period: no rate is shown.")
    if not whole.answers:
        return _("Nobody answered in this period.")
    told = {"n": _number(whole.answers), "rate": _percent(whole.per_mille)}
    if whole.per_mille is None:
        return ngettext(
            "%(n)s answer; the rate is not shown, because fewer than 5 people stand apart in it.",
            "%(n)s answers; the rate is not shown, because fewer than 5 people stand apart in it.",
            whole.answers,
        ) % told  # fmt: skip
    return ngettext(
        "%(rate)s of %(n)s answer is yes.", "%(rate)s of %(n)s answers are yes.", whole.answers
    ) % told  # fmt: skip


def bound(of: Rates) -> str:
    """What to know where the ledger has more than was read; else empty."""
    if of.begins_at is None:
        return ""
    begins = date_format(timezone.localtime(of.begins_at), "DATETIME_FORMAT")
    return _("Only the newest %(n)s lines of the ledger were read, recorded since %(begins)s.") % {
        "n": _number(AT_MOST), "begins": begins
    }  # fmt: skip


def table(of: Rates) -> str:
    """The same rows as CSV; a number that is not shown is empty there too."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(COLUMNS)
    lines.writerows(_lines(of))
    return text.getvalue()


def _lines(of: Rates) -> Iterator[list[str]]:
    for code, rows in (("all", (of.whole,)), *of.by.items()):
        for one in rows:
            share = "" if one.per_mille is None else f"{one.per_mille / 10:.1f}"
            counts = ("" if n is None else str(n) for n in (one.answers, one.yes, one.no))
            yield [code, cell(one.value), cell(one.name), *counts, share]


def _rows(code: str, found: Answered, titles: dict[str, str]) -> tuple[Rate, ...]:
    named = sorted((_name(code, one.value, titles), one.value, one) for one in found.by[code])
    return _safe([one for _name, _value, one in named], [name for name, _value, _one in named])


def _safe(rows: Sequence[Answers], names: Sequence[str]) -> tuple[Rate, ...]:
    """The rows without the numbers that would show few people."""
    hides = hidden([Group(one.people, one.people_yes, one.people_no) for one in rows])
    return tuple(
        Rate(
            one.value, name, None if at in hides.rows else one.yes + one.no,
            *((None, None) if at in hides.answers else (one.yes, one.no)),
        )
        for at, (one, name) in enumerate(zip(rows, names, strict=True))
    )  # fmt: skip


def _name(code: str, value: str, titles: dict[str, str]) -> str:
    if not value:
        return str(words.UNKNOWN)
    if code == "language":
        return language_name(value)
    return str((words.CHANNELS if code == "channel" else titles).get(value, value))


def _dimension(code: str, rows: tuple[Rate, ...]) -> Dimension:
    open_rows = [one for one in rows if one.per_mille is not None]
    drawn = sorted(open_rows, key=lambda one: -(one.answers or 0))[:SHOWN]
    data = [
        Datum(Truncator(one.name).chars(70), one.per_mille or 0, _percent(one.per_mille))
        for one in drawn
    ]
    return Dimension(
        code, str(words.TITLES[code]), str(words.DIMENSIONS[code]),
        chart(data, is_rtl=get_language_bidi(), whole=PER_MILLE), tuple(map(_shown, rows)),
        len(open_rows) - len(drawn), len(open_rows) < len(rows),
    )  # fmt: skip


def _shown(one: Rate) -> RateShown:
    return RateShown(
        one.name, _number(one.answers), _number(one.yes), _number(one.no), _percent(one.per_mille)
    )


def _number(count: int | None) -> str:
    return "–" if count is None else number_format(count, force_grouping=True)


def _percent(per_mille: int | None) -> str:
    return "–" if per_mille is None else f"{number_format(per_mille / 10, 1)} %"
