"""The management API's operations on consents: check the request, call one verb, answer."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.inputs import NothingQuery
from accounts.operations import ServiceView
from audit import proofs
from audit.files import proof_file
from consent import reading, services
from consent.api import documents, serializers
from consent.models import ConsentEvent
from consent.proofs import entry_of
from consent.receipts import receipt, receipt_of


class ConsentView(ServiceView):
    """A view that shows lines of the ledger."""

    def recorded(self, event: ConsentEvent) -> dict[str, Any]:
        """The line with its receipt."""
        made = receipt_of(event, self.caller.controller)
        return {**self.shown(serializers.ConsentOutput, event), "receipt": made.as_dict()}

    def receipt(self, event_id: UUID) -> dict[str, Any]:
        return receipt(self.caller.controller_id, self.caller.controller, event_id).as_dict()

    def line(self, event_id: UUID, what: str) -> ConsentEvent:
        return services.show_line(
            by=self.by, controller_id=self.caller.controller_id, event_id=event_id,
            purposes=self.purposes, what=what,
        )  # fmt: skip

    def chosen(self, asked: dict[str, Any]) -> set[str]:
        """The purposes to show: the one asked for, else all the service is registered for."""
        if "purpose" not in asked:
            return self.purposes
        self.need(asked["purpose"])
        return {asked["purpose"]}


class Consents(ConsentView):
    @documents.record_consent
    def post(self, request: Request) -> Response:
        said = self.said(serializers.ConsentInput)
        self.need(said["purpose"])
        status, answer = self.once(lambda: (201, self._record(said)))
        headers = {"Location": reverse("api:consent", args=[answer["id"]])}
        return Response(answer, status, headers=headers)

    @documents.list_states
    def get(self, request: Request) -> Response:
        asked = self.asked(serializers.StatesQuery)
        states = services.show_states(
            by=self.by, controller_id=self.caller.controller_id, subject_id=asked["subject"],
            purposes=self.chosen(asked),
        )  # fmt: skip
        shown = {"subject": asked["subject"], "states": states}
        return self.conditional(serializers.StatesOutput(shown).data)

    def _record(self, said: dict[str, Any]) -> dict[str, Any]:
        event = services.report(
            by=self.by, controller_id=self.caller.controller_id, who=said["subject"],
            choice=serializers.choice_of(said),
        )  # fmt: skip
        return self.recorded(event)


class Withdrawals(ConsentView):
    @documents.withdraw_consent
    def post(self, request: Request) -> Response:
        said = self.said(serializers.WithdrawalInput)
        self.need(said["purpose"])
        status, answer = self.once(lambda: (200, self._withdraw(said)))
        return Response(answer, status)

    def _withdraw(self, said: dict[str, Any]) -> dict[str, Any]:
        event = services.report_withdrawal(
            by=self.by, controller_id=self.caller.controller_id, who=said["subject"],
            purpose=said["purpose"], method=said["method"], channel=said.get("channel", ""),
            reason=said.get("reason", ""),
        )  # fmt: skip
        return self.recorded(event)


class History(ConsentView):
    @documents.list_history
    def get(self, request: Request) -> Response:
        asked = self.asked(serializers.HistoryQuery)
        page = services.show_page(
            by=self.by, controller_id=self.caller.controller_id, subject_id=asked["subject"],
            purposes=self.chosen(asked), after=asked.get("cursor"), limit=asked["limit"],
        )  # fmt: skip
        shown = {"items": page.lines, "next_cursor": page.after}
        return Response(serializers.HistoryOutput(shown).data)


class Consent(ConsentView):
    @documents.get_consent
    def get(self, request: Request, event_id: UUID) -> Response:
        self.asked(NothingQuery)
        return Response(serializers.ConsentOutput(self.line(event_id, "event")).data)


class Receipt(ConsentView):
    @documents.get_receipt
    def get(self, request: Request, event_id: UUID) -> Response:
        self.asked(NothingQuery)
        return Response(self.receipt(self.line(event_id, "receipt").pk))


class ReceiptProof(ConsentView):
    @documents.get_receipt_proof
    def get(self, request: Request, event_id: UUID) -> HttpResponse:
        self.asked(NothingQuery)
        log = self.caller.controller_id
        entry = entry_of(log, self.line(event_id, "proof").pk)
        return proof_file(entry, proofs.proof(log, entry))


class Purposes(ServiceView):
    @documents.list_purposes
    def get(self, request: Request) -> Response:
        self.asked(NothingQuery)
        found = reading.purposes(self.caller.controller_id, self.purposes)
        return self.conditional(serializers.PurposesOutput({"items": found}).data)


class NoticeInForce(ServiceView):
    @documents.get_notice
    def get(self, request: Request) -> Response:
        asked = self.asked(serializers.NoticeQuery)
        found = reading.notice_in_force(
            self.caller.controller_id, asked["purpose"], asked["language"]
        )
        return self.conditional(serializers.NoticeOutput(found).data)
