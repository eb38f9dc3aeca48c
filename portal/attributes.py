"""Attributes a person offers of themselves, and those the company's rules would use (s.7(a)).

Only what the rules spare when volunteered can be offered here: anything else would change nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from policies.wishes import selectors as wishes
from policies.wishes import services
from portal.people import Person
from portal.selectors import titles


@dataclass(frozen=True, slots=True)
class Offered:
    """What stands about one purpose: what is offered, and what else could be."""

    purpose: str
    title: str
    held: tuple[str, ...]
    open: tuple[str, ...]


def offered(person: Person, language: str) -> list[Offered]:
    """By purpose, those first for which something is offered. Empty: there is nothing to offer."""
    held: dict[str, list[str]] = {}
    for purpose, attribute in wishes.volunteered(person.company.id, person.id):
        held.setdefault(purpose, []).append(attribute)
    called = titles(person.company.id, language)
    spared = wishes.spared(person.company.id, timezone.now(), list(called))
    found = [
        _about(purpose, called, held.get(purpose, ()), spared.get(purpose, ()))
        for purpose in {*held, *spared}
    ]
    return sorted(found, key=lambda one: (not one.held, one.title))


def offer(*, person: Person, purpose: str, attributes: Iterable[str]) -> None:
    """The person offers these for the purpose; those the rules do not name are left out.

    Raises as `policies.wishes.services.volunteer`.
    """
    spared = wishes.spared(person.company.id, timezone.now(), [purpose])
    known = [one for one in attributes if one in spared.get(purpose, ())]
    services.volunteer(
        by=person.actor, controller_id=person.company.id, subject_id=person.id, purpose=purpose,
        attributes=known,
    )  # fmt: skip


def take_back(*, person: Person, purpose: str, attributes: Iterable[str]) -> None:
    """The person offers these no longer. Raises as `policies.wishes.services.take_back`."""
    services.take_back(
        by=person.actor, controller_id=person.company.id, subject_id=person.id, purpose=purpose,
        attributes=list(attributes),
    )  # fmt: skip


def _about(
    purpose: str, called: dict[str, str], held: Iterable[str], spared: Iterable[str]
) -> Offered:
    offers = tuple(held)
    rest = tuple(one for one in spared if one not in offers)
    return Offered(purpose, called.get(purpose, purpose), offers, rest)
