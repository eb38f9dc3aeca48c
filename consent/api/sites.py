"""The operation with which a company's own site gets a ticket for the person it knows."""

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import inputs
from accounts import selectors as accounts
from accounts.operations import ServiceView
from accounts.problems import WRITE, answer, body, problems, refusal
from consent import services
from consent.api.examples import PURPOSE as OFFERS
from consent.api.serializers import PURPOSE
from subjects.inputs import PersonInput

MOST = 20
TICKET = {
    "ticket": "AAAAAVx0Jc5r1s0kV3v8Zb1mYp7n",
    "url": "https://privacy.example/collect/lotus/ask/AAAAAVx0Jc5r1s0kV3v8Zb1mYp7n",
    "expires_at": "2026-03-14T04:11:53Z",
}


class TicketInput(PersonInput):
    origin = inputs.Text(
        max_length=200, help_text=_("The registered origin of the page: https://shop.example.")
    )
    purposes = serializers.ListField(
        child=inputs.Code(PURPOSE, max_length=100), min_length=1, max_length=MOST
    )


class TicketOutput(serializers.Serializer[Any]):
    ticket = serializers.CharField(help_text=_("For the script; valid for 15 minutes."))
    url = serializers.CharField(help_text=_("Link it: it works without the script, too."))
    expires_at = serializers.DateTimeField()


issue_ticket = extend_schema(
    operation_id="issue_collect_ticket",
    summary="Let a page ask a person",
    description=(
        "A ticket with which one page of the company's own site may show our notice to one person "
        "and record their choices about these purposes, for 15 minutes. Put the link on the page; "
        "the script turns it into the question itself. Give tickets only to who is signed in at "
        "your site. That the page sees where the person stands is recorded as your reading."
    ),
    tags=["Company sites"],
    request=TicketInput,
    responses={201: TicketOutput, **problems(*WRITE)},
    examples=[
        body("About one purpose", {
            "subject": "CRM-20417", "scheme": "crm", "origin": "https://shop.example",
            "purposes": [OFFERS],
        }),
        answer("A ticket", TICKET, 201),
        refusal(403, "site_unknown", "This origin is not registered with the company."),
    ],
)  # fmt: skip


class Tickets(ServiceView):
    @issue_ticket
    def post(self, request: Request) -> Response:
        said = self.said(TicketInput)
        for purpose in said["purposes"]:
            self.need(purpose)
        company = accounts.controller(self.caller.controller_id)
        issued = services.issue_ticket(
            controller_id=company.id, service_id=self.caller.id, who=said["subject"],
            origin=said["origin"], purposes=said["purposes"],
        )  # fmt: skip
        address = urljoin(settings.BASE_URL, f"/collect/{company.slug}/ask/{issued.token}")
        shown = {"ticket": issued.token, "url": address, "expires_at": issued.expires_at}
        return Response(TicketOutput(shown).data, 201)
