"""What services put on record of where a person's data come from (PRO-09)."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import inputs
from accounts.operations import ServiceView
from accounts.problems import IDEMPOTENCY_KEY, WRITE, answer, body, problems, refusal
from subjects import naming, provenance
from subjects.api.documents import SUBJECT, TAGS
from subjects.inputs import PersonInput
from subjects.models import ProvenanceKind

CATEGORY: Final = r"[^\s=]+"


class FlagNamedInput(PersonInput):
    kind = inputs.Choice(
        ProvenanceKind.values,
        help_text=_(
            "`outsourced`: of somebody not in India, under a contract with somebody abroad (DPDP "
            "s.17(1)(d)); `published`: made public by the person or by legal duty (s.3(c)(ii))."
        ),
    )
    category = inputs.Code(
        CATEGORY, max_length=60, required=False, allow_blank=True, default="",
        help_text=_("The data category that was made public; empty for an outsourcing."),
    )  # fmt: skip


class FlagInput(FlagNamedInput):
    reference = inputs.Text(
        max_length=provenance.LONGEST,
        help_text=_("The contract, or where and when the data were made public."),
    )
    valid_until = inputs.Day(required=False, help_text=_("Last day it counts; absent: open."))


class FlagOutput(serializers.Serializer[Any]):
    kind = serializers.CharField()
    category = serializers.CharField()
    reference = serializers.CharField()
    valid_until = serializers.DateField(allow_null=True, help_text=_("Null: open."))


class FlagEndedOutput(serializers.Serializer[Any]):
    kind = serializers.CharField()
    category = serializers.CharField()
    ended_at = serializers.DateTimeField()


_NAMED: Final = {"kind": "outsourced", "category": ""}
_SAID: Final = {**_NAMED, "reference": "MSA-2026-114", "valid_until": "2027-03-31"}
_UNKNOWN: Final = refusal(404, "subject_unknown", "There is no such subject.")

set_provenance = extend_schema(
    operation_id="set_provenance",
    summary="Say where a person’s data come from",
    description=(
        "Puts a provenance flag on record that takes data out of India's Act: data of somebody who "
        "is not in India, processed under a contract with somebody abroad, or a category of data "
        "that was made public. It needs a reference to what shows it. Decisions then leave India's "
        "rules aside and cite the section; other laws, the company's own rules, the rules about "
        "children, and whatever the person said no to, count as before. It counts from the next "
        "decision on. Said again with another reference or day it replaces the flag."
    ),
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=FlagInput,
    responses={201: FlagOutput, **problems(*WRITE)},
    examples=[
        body("Under an outsourcing contract", {"subject": SUBJECT, **_SAID}),
        answer("On record", _SAID, 201),
        refusal(409, "provenance_resident", "The person lives in India."),
        refusal(422, "provenance_reference_missing", "A flag needs the contract it rests on."),
        refusal(422, "provenance_category", "What was made public is named by a category."),
        _UNKNOWN,
    ],
)
end_provenance = extend_schema(
    operation_id="end_provenance",
    summary="End a provenance flag",
    description=(
        "The flag counts no longer from the next decision on, and permits still valid are recalled."
    ),
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=FlagNamedInput,
    responses={200: FlagEndedOutput, **problems(*WRITE)},
    examples=[
        body("The contract is over", {"subject": SUBJECT, **_NAMED}),
        answer("Ended", {**_NAMED, "ended_at": "2026-03-14T03:56:50Z"}),
        refusal(409, "provenance_ended", "No such flag stands about the person."),
        _UNKNOWN,
    ],
)


class Flags(ServiceView):
    @set_provenance
    def post(self, request: Request) -> Response:
        said = self.said(FlagInput)
        status, shown = self.once(lambda: (201, self._set(said)))
        return Response(shown, status)

    def _set(self, said: dict[str, Any]) -> dict[str, Any]:
        made = provenance.set_flag(
            by=self.by, subject=naming.person(self.caller.controller_id, said["subject"]),
            kind=said["kind"], category=said["category"], reference=said["reference"],
            valid_until=said.get("valid_until"),
        )  # fmt: skip
        return dict(FlagOutput(made).data)


class FlagEnd(ServiceView):
    @end_provenance
    def post(self, request: Request) -> Response:
        said = self.said(FlagNamedInput)
        status, shown = self.once(lambda: (200, self._end(said)))
        return Response(shown, status)

    def _end(self, said: dict[str, Any]) -> dict[str, Any]:
        ended = provenance.end_flag(
            by=self.by, subject=naming.person(self.caller.controller_id, said["subject"]),
            kind=said["kind"], category=said["category"],
        )  # fmt: skip
        return dict(FlagEndedOutput(ended).data)
