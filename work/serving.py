"""Whether this process may serve its database and work on it: one that was put back may not yet.

Packages above register what has to be true (`question`). It is asked at most every few seconds a
process, so that no check and no job pays for it; and whenever a connection is made, because another
database can only come in the place of one while nobody is connected to it.
"""

import time
from collections.abc import Callable
from typing import Any, Final

import structlog
from django.db import close_old_connections, connection
from django.db.backends.signals import connection_created

log = structlog.get_logger(__name__)

Question = Callable[[], bool]
SECONDS: Final = 5.0
"""For so long an answer counts."""
NEVER: Final = float("-inf")

_questions: list[tuple[Question, Question]] = []


class _Seen:
    """The last answer of this process, and when it was given."""

    at: float = NEVER
    is_allowed: bool = False


def question(*, where: Question) -> Callable[[Question], Question]:
    """Register what must be true, where there is anything to ask about.

    What it raises counts as no, and reaches whoever asked.
    """

    def register(asked: Question) -> Question:
        _questions.append((where, asked))
        return asked

    return register


def look() -> bool:
    """Ask now."""
    was, _Seen.is_allowed = _Seen.is_allowed, False
    found = all(asked() for where, asked in _questions if where())
    _Seen.is_allowed, _Seen.at = found, time.monotonic()
    if was and not found:
        log.error("restored_database_not_served", remedy="manage.py replay_erasures")
    return found


def look_alone() -> bool:
    """Ask now, from a thread that serves no request and so may hold a connection that is gone."""
    _let_go()
    return look()


def is_allowed() -> bool:
    """The answer, at most `SECONDS` old, about the database that Django is connected to."""
    if not any(where() for where, _ in _questions):
        return True
    if not _is_fresh():
        _let_go()  # as a request would: workers ask, too
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    return _Seen.is_allowed if _is_fresh() else look()


def _let_go() -> None:
    """Of a connection that has ended or grown old; never of one whose transaction is under way."""
    if not connection.in_atomic_block:
        close_old_connections()


def _is_fresh() -> bool:
    return time.monotonic() - _Seen.at < SECONDS


def forget(**_connection: Any) -> None:
    """Ask anew the next time."""
    _Seen.at = NEVER


connection_created.connect(forget, dispatch_uid="work.serving")
