"""The verbs of training sets: a service reports a run, and who was in it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from erasure.models import TrainingSet
from erasure.training import errors, looking
from erasure.training.looking import AT_ONCE, last_place
from keys.ids import uuid7

__all__ = ["Added", "NewSet", "add_members", "record_set"]

_ADD = """
INSERT INTO erasure_trainingmember (id, controller_id, training_set_id, subject_id, why)
SELECT n.id, %(controller)s, %(set)s, n.subject_id, ''
FROM unnest(%(ids)s::uuid[], %(people)s::uuid[]) AS n(id, subject_id)
JOIN subjects_subject s ON s.id = n.subject_id AND s.controller_id = %(controller)s
ON CONFLICT (training_set_id, subject_id) DO NOTHING
RETURNING subject_id
"""
_KNOWN = "SELECT id FROM subjects_subject WHERE controller_id = %s AND id = ANY(%s)"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSet:
    """One training run. `reference` is the reporter's own name of it, told once."""

    model: str
    version: str
    purpose: str
    reference: str
    trained_at: datetime


@dataclass(frozen=True, slots=True)
class Added:
    """What came of reporting people: who is new in the set, who was there, whom nobody knows."""

    added: int
    repeated: int
    unknown: tuple[UUID, ...]


@transaction.atomic
def record_set(
    *, by: Actor, controller_id: UUID, service_id: UUID, new: NewSet
) -> tuple[TrainingSet, bool]:
    """The set of this reference, and whether it is new.

    Raises TrainingSetConflictError where the reference means another run, TrainedInFutureError.
    """
    if new.trained_at > timezone.now():
        raise errors.TrainedInFutureError
    key = {"controller_id": controller_id, "service_id": service_id, "reference": new.reference}
    rest = {name: value for name, value in asdict(new).items() if name != "reference"}
    watch = {"looked_to": last_place(controller_id), "looked_at": timezone.now()}
    found, is_new = TrainingSet.objects.get_or_create(**key, defaults={**rest, **watch})
    if not is_new and any(getattr(found, name) != value for name, value in rest.items()):
        raise errors.TrainingSetConflictError
    if is_new:
        _record(by, found, "training:reported", {"model": new.model, "version": new.version})
    return found, is_new


@transaction.atomic
def add_members(*, by: Actor, training_set: TrainingSet, subject_ids: Sequence[UUID]) -> Added:
    """Report that these people were in it; who is gone already is flagged at once.

    Raises TooManyMembersError.
    """
    people = list(dict.fromkeys(subject_ids))
    if not 0 < len(people) <= AT_ONCE:
        raise errors.TooManyMembersError
    found = TrainingSet.objects.select_for_update().get(pk=training_set.pk)
    known = _known(found.controller_id, people)
    added = _add(found, [one for one in people if one in known])
    found.members += len(added)
    found.save(update_fields=["members"])
    looking.judge(found, added)
    _record(by, found, "training:people_reported", {"added": len(added)})
    unknown = tuple(one for one in people if one not in known)
    return Added(len(added), len(known) - len(added), unknown)


def _known(controller_id: UUID, people: list[UUID]) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [controller_id, people])
        return {one for (one,) in cursor.fetchall()}


def _add(found: TrainingSet, people: list[UUID]) -> list[UUID]:
    given: dict[str, Any] = {
        "controller": found.controller_id, "set": found.pk, "people": people,
        "ids": [uuid7() for _ in people],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ADD, given)
        return [one for (one,) in cursor.fetchall()]


def _record(by: Actor, found: TrainingSet, event: str, data: dict[str, object]) -> None:
    audit.record(
        event=event, by=by, controller_id=found.controller_id, purpose=found.purpose,
        target=Target("training_set", str(found.pk)), data=data,
    )  # fmt: skip
