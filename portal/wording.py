"""In which language somebody wishes to read notices: there are more of them than of our pages."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.translation import get_language

from consent.versions import languages
from portal import people
from portal.people import Person

PARAMETER, SESSION = "words", "words_language"


def wished(request: HttpRequest, person: Person) -> str:
    """The language a person chose on the page or before, kept until they leave; else their own."""
    if asked := _asked(request):
        request.session[SESSION] = asked
    return str(request.session.get(SESSION) or of_visitor(request, person.language))


def of_visitor(request: HttpRequest, own: str = "") -> str:
    """The language chosen on the page; else their own if no page is in it, else the page's."""
    unpaged = "" if people.spoken(own) else languages.canonical(own)
    return _asked(request) or unpaged or get_language() or ""


def ordered(tags: Iterable[str]) -> list[str]:
    """Languages as our table has them, others behind."""
    place = {tag: number for number, tag in enumerate(languages.REQUIRED)}
    return sorted(set(tags), key=lambda tag: (place.get(languages.code_of(tag), len(place)), tag))


def _asked(request: HttpRequest) -> str:
    return languages.canonical(request.GET.get(PARAMETER, ""))
