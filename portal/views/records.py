"""What was recorded: the history and the receipts."""

from itertools import groupby
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from audit import proofs
from audit.errors import EntryMissingError, EntryPendingError
from audit.files import proof_file, record_file
from consent.proofs import entry_of, standing_of
from consent.receipts import receipt as receipt_of
from consent.records import pdf
from consent.records.errors import PdfFontMissingError, PdfMissingError
from consent.records.files import FORMS, File, file
from portal.history import FORMS as TAKEN
from portal.history import history as history_of
from portal.pages import page, signed_in
from portal.people import Person
from portal.uses import account
from portal.uses import shown as shown_uses
from portal.views.choices import line_or_404

LINES_A_PAGE = 25


@signed_in
@require_safe
def history(request: HttpRequest, person: Person) -> HttpResponse:
    """Everything that happened, newest first, by the day it was recorded; or as a file."""
    found, is_without_pdf = history_of(person, request.GET), False
    try:
        if (made := TAKEN.get(request.GET.get("format", ""))) and found.form.is_valid():
            return _file(made(found))
    except (PdfMissingError, PdfFontMissingError):
        is_without_pdf = True
    shown = Paginator(found.rows, LINES_A_PAGE).get_page(request.GET.get("page"))
    days = groupby(map(found.line, shown), key=lambda line: timezone.localdate(line.recorded_at))
    context = {
        "days": [(day, list(group)) for day, group in days],
        "form": found.form,
        "query": found.query,
        "shown": shown,
        "has_pdf": pdf.is_available(),
        "is_without_pdf": is_without_pdf,
    }
    return page(request, "history.html", context, person=person)


@signed_in
@require_safe
def uses(request: HttpRequest, person: Person) -> HttpResponse:
    """Who used or saw the person's data, by day and by service."""
    before = _line_id(request.GET.get("before", ""))
    shown = shown_uses(person, get_language() or "", before)
    return page(
        request, "uses.html", {"shown": shown, "is_later": before is not None}, person=person
    )


@signed_in
@require_safe
def use(request: HttpRequest, person: Person, entry_id: UUID) -> HttpResponse:
    """How one reported use or AI decision came about."""
    lines = account(person, entry_id)
    if lines is None:
        raise Http404
    return page(request, "use.html", {"lines": lines, "entry_id": entry_id}, person=person)


@signed_in
@require_safe
def receipt(request: HttpRequest, person: Person, event_id: UUID) -> HttpResponse:
    """The receipt of one answer: to read and print, or as a file in one of its forms."""
    line = line_or_404(person, event_id)
    form, is_without_pdf = request.GET.get("format", ""), False
    try:
        if form in FORMS:
            return _file(file(form, person.company.id, event_id))
    except (PdfMissingError, PdfFontMissingError):
        is_without_pdf = True
    context = {
        "line": line,
        "receipt": receipt_of(person.company.id, person.company.name, event_id),
        "proof": standing_of(person.company.id, event_id),
        "has_pdf": pdf.is_available(),
        "is_without_pdf": is_without_pdf,
    }
    return page(request, "receipt.html", context, person=person)


@signed_in
@require_safe
def proof(request: HttpRequest, person: Person, event_id: UUID) -> HttpResponse:
    """The log's proof that the answer is recorded, as a file."""
    entry = _entry_or_404(person, event_id)
    try:
        return proof_file(entry, proofs.proof(person.company.id, entry))
    except EntryPendingError:
        return redirect("portal:receipt", event_id)


@signed_in
@require_safe
def record(request: HttpRequest, person: Person, event_id: UUID) -> HttpResponse:
    """The record itself, which the proof is about."""
    entry = _entry_or_404(person, event_id)
    try:
        return record_file(entry, proofs.record(entry))
    except EntryMissingError:
        raise Http404 from None


def _entry_or_404(person: Person, event_id: UUID) -> UUID:
    """The log's entry of a line of this person's own history."""
    line_or_404(person, event_id)
    try:
        return entry_of(person.company.id, event_id)
    except EntryMissingError:
        raise Http404 from None


def _line_id(text: str) -> UUID | None:
    """The place a page starts at; anything else starts at the newest."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _file(found: File) -> HttpResponse:
    response = HttpResponse(found.body, content_type=found.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return response
