"""How far a deletion is that a platform passed on: for whoever has the code, about nobody."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from erasure.inbound import selectors
from portal.pages import page
from portal.views.public import company_or_404


@never_cache
@require_safe
def deletion(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """The state, in plain words."""
    company = company_or_404(slug)
    state = selectors.state_of(company.id, code)
    if state is None:
        raise Http404
    return page(request, "deletion.html", {"state": state, "code": code}, company=company)
