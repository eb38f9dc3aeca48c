"""Behaviours of people that start a rest: when each was last reported."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from subjects.errors import TriggerInFutureError
from subjects.models import Subject, Trigger
from subjects.services import lock, ref

SKEW = timedelta(seconds=30)
"""By so much may a service's clock be ahead of ours."""


@transaction.atomic
def report(*, by: Actor, subject: Subject, code: str, at: datetime) -> Trigger:
    """Note that the person did `code` at a time; an earlier one than the last known moves nothing.

    Counts from the next decision. The entry names the behaviour by its code alone. Raises
    TriggerInFutureError, SubjectUnknownError.
    """
    if at > timezone.now() + SKEW:
        raise TriggerInFutureError
    locked = lock(subject.controller_id, subject.id)
    trigger, is_new = Trigger.objects.get_or_create(
        controller_id=locked.controller_id, subject=locked, code=code, defaults={"last_at": at}
    )
    if not is_new and trigger.last_at < at:
        trigger.last_at = at
        trigger.save(update_fields=["last_at"])
    audit.record(
        event="behaviour:reported", by=by, controller_id=locked.controller_id,
        target=Target("subject", str(locked.id)), subject=ref(locked), data={"code": code},
    )  # fmt: skip
    return trigger
