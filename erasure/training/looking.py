"""Whether people in training data are gone since: erased, or withdrawn from the set's purpose.

Only those are looked at of whom something changed since the last look; whose data stand in a case
of one category alone stay, for nobody told us which categories a model learned from.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from audit import services as audit
from audit.actors import Actor, Target
from erasure.models import TrainingSet

AT_ONCE: Final = 10_000
OVERLAP: Final = timedelta(minutes=10)
"""A standing set by a transaction that was open so long during the last look is found yet."""
ERASED: Final = ["erasing", "erased", "vault"]
NO: Final = ["refused", "withdrawn", "expired", "revoked", "invalidated"]
BY: Final = Actor.system("training")

_TOUCHED: Final = """
SELECT DISTINCT m.subject_id FROM (
  SELECT subject_id FROM consent_change
  WHERE controller_id = %(controller)s AND position > %(after)s
  UNION ALL
  SELECT subject_id FROM consent_change WHERE controller_id = %(controller)s AND position IS NULL
  UNION ALL
  SELECT subject_id FROM subjects_standing
  WHERE controller_id = %(controller)s
    AND greatest(since_at, coalesce(ended_at, since_at)) > %(since)s
) c
JOIN LATERAL (
  SELECT c.subject_id AS id
  UNION ALL SELECT s.id FROM subjects_subject s WHERE s.merged_into = c.subject_id
) who ON true
JOIN erasure_trainingmember m ON m.training_set_id = %(set)s AND m.subject_id = who.id
ORDER BY m.subject_id
"""
_PLACE: Final = "SELECT coalesce(max(last), 0) FROM consent_feed WHERE controller_id = %s"
_JUDGE: Final = """
WITH judged AS MATERIALIZED (
  SELECT m.id, m.why AS was,
    CASE
      WHEN EXISTS (
        SELECT FROM subjects_standing t
        WHERE t.subject_id = coalesce(s.merged_into, s.id) AND t.ended_at IS NULL
          AND t.state = ANY(%(erased)s)
          AND (t.scope_type = 'everything'
               OR t.scope_type = 'purpose' AND t.scope = %(purpose)s)
      ) THEN 'erased'
      WHEN c.state = ANY(%(no)s) OR c.expires_at <= now() THEN 'withdrawn'
      ELSE ''
    END AS why
  FROM erasure_trainingmember m
  JOIN subjects_subject s ON s.id = m.subject_id
  LEFT JOIN consent_purpose p ON p.controller_id = m.controller_id AND p.code = %(purpose)s
  LEFT JOIN consent_consentstate c
    ON c.purpose_id = p.id AND c.subject_id = coalesce(s.merged_into, s.id)
  WHERE m.training_set_id = %(set)s AND m.subject_id = ANY(%(people)s)
), changed AS (
  UPDATE erasure_trainingmember m
  SET why = j.why,
    gone_at = CASE WHEN j.why = '' THEN NULL ELSE coalesce(m.gone_at, now()) END
  FROM judged j WHERE m.id = j.id AND j.why <> j.was
  RETURNING j.was, j.why
)
SELECT count(*) FILTER (WHERE was = '' AND why = 'erased'),
       count(*) FILTER (WHERE was = '' AND why = 'withdrawn'),
       count(*) FILTER (WHERE why = '')
FROM changed
"""


@dataclass(frozen=True, slots=True)
class Found:
    """What a look changed: how many are gone since, why, and how many may be used again."""

    erased: int = 0
    withdrawn: int = 0
    back: int = 0

    @property
    def gone(self) -> int:
        return self.erased + self.withdrawn


@transaction.atomic
def look(training_set_id: UUID) -> Found:
    """Look at those of the set of whom something changed since the last look, and flag it."""
    found = TrainingSet.objects.select_for_update().get(pk=training_set_id)
    now, place = timezone.now(), last_place(found.controller_id)
    told = judge(found, _touched(found))
    TrainingSet.objects.filter(pk=found.pk).update(looked_at=now, looked_to=place)
    return told


def judge(found: TrainingSet, people: Sequence[UUID]) -> Found:
    """Say of these people of a locked set whether they are gone; count, flag and record it."""
    told = Found()
    for part in _parts(people):
        erased, withdrawn, back = _judged(found, part)
        told = Found(told.erased + erased, told.withdrawn + withdrawn, told.back + back)
    if told.gone or told.back:
        _flag(found, told)
    return told


def last_place(controller_id: UUID) -> int:
    """Up to which position the controller's changes are told; read it before they are."""
    with connection.cursor() as cursor:
        cursor.execute(_PLACE, [controller_id])
        return int(cursor.fetchone()[0])


def _touched(found: TrainingSet) -> list[UUID]:
    asked: dict[str, Any] = {
        "controller": found.controller_id, "set": found.pk, "after": found.looked_to,
        "since": found.looked_at - OVERLAP,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHED, asked)
        return [one for (one,) in cursor.fetchall()]


def _judged(found: TrainingSet, people: Sequence[UUID]) -> tuple[int, int, int]:
    asked: dict[str, Any] = {
        "set": found.pk, "purpose": found.purpose, "people": list(people), "erased": ERASED,
        "no": NO,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_JUDGE, asked)
        erased, withdrawn, back = cursor.fetchone()
    return erased, withdrawn, back


def _flag(found: TrainingSet, told: Found) -> None:
    found.gone += told.gone - told.back
    found.flagged_at = (found.flagged_at or timezone.now()) if found.gone else None
    found.save(update_fields=["gone", "flagged_at"])
    audit.record(
        event="training:flagged", by=BY, controller_id=found.controller_id,
        target=Target("training_set", str(found.pk)), purpose=found.purpose,
        data={"model": found.model, "version": found.version, "erased": told.erased,
              "withdrawn": told.withdrawn, "back": told.back, "gone": found.gone,
              "members": found.members},
    )  # fmt: skip


def _parts(people: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(people), AT_ONCE):
        yield people[start : start + AT_ONCE]
