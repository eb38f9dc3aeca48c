"""The script's two questions, from pages of registered origins only (CORS); no cookie is read."""

import hashlib
from typing import Any

from django.http import Http404
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, ListSerializer
from rest_framework.views import APIView

from accounts import inputs
from accounts.operations import JSONOnly
from consent.capture_errors import SiteUnknownError
from consent.signals import HEADER, is_signalled
from consent.sites import selectors as sites
from portal import limits, people
from portal.collect import answering, asking
from portal.collect.asking import Asked

ANSWERS = ("yes", "no", "withdraw")
MOST = 20
REQUESTS_A_MINUTE = 120
"""With one ticket. A person answers a few questions; a loop asks more."""
PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "content-type",
    "Access-Control-Max-Age": "600",
}


class WordsInput(inputs.Input):
    ticket = inputs.Text(max_length=2000)
    language = inputs.Code(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}", max_length=20, required=False)


class AnswerInput(inputs.Input):
    purpose = inputs.Code(r"[a-z0-9_]+(\.[a-z0-9_]+)*", max_length=100)
    answer = inputs.Choice(ANSWERS)
    notice = inputs.Text(max_length=36, required=False, allow_blank=True)
    language = inputs.Text(max_length=20, required=False, allow_blank=True)


class AnswersInput(WordsInput):
    answers: ListSerializer[Any] = ListSerializer(
        child=AnswerInput(), min_length=1, max_length=MOST
    )


class CollectView(APIView):
    """For pages of a registered origin, with a ticket for it."""

    authentication_classes = ()
    permission_classes = ()
    content_negotiation_class = JSONOnly
    schema = None
    company: people.Company | None = None
    is_registered = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raises Http404, SiteUnknownError."""
        super().initial(request, *args, **kwargs)
        self.company = people.company(str(kwargs["slug"]))
        if self.company is None:
            raise Http404
        self.is_registered = sites.may_ask(self.company.id, self.origin)
        if not self.is_registered:
            raise SiteUnknownError

    @property
    def origin(self) -> str:
        """Browsers say whose page it is, and pages cannot lie about it."""
        return self.request.headers.get("Origin", "")[:200]

    def options(  # type: ignore[override]  # the framework's request, as its own views take it
        self, request: Request, *args: Any, **kwargs: Any
    ) -> Response:
        """May this origin ask at all? `initial` has answered."""
        return Response(status=204, headers=PREFLIGHT)

    def said(self, form: type[BaseSerializer[Any]]) -> tuple[dict[str, Any], Asked]:
        """The checked body and who is asked. Raises ValidationError, TicketError, Throttled."""
        checked = form(data=self.request.data)
        checked.is_valid(raise_exception=True)
        said = dict(checked.validated_data)
        if self.company is None:
            raise Http404
        asked = asking.opened(self.company, said["ticket"], self.origin)
        name = hashlib.sha256(said["ticket"].encode()).hexdigest()[:32]
        if not limits.allowed(f"collect:{name}", limit=REQUESTS_A_MINUTE, seconds=60):
            raise Throttled(wait=60)
        if is_signalled([self.request.headers.get(HEADER, "")]):
            answering.hear_opt_out(visit=asked.visit)
        return said, asked

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        found = super().finalize_response(request, response, *args, **kwargs)
        found.headers["Cache-Control"] = "no-store"
        found.headers["Vary"] = "Origin"
        if self.is_registered:
            found.headers["Access-Control-Allow-Origin"] = self.origin
        return found


class Words(CollectView):
    """The notice, and where the person stands."""

    def post(self, request: Request, slug: str) -> Response:
        said, asked = self.said(WordsInput)
        return Response(asking.document(asked, said.get("language", "")))


class Answers(CollectView):
    """What the person pressed; each purpose has its own line of the ledger, or none has."""

    def post(self, request: Request, slug: str) -> Response:
        said, asked = self.said(AnswersInput)
        given = [answering.Answer(**one) for one in said["answers"]]
        events = answering.take_all(visit=asked.visit, answers=given)
        shown = asking.document(asked, said.get("language", ""))
        return Response({**shown, "recorded": [str(one) for one in events]}, 201)
