"""The verbs on what persons let guardrails know. Each counts from the next check on (P2)."""

import re
from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.reads import record_read
from audit import services as audit
from audit.actors import Actor, Target
from consent import selectors as consent
from consent.errors import PurposeUnknownError
from policies.wishes import selectors
from policies.wishes.errors import AttributeUnreadableError
from policies.wishes.models import SwitchedOff, Volunteered
from subjects import news
from subjects import selectors as people
from subjects import services as subjects

TERM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}")


@transaction.atomic
def volunteer(
    *, by: Actor, controller_id: UUID, subject_id: UUID, purpose: str, attributes: Collection[str]
) -> list[str]:
    """Note that the person offers attributes of theirs for a purpose; returns those new to it.

    A guardrail that spares volunteered attributes lets them be used for that purpose only. Their
    names go into no record: they may tell as much as their values. Raises SubjectUnknownError,
    PurposeUnknownError, AttributeUnreadableError.
    """
    _check(controller_id, purpose, attributes)
    subject = subjects.lock(controller_id, subject_id)
    held = set(_held(subject_id, purpose).values_list("attribute", flat=True))
    new = sorted(set(attributes) - held)
    Volunteered.objects.bulk_create(
        Volunteered(
            controller_id=controller_id, subject=subject, purpose=purpose, attribute=one,
            volunteered_at=timezone.now(),
        )
        for one in new
    )  # fmt: skip
    if new:
        audit.record(
            event="attribute:volunteered", by=by, controller_id=controller_id, purpose=purpose,
            target=Target("subject", str(subject_id)), subject=subjects.ref(subject),
            data={"attributes": len(new)},
        )  # fmt: skip
    return new


@transaction.atomic
def take_back(
    *, by: Actor, controller_id: UUID, subject_id: UUID, purpose: str, attributes: Collection[str]
) -> int:
    """The person no longer offers these attributes for the purpose; returns how many they had.

    Raises as `volunteer`.
    """
    _check(controller_id, purpose, attributes)
    subject = subjects.lock(controller_id, subject_id)
    count, _ = _held(subject_id, purpose).filter(attribute__in=attributes).delete()
    if count:
        audit.record(
            event="attribute:taken_back", by=by, controller_id=controller_id, purpose=purpose,
            target=Target("subject", str(subject_id)), subject=subjects.ref(subject),
            data={"attributes": count},
        )  # fmt: skip
        news.permits_ended(
            controller_id=controller_id, subject_ids=[subject_id], reason="attribute_taken_back",
            scope_type=news.PURPOSE, scope=purpose,
        )  # fmt: skip
    return count


@transaction.atomic
def show_attributes(
    *, by: Actor, controller_id: UUID, subject_id: UUID, purposes: Collection[str]
) -> list[tuple[str, str]]:
    """What a person offers for these purposes: purpose and attribute, in order; the look is
    recorded. Raises SubjectUnknownError, ReadNotRecordedError.
    """
    person = people.subject(controller_id, subject_id)
    offered = selectors.volunteered(controller_id, subject_id)
    found = [one for one in offered if one[0] in purposes]
    record_read(
        by=by, controller_id=controller_id, target=Target("subject", str(person.id)),
        subject=subjects.ref(person), data={"what": "attributes", "shown": len(found)},
    )  # fmt: skip
    return found


@transaction.atomic
def switch_off(*, by: Actor, controller_id: UUID, subject_id: UUID) -> SwitchedOff:
    """The person switches personalisation off entirely. Raises SubjectUnknownError."""
    subject = subjects.lock(controller_id, subject_id)
    row, created = SwitchedOff.objects.get_or_create(
        subject=subject, defaults={"controller_id": controller_id, "since_at": timezone.now()}
    )
    if created:
        audit.record(
            event="personalisation:switched_off", by=by, controller_id=controller_id,
            target=Target("subject", str(subject_id)), subject=subjects.ref(subject),
        )  # fmt: skip
        news.permits_ended(
            controller_id=controller_id, subject_ids=[subject_id], reason="personalisation_off"
        )
    return row


@transaction.atomic
def switch_on(*, by: Actor, controller_id: UUID, subject_id: UUID) -> bool:
    """The person switches it on again; returns whether it was off. Raises SubjectUnknownError."""
    subject = subjects.lock(controller_id, subject_id)
    count, _ = SwitchedOff.objects.filter(subject=subject).delete()
    if count:
        audit.record(
            event="personalisation:switched_on", by=by, controller_id=controller_id,
            target=Target("subject", str(subject_id)), subject=subjects.ref(subject),
        )  # fmt: skip
    return bool(count)


def _held(subject_id: UUID, purpose: str) -> QuerySet[Volunteered]:
    return Volunteered.objects.filter(subject_id=subject_id, purpose=purpose)


def _check(controller_id: UUID, purpose: str, attributes: Collection[str]) -> None:
    if not all(TERM.fullmatch(one) for one in attributes):
        raise AttributeUnreadableError
    if not consent.purposes([controller_id]).filter(code=purpose).exists():
        raise PurposeUnknownError
