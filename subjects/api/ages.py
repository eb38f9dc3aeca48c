"""What services learn of a person's age (CON-22)."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import inputs
from accounts.operations import ServiceView
from accounts.problems import IDEMPOTENCY_KEY, WRITE, answer, body, problems, refusal
from subjects import age, ages, naming
from subjects.ages import Age
from subjects.api.documents import SUBJECT, TAGS
from subjects.inputs import PersonInput, fault
from subjects.models import AgeState, Assurance


class AgeInput(PersonInput):
    age_state = inputs.Choice([one for one in AgeState.values if one != ages.UNKNOWN])
    age_assurance = inputs.Choice([one for one in Assurance.values if one != ages.UNKNOWN])
    adult_on = inputs.Day(required=False, help_text=_("When a child comes of age."))
    born_on = inputs.Day(
        required=False, help_text=_("Instead of `adult_on`; it is reckoned with, and not kept.")
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        born_on = attrs.pop("born_on", None)
        if born_on and "adult_on" in attrs:
            raise fault("born_on", "twice", _("Say it in one of the two ways."))
        if born_on:
            attrs["adult_on"] = ages.adult_on(born_on)
        return attrs


class AgeOutput(serializers.Serializer[Any]):
    subject = serializers.UUIDField(source="id")
    age_state = serializers.CharField()
    age_assurance = serializers.CharField()
    adult_on = serializers.DateField(allow_null=True, help_text=_("Null: unknown."))


report_age = extend_schema(
    operation_id="report_age",
    summary="Report what was learnt of a person’s age",
    description=(
        "Puts on record whether the person is a child or an adult, and how that is known; the next "
        "decision counts it. That somebody is a child is believed at once, and recalls permits "
        "still valid. What would end a childhood on record sooner than the clock does has to be "
        "`verified`. Of a child say when they come of age, or when they were born, so that "
        "reliance on a parent can end on the day."
    ),
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=AgeInput,
    responses={200: AgeOutput, **problems(*WRITE)},
    examples=[
        body("A child", {
            "subject": SUBJECT, "age_state": "child", "age_assurance": "declared",
            "born_on": "2012-02-29",
        }),
        answer("On record", {
            "subject": SUBJECT, "age_state": "child", "age_assurance": "declared",
            "adult_on": "2030-03-01",
        }),
        refusal(409, "age_step_refused", "Such an age cannot be, or would end a childhood."),
        refusal(404, "subject_unknown", "There is no such subject."),
    ],
)  # fmt: skip


class Ages(ServiceView):
    @report_age
    def post(self, request: Request) -> Response:
        said = self.said(AgeInput)
        status, shown = self.once(lambda: (200, self._report(said)))
        return Response(shown, status)

    def _report(self, said: dict[str, Any]) -> dict[str, Any]:
        person = naming.person(self.caller.controller_id, said["subject"])
        learnt = Age(said["age_state"], said["age_assurance"], said.get("adult_on"))
        found = age.report(by=self.by, subject=person, age=learnt)
        return dict(AgeOutput(found).data)
