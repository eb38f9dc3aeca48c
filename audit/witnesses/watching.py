"""Whether the witnesses do what they are there for: alarms for those that are late or refuse."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from audit import alarms
from audit.alarms import AlarmKind
from audit.models import Checkpoint, Tree
from audit.witnesses import configuration, publishing
from audit.witnesses.configuration import Witness
from audit.witnesses.errors import CONTRADICTIONS, PASSING, WitnessConfigError
from audit.witnesses.models import WitnessFeed
from keys.ids import SYSTEM_ID

JUDGED: Final = (AlarmKind.WITNESS_LATE, AlarmKind.WITNESS_REFUSED)
NEWS: Final = (
    Checkpoint.objects.filter(controller_id=OuterRef("controller_id"), size__gt=OuterRef("size"))
    .order_by("size")
    .values("at")[:1]
)
"""When the oldest checkpoint that a witness has not acknowledged was signed."""

Wrong = dict[tuple[UUID, str], str]


def judge() -> None:
    """Raise the alarms that are due, and clear those whose cause is gone."""
    try:
        wrong = _all_wrong(configuration.configured())
    except WitnessConfigError as error:
        wrong = {(SYSTEM_ID, AlarmKind.WITNESS_LATE): str(error)}
    for (controller_id, kind), detail in wrong.items():
        alarms.raise_alarm(controller_id=controller_id, kind=kind, detail=detail)
    logs = [SYSTEM_ID, *Tree.objects.values_list("controller_id", flat=True)]
    for alarm in alarms.open_alarms(logs).filter(kind__in=JUDGED):
        if (alarm.controller_id, alarm.kind) not in wrong:
            alarms.clear(controller_id=alarm.controller_id, kind=alarm.kind)


def compare() -> int:
    """Hold every log to what every witness remembers; returns how many contradictions.

    For after a restore, and for whoever doubts. Raises WitnessConfigError.
    """
    found = 0
    for witness in configuration.configured():
        publisher = publishing.Publisher(witness)
        try:
            found += publisher.compare()
        finally:
            publisher.close()
    return found


def _all_wrong(witnesses: tuple[Witness, ...]) -> Wrong:
    now, wrong = timezone.now(), Wrong()
    for witness in witnesses:
        publishing.make_feeds(witness)
        for feed in publishing.feeds(witness).annotate(news_at=Subquery(NEWS)):
            for kind in _wrong_with(witness, feed, feed.news_at, now):
                told = f"witness {witness.name}: {feed.problem or 'silent'}"
                wrong[feed.controller_id, kind] = told
    return wrong


def _wrong_with(
    witness: Witness, feed: WitnessFeed, news_at: datetime | None, now: datetime
) -> list[AlarmKind]:
    bearable = timedelta(seconds=witness.every + witness.patience)
    found = []
    if news_at is not None and now - news_at > bearable:
        found.append(AlarmKind.WITNESS_LATE)
    if feed.problem and feed.problem not in PASSING | CONTRADICTIONS:
        found.append(AlarmKind.WITNESS_REFUSED)
    return found
