"""The page behind the link: the same questions without any script."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from consent.capture_errors import TicketError
from consent.signals import HEADER, is_signalled
from keys.problems import DomainError
from portal import selectors, wording
from portal.collect import answering, asking
from portal.collect.asking import Asked
from portal.errors import WordsChangedError
from portal.forms import AnswerForm
from portal.pages import SeeOther, page
from portal.people import Company
from portal.views.public import company_or_404


@csrf_exempt  # no cookie gives any authority here: only the ticket does, which other sites lack
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """See what is asked; post one answer about one purpose."""
    company = company_or_404(slug)
    try:
        asked = asking.opened(company, token)
    except TicketError:
        return page(request, "collect_gone.html", {}, company=company, status=403)
    if is_signalled([request.headers.get(HEADER, "")]):
        answering.hear_opt_out(visit=asked.visit)
    response = (
        _answered(request, asked, token) if request.method == "POST" else _page(request, asked)
    )
    # The ticket stands in the address; the form for languages still needs the Origin header.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


def _answered(request: HttpRequest, asked: Asked, token: str) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        text = _("We did not understand this answer. Please choose again.")
        return _page(request, asked, status=422, error={"text": text})
    said = answering.Answer(**form.cleaned_data)
    try:
        answering.take_all(visit=asked.visit, answers=[said])
    except DomainError as error:
        return _refused(request, asked, said.purpose, error)
    here = reverse("collect:ask", args=[asked.company.slug, token])
    return SeeOther(f"{here}#choice-{said.purpose}")


def _refused(request: HttpRequest, asked: Asked, purpose: str, error: DomainError) -> HttpResponse:
    text = _("Your answer could not be recorded, because it was changed meanwhile. See it below.")
    if isinstance(error, WordsChangedError):
        text = _(
            "The words changed while you read them. Please read the new words and answer again."
        )
    known = {card.state.purpose for card in asked.cards(_wished(request, asked))}
    told = {"text": text, "target": purpose if purpose in known else ""}
    return _page(request, asked, status=error.status, error=told)


def _wished(request: HttpRequest, asked: Asked) -> str:
    return wording.of_visitor(request, asked.person.language)


def _page(
    request: HttpRequest, asked: Asked, *, status: int = 200, error: dict[str, str] | None = None
) -> HttpResponse:
    cards = asked.cards(_wished(request, asked))
    context = {
        "cards": [(card, asking.answers(card)) for card in cards], "error": error,
        "origin": asked.visit.origin, "wished": _wished(request, asked),
        "spoken": selectors.languages(asked.company.id),
    }  # fmt: skip
    company: Company = asked.company
    return page(request, "collect.html", context, company=company, status=status)
