"""Showing each witness the newest checkpoint of each log, and noting what it says.

A row of `WitnessFeed` is taken in one short transaction, the witness is asked outside any, and the
answer is noted in another. So no witness holds up another, the sequencer, or a second keeper.
"""

import secrets
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from audit import alarms
from audit.alarms import AlarmKind
from audit.witnesses.configuration import Witness
from audit.witnesses.errors import ContradictionError, Problem, WitnessTroubleError
from audit.witnesses.models import Cosignature, WitnessFeed
from audit.witnesses.published import Published
from audit.witnesses.said import Said
from audit.witnesses.sinks import Sink, sink

log = structlog.get_logger(__name__)

LONGEST_PAUSE_SECONDS: Final = 120.0

_MAKE = """
INSERT INTO audit_witnessfeed (controller_id, witness, size, tries, problem, evidence)
SELECT t.controller_id, %(witness)s, 0, 0, '', '' FROM audit_tree t
WHERE (%(logs)s::uuid[] IS NULL OR t.controller_id = ANY(%(logs)s))
  AND NOT EXISTS (SELECT FROM audit_witnessfeed f
                  WHERE f.controller_id = t.controller_id AND f.witness = %(witness)s)
ON CONFLICT DO NOTHING
"""
_CLAIM = """
WITH due AS (
  SELECT f.controller_id, f.witness FROM audit_witnessfeed f JOIN audit_tree t USING (controller_id)
  WHERE f.witness = %(witness)s AND f.next_at <= now() AND t.size <> f.size
    AND (%(logs)s::uuid[] IS NULL OR f.controller_id = ANY(%(logs)s))
  ORDER BY f.next_at LIMIT 1 FOR UPDATE OF f SKIP LOCKED
)
UPDATE audit_witnessfeed f SET next_at = now() + make_interval(secs => %(lease)s) FROM due
WHERE f.controller_id = due.controller_id AND f.witness = due.witness
RETURNING f.controller_id, f.size, f.tries
"""


class Publisher:
    """One witness's errand boy. Several at once, in any number of keepers, are safe."""

    def __init__(self, witness: Witness) -> None:
        self.witness = witness
        self._sink: Sink | None = None
        self._is_new = True

    @property
    def sink(self) -> Sink:
        if self._sink is None:
            self._sink = sink(self.witness)
        return self._sink

    def close(self) -> None:
        if self._sink is not None:
            self._sink.close()
            self._sink = None

    def step(self) -> bool:
        """Show one log that is due; returns whether there was one.

        The first step asks the witness what it remembers of every log: this process may have been
        started on a database that was rolled back.
        """
        if self._is_new:
            self._is_new = False
            self.compare()
        claimed = _claim(self.witness)
        if claimed is None:
            return False
        controller_id, known, tries = claimed
        self._show(controller_id, known, tries)
        return True

    def compare(self) -> int:
        """Hold every log to what this witness remembers; returns how many contradict it."""
        wrong = 0
        make_feeds(self.witness)
        for controller_id in list(feeds(self.witness).values_list("controller_id", flat=True)):
            published = Published.of(controller_id)
            if published is None:
                continue
            try:
                self._hold(published)
                self.sink.recall(published)
            except ContradictionError as found:
                wrong += 1
                contradicted(self.witness, controller_id, found)
            except WitnessTroubleError as trouble:  # a later publication finds out
                log.info("witness_silent", witness=self.witness.name, problem=trouble.problem.value)
                break
        return wrong

    def _show(self, controller_id: UUID, known: int, tries: int) -> None:
        published = Published.of(controller_id)
        if published is None:
            return
        try:
            self._hold(published)
            said = self.sink.publish(published, known)
        except ContradictionError as found:
            contradicted(self.witness, controller_id, found)
            postpone(self.witness, controller_id, found.problem, tries)
        except WitnessTroubleError as trouble:
            postpone(self.witness, controller_id, trouble.problem, tries)
        else:
            acknowledged(self.witness, published, said, known)

    def _hold(self, published: Published) -> None:
        """Hold the log to the last thing the witness said, as it stands in our own tables."""
        said = Cosignature.objects.filter(
            controller_id=published.controller_id, witness=self.witness.name
        )
        kept = said.order_by("-size").first()
        if kept is None:
            return
        enough = published.has_room_for(kept.size)
        if not self.sink.vouches(kept, enough):
            raise ContradictionError(Problem.FORK, kept.size)


