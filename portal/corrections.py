"""Putting one's data right: what is held, what was asked for, and how far that is (POR-06)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from portal import limits
from portal.errors import TooManyRequestsError
from portal.people import Person
from profiles.values import ADDRESS
from rights import grounds, selectors, services, values
from rights.services import NewRequest
from rights.values import Correctable

CORRECTION: Final = "correction"
A_DAY: Final = 20


@dataclass(frozen=True, slots=True)
class ComparedShown:
    """What is to be put right: what is stored of it, and what the person says, as they read it."""

    title: str
    stored: tuple[str, ...]
    asked: str


def correctable(person: Person) -> list[Correctable]:
    """What may be put right: everything that is held of the person."""
    return values.correctable(person.company.id, person.id)


def asked(person: Person) -> list[Any]:
    """The corrections the person asked for, newest first."""
    rows = selectors.requests_of(person.company.id, person.id).filter(kind=CORRECTION)
    return list(rows[:50])


def ask(person: Person, attribute: str, text: str) -> Any:
    """Ask for one thing to be put right; the request.

    Raises as `rights.services.receive`, and TooManyRequestsError.
    """
    if not limits.allowed(f"correction:{person.id}", limit=A_DAY, seconds=86_400):
        raise TooManyRequestsError("Too many corrections are asked for at this moment.")
    new = NewRequest(
        subject_id=person.id, kind=CORRECTION, channel="portal", attribute=attribute,
        value=values.from_text(person.company.id, attribute, text),
        identified_how=grounds.SIGNED_IN,
    )  # fmt: skip
    return services.receive(by=person.actor, controller_id=person.company.id, new=new)


def compared(person: Person, request: Any) -> ComparedShown | None:
    """What is stored beside what was asked for, of a correction of the person's own.

    None for any other request: whoever decides for somebody, or follows a request by its reference,
    is shown no value of theirs.
    """
    if request.kind != CORRECTION or request.subject_id != person.id:
        return None
    found = services.compare(controller_id=person.company.id, request_id=request.id)
    if found is None:
        return None
    return ComparedShown(found.title, tuple(map(_read, found.stored)), _read(found.asked))


def _read(value: Any) -> str:
    """A value as a person reads it: an address in its parts, in one line."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return ", ".join(str(value[part]) for part in ADDRESS if value.get(part))
    return str(value)
