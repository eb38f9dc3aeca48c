"""The verbs on a person's age: what services report, and what the clock brings (CON-22, CON-26)."""

from uuid import UUID

from django.db import transaction

from audit import services as audit
from audit.actors import Actor, Target
from subjects import ages, news
from subjects.ages import Age
from subjects.errors import AgeStepError
from subjects.family import known, today
from subjects.models import Subject
from subjects.services import lock, ref


@transaction.atomic
def report(*, by: Actor, subject: Subject, age: Age) -> Subject:
    """Put on record what was learnt of a person's age; counts from the next decision.

    Permits given while nobody knew of a child end. Raises AgeStepError for what cannot be or would
    end a childhood on a mere word, SubjectUnknownError.
    """
    locked = lock(subject.controller_id, subject.id)
    before = known(locked)
    if age == before:
        return locked
    if not ages.may_follow(before, age, today()):
        raise AgeStepError
    _write(by, locked, before, age)
    if ages.is_child(age, today()) and not ages.is_child(before, today()):
        news.permits_ended(
            controller_id=locked.controller_id, subject_ids=[locked.id], reason="child_learnt_of"
        )
    return locked


@transaction.atomic
def come_of_age(*, by: Actor, controller_id: UUID, subject_id: UUID) -> bool:
    """Note that a child's day has come; whether it had, and was not noted before.

    How sure it is stays as it was: a verified day of birth makes a verified adult. The day is kept,
    since what was decided before it is judged by it.
    """
    locked = lock(controller_id, subject_id)
    before = known(locked)
    if before.state != ages.CHILD or not ages.is_adult(before, today()):
        return False
    _write(by, locked, before, before._replace(state=ages.ADULT))
    return True


@transaction.atomic
def put_in_care(*, by: Actor, subject: Subject, has_guardian: bool) -> Subject:
    """Note whether the person has a lawful guardian (r.11); from then on only that one decides.

    Permits that rested on the person's own word end. Raises SubjectUnknownError.
    """
    locked = lock(subject.controller_id, subject.id)
    if locked.has_guardian == has_guardian:
        return locked
    locked.has_guardian = has_guardian
    locked.save(update_fields=["has_guardian"])
    audit.record(
        event="subject:changed", by=by, controller_id=locked.controller_id,
        target=Target("subject", str(locked.id)), subject=ref(locked),
        data={"changed": ["has_guardian"]},
    )  # fmt: skip
    news.permits_ended(
        controller_id=locked.controller_id, subject_ids=[locked.id], reason="guardian_changed"
    )
    return locked


def _write(by: Actor, locked: Subject, before: Age, after: Age) -> None:
    locked.age_state, locked.age_assurance, locked.adult_on = after
    locked.save(update_fields=["age_state", "age_assurance", "adult_on"])
    audit.record(
        event="subject:age_learnt", by=by, controller_id=locked.controller_id,
        target=Target("subject", str(locked.id)), subject=ref(locked),
        data={"before": before.state, "state": after.state, "assurance": after.assurance},
    )  # fmt: skip
