"""Exports of the ledger for services: ask for one, ask how far it is, take the file."""

from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import inputs
from accounts.operations import ServiceView
from accounts.problems import IDEMPOTENCY_KEY, READ, WRITE, answer, body, problems, refusal
from audit.files import FileStream
from consent import selectors
from consent.api.serializers import PURPOSE
from consent.exporting import services
from consent.exporting.lines import COLUMNS
from consent.models.exports import ExportForm

TAGS = ["Consents"]
EXPORT = {
    "id": "01931c40-2c00-7a11-8d3e-4b5a6c7d8e9f", "state": "ready", "form": "csv",
    "purposes": ["marketing.email.offers"], "since": None, "until": "2026-03-15T06:00:00Z",
    "lines": 120412, "size_bytes": 27011308, "expires_at": "2026-03-22T06:00:41Z",
    "sha256": "5f1d6cf0a3e8b9d27c4e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c",
}  # fmt: skip


class ExportInput(inputs.Input):
    form = inputs.Choice(list(ExportForm.values), required=False)
    purpose = inputs.Code(
        PURPOSE, max_length=100, required=False,
        help_text=_("One purpose; else all that the service is registered for."),
    )  # fmt: skip
    since = inputs.Moment(required=False, help_text=_("Recorded from then on."))
    until = inputs.Moment(required=False, help_text=_("Recorded before; else until now."))


class ExportOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.CharField(help_text=_("making, ready or expired."))
    form = serializers.CharField()
    purposes = serializers.ListField(child=serializers.CharField())
    since = serializers.DateTimeField(source="since_at", allow_null=True)
    until = serializers.DateTimeField(source="until_at")
    lines = serializers.IntegerField()
    size_bytes = serializers.IntegerField()
    expires_at = serializers.DateTimeField(
        allow_null=True, help_text=_("When the file is deleted; null while it is being made.")
    )
    sha256 = serializers.CharField(help_text=_("Of the file; empty while it is being made."))


class Exports(ServiceView):
    @extend_schema(
        operation_id="ask_for_consent_export",
        summary="Export the ledger",
        description=(
            "Asks for every line about the purposes the service is registered for, or about one, "
            "as CSV or NDJSON in the order they were recorded. A job makes the file; people are "
            "named by our ids. In CSV no cell is taken for a formula. The columns are "
            f"{', '.join(COLUMNS)}."
        ),
        tags=TAGS,
        parameters=[IDEMPOTENCY_KEY],
        request=ExportInput,
        responses={202: ExportOutput, **problems(*WRITE)},
        examples=[
            body("One purpose", {"form": "csv", "purpose": "marketing.email.offers"}),
            answer("Asked for", {**EXPORT, "state": "making", "expires_at": None}, 202),
            refusal(422, "span_empty", "The end of the time must lie after its beginning."),
        ],
    )
    def post(self, request: Request) -> Response:
        said = self.said(ExportInput)
        if "purpose" in said:
            self.need(said["purpose"])
        status, made = self.once(lambda: (202, self._start(said)))
        return Response(made, status)

    def _start(self, said: dict[str, Any]) -> dict[str, Any]:
        wanted = {said["purpose"]} if "purpose" in said else self.purposes
        known = selectors.purposes([self.caller.controller_id]).filter(code__in=wanted)
        export = services.start(
            by=self.by, controller_id=self.caller.controller_id,
            form=said.get("form", ExportForm.NDJSON), since=said.get("since"),
            until=said.get("until"), purposes=set(known.values_list("code", flat=True)),
        )  # fmt: skip
        return dict(ExportOutput(export).data)


class Export(ServiceView):
    @extend_schema(
        operation_id="read_consent_export",
        summary="How far an export is",
        description="An export that this service asked for; of others it is not told.",
        tags=TAGS,
        responses={200: ExportOutput, **problems(*READ)},
        examples=[answer("Ready", EXPORT)],
    )
    def get(self, request: Request, export_id: UUID) -> Response:
        self.asked(inputs.NothingQuery)
        found = services.own(self.by, self.caller.controller_id, export_id)
        return Response(ExportOutput(found).data)


class ExportFile(ServiceView):
    @extend_schema(
        operation_id="take_consent_export",
        summary="Take the file of an export",
        description="The file, until it is deleted. Each taking is recorded.",
        tags=TAGS,
        responses={
            (200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY, "The lines."),
            **problems(*READ, 409, 410),
        },
        examples=[
            OpenApiExample(
                "CSV", f"{','.join(COLUMNS)}\r\n", response_only=True, status_codes=["200"],
                media_type="application/octet-stream",
            ),
            refusal(409, "export_not_ready", "The export is still being made: ask again later."),
        ],
    )  # fmt: skip
    def get(self, request: Request, export_id: UUID) -> HttpResponseBase:
        self.asked(inputs.NothingQuery)
        found = services.own(self.by, self.caller.controller_id, export_id)
        path = services.take(by=self.by, export=found)
        return FileStream(path, name=f"consents-{export_id}.{found.form}")
