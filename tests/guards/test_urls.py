"""Every URL asks who is there, or is on a list with a reason. Tried, not read."""

import re
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.guards.tree import report

pytestmark = [pytest.mark.django_db, pytest.mark.req("P9")]

PUBLIC = {
    # pattern: why anyone may open it
    "-/live": "says only that a process answers",
    "-/ready": "says only whether parts are there, for load balancers",
    "admin/login/": "it is where staff say who they are",
    "admin/logout/": "ends a session that a stranger does not have",
    "admin/jsi18n/": "words of the admin's widgets, no data",
    "api/v1/schema": "the published document of the API, no data",
    "privacy/": "names the companies, no person",
    "privacy/language/": "keeps a language in the visitor's own cookie",
    "privacy/sign-in/": "it is where people say who they are",
    "privacy/sign-in/<str:token>": "takes a one-time link, and only that",
    "privacy/<slug:slug>/": "what a company asks everybody, no person",
    ".well-known/gpc.json": "says that a signal is heeded, no data",
    "privacy/<slug:slug>/keys/": "public keys that signed files are checked with, no person",
    "privacy/<slug:slug>/device/": "keeps a visitor's own choices under a random key, no person",
    "privacy/<slug:slug>/deletions/<str:code>/": "how far a code of ours is, about nobody",
    "privacy/<slug:slug>/sign-in/": "it is where people say who they are",
    "privacy/<slug:slug>/sign-in/sent/": "the same words for everybody",
    "privacy/<slug:slug>/notices/<slug:code>/": "notices are public (CON-06)",
    "privacy/return/<str:token>": "takes a one-time link to an address that was erased",
    "privacy/return/<str:token>/certificate/": "takes the same; a certificate names nobody",
    "privacy/followed/<str:code>/": "takes a request's own reference, and tells its state alone",
    "privacy/followed/<str:code>/certificate/": "takes the same; a certificate names nobody",
    "errand/<str:token>/": "takes a one-time link, and only that; a look tells nothing",
    "collect/<slug:slug>/words": "asks for a ticket, and answers registered origins alone",
    "collect/<slug:slug>/answers": "asks for a ticket, and answers registered origins alone",
    "collect/<slug:slug>/ask/<str:token>": "takes a ticket, and only that",
}
ANSWERS_FOR_STRANGERS = {401, 403}
WAYS_IN = re.compile(r"^(?:/admin/login/|/privacy/(?:[\w-]+/)?sign-in)")
SAMPLES = {"uuid": str(UUID(int=1)), "int": "1", "path": "1", "slug": "sample", "str": "sample"}
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
GROUP = re.compile(r"\(\?P<(\w+)>[^()]*(?:\([^()]*\)[^()]*)*\)")


def patterns(found=None, prefix=""):
    """Every leaf of the URL tree as one readable pattern."""
    for entry in (found or get_resolver()).url_patterns:
        here = prefix + GROUP.sub(r"<\1>", str(entry.pattern)).lstrip("^").rstrip("$\\Z")
        if isinstance(entry, URLResolver):
            yield from patterns(entry, here)
        elif isinstance(entry, URLPattern):
            yield here


def sample(pattern):
    """A URL that the pattern matches, with ids of nothing."""
    plain = pattern.replace("\\", "").replace("?", "")
    return "/" + PARAMETER.sub(lambda found: SAMPLES.get(found[1] or "str", "sample"), plain)


def keeps_out(response):
    """Whether a stranger got nothing: a refusal, or the way to sign in."""
    if response.status_code in ANSWERS_FOR_STRANGERS:
        return True
    return response.status_code == 302 and bool(WAYS_IN.match(response.headers["Location"]))


@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers_are_kept_out_of_every_url(method):
    client = Client(raise_request_exception=False)
    open_urls = []

    for pattern in sorted(set(patterns()) - PUBLIC.keys()):
        response = getattr(client, method)(sample(pattern))
        if not keeps_out(response):
            open_urls.append(f"{method.upper()} {pattern}: {response.status_code}")

    remedy = "Ask who is there before anything is looked up, or give a reason in PUBLIC."
    assert not open_urls, report(open_urls, remedy)


def test_the_list_of_public_urls_is_no_longer_than_needed():
    needless = sorted(PUBLIC.keys() - set(patterns()))

    assert not needless, report(needless, "Remove it from PUBLIC.")


def test_no_url_under_the_api_ends_with_a_slash():
    slashed = [p for p in patterns() if p.startswith(("api/", "access/")) and p.endswith("/")]

    assert not slashed, report(slashed, "Take the slash away (docs/adr/0010 for /access/).")


def test_no_url_carries_an_identifier_of_a_person():
    telling = {"email", "phone", "identifier", "name", "value"}
    wrong = [p for p in patterns() if telling & {found[1] for found in PARAMETER.findall(p)}]

    assert not wrong, report(wrong, "Name the person by their opaque id, or take a POST body.")
