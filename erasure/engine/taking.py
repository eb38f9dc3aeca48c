"""Taking what is due from a lane, and marking it sent before it is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from erasure.engine.changes import Due, Phase
from keys import statements
from keys.ids import uuid7
from registry.connectors.contract import Verb

_DUE: Final = """
SELECT id, case_id, subject_id, verb, duty, state, round, attempts, reference, categories
FROM erasure_step
WHERE system_id = %s AND lane = %s AND next_at <= statement_timestamp()
  AND state IN ('planned', 'sent', 'accepted', 'confirmed', 'absent')
ORDER BY next_at, id LIMIT %s
"""
_DUE_AT_PARTY: Final = """
SELECT id, case_id, subject_id, verb, duty, state, round, attempts, reference, categories
FROM erasure_step
WHERE party_id = %s AND system_id IS NULL AND next_at <= statement_timestamp()
  AND state IN ('planned', 'sent')
ORDER BY next_at, id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
"""
_SENT: Final = """
WITH given AS (
  SELECT * FROM unnest(%(ids)s::uuid[], %(rounds)s::int[], %(marks)s::uuid[])
    AS g(id, round, mark_id)
), done AS (
  UPDATE erasure_step s SET state = 'sent', attempts = s.attempts + 1, sent_at = %(now)s, code = '',
    possible_repeats = s.possible_repeats
      + CASE WHEN s.state = 'sent' AND NOT %(honours)s THEN 1 ELSE 0 END
  FROM given g
  WHERE s.id = g.id AND s.round = g.round AND s.state IN ('planned', 'sent')
    AND s.next_at IS NOT NULL
  RETURNING s.id, s.controller_id, s.round, s.attempts, s.categories, g.mark_id
), marked AS (
  INSERT INTO erasure_mark (id, controller_id, step_id, round, kind, attempt, at, code, evidence)
  SELECT mark_id, controller_id, id, round, 'sent', attempts, %(now)s, '', '{}' FROM done
)
SELECT id, attempts, categories FROM done
"""


def due(system_id: UUID, lane: int, limit: int, *, lock: bool = False) -> list[Due]:
    """What is due in a lane, the longest due first. `lock`: for the caller's transaction."""
    text = f"{_DUE} FOR NO KEY UPDATE SKIP LOCKED" if lock else _DUE
    return [_taken(row) for row in statements.rows(text, [system_id, lane, limit])]


def due_at_party(party_id: UUID, limit: int) -> list[Due]:
    """What a party without a system is to be told, locked for the caller's transaction."""
    return [_taken(row) for row in statements.rows(_DUE_AT_PARTY, [party_id, limit])]


def _taken(row: tuple[Any, ...]) -> Due:
    step, case, subject, verb, duty, state, round_, attempts, reference, categories = row
    return Due(
        step, case, subject, Verb(verb), duty, state, round_, attempts, reference, tuple(categories)
    )


def mark_sent(told: Sequence[Due], *, honours_key: bool, now: datetime) -> dict[UUID, Due]:
    """What may be called about now, by step, in the caller's transaction.

    Of it, what is to be told becomes `sent`. A step that was `sent` already has no answer recorded:
    its call may have had its effect, and have it again where our key is not honoured. A step that
    went on since it was taken is left out; what a hold took out of it since is not told.
    """
    fresh = {one.id: one for one in told if one.phase == Phase.TELL}
    sent = _sent(list(fresh.values()), honours_key, now) if fresh else []
    others = {one.id: one for one in told if one.phase != Phase.TELL}
    return others | {
        step: replace(fresh[step], state="sent", attempts=tries, categories=tuple(categories))
        for step, tries, categories in sent
    }


def _sent(
    fresh: Sequence[Due], honours_key: bool, now: datetime
) -> list[tuple[UUID, int, list[str]]]:
    given: dict[str, Any] = {
        "ids": [one.id for one in fresh], "rounds": [one.round for one in fresh],
        "marks": [uuid7() for _ in fresh], "honours": honours_key, "now": now,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SENT, given)
        return list(cursor.fetchall())
