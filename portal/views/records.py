"""What was recorded: the history and the receipts."""

import json
from itertools import groupby
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from consent import selectors as consent
from consent.receipts import receipt as receipt_of
from portal import selectors, sentences
from portal.pages import page, signed_in
from portal.people import Person
from portal.views.choices import line_or_404

LINES_A_PAGE = 25


@signed_in
@require_safe
def history(request: HttpRequest, person: Person) -> HttpResponse:
    """Everything that happened, newest first, grouped by the day it was recorded."""
    titles = selectors.titles(person.company.id, get_language() or "")
    purpose = request.GET.get("purpose", "")
    purpose = purpose if purpose in titles else ""
    found = consent.history(person.company.id, person.id, purpose)
    shown = Paginator(found, LINES_A_PAGE).get_page(request.GET.get("page"))
    lines = [sentences.line(event, titles) for event in shown]
    days = groupby(lines, key=lambda line: timezone.localdate(line.recorded_at))
    context = {
        "days": [(day, list(group)) for day, group in days],
        "titles": sorted(titles.items(), key=lambda pair: pair[1]),
        "chosen": purpose,
        "shown": shown,
    }
    return page(request, "history.html", context, person=person)


@signed_in
@require_safe
def receipt(request: HttpRequest, person: Person, event_id: UUID) -> HttpResponse:
    """The receipt of one answer: to read and print, or as the signed file."""
    line = line_or_404(person, event_id)
    found = receipt_of(person.company.id, person.company.name, event_id)
    if request.GET.get("format") == "json":
        return _file(event_id, found.as_dict())
    context = {"line": line, "receipt": found}
    return page(request, "receipt.html", context, person=person)


def _file(event_id: UUID, content: dict[str, object]) -> HttpResponse:
    response = HttpResponse(
        json.dumps(content, ensure_ascii=False, indent=2), content_type="application/json"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="receipt-{event_id}.json"'
    return response
