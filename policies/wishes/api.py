"""Attributes that persons offer, through the management API. Their names go into no record."""

from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import inputs
from accounts.idempotency import Answer
from accounts.operations import ServiceView
from accounts.problems import IDEMPOTENCY_KEY, READ, WRITE, answer, body, problems, refusal
from policies.wishes import services
from subjects.inputs import PersonInput
from subjects.naming import person

TAGS = ["Volunteered attributes"]
PURPOSE = r"[a-z0-9_]+(\.[a-z0-9_]+)*"
MOST = 50
SUBJECT = "01931c2e-8f00-7a31-9c5d-2f7a6b1e0c42"
SENT = {
    "subject": {"scheme": "crm", "value": "CRM-20417"}, "purpose": "marketing.email.offers",
    "attributes": ["diet.vegetarian"],
}  # fmt: skip
HELD = {"subject": SUBJECT, "items": [
    {"purpose": "marketing.email.offers", "attribute": "diet.vegetarian"},
]}  # fmt: skip


class OfferInput(PersonInput):
    purpose = inputs.Code(PURPOSE, max_length=100)
    attributes = serializers.ListField(
        child=inputs.Code(services.TERM.pattern), min_length=1, max_length=MOST,
        help_text=_("Codes of attributes, as your rules name them; never their values."),
    )  # fmt: skip


class OfferedOutput(serializers.Serializer[Any]):
    purpose = serializers.CharField()
    changed = serializers.IntegerField(help_text=_("How many attributes this changed."))


class AttributeOutput(serializers.Serializer[Any]):
    purpose = serializers.CharField()
    attribute = serializers.CharField()


class AttributesOutput(serializers.Serializer[Any]):
    subject = serializers.UUIDField()
    items = AttributeOutput(many=True)


class AttributesQuery(inputs.Query):
    subject = inputs.Id(help_text=_("Our subject id. Your own identifiers never go into a URL."))


offer = extend_schema(
    operation_id="volunteer_attributes",
    summary="Note what a person offers",
    description=(
        "The person told of their own accord, for one purpose, that these attributes may be used. "
        "Rules that spare volunteered attributes let them be used for that purpose alone, from the "
        "next check on. Offer only what the person said themselves, never what was inferred."
    ),
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=OfferInput,
    responses={201: OfferedOutput, **problems(*WRITE)},
    examples=[
        body("One attribute", SENT),
        answer("Noted", {"purpose": "marketing.email.offers", "changed": 1}, 201),
        refusal(422, "purpose_unknown", "There is no such purpose, or it is not approved."),
    ],
)
take_back = extend_schema(
    operation_id="take_attributes_back",
    summary="Note what a person takes back",
    description="They offer it no longer; the next check counts that.",
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=OfferInput,
    responses={200: OfferedOutput, **problems(*WRITE)},
    examples=[
        body("One attribute", SENT),
        answer("Noted", {"purpose": "marketing.email.offers", "changed": 1}),
    ],
)
read = extend_schema(
    operation_id="list_attributes",
    summary="What a person offers",
    description="For the purposes the service is registered for. The reading is recorded.",
    tags=TAGS,
    parameters=[AttributesQuery],
    responses={200: AttributesOutput, **problems(*READ)},
    examples=[answer("One attribute", HELD)],
)


class Attributes(ServiceView):
    @offer
    def post(self, request: Request) -> Response:
        said = self.said(OfferInput)
        self.need(said["purpose"])
        status, made = self.once(lambda: self._offer(said))
        return Response(made, status)

    @read
    def get(self, request: Request) -> Response:
        asked = self.asked(AttributesQuery)
        found = services.show_attributes(
            by=self.by, controller_id=self.caller.controller_id, subject_id=asked["subject"],
            purposes=self.purposes,
        )  # fmt: skip
        items = [{"purpose": purpose, "attribute": name} for purpose, name in found]
        return Response(AttributesOutput({"subject": asked["subject"], "items": items}).data)

    def _offer(self, said: dict[str, Any]) -> Answer:
        controller_id = self.caller.controller_id
        new = services.volunteer(
            by=self.by, controller_id=controller_id,
            subject_id=person(controller_id, said["subject"]).id, purpose=said["purpose"],
            attributes=said["attributes"],
        )  # fmt: skip
        return HTTPStatus.CREATED, {"purpose": said["purpose"], "changed": len(new)}


class AttributesTakenBack(ServiceView):
    @take_back
    def post(self, request: Request) -> Response:
        said = self.said(OfferInput)
        self.need(said["purpose"])
        status, made = self.once(lambda: self._take_back(said))
        return Response(made, status)

    def _take_back(self, said: dict[str, Any]) -> Answer:
        controller_id = self.caller.controller_id
        count = services.take_back(
            by=self.by, controller_id=controller_id,
            subject_id=person(controller_id, said["subject"]).id, purpose=said["purpose"],
            attributes=said["attributes"],
        )  # fmt: skip
        return HTTPStatus.OK, {"purpose": said["purpose"], "changed": count}
