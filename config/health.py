"""Is the process alive, and can it do its work? For supervisors and load balancers."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from erasure.journal import replaying
from keys import services as keys
from keys.errors import KeyUnavailableError
from keys.problems import DomainError
from work import selectors as work


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """The database answers, the keys are there, and no restored backup waits for erasures to be
    done again; else 503 and which of them is missing.

    `SAMMATI_READY_NEEDS` names processes that must live too, for a group that starts together.
    """
    checks = {"database": _database(), "keys": _keys()}
    checks["erasures"] = checks["database"] and _erasures()
    for kind in settings.READY_NEEDS:
        checks[kind] = checks["database"] and work.is_alive(kind=kind)
    status = 200 if all(checks.values()) else 503
    return JsonResponse(
        {"status": "ok" if status == 200 else "unavailable", **checks}, status=status
    )


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT version FROM accounts_cataloguestamp WHERE id = 1")
            return cursor.fetchone() is not None
    except DatabaseError:
        return False


def _erasures() -> bool:
    """Unknown is no: a journal that cannot be read may say what must not be served (P8)."""
    try:
        return not replaying.is_behind()
    except (DatabaseError, DomainError, OSError):
        return False


def _keys() -> bool:
    """Asked each time: a provider that was found once outlives its file or program."""
    try:
        keys.current_provider().active_version("wrapping")
    except KeyUnavailableError:
        return False
    return True
