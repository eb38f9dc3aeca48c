"""A correction as who asked for it sees it: what is stored beside what they say is right."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from audit import services as audit
from audit.actors import Actor, Target
from rights import asking, selectors, values
from rights.models import Request, RequestKind
from rights.services.writing import person_of
from subjects import selectors as subjects
from subjects.errors import KeyDestroyedError

BY: Final = Actor.system("rights")


@dataclass(frozen=True, slots=True)
class Compared:
    """What is to be put right: each value that is stored of it now, and the one asked for."""

    title: str
    stored: tuple[Any, ...]
    asked: Any


@transaction.atomic
def compare(*, controller_id: UUID, request_id: UUID) -> Compared | None:
    """For the person alone, once the look is on record (P11).

    None for any other request, and where nothing of the person can be opened any more. Raises
    RequestMissingError.
    """
    found = selectors.request(controller_id, request_id)
    about = person_of(found)
    if found.kind != RequestKind.CORRECTION or about is None:
        return None
    audit.record_read(
        by=BY, controller_id=controller_id, target=Target("rights_request", str(found.id)),
        subjects=[about], data={"attribute": found.attribute},
    )  # fmt: skip
    try:
        return Compared(_title(found), tuple(_stored(found)), asking.opened(found))
    except KeyDestroyedError:
        return None


def _title(found: Request) -> str:
    known = values.correctable(found.controller_id, found.subject_id)
    return next((one.title for one in known if one.code == found.attribute), found.attribute)


def _stored(found: Request) -> list[Any]:
    """Sources that say the same are one value; what they are known by may be one more."""
    person = subjects.subject(found.controller_id, found.subject_id)
    known = [one.text for one in subjects.reveal(person) if one.scheme == found.attribute]
    said = values.observed(found.controller_id, found.subject_id)
    listed = known + [one.v for _, code, one in said if code == found.attribute]
    return [one for at, one in enumerate(listed) if one not in listed[:at]]
