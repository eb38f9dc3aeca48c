"""Questions about ages, and about who decides for whom (DPDP s.2(f), s.9; GDPR Art 8)."""

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from subjects import ages
from subjects.ages import Age
from subjects.models import AgeState, Relationship, RelationshipKind, Subject

PARENT, GUARDIAN = RelationshipKind.PARENT.value, RelationshipKind.GUARDIAN.value
DECIDING = (PARENT, GUARDIAN)


def today() -> date:
    """The day it is where the decision point looks: in UTC."""
    return timezone.now().date()


def known(subject: Subject) -> Age:
    """What is on record of a person's age."""
    return Age(subject.age_state, subject.age_assurance, subject.adult_on)


def is_adult(subject: Subject) -> bool:
    """Whether the person is known to be an adult by now."""
    return ages.is_adult(known(subject), today())


def is_child(subject: Subject) -> bool:
    """Whether the person is known to be a child still."""
    return ages.is_child(known(subject), today())


def is_verified_adult(subject: Subject) -> bool:
    """Whether their age was verified, and they are an adult (r.10)."""
    return subject.age_assurance == ages.VERIFIED and is_adult(subject)


def grown_up() -> QuerySet[Subject]:
    """Children on record whose day has come, the longest overdue first."""
    return Subject.objects.filter(age_state=AgeState.CHILD, adult_on__lte=today()).order_by(
        "adult_on", "id"
    )


def in_charge(controller_id: UUID, of: UUID) -> QuerySet[Relationship]:
    """The verified parents and guardians of a person as of today, oldest first."""
    return _current(controller_id).filter(related_id=of).order_by("id")


def charges(controller_id: UUID, guardian_id: UUID) -> list[tuple[Subject, str]]:
    """For whom a person may decide now, each with as what: "parent" or "guardian"."""
    rows = _current(controller_id).filter(subject_id=guardian_id)
    people = Subject.objects.filter(
        controller_id=controller_id, pk__in=rows.values("related_id")
    ).order_by("id")
    kinds: dict[UUID, set[str]] = {}
    for related_id, kind in rows.values_list("related_id", "kind"):
        kinds.setdefault(related_id, set()).add(kind)
    found = [(person, _kind(person, kinds[person.pk])) for person in people]
    return [(person, kind) for person, kind in found if kind]


def kind_of(controller_id: UUID, guardian_id: UUID, of: UUID) -> str:
    """As what one may decide for the other now: "parent", "guardian", or empty."""
    person = Subject.objects.filter(controller_id=controller_id, pk=of).first()
    rows = _current(controller_id).filter(subject_id=guardian_id, related_id=of)
    return _kind(person, set(rows.values_list("kind", flat=True))) if person else ""


def may_decide(controller_id: UUID, guardian_id: UUID, of: UUID, kind: str) -> bool:
    """Whether one is verified to decide for the other as just that."""
    person = Subject.objects.filter(controller_id=controller_id, pk=of).first()
    rows = _current(controller_id).filter(subject_id=guardian_id, related_id=of, kind=kind)
    return person is not None and counts(person, kind) and rows.exists()


def counts(person: Subject, kind: str) -> bool:
    """Whether the word of this kind counts for the person: a parent's ends with childhood (s.2(f)).

    So does a guardian's, unless the grown person has a lawful guardian (s.9(1), r.11).
    """
    return not is_adult(person) or (kind == GUARDIAN and person.has_guardian)


def _kind(person: Subject, kinds: set[str]) -> str:
    """A guardian's word reaches further than a parent's, so it comes first."""
    return next((one for one in (GUARDIAN, PARENT) if one in kinds and counts(person, one)), "")


def _current(controller_id: UUID) -> QuerySet[Relationship]:
    return Relationship.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=today()), controller_id=controller_id,
        kind__in=DECIDING, verified_at__isnull=False, ended_at=None,
    )  # fmt: skip
