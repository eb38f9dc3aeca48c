"""Flags that say where a person's data come from: set with what shows it, and ended (PRO-09).

What they change, and what never, says policies/rules/provenance.py; the next decision reads it.
"""

from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from registry import selectors as registry
from subjects import news
from subjects.errors import (
    ProvenanceCategoryError,
    ProvenanceEndedError,
    ProvenanceKindError,
    ProvenanceOverError,
    ProvenanceReferenceError,
    ProvenanceResidentError,
    ProvenanceTooManyError,
)
from subjects.family import today
from subjects.flags import Flag, write
from subjects.models import Provenance, ProvenanceKind, Subject
from subjects.services import lock, ref

AT_MOST = 12
LONGEST = 200
HOME = "IN"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@transaction.atomic
def set_flag(  # noqa: PLR0913 (a flag has these parts)
    *,
    by: Actor,
    subject: Subject,
    kind: str,
    reference: str,
    category: str = "",
    valid_until: date | None = None,
) -> Provenance:
    """Put on record that the person's data, or a category of them, are of this provenance.

    One that stands already is replaced; said again in the same words nothing changes. Raises
    ProvenanceReferenceError without what shows it, ProvenanceResidentError for an outsourcing of
    somebody who lives in India, ProvenanceKindError, ProvenanceCategoryError, ProvenanceOverError,
    ProvenanceTooManyError, SubjectUnknownError.
    """
    shown = reference.strip()
    _refuse(subject, kind, shown, category, valid_until)
    locked = lock(subject.controller_id, subject.id)
    if kind == ProvenanceKind.OUTSOURCED and locked.residence == HOME:
        raise ProvenanceResidentError
    stands = _standing(locked).filter(kind=kind, category=category).first()
    if stands is not None and (stands.reference, stands.valid_until) == (shown, valid_until):
        return stands
    if stands is not None:
        _end(by, locked, stands)
    elif _standing(locked).count() >= AT_MOST:
        raise ProvenanceTooManyError
    made = Provenance.objects.create(
        controller_id=locked.controller_id, subject=locked, kind=kind, category=category,
        reference=shown, valid_until=valid_until, set_by_type=by.type, set_by=by.id,
    )  # fmt: skip
    _record(by, locked, made, "provenance:set")
    _project(locked)
    return made


@transaction.atomic
def end_flag(*, by: Actor, subject: Subject, kind: str, category: str = "") -> Provenance:
    """End a flag: it counts no longer from the next decision on, and its permits are recalled.

    Raises ProvenanceEndedError where none stands, SubjectUnknownError.
    """
    locked = lock(subject.controller_id, subject.id)
    stands = _standing(locked).filter(kind=kind, category=category).first()
    if stands is None:
        raise ProvenanceEndedError
    _end(by, locked, stands)
    _project(locked)
    _recall(locked)
    return stands


@transaction.atomic
def keep_common(*, by: Actor, kept: Subject, absorbed: Subject) -> None:
    """Of two records that become one, end what does not stand about both, and as long about both.

    Both are locked by the caller.
    """
    theirs = {(one.kind, one.category): one.valid_until for one in _standing(absorbed)}
    lacking = [
        one for one in _standing(kept)
        if (one.kind, one.category) not in theirs
        or _is_sooner(theirs[one.kind, one.category], one.valid_until)
    ]  # fmt: skip
    for one in lacking:
        _end(by, kept, one)
    if lacking:
        _project(kept)
        _recall(kept)


def _refuse(
    subject: Subject, kind: str, reference: str, category: str, valid_until: date | None
) -> None:
    if kind not in ProvenanceKind.values:
        raise ProvenanceKindError
    if not reference or len(reference) > LONGEST or not reference.isprintable():
        raise ProvenanceReferenceError
    if (kind == ProvenanceKind.PUBLISHED) != bool(category):
        raise ProvenanceCategoryError
    if category and category not in registry.category_codes(subject.controller_id):
        raise ProvenanceCategoryError
    if set(category) & set("= "):
        raise ProvenanceCategoryError
    if valid_until is not None and valid_until < today():
        raise ProvenanceOverError


def _is_sooner(one: date | None, other: date | None) -> bool:
    return one is not None and (other is None or one < other)


def _standing(subject: Subject) -> QuerySet[Provenance]:
    return Provenance.objects.filter(subject=subject, ended_at=None).order_by("id")


def _end(by: Actor, subject: Subject, stands: Provenance) -> None:
    stands.ended_at = timezone.now()
    stands.save(update_fields=["ended_at"])
    _record(by, subject, stands, "provenance:ended")


def _project(subject: Subject) -> None:
    """What decisions read: the flags that stand, with the moment at which each ends by itself."""
    subject.provenance = write(
        Flag(one.kind, one.category, _micros(one.valid_until)) for one in _standing(subject)
    )
    subject.save(update_fields=["provenance"])


def _recall(subject: Subject) -> None:
    news.permits_ended(
        controller_id=subject.controller_id, subject_ids=[subject.id], reason="provenance_ended"
    )


def _micros(last: date | None) -> int | None:
    """The first microsecond after a day, in UTC, where the decision point looks."""
    if last is None:
        return None
    delta = datetime.combine(last, time(), tzinfo=UTC) + timedelta(days=1) - _EPOCH
    return delta // timedelta(microseconds=1)


def _record(by: Actor, subject: Subject, flag: Provenance, event: str) -> None:
    """The words that show it stay out of the log: they may name the person, and it is for good."""
    until = flag.valid_until.isoformat() if flag.valid_until else ""
    audit.record(
        event=event, by=by, controller_id=subject.controller_id,
        target=Target("provenance", str(flag.id)), subject=ref(subject),
        data={"kind": flag.kind, "category": flag.category, "valid_until": until},
    )  # fmt: skip
