"""What the company told the person: the list, and one message."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_safe

from portal import messages as told
from portal.pages import page, signed_in
from portal.people import Person


@signed_in
@require_safe
def messages(request: HttpRequest, person: Person) -> HttpResponse:
    """Every message, newest first."""
    found = told.listed(person, get_language() or "")
    return page(request, "messages.html", {"messages_to_me": found}, person=person)


@signed_in
@require_GET
def message(request: HttpRequest, person: Person, message_id: UUID) -> HttpResponse:
    """One message in full; opening it is on record, as its delivery."""
    found = told.opened(person, message_id, get_language() or "")
    if found is None:
        raise Http404
    return page(request, "message.html", {"told": found}, person=person)
