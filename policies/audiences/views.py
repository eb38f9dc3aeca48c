"""The operations of audiences and segments: check the request, call one verb, answer."""

import hashlib
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.idempotency import Answer
from accounts.operations import ServiceView
from policies.audiences import documents, lists, results, selectors, serializers, services
from policies.audiences.errors import FormatMissingError, ListTooLargeError
from policies.audiences.services import Named

JSON = "application/json"


class ListView(ServiceView):
    """An operation whose body may be a list of people, larger than any message."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Reads a list once, as it was sent; of a repeat its hash is compared."""
        self.sent = request.content_type.partition(";")[0].strip().lower()
        if self.sent not in lists.MEDIA_TYPES:
            super().initial(request, *args, **kwargs)
            return
        APIView.initial(self, request, *args, **kwargs)
        self.listed = request._request.read(settings.AUDIENCE_LIST_BYTES + 1)
        if len(self.listed) > settings.AUDIENCE_LIST_BYTES:
            raise ListTooLargeError
        self.body = hashlib.sha256(self.listed).digest()

    @property
    def is_list(self) -> bool:
        return self.sent in lists.MEDIA_TYPES

    def people(self, scheme: str) -> Named:
        """The people of the body. Raises FormatMissingError, ListMalformedError."""
        if not self.is_list:
            raise FormatMissingError
        kind = lists.MEDIA_TYPES[self.sent]
        return services.named(self.caller.controller_id, kind, self.listed, scheme=scheme)


class Audiences(ListView):
    @documents.ask_for_audience
    def post(self, request: Request) -> Response:
        if self.is_list:
            said = self.asked(serializers.ListedQuery)
            people: Named | None = self.people(said.pop("scheme", ""))
        else:
            said, people = self.said(serializers.AudienceInput), None
        self.need(said["purpose"])
        status, answer = self.once(lambda: self._ask(said, people))
        return Response(answer, status)

    def _ask(self, said: dict[str, Any], people: Named | None) -> Answer:
        made = services.request(
            by=self.by, controller_id=self.caller.controller_id, service_id=self.caller.id,
            question=serializers.question(said, self.caller.code), people=people,
            segment=said.get("segment", ""),
        )  # fmt: skip
        return HTTPStatus.ACCEPTED, dict(serializers.AudienceOutput(made).data)


class Audience(ServiceView):
    @documents.read_audience
    def get(self, request: Request, audience_id: UUID) -> Response:
        found = selectors.audience(self.caller.controller_id, self.caller.id, audience_id)
        return Response(serializers.AudienceOutput(found).data)


class Result(ServiceView):
    @documents.take_audience
    def get(self, request: Request, audience_id: UUID) -> Any:
        form = self.asked(serializers.ResultQuery)["form"]
        found = selectors.audience(self.caller.controller_id, self.caller.id, audience_id)
        services.require_ready(found)
        ended = selectors.ended_since(found)
        content = results.pieces(form, selectors.permits(found, ended))
        services.take(by=self.by, audience=found, form=form, left_out=len(ended))
        return results.ResultStream(form, content)


class Segment(ListView):
    @documents.read_segment
    def get(self, request: Request, code: str) -> Response:
        found = selectors.segment(self.caller.controller_id, code)
        return Response(serializers.SegmentOutput(found).data)

    @documents.replace_segment
    def put(self, request: Request, code: str) -> Response:
        people = self.people(self.asked(serializers.ListQuery).get("scheme", ""))
        made = services.put_segment(
            by=self.by, controller_id=self.caller.controller_id, code=code, people=people
        )
        return Response(serializers.SegmentOutput(made).data)
