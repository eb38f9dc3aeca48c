"""A person's own history: which of its lines they ask for, and the file they may take away."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from audit.exporting.copies import cell
from consent import selectors as consent
from consent.managers import selectors as managers
from consent.records import pdf
from consent.records.files import File
from consent.transitions import State
from portal import selectors, sentences
from portal.people import Person
from portal.sentences import Line

if TYPE_CHECKING:  # of the development lock only
    from django_stubs_ext import StrOrPromise

ANSWERS: Final = {
    "yes": (State.GIVEN, State.RENEWED),
    "no": (State.REFUSED,),
    "withdrawn": (State.WITHDRAWN,),
    "ended": (State.EXPIRED, State.REVOKED),
    "invalid": (State.INVALIDATED,),
    "open": (State.UNKNOWN, State.REQUESTED, State.DEFERRED),
}
"""What a person may ask for, in words that each stand for states of the ledger."""
LONGEST = 100
MOST_ON_PAPER = 1_000
HEADINGS: "tuple[StrOrPromise, ...]" = (
    gettext_lazy("Recorded"), gettext_lazy("When it happened"), gettext_lazy("Purpose"),
    gettext_lazy("Answer"), gettext_lazy("What happened"), gettext_lazy("How"),
    gettext_lazy("Given by"), gettext_lazy("Valid until"), gettext_lazy("Notice"),
    gettext_lazy("Reference"),
)  # fmt: skip


class DayField(forms.DateField):
    """A day, as browsers send it."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_error_messages = {"invalid": gettext_lazy("Write the day as 2026-11-22.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, input_formats=["%Y-%m-%d"], **options)


class HistoryForm(forms.Form):
    """Which lines: of a purpose, of a kind of answer, between two days, with a word in them."""

    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), required=False)
    answer = forms.ChoiceField(label=gettext_lazy("Answer"), required=False)
    since = DayField(label=gettext_lazy("From"))
    until = DayField(label=gettext_lazy("To"))
    words = forms.CharField(
        label=gettext_lazy("With the words"), required=False, max_length=LONGEST
    )

    def __init__(self, asked: Mapping[str, Any], titles: Mapping[str, str]) -> None:
        super().__init__(asked, auto_id="%s")
        everything = ("", _("Everything"))
        by_title = sorted(titles.items(), key=lambda pair: pair[1])
        self.fields["purpose"].choices = [everything, *by_title]  # type: ignore[attr-defined]
        self.fields["answer"].choices = [  # type: ignore[attr-defined]
            everything, *((name, sentences.answer(of[0])) for name, of in ANSWERS.items())
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        found = {name: self.cleaned_data.get(name) for name in self.fields}
        since, until = found["since"], found["until"]
        if since and until and since > until:
            self.add_error("until", _("The last day comes before the first."))
        return found


@dataclass(frozen=True, slots=True)
class History:
    """What was asked for, and the lines that answer it, newest first."""

    form: HistoryForm
    rows: QuerySet[Any]
    titles: Mapping[str, str]
    managers: Mapping[str, str]

    @property
    def query(self) -> str:
        """The question as an address has it."""
        asked = {name: self.form.data.get(name, "") for name in self.form.fields}
        return urlencode({name: value for name, value in asked.items() if value})

    def line(self, row: Any) -> Line:
        return sentences.line(row, self.titles, self.managers)


def history(person: Person, asked: Mapping[str, Any]) -> History:
    """The lines of a person's ledger that they ask for; what cannot be read narrows nothing."""
    company = person.company.id
    titles = selectors.titles(company, get_language() or "")
    form = HistoryForm(asked, titles)
    form.is_valid()
    rows = consent.history(company, person.id, form.cleaned_data.get("purpose") or "")
    return History(
        form, _narrowed(rows, form.cleaned_data, titles), titles, managers.names([company])
    )


def _narrowed(
    rows: QuerySet[Any], asked: Mapping[str, Any], titles: Mapping[str, str]
) -> QuerySet[Any]:
    if answer := asked.get("answer"):
        rows = rows.filter(state__in=[one.value for one in ANSWERS[answer]])
    if since := asked.get("since"):
        rows = rows.filter(recorded_at__gte=_begin(since))
    if (until := asked.get("until")) and until < date.max:
        rows = rows.filter(recorded_at__lt=_begin(until + timedelta(days=1)))
    if words := (asked.get("words") or "").casefold():
        named = [code for code, title in titles.items() if words in title.casefold()]
        rows = rows.filter(purpose__code__in=named)
    return rows


def _begin(day: date) -> datetime:
    """When a day begins where the person is."""
    return timezone.make_aware(datetime.combine(day, time.min))


def as_csv(found: History) -> File:
    """A table of the lines, for a spreadsheet: in the person's words, times with their zone."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow([str(one) for one in HEADINGS])
    for row in found.rows.iterator():
        table.writerow([cell(one) for one in _cells(found.line(row))])
    return File("history.csv", "text/csv; charset=utf-8", text.getvalue().encode("utf-8-sig"))


def as_pdf(found: History) -> File:
    """The lines on paper. Raises PdfMissingError, PdfFontMissingError."""
    body = pdf.listing(_("History"), list(_told(found)), language=get_language() or "en")
    return File("history.pdf", "application/pdf", body)


FORMS: Final = {"csv": as_csv, "pdf": as_pdf}


def _cells(line: Line) -> Iterator[str]:
    yield from (_moment(line.recorded_at), _moment(line.at), line.purpose)
    yield from (sentences.answer(line.state), line.sentence, line.how, line.given_by)
    yield _moment(line.expires_at) if line.expires_at else ""
    yield f"{line.notice} {line.notice_number} {line.language}" if line.notice else ""
    yield str(line.id)


def _moment(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")


def _told(found: History) -> Iterator[tuple[str, str]]:
    """When, and what happened then; a ledger too long for paper says where the rest is."""
    rows = list(found.rows[: MOST_ON_PAPER + 1])
    for row in rows[:MOST_ON_PAPER]:
        line = found.line(row)
        more = " · ".join(one for one in (line.how, line.given_by) if one)
        yield pdf.moment(line.recorded_at), f"{line.sentence}\n{more}"
    if len(rows) > MOST_ON_PAPER:
        yield "", _("There is more: the table for spreadsheets has everything.")
