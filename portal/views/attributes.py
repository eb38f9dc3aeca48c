"""What the person lets the company use of themselves: seen, offered, and taken back in one step."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from keys.problems import DomainError
from portal import attributes as wishes
from portal.pages import SeeOther, page, signed_in
from portal.people import Person


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def attributes(request: HttpRequest, person: Person) -> HttpResponse:
    """See what is offered; offer more, or take something back. Anything unclear takes back."""
    if request.method != "POST":
        return _page(request, person)
    act = wishes.offer if request.POST.get("do") == "offer" else wishes.take_back
    try:
        act(
            person=person, purpose=request.POST.get("purpose", ""),
            attributes=request.POST.getlist("attribute"),
        )  # fmt: skip
    except DomainError as error:
        text = _("This could not be recorded. Please look again and repeat it.")
        return _page(request, person, status=error.status, error={"text": text})
    return SeeOther(reverse("portal:attributes"))


def _page(
    request: HttpRequest, person: Person, *, status: int = 200, error: dict[str, str] | None = None
) -> HttpResponse:
    context = {"offered": wishes.offered(person, get_language() or ""), "error": error}
    return page(request, "attributes.html", context, person=person, status=status)
