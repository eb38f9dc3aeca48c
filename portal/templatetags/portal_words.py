"""Words of the ledger in templates."""

from datetime import datetime

from django import template
from django.conf import settings

from consent.selectors import StateShown
from consent.transitions import State
from consent.versions import languages, naming
from portal import requests, sentences
from rights import grounds

register = template.Library()


@register.filter
def answer(state: State) -> str:
    """The state in a word or two."""
    return sentences.answer(state)


@register.filter
def stands(shown: StateShown) -> str:
    """Where the person stands, as a sentence."""
    return sentences.stands(shown)


@register.filter
def apart(name: str) -> str:
    """A masked address inside a sentence: it is read from the left whichever way the page runs."""
    return f"\u2066{name}\u2069"


@register.filter
def day(at: datetime) -> str:
    return sentences.day(at)


@register.filter
def ground(pair: tuple[str, str]) -> str:
    """Why a purpose does not ask for a yes."""
    return sentences.ground(*pair)


@register.filter
def language_name(tag: str) -> str:
    """A language in its own words and script; the tag itself for an unknown one."""
    return naming.language_name(tag)


@register.filter
def direction(tag: str) -> str:
    """Which way a language runs, by the script its tag names or implies."""
    return languages.direction(tag)


@register.filter
def whole_address(url: str) -> str:
    """An address that works in a letter: pages of ours are named with their host."""
    return f"{settings.BASE_URL}{url}" if url.startswith("/") else url


@register.filter
def refusal(code: str) -> str:
    """On what a request was refused."""
    return str(grounds.REFUSED.get(code, ""))


@register.filter
def answered(code: str) -> str:
    """How a request was answered."""
    return str(grounds.ANSWERS.get(code, ""))


@register.filter
def request_state(state: str) -> str:
    """Where a request stands, in a word or two."""
    return str(requests.STATES.get(state, state))
