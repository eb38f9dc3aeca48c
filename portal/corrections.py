"""Putting one's data right: what is held, what was asked for, and how far that is (POR-06)."""

from typing import Any, Final

from portal import limits
from portal.errors import TooManyRequestsError
from portal.people import Person
from rights import grounds, selectors, services, values
from rights.services import NewRequest
from rights.values import Correctable

CORRECTION: Final = "correction"
A_DAY: Final = 20


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
