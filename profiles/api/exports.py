"""Exports of profiles for services: ask for one, ask how far it is, take the file."""

from typing import Any, Final
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
from profiles.models import ExportState
from profiles.services import exporting

TAGS: Final = ["Profiles"]
PURPOSE: Final = r"[a-z0-9_]+(\.[a-z0-9_]+)*"
SLUG: Final = r"[a-zA-Z0-9_-]+"
_PERSON: Final = "01978f7e-0000-7000-8000-00000000cafe"
_EXPORT: Final[dict[str, Any]] = {
    "id": "01931c40-2c00-7a11-8d3e-4b5a6c7d8e9f", "state": "ready", "people": 1200, "shown": 1187,
    "purpose": "marketing.email.offers", "watermark": "K7QW2M5X3T4B6N7P",
    "size_bytes": 270113, "expires_at": "2026-11-25T06:00:41Z",
    "sha256": "5f1d6cf0a3e8b9d27c4e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c",
}  # fmt: skip


class ProfileExportInput(inputs.Input):
    purpose = inputs.Code(PURPOSE, max_length=100)
    subjects = serializers.ListField(
        child=inputs.Id(), min_length=1, max_length=exporting.MOST_PEOPLE,
        help_text=_("Our ids of the people."),
    )  # fmt: skip
    reason = inputs.Text(max_length=300, help_text=_("Why; it is kept for good and names nobody."))
    role = inputs.Code(SLUG, max_length=60, required=False)
    unit = inputs.Code(SLUG, max_length=60, required=False, allow_blank=True)


class ProfileExportOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(
        ExportState.values, help_text=_("requested: it waits for an officer's approval.")
    )
    people = serializers.IntegerField(help_text=_("How many were asked for."))
    shown = serializers.IntegerField(help_text=_("How many are in the file."))
    purpose = serializers.CharField()
    watermark = serializers.CharField(help_text=_("Stands in each line; empty until approved."))
    size_bytes = serializers.IntegerField(source="size")
    expires_at = serializers.DateTimeField(
        allow_null=True, help_text=_("When the file is deleted; null while there is none.")
    )
    sha256 = serializers.CharField(help_text=_("Of the file; empty while there is none."))


class ProfileExports(ServiceView):
    @extend_schema(
        operation_id="ask_for_profile_export",
        summary="Ask for profiles of many as a file",
        description=(
            "Asks for the profiles of up to 10,000 people as a CSV file. An officer approves or "
            "refuses; then a job reads each person as this service sees them, records each "
            "reading, and marks each line. Data of special categories and about children stay "
            "out. Who is not there for the service is left out."
        ),
        tags=TAGS,
        parameters=[IDEMPOTENCY_KEY],
        request=ProfileExportInput,
        responses={202: ProfileExportOutput, **problems(*WRITE)},
        examples=[
            body("One person", {"purpose": "marketing.email.offers", "subjects": [_PERSON],
                                "reason": "Yearly review of offers"}),
            answer("Asked for", {**_EXPORT, "state": "requested", "shown": 0, "watermark": "",
                                 "size_bytes": 0, "expires_at": None, "sha256": ""}, 202),
            refusal(403, "no_seat", "You have no seat from which profiles are read."),
        ],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        said = self.said(ProfileExportInput)
        self.need(said["purpose"])
        status, made = self.once(lambda: (202, self._request(said)))
        return Response(made, status)

    def _request(self, said: dict[str, Any]) -> dict[str, Any]:
        export = exporting.request_export(
            by=self.by, controller_id=self.caller.controller_id, subject_ids=said["subjects"],
            purpose=said["purpose"], reason=said["reason"], role=said.get("role"),
            unit=said.get("unit"),
        )  # fmt: skip
        return dict(ProfileExportOutput(export).data)


class ProfileExport(ServiceView):
    @extend_schema(
        operation_id="read_profile_export",
        summary="How far an export of profiles is",
        description="An export that this service asked for; of others it is not told.",
        tags=TAGS,
        responses={200: ProfileExportOutput, **problems(*READ)},
        examples=[answer("Ready", _EXPORT)],
    )
    def get(self, request: Request, export_id: UUID) -> Response:
        self.asked(inputs.NothingQuery)
        found = exporting.own_export(self.by, self.caller.controller_id, export_id)
        return Response(ProfileExportOutput(found).data)


class ProfileExportFile(ServiceView):
    @extend_schema(
        operation_id="take_profile_export",
        summary="Take the file of an export of profiles",
        description="The file, until it is deleted. Each taking is recorded.",
        tags=TAGS,
        responses={
            (200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY, "The lines."),
            **problems(*READ, 409, 410),
        },
        examples=[
            OpenApiExample(
                "CSV", "watermark,person,email\r\n", response_only=True, status_codes=["200"],
                media_type="application/octet-stream",
            ),
            refusal(409, "export_not_ready", "The export waits for approval."),
        ],
    )  # fmt: skip
    def get(self, request: Request, export_id: UUID) -> HttpResponseBase:
        self.asked(inputs.NothingQuery)
        found = exporting.own_export(self.by, self.caller.controller_id, export_id)
        path = exporting.take_export(by=self.by, export=found)
        return FileStream(path, name=found.name)
