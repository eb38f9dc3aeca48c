"""Where a letter to a person goes."""

from django.db import transaction

from audit import services as audit
from audit.actors import Actor, Target
from subjects import selectors, services
from subjects.errors import KeyDestroyedError
from subjects.models import Subject


@transaction.atomic
def email_of(*, by: Actor, subject: Subject, target: Target) -> str:
    """The person's e-mail address, once it is on record that it was read (P11); empty: none."""
    locked = services.locked_refs(subject.controller_id, [subject.id])
    audit.record(
        event="identifier:revealed", by=by, controller_id=subject.controller_id, target=target,
        subject=locked.get(subject.id),
    )  # fmt: skip
    try:
        shown = selectors.reveal(subject)
    except KeyDestroyedError:
        return ""
    return next((one.text for one in shown if one.scheme == "email"), "")
