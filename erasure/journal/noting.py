"""Writing into the journal what has been committed, a sweep at a time."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from erasure.journal import files
from erasure.journal.files import Line
from erasure.models import Case, CaseState
from registry.connectors.contract import Verb
from subjects import tombstones

__all__ = ["note", "prune"]

VERBS: Final = (Verb.ERASE.value, Verb.RESTRICT.value)
ENDED: Final = (CaseState.CANCELLED, CaseState.REFUSED)
AT_ONCE: Final = 1000


def note(now: datetime | None = None) -> int:
    """Append the cases, cancellations and returns that are not in the journal; how many lines.

    Only what is committed is seen, so a line never says what did not happen; and what happened is
    there within seconds, or with the first sweep after a crash.
    """
    since = files.overlap(now or timezone.now())
    written, waiting = 0, list[Line]()
    for line in (*_opened(since), *_called_off(since), *_lifted(since)):
        waiting.append(line)
        if len(waiting) == AT_ONCE:
            written, waiting = written + files.append(waiting), []
    return written + files.append(waiting)


def prune(now: datetime | None = None) -> int:
    """Delete what is older than any backup that is kept; returns how many files."""
    days = timedelta(days=settings.ERASURE_JOURNAL_DAYS)
    return files.end_before(((now or timezone.now()) - days).date())


def _opened(since: datetime) -> Iterator[Line]:
    rows = Case.objects.filter(opened_at__gte=since, verb__in=VERBS, joined_into=None)
    cases = list(rows.order_by("opened_at", "id").defer("plan", "sealed"))
    digests = tombstones.of_cases([case.id for case in cases])
    for case in cases:
        yield {
            "kind": files.OPENED, "id": str(case.id), "at": case.opened_at.isoformat(),
            "controller": str(case.controller_id), "subject": str(case.subject_id),
            "verb": case.verb, "trigger": case.trigger, "scope_type": case.scope_type,
            "scope": case.scope, "received_at": case.received_at.isoformat(),
            "digests": [
                [scheme, digest.hex(), version]
                for scheme, digest, version in digests.get(case.id, ())
            ],
        }  # fmt: skip


def _called_off(since: datetime) -> Iterator[Line]:
    rows = Case.objects.filter(closed_at__gte=since, state__in=ENDED, verb__in=VERBS)
    for case_id, at in rows.order_by("closed_at").values_list("id", "closed_at"):
        if at is not None:
            yield {"kind": files.CALLED_OFF, "id": str(case_id), "at": at.isoformat()}


def _lifted(since: datetime) -> Iterator[Line]:
    for one in tombstones.lifted_since(since):
        yield {
            "kind": files.LIFTED, "id": str(one.id),
            "at": (one.lifted_at or since).isoformat(),
            "controller": str(one.controller_id),
            "digests": [[one.scheme, bytes(one.digest).hex(), one.digest_version]],
        }  # fmt: skip
