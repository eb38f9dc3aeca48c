"""The end of payloads: months past the ceiling of their class are dropped, what is held is kept.

DPDP Rules r.8(3) and GDPR 5(1)(e): personal data and logs go when their time is over. The database
itself refuses what is younger than the floor, keeps held entries aside and records each drop in the
same transaction (migration 0006); here is only when it is asked, by a login that may ask nothing
else. Any run may be killed at any point and started again, or several at once.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg
import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from psycopg.conninfo import make_conninfo

from audit import alarms, services
from audit.actors import Actor, Target
from audit.alarms import AlarmKind
from audit.classes import FLOORS, RetentionClass
from audit.errors import HoldEndedError, HoldReasonError, RetentionLoginMissingError
from audit.models_retention import Hold
from keys.ids import SYSTEM_ID
from keys.ledger import RETENTION

log = structlog.get_logger(__name__)

HoldSource = Callable[[], Iterable[tuple[UUID, UUID | None]]]
"""Says which people's entries are held now, as (controller id, subject id); None is everybody."""

PAUSES_SECONDS: Final = (0.2, 0.5, 1, 2, 4)
"""Between attempts at tables that somebody is reading: whoever records must not wait behind us."""
_REASON: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}")
_sources: list[HoldSource] = []

_MONTHS = r"""
SELECT DISTINCT substring(c.relname from '_(rc\d+)_'), right(c.relname, 6)
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent::regclass::text ~ '^audit_(payload|entryindex)_rc\d+$' AND c.relname ~ '_\d{6}$'
"""
_DROP = "SELECT died, kept, gone FROM audit_drop_month(%s, %s, %s, %s, %s, %s)"
_RELEASE = "SELECT audit_release_held(%s, %s, %s, %s)"


class Month(NamedTuple):
    """All payloads of a class whose ids are of one month (UTC), given by its first day."""

    first: date
    retention: RetentionClass

    def __str__(self) -> str:
        return f"{self.retention.value}/{self.first:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Drop:
    """A month that ended: how many payloads died, were kept aside, and were missing before."""

    month: Month
    died: int
    kept: int
    lost: int


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run did. `put_off` says what must wait, and why, in the database's words."""

    released: int
    dropped: tuple[Drop, ...]
    put_off: tuple[str, ...]


def hold_source(source: HoldSource) -> HoldSource:
    """Register who knows of people whose entries must be kept (a legal hold). Once, at start."""
    if source not in _sources:
        _sources.append(source)
    return source


def run(*, by: Actor, at_most: int | None = None) -> Ran:
    """Set free what is no longer held, then end each month past its ceiling, the oldest first.

    Each month is a transaction of its own. `at_most` bounds how many are dropped. Raises
    RetentionLoginMissingError, psycopg.OperationalError without the database.
    """
    dropped: list[Drop] = []
    put_off: list[str] = []
    released = 0
    with _login() as session:
        with _or_later("held", put_off):
            released = _patiently(session, _RELEASE, [by.type, by.id])[0]
        for month in due(_months(session), timezone.now()):
            if at_most is not None and len(dropped) == at_most:
                break
            with _or_later(str(month), put_off):
                found = _drop(session, month, by)
                dropped += [found] if found else []
    return Ran(released, tuple(dropped), tuple(put_off))


def waiting() -> list[Month]:
    """The months that the next run will end. Raises as `run`."""
    with _login() as session:
        return due(_months(session), timezone.now())


def due(months: Iterable[Month], now: datetime) -> list[Month]:
    """Those past their ceiling, counted from the end of the month; never before the floor."""
    return sorted(month for month in months if ends_at(month) <= now)


def ends_at(month: Month) -> datetime:
    """When the payloads of a month have reached the end of their life."""
    year, number = divmod(month.first.year * 12 + month.first.month, 12)
    over = datetime(year, number + 1, 1, tzinfo=UTC)
    days = settings.AUDIT_RETENTION_DAYS[month.retention.value]
    floor = over.replace(year=over.year + FLOORS[month.retention].years)
    return max(floor, over + timedelta(days=days))


