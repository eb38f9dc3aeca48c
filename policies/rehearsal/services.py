"""The verbs of replay and rehearsal: each is recorded, with who and why."""

from uuid import UUID

from django.db import transaction

from accounts import selectors as accounts
from audit import services as audit
from audit.actors import Actor, SubjectRef, Target
from policies.rehearsal import selectors
from policies.rehearsal.selectors import Replayed
from subjects import selectors as subjects
from subjects.services import ref

OPERATOR = Actor("system", "replay")


@transaction.atomic
def look(*, decision_id: UUID) -> Replayed | None:
    """Make one decision again for whoever runs this installation; the look is recorded (P11)."""
    found = selectors.replayed(accounts.controllers().values_list("id", flat=True), decision_id)
    if found is not None:
        audit.record_read(
            by=OPERATOR, controller_id=found.controller_id,
            target=Target("decision", str(found.id)), subjects=_person(found), data={},
        )  # fmt: skip
    return found


def _person(found: Replayed) -> list[SubjectRef]:
    """Also somebody who is gone is named, by what is left of them."""
    if found.subject_id is None:
        return []
    known = subjects.in_bulk(found.controller_id, [found.subject_id]).get(found.subject_id)
    return [ref(known) if known else SubjectRef(found.subject_id, None)]
