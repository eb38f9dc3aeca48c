"""The operations on events: check the request, call one verb, answer."""

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.operations import ServiceView
from consent.api import event_documents, event_forms
from consent.feed import asking


class Events(ServiceView):
    @event_documents.list_events
    def get(self, request: Request) -> Response:
        asked = self.asked(event_forms.EventsQuery)
        page = asking.events_after(
            by=self.by, controller_id=self.caller.controller_id, service_id=self.caller.id,
            after=asked.get("after"), limit=asked["limit"],
        )  # fmt: skip
        shown = {"events": page.events, "after": page.after, "has_more": page.has_more}
        return Response(shown)


class Confirmations(ServiceView):
    @event_documents.confirm_events
    def post(self, request: Request) -> Response:
        said = self.said(event_forms.ConfirmationInput)
        number = asking.confirm(
            by=self.by, controller_id=self.caller.controller_id, service_id=self.caller.id,
            through=said.get("through"), events=said.get("events", ()),
        )  # fmt: skip
        return Response({"confirmed": number})