@transaction.atomic
def hold(*, by: Actor, controller_id: UUID, since_at: datetime, reason: str) -> Hold:
    """Keep everything of a log from `since_at` on beyond its time (a legal hold on a case).

    `reason` is a code, such as a case number. Raises HoldReasonError.
    """
    if not _REASON.fullmatch(reason):
        raise HoldReasonError
    found = Hold.objects.create(controller_id=controller_id, since_at=since_at, reason=reason)
    _record("retention:hold_set", by, found)
    return found


@transaction.atomic
def end_hold(*, by: Actor, hold_id: UUID) -> Hold:
    """End a hold; the next run ends what it kept. Raises HoldEndedError for no open hold."""
    found = Hold.objects.select_for_update().filter(pk=hold_id, ended_at=None).first()
    if found is None:
        raise HoldEndedError
    found.ended_at = timezone.now()
    found.save(update_fields=["ended_at"])
    _record("retention:hold_ended", by, found)
    return found


def _record(event: str, by: Actor, found: Hold) -> None:
    services.record(
        event=event, by=by, controller_id=found.controller_id, target=Target("hold", str(found.id)),
        data={"since": services.micros(found.since_at), "reason": found.reason},
    )  # fmt: skip


@contextmanager
def _or_later(what: str, put_off: list[str]) -> Iterator[None]:
    """What the database refuses now is put off, and does not keep the rest from being done."""
    try:
        yield
    except (psycopg.errors.RaiseException, psycopg.errors.LockNotAvailable) as error:
        put_off.append(f"{what} ({error.diag.message_primary})")
        log.warning("retention_put_off", what=what, why=error.diag.message_primary)


@contextmanager
def _login() -> Iterator[psycopg.Connection[Any]]:
    """The retention login's connection, for this run only."""
    with psycopg.connect(_address(), autocommit=True, connect_timeout=10) as session:
        yield session


def _address() -> str:
    if settings.DATABASE_RETENTION_URL:
        return str(settings.DATABASE_RETENTION_URL)
    if not settings.DATABASE_IS_EMBEDDED:
        raise RetentionLoginMissingError
    app = connection.settings_dict  # the embedded server takes every login on its own socket
    return make_conninfo(host=app["HOST"], port=app["PORT"], dbname=app["NAME"], user=RETENTION)


def _months(session: psycopg.Connection[Any]) -> list[Month]:
    """Every month that has partitions."""
    return [
        Month(date(int(month[:4]), int(month[4:]), 1), RetentionClass(kind))
        for kind, month in session.execute(_MONTHS).fetchall()
    ]


def _drop(session: psycopg.Connection[Any], month: Month, by: Actor) -> Drop | None:
    """End one month; None where another run did."""
    found = _patiently(session, _DROP, [month.retention.value, month.first, by.type, by.id])
    if found is None:
        return None
    dropped = Drop(month, *found)
    log.info("retention_dropped", month=str(month), died=dropped.died, kept=dropped.kept)
    if dropped.lost:
        detail = f"{month}: {dropped.lost} payloads were missing before their time"
        alarms.raise_alarm(controller_id=SYSTEM_ID, kind=AlarmKind.GAP, detail=detail)
    return dropped


def _patiently(session: psycopg.Connection[Any], call: str, values: list[Any]) -> Any:
    """The first row of a call, which is told what is held at this very moment.

    Raises LockNotAvailable after several attempts.
    """
    for pause in PAUSES_SECONDS:
        try:
            return session.execute(call, [*values, *_held()]).fetchone()
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            time.sleep(pause)
    return session.execute(call, [*values, *_held()]).fetchone()


def _held() -> tuple[list[UUID], list[UUID | None]]:
    """Logs and people side by side, as the database takes them."""
    pairs = list({pair for source in _sources for pair in source()})
    return [log for log, _ in pairs], [person for _, person in pairs]
