"""Commitments of a person through the management API (DPDP s.6(5); CON-17)."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import inputs
from accounts.idempotency import Answer
from accounts.inputs import NothingQuery
from accounts.operations import ServiceView
from accounts.problems import IDEMPOTENCY_KEY, READ, WRITE, answer, body, problems, refusal
from consent import services
from consent.api.examples import PURPOSE, SUBJECT
from consent.api.serializers import PURPOSE as PURPOSE_FORM
from consent.api.serializers import REFERENCE
from consent.services import kept
from subjects.inputs import PersonInput
from subjects.naming import person

TAGS = ["Commitments"]
COMMITMENT = "01931c31-0000-7d00-8000-0a1b2c3d4e5f"
SENT = {
    "subject": {"scheme": "crm", "value": "CRM-20417"}, "purpose": PURPOSE,
    "reference": "order-2026-118", "started_at": "2026-03-14T09:30:00+05:30",
}  # fmt: skip
SHOWN = {
    "id": COMMITMENT, "subject": SUBJECT, "purpose": PURPOSE, "reference": "order-2026-118",
    "started_at": "2026-03-14T04:00:00Z", "ends_at": None, "recorded_at": "2026-03-14T04:00:02Z",
}  # fmt: skip


class CommitmentInput(PersonInput):
    purpose = inputs.Code(PURPOSE_FORM, max_length=100)
    reference = inputs.Code(
        REFERENCE, max_length=80,
        help_text=_("Your own reference of the order or contract; name it in the check."),
    )  # fmt: skip
    started_at = inputs.Moment(help_text=_("When the person ordered or signed."))
    ends_at = inputs.Moment(required=False, help_text=_("When it is met for certain."))


class CommitmentOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    subject = serializers.UUIDField(source="subject_id")
    purpose = serializers.CharField(source="purpose.code")
    reference = serializers.CharField()
    started_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True, help_text=_("Null: no end known yet."))
    recorded_at = serializers.DateTimeField()


class CommitmentsOutput(serializers.Serializer[Any]):
    items = CommitmentOutput(many=True)


class CommitmentsQuery(inputs.Query):
    subject = inputs.Id(help_text=_("Our subject id. Your own identifiers never go into a URL."))


record = extend_schema(
    operation_id="record_commitment",
    summary="Report a commitment",
    description=(
        "An order or contract that began before a withdrawal may still be fulfilled, and nothing "
        "else. Report it when it begins. Once the person has withdrawn, only what began within the "
        "last seven days is taken. Reporting the same again changes nothing."
    ),
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=CommitmentInput,
    responses={201: CommitmentOutput, **problems(*WRITE)},
    examples=[
        body("An order", SENT),
        answer("On record", SHOWN, 201),
        refusal(409, "commitment_taken", "A commitment of this reference says something else."),
        refusal(422, "commitment_time_invalid", "A commitment starts before it is reported."),
    ],
)
read = extend_schema(
    operation_id="list_commitments",
    summary="The commitments to a person",
    description="About the purposes the service is registered for, newest first. It is recorded.",
    tags=TAGS,
    parameters=[CommitmentsQuery],
    responses={200: CommitmentsOutput, **problems(*READ)},
    examples=[answer("One order", {"items": [SHOWN]})],
)
end = extend_schema(
    operation_id="end_commitment",
    summary="End a commitment",
    description="It was met or given up: from the next check on nothing rests on it.",
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=None,
    responses={200: CommitmentOutput, **problems(*WRITE)},
    examples=[answer("Ended", {**SHOWN, "ends_at": "2026-03-20T10:00:00Z"})],
)


class Commitments(ServiceView):
    @record
    def post(self, request: Request) -> Response:
        said = self.said(CommitmentInput)
        self.need(said["purpose"])
        status, made = self.once(lambda: self._record(said))
        return Response(made, status)

    @read
    def get(self, request: Request) -> Response:
        asked = self.asked(CommitmentsQuery)
        found = kept.show_commitments(
            by=self.by, controller_id=self.caller.controller_id, subject_id=asked["subject"],
            purposes=self.purposes,
        )  # fmt: skip
        return Response(CommitmentsOutput({"items": found}).data)

    def _record(self, said: dict[str, Any]) -> Answer:
        controller_id = self.caller.controller_id
        made = services.record_commitment(
            by=self.by, controller_id=controller_id,
            subject_id=person(controller_id, said["subject"]).id, purpose=said["purpose"],
            reference=said["reference"], started_at=said["started_at"],
            ends_at=said.get("ends_at"),
        )  # fmt: skip
        return HTTPStatus.CREATED, dict(CommitmentOutput(made).data)


class CommitmentEnd(ServiceView):
    @end
    def post(self, request: Request, commitment_id: UUID) -> Response:
        self.said(NothingQuery)
        status, made = self.once(lambda: self._end(commitment_id))
        return Response(made, status)

    def _end(self, commitment_id: UUID) -> Answer:
        controller_id = self.caller.controller_id
        kept.need_commitment(controller_id, commitment_id, self.purposes)
        found = services.end_commitment(
            by=self.by, controller_id=controller_id, commitment_id=commitment_id
        )
        return HTTPStatus.OK, dict(CommitmentOutput(found).data)
