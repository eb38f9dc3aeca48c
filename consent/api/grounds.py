"""Grounds other than consent through the management API (DPDP s.7; GDPR 6(1)(b)-(f), 9(2))."""

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
from accounts.operations import ServiceView
from accounts.problems import IDEMPOTENCY_KEY, READ, WRITE, answer, body, problems, refusal
from consent import resting, services
from consent.api.examples import SUBJECT
from consent.api.serializers import PURPOSE, REFERENCE, WORD
from consent.grounds import NEEDS
from consent.services import Evidence, kept
from subjects.inputs import PersonInput
from subjects.naming import person

TAGS = ["Grounds"]
GROUND = "01931c32-0000-7d00-8000-0a1b2c3d4e5f"
DELIVERY = "orders.delivery"
SENT = {
    "subject": SUBJECT, "purpose": DELIVERY, "ground": "6-1-b", "reference": "contract-77",
}  # fmt: skip
VOLUNTEERED = {
    "subject": SUBJECT, "purpose": DELIVERY, "ground": "s7a",
    "provided_at": "2026-03-14T09:30:00+05:30",
}  # fmt: skip
SHOWN: dict[str, Any] = {
    "id": GROUND, "subject": SUBJECT, "purpose": DELIVERY, "pack": "EU", "ground": "6-1-b",
    "state": "active", "missing": [], "provided_at": None, "reference": "contract-77",
    "citation": "", "assessment": None, "ends_on": None, "recorded_at": "2026-03-14T04:00:02Z",
    "ended_at": None,
}  # fmt: skip


class GroundEvidenceInput(inputs.Input):
    provided_at = inputs.Moment(
        required=False, help_text=_("s7a: when the person gave the data of their own accord.")
    )
    reference = inputs.Code(
        REFERENCE, max_length=120, required=False,
        help_text=_("Your own reference of the contract, application, order or incident."),
    )  # fmt: skip
    citation = inputs.Code(
        REFERENCE, max_length=200, required=False, help_text=_("The law and the place in it.")
    )
    assessment = inputs.Id(
        required=False, help_text=_("6-1-f: the approved legal finding that balanced interests.")
    )


class GroundInput(GroundEvidenceInput, PersonInput):
    purpose = inputs.Code(PURPOSE, max_length=100)
    ground = inputs.Choice(sorted(NEEDS))
    ends_on = inputs.Day(required=False, help_text=_("The last day it counts."))
    claim = inputs.Flag(
        required=False, help_text=_("Only claimed: evidence follows, and it does not count yet.")
    )


class GroundEndInput(inputs.Input):
    reason = inputs.Code(WORD, required=False, help_text=_("A code of yours, never words."))


class GroundOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    subject = serializers.UUIDField(source="subject_id")
    purpose = serializers.CharField(source="purpose.code")
    pack = serializers.CharField()
    ground = serializers.CharField()
    state = serializers.SerializerMethodField(help_text=_("claimed, active or ended"))
    missing = serializers.SerializerMethodField(help_text=_("What it needs before it counts."))
    provided_at = serializers.DateTimeField(allow_null=True)
    reference = serializers.CharField()
    citation = serializers.CharField()
    assessment = serializers.UUIDField(source="assessment_id", allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    recorded_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_state(self, row: Any) -> str:
        return resting.standing(row).value

    def get_missing(self, row: Any) -> list[str]:
        return kept.missing_evidence(row)


class GroundsOutput(serializers.Serializer[Any]):
    items = GroundOutput(many=True)


class GroundsQuery(inputs.Query):
    subject = inputs.Id(help_text=_("Our subject id. Your own identifiers never go into a URL."))


record = extend_schema(
    operation_id="record_ground",
    summary="Record a ground other than consent",
    description=(
        "Why this person's data may be used for a purpose without their consent, with the evidence "
        "that the ground needs: a reference (6-1-b, 6-1-d, s7f, s7i), a citation of the law "
        "(6-1-c, 6-1-e, s7c, s7d, s7g, s7h), both (s7b, s7e), an approved balancing test (6-1-f), "
        "or when the person gave the data of their own accord (s7a). Without it nothing is "
        "recorded, unless as a `claim`, which does not count. It is evidence: whether data may be "
        "used is answered by the decision point alone."
    ),
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=GroundInput,
    responses={201: GroundOutput, **problems(*WRITE)},
    examples=[
        body("A contract", SENT),
        body("Volunteered data", VOLUNTEERED),
        answer("Active", SHOWN, 201),
        refusal(422, "ground_evidence_missing", "The ground needs on record: citation."),
        refusal(422, "ground_not_declared", "The purpose does not rest on this ground."),
    ],
)
read = extend_schema(
    operation_id="list_grounds",
    summary="The grounds other than consent",
    description="Of one person, about the purposes the service is registered for. It is recorded.",
    tags=TAGS,
    parameters=[GroundsQuery],
    responses={200: GroundsOutput, **problems(*READ)},
    examples=[answer("A contract", {"items": [SHOWN]})],
)
complete = extend_schema(
    operation_id="complete_ground",
    summary="Complete a claimed ground",
    description="Adds the evidence that a claim lacked; then it is active.",
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=GroundEvidenceInput,
    responses={200: GroundOutput, **problems(*WRITE)},
    examples=[body("Its reference", {"reference": "contract-77"}), answer("Active", SHOWN)],
)
end = extend_schema(
    operation_id="end_ground",
    summary="End a ground",
    description="It holds no longer: the contract has ended, the law has changed.",
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=GroundEndInput,
    responses={200: GroundOutput, **problems(*WRITE)},
    examples=[
        body("The contract ended", {"reason": "contract_ended"}),
        answer("Ended", {**SHOWN, "state": "ended", "ended_at": "2026-09-01T08:00:00Z"}),
    ],
)


def evidence(said: dict[str, Any]) -> Evidence:
    """What a checked body brings forward."""
    return Evidence(
        provided_at=said.get("provided_at"), reference=said.get("reference", ""),
        citation=said.get("citation", ""), assessment_id=said.get("assessment"),
    )  # fmt: skip


class Grounds(ServiceView):
    @record
    def post(self, request: Request) -> Response:
        said = self.said(GroundInput)
        self.need(said["purpose"])
        status, made = self.once(lambda: self._record(said))
        return Response(made, status)

    @read
    def get(self, request: Request) -> Response:
        asked = self.asked(GroundsQuery)
        found = kept.show_grounds(
            by=self.by, controller_id=self.caller.controller_id, subject_id=asked["subject"],
            purposes=self.purposes,
        )  # fmt: skip
        return Response(GroundsOutput({"items": found}).data)

    def _record(self, said: dict[str, Any]) -> Answer:
        controller_id = self.caller.controller_id
        made = services.record_ground(
            by=self.by, controller_id=controller_id,
            subject_id=person(controller_id, said["subject"]).id, purpose=said["purpose"],
            ground=said["ground"], evidence=evidence(said), ends_on=said.get("ends_on"),
            is_claim=said.get("claim", False),
        )  # fmt: skip
        return HTTPStatus.CREATED, dict(GroundOutput(made).data)


class GroundEvidence(ServiceView):
    @complete
    def post(self, request: Request, ground_id: UUID) -> Response:
        said = self.said(GroundEvidenceInput)
        status, made = self.once(lambda: self._complete(ground_id, said))
        return Response(made, status)

    def _complete(self, ground_id: UUID, said: dict[str, Any]) -> Answer:
        controller_id = self.caller.controller_id
        kept.need_ground(controller_id, ground_id, self.purposes)
        found = services.activate_ground(
            by=self.by, controller_id=controller_id, ground_id=ground_id, evidence=evidence(said)
        )
        return HTTPStatus.OK, dict(GroundOutput(found).data)


class GroundEnd(ServiceView):
    @end
    def post(self, request: Request, ground_id: UUID) -> Response:
        said = self.said(GroundEndInput)
        status, made = self.once(lambda: self._end(ground_id, said))
        return Response(made, status)

    def _end(self, ground_id: UUID, said: dict[str, Any]) -> Answer:
        controller_id = self.caller.controller_id
        kept.need_ground(controller_id, ground_id, self.purposes)
        found = services.end_ground(
            by=self.by, controller_id=controller_id, ground_id=ground_id,
            reason=said.get("reason", ""),
        )  # fmt: skip
        return HTTPStatus.OK, dict(GroundOutput(found).data)
