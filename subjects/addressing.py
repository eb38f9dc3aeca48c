"""Where a letter to a person goes."""

from django.db import transaction

from audit import services as audit
from audit.actors import Actor, Target
from subjects import selectors, services
from subjects.errors import KeyDestroyedError
from subjects.models import Subject


def email_of(*, by: Actor, subject: Subject, target: Target) -> str:
    """The person's e-mail address, once it is on record that it was read (P11); empty: none."""
    return addresses_of(by=by, subject=subject, target=target).get("email", "")


@transaction.atomic
def addresses_of(*, by: Actor, subject: Subject, target: Target) -> dict[str, str]:
    """The first of the person's identifiers of each scheme, once that is on record (P11)."""
    locked = services.locked_refs(subject.controller_id, [subject.id])
    audit.record(
        event="identifier:revealed", by=by, controller_id=subject.controller_id, target=target,
        subject=locked.get(subject.id),
    )  # fmt: skip
    try:
        shown = selectors.reveal(subject)
    except KeyDestroyedError:
        return {}
    found: dict[str, str] = {}
    for one in shown:
        found.setdefault(one.scheme, one.text)
    return found
