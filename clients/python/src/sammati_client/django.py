"""Views that run only with a permit, and views that hear recalls and events. Needs Django."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, Unpack

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from sammati_client.answers import Answer
from sammati_client.errors import NotPermitted
from sammati_client.events import ChangeEvent, EventRefused, read_event
from sammati_client.leases import Leases
from sammati_client.questions import Details
from sammati_client.recalls import Recall, RecallRefused
from sammati_client.sync import Sammati
from sammati_client.webhooks import Verifier, agreement

View = Callable[..., HttpResponseBase]
Denied = Callable[[HttpRequest, Answer], HttpResponseBase]


def refused(request: HttpRequest, answer: Answer) -> HttpResponseBase:
    """403 with the reason's code and its words for the person; a page of yours can replace it."""
    told = {"reason_code": answer.reason_code, "reason": dict(answer.reason_user)}
    return JsonResponse(told, status=403, headers={"Cache-Control": "no-store"})


def permit_required(
    client: Sammati,
    *,
    purpose: str,
    subject: str,
    denied: Denied = refused,
    **details: Unpack[Details],
) -> Callable[[View], View]:
    """Decorates a view: it runs only with a permit, which it finds as `request.permit`.

    `subject` names the URL's keyword that holds the person's id. Whatever is no permit, a missing
    keyword included, is answered by `denied`. Raises TypeError for an async view.
    """

    def decorate(view: View) -> View:
        if inspect.iscoroutinefunction(view):
            raise TypeError("An async view needs `async with client.permitted` of AsyncSammati.")

        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                with client.permitted(kwargs.get(subject, ""), purpose, **details) as permit:
                    request.permit = permit  # type: ignore[attr-defined]
            except NotPermitted as error:
                return denied(request, error.answer)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def recall_view(leases: Leases, heard: Callable[[Recall], None] | None = None) -> View:
    """A view for the service's address of recalls: 204, or 400 for what is not ours.

    `heard` is called with each recall, to take people out of campaigns; if it raises, the answer
    is 500 and the recall comes again.
    """

    @csrf_exempt
    @require_POST
    def view(request: HttpRequest) -> HttpResponse:
        try:
            recall = leases.hear(request.body, dict(request.headers))
        except RecallRefused:
            return HttpResponse(status=400)
        if heard is not None:
            heard(recall)
        return HttpResponse(status=204)

    return view


def event_view(secrets: Verifier, heard: Callable[[ChangeEvent], None], *, origin: str) -> View:
    """A view for the service's address of events: 204, or 400 for what is not ours.

    `origin` is the host of the suite that may call; only it is agreed to. `heard` is called with
    each event, also with repeats; if it raises, the answer is 500 and the event comes again.
    """

    @csrf_exempt
    @require_http_methods(["OPTIONS", "POST"])
    def view(request: HttpRequest) -> HttpResponse:
        if request.method == "OPTIONS":
            return HttpResponse(headers=agreement(dict(request.headers), origin))
        try:
            event = read_event(request.body, dict(request.headers), secrets)
        except EventRefused:
            return HttpResponse(status=400)
        heard(event)
        return HttpResponse(status=204)

    return view


__all__ = ["event_view", "permit_required", "recall_view", "refused"]
