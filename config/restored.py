"""Nothing is served of a database that was put back until its erasures were done again (ERA-11)."""

from http import HTTPStatus
from typing import Final

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from config.errors import CONTENT_TYPE, MACHINES, Problem, problem_for
from keys.problems import DomainError
from work import serving

log = structlog.get_logger(__name__)

PROGRAMS: Final = MACHINES | {"collect"}
"""Families whose callers read documents: whatever is wrong, they get one."""
OPEN: Final = ("/-/", "/admin/login/", "/admin/logout/")
"""For supervisors, and for the officer, who is told what has to be done once signed in."""
WAIT_SECONDS: Final = 60
COMMAND: Final = "manage.py replay_erasures --since 2026-03-01T02:00"


class ErasuresNotReplayedError(DomainError):
    code = "erasures_not_replayed"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    message = (
        "The database was put back from a backup; nothing is served until the erasures since then "
        "were done again."
    )


class RestoredMiddleware(MiddlewareMixin):
    """Stands behind authentication, so that officers can be told more than strangers."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        found = None if request.path.startswith(OPEN) else trouble()
        return None if found is None else _refused(request, found)


def trouble() -> Exception | None:
    """Why nothing is served, if so.

    Unknown is no: a journal that cannot be read may say what must not be served (P8). But it is
    told as what it is: who reads of a backup where a database is only busy looks at the wrong end.
    """
    try:
        return None if serving.is_allowed() else ErasuresNotReplayedError()
    except (DatabaseError, DomainError, OSError) as error:
        log.error("serving_unknown", error=type(error).__name__)
        return error


def _refused(request: HttpRequest, why: Exception) -> HttpResponse:
    problem = problem_for(why)
    if _family(request) in PROGRAMS:
        response: HttpResponse = _document(problem)
    else:
        response = _page(request, is_known=isinstance(why, ErasuresNotReplayedError))
    response.headers["Retry-After"] = str(WAIT_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response


def _family(request: HttpRequest) -> str:
    return request.path.split("/", 2)[1]


def _document(problem: Problem) -> JsonResponse:
    status = HTTPStatus.SERVICE_UNAVAILABLE
    body = {**problem.body(), "status": status, "title": status.phrase}
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def _page(request: HttpRequest, *, is_known: bool) -> HttpResponse:
    """Officers read what to do; everybody else, to come back later.

    Where it is not known, nobody can be asked who is signed in.
    """
    if not is_known:
        return render(request, "500.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
    is_officer = _family(request) == "admin" and request.user.is_staff
    context = {"is_officer": is_officer, "command": COMMAND}
    return render(request, "restored.html", context, status=HTTPStatus.SERVICE_UNAVAILABLE)
