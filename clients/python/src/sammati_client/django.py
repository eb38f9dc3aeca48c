"""Views that run only with a permit, and the view that hears recalls. Needs Django."""

import functools
from collections.abc import Callable
from typing import Any, Unpack

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sammati_client.answers import Answer
from sammati_client.errors import NotPermitted
from sammati_client.leases import Leases
from sammati_client.questions import Details
from sammati_client.recalls import Recall, RecallRefused
from sammati_client.sync import Sammati

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
    keyword included, is answered by `denied`.
    """

    def decorate(view: View) -> View:
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


__all__ = ["permit_required", "recall_view", "refused"]
