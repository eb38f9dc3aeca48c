"""Pages for everybody: who uses data here, for what, in which words, and whom to ask."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from audit import sealing
from audit.tiles import LogReader
from consent.managers import selectors as managers
from consent.selectors import NoticeWords
from consent.versions.languages import is_same
from portal import people, selectors, wording
from portal.pages import current, page
from portal.people import Company
from portal.views.files import as_file


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Which companies answer here."""
    return page(request, "start.html", {"companies": people.companies()}, person=current(request))


@require_safe
def company(request: HttpRequest, slug: str) -> HttpResponse:
    """One company: what it asks, its notices, its answering person."""
    found = company_or_404(slug)
    context = {
        "notices": selectors.notices(found.id, wording.of_visitor(request)),
        "purposes": selectors.asked(found.id, wording.of_visitor(request)),
        "managers": managers.active(found.id),
    }
    return page(request, "company.html", context, company=found, person=_visitor(request, found))


@require_safe
def notice(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """A notice on a page of its own: the one in force, or any that ever was (CON-06)."""
    found = company_or_404(slug)
    wished = wording.of_visitor(request)
    words = _words(request, found, code, wished)
    if words is None:
        raise Http404
    context = {
        "words": words,
        "is_old": not selectors.is_in_force(words, found.id),
        "is_fallback": not is_same(words.language, wished) and "version" not in request.GET,
        "wished": wished,
        "spoken": selectors.languages(found.id, {code}),
    }
    return page(request, "notice.html", context, company=found, person=_visitor(request, found))


@require_safe
def keys(request: HttpRequest, slug: str) -> HttpResponse:
    """The public keys that a company's receipts, certificates and log are signed with.

    One verifier key a line, newest first, for everybody: whoever keeps a signed file must be able
    to check it without an account here.
    """
    found = company_or_404(slug)
    log = LogReader.of(found.id)
    if log is None:
        raise Http404
    lines = "".join(f"{key}\n" for key in sealing.log_keys(log.tree.origin))
    return as_file(f"keys-{found.slug}.txt", "text/plain; charset=utf-8", lines.encode())


def company_or_404(slug: str) -> Company:
    found = people.company(slug)
    if found is None:
        raise Http404
    return found


def _words(request: HttpRequest, found: Company, code: str, wished: str) -> NoticeWords | None:
    if "version" not in request.GET:
        return selectors.notice(found.id, code, wished)
    try:
        version = UUID(request.GET["version"])
    except ValueError:
        return None
    language = request.GET.get("language", selectors.FALLBACK)[:20]
    return selectors.published(found.id, code, version, language)


def _visitor(request: HttpRequest, found: Company) -> people.Person | None:
    """The person who is signed in, on pages of their own company."""
    person = current(request)
    return person if person and person.company.id == found.id else None