def feeds(witness: Witness) -> QuerySet[WitnessFeed]:
    """How far the witness is with each log that it shall see."""
    found = WitnessFeed.objects.filter(witness=witness.name).order_by("controller_id")
    return found if witness.logs is None else found.filter(controller_id__in=witness.logs)


def make_feeds(witness: Witness) -> None:
    """A row for each log that is new to the witness."""
    with connection.cursor() as cursor:
        cursor.execute(_MAKE, _named(witness))


def _claim(witness: Witness) -> tuple[UUID, int, int] | None:
    """Take the log that has waited longest for this witness: its id, known size, and failures."""
    make_feeds(witness)
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {**_named(witness), "lease": witness.lease})
        found: tuple[UUID, int, int] | None = cursor.fetchone()
    return found


def _named(witness: Witness) -> dict[str, Any]:
    return {"witness": witness.name, "logs": None if witness.logs is None else list(witness.logs)}


@transaction.atomic
def acknowledged(witness: Witness, published: Published, said: Said, known: int) -> None:
    """Note what a witness has seen, once: a late answer never takes anything back."""
    log_id, now = published.controller_id, timezone.now()
    if said.line or said.token:
        row = Cosignature(
            controller_id=log_id, size=said.size, witness=witness.name, line=said.line,
            token=said.token, at=said.at or now,
        )  # fmt: skip
        Cosignature.objects.bulk_create([row], ignore_conflicts=True)
    feed = WitnessFeed.objects.select_for_update().get(controller_id=log_id, witness=witness.name)
    if said.had is not None and said.had < known:
        _alarm(witness, log_id, AlarmKind.WITNESS_FORGOT, said.had)
    if feed.contradicted_size is not None:
        for kind in (AlarmKind.FORK, AlarmKind.SHRINK):
            alarms.clear(controller_id=log_id, kind=kind, position=feed.contradicted_size)
    WitnessFeed.objects.filter(controller_id=log_id, witness=witness.name).update(
        size=max(feed.size, said.size), acknowledged_at=now, tries=0, problem="", problem_at=None,
        contradicted_size=None, next_at=Now() + timedelta(seconds=witness.every),
    )  # fmt: skip


def postpone(witness: Witness, controller_id: UUID, problem: Problem, tries: int) -> None:
    """Note why not, and when to try again: later each time, never all at once.

    A witness that is away is away for every log, so all of them wait.
    """
    log.warning(
        "witness_trouble", witness=witness.name, log=str(controller_id), problem=problem.value
    )
    seconds = min(LONGEST_PAUSE_SECONDS, witness.every * 2.0 ** min(tries, 20))
    pause = timedelta(seconds=seconds * (0.5 + secrets.randbelow(1000) / 1000))
    rows = WitnessFeed.objects.filter(witness=witness.name)
    rows.filter(controller_id=controller_id).update(
        problem=problem, problem_at=timezone.now(), tries=F("tries") + 1, next_at=Now() + pause
    )
    if problem in (Problem.UNREACHABLE, Problem.SLOW):
        rows.filter(next_at__lt=Now() + pause).update(next_at=Now() + pause)


@transaction.atomic
def contradicted(witness: Witness, controller_id: UUID, found: ContradictionError) -> None:
    """Raise the alarm and keep what the witness showed.

    Its place is the first size in dispute until the dispute ends, so that one alarm tells of it.
    """
    feed = WitnessFeed.objects.select_for_update().get(
        controller_id=controller_id, witness=witness.name
    )
    place = found.size if feed.contradicted_size is None else feed.contradicted_size
    kind = AlarmKind.SHRINK if found.problem == Problem.SHRINK else AlarmKind.FORK
    _alarm(witness, controller_id, kind, place)
    feed.problem, feed.problem_at = found.problem, timezone.now()
    feed.contradicted_size, feed.evidence = place, found.evidence or feed.evidence
    feed.save(update_fields=["problem", "problem_at", "contradicted_size", "evidence"])


def _alarm(witness: Witness, controller_id: UUID, kind: AlarmKind, position: int) -> None:
    alarms.raise_alarm(
        controller_id=controller_id, kind=kind, position=position,
        detail=f"witness {witness.name} has seen {position} entries",
    )  # fmt: skip
