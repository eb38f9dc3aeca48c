"""What services learn of how people stand to each other: accounts, households, employers."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import inputs
from accounts.operations import ServiceView
from accounts.problems import IDEMPOTENCY_KEY, WRITE, answer, body, problems, refusal
from subjects import naming, relations
from subjects.api.documents import SUBJECT, TAGS
from subjects.inputs import SubjectField, meant

KINDS: Final = ("account_holder", "employer", "household", "joint_holder")
"""Who decides for whom is found out otherwise (docs/children.md): no service just says so."""
SLUG: Final = r"[a-zA-Z0-9_-]+"
CODE: Final = r"[A-Za-z0-9][A-Za-z0-9_.:-]*"
OTHER: Final = "01931c2e-8f00-7a31-9c5d-2f7a6b1e0c43"


class EndInput(inputs.Input):
    subject = SubjectField(help_text=_("Our id, or your own identifier with its scheme."))
    related = SubjectField(help_text=_("The other person, named in the same ways."))
    kind = inputs.Choice(KINDS, help_text=_("What `subject` is to `related`."))
    unit = inputs.Code(
        SLUG, max_length=60, required=False, allow_blank=True, default="",
        help_text=_("The business unit at which it holds; empty: everywhere."),
    )  # fmt: skip

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Each names a person in one of the two ways."""
        return {**attrs, **{who: meant(attrs[who], who) for who in ("subject", "related")}}


class RelationshipInput(EndInput):
    verified_by = inputs.Code(
        CODE, max_length=80, help_text=_("How it was verified, by a code: `account-opening`.")
    )
    ends_on = inputs.Day(required=False, help_text=_("From this day on it counts no longer."))


class RelationshipOutput(serializers.Serializer[Any]):
    kind = serializers.CharField()
    unit = serializers.CharField()
    verified_by = serializers.CharField()
    ends_on = serializers.DateField(allow_null=True, help_text=_("Null: open."))


class EndedOutput(serializers.Serializer[Any]):
    ended = serializers.IntegerField(help_text=_("How many there were: none or one."))


_TIE: Final = {"subject": SUBJECT, "related": OTHER, "kind": "joint_holder", "unit": "savings"}
_SHOWN: Final = {
    "kind": "joint_holder", "unit": "savings", "verified_by": "account-opening", "ends_on": None,
}  # fmt: skip
_REFUSALS: Final = [
    refusal(403, "unit_not_yours", "No system of yours keeps what this unit knows."),
    refusal(404, "subject_unknown", "There is no such subject."),
]

record_relationship = extend_schema(
    operation_id="record_relationship",
    summary="Record how a person stands to another",
    description=(
        "Says that `subject` holds the account of `related`, holds one together with them, is of "
        "their household, or holds the account of their employer. Readers of the unit may then "
        "look at them in that capacity, as far as the company's matrix shows it. Only a service "
        "whose connected system is of that unit may say so. Households and joint accounts are "
        "mutual: said from either side, it is one relationship. What turns verified relationships "
        "round is refused."
    ),
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=RelationshipInput,
    responses={201: RelationshipOutput, **problems(*WRITE)},
    examples=[
        body("A joint account", {**_TIE, "verified_by": "account-opening"}),
        answer("On record", _SHOWN, 201),
        refusal(409, "relationship_cycle", "Verified relationships say the contrary."),
        *_REFUSALS,
    ],
)
end_relationship = extend_schema(
    operation_id="end_relationship",
    summary="End a relationship",
    description="Nobody looks at anybody in that capacity any more, from the next reading on.",
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=EndInput,
    responses={200: EndedOutput, **problems(*WRITE)},
    examples=[body("The account was closed", _TIE), answer("Ended", {"ended": 1}), *_REFUSALS],
)


class Relationships(ServiceView):
    @record_relationship
    def post(self, request: Request) -> Response:
        said = self.said(RelationshipInput)
        status, shown = self.once(lambda: (201, self._record(said)))
        return Response(shown, status)

    def _record(self, said: dict[str, Any]) -> dict[str, Any]:
        made = relations.report(
            by=self.by, subject=naming.person(self.caller.controller_id, said["subject"]),
            related_id=naming.person(self.caller.controller_id, said["related"]).id,
            kind=said["kind"], unit=said["unit"], verified_by=said["verified_by"],
            ends_on=said.get("ends_on"),
        )  # fmt: skip
        return dict(RelationshipOutput(made).data)


class RelationshipEnd(ServiceView):
    @end_relationship
    def post(self, request: Request) -> Response:
        said = self.said(EndInput)
        status, shown = self.once(lambda: (200, {"ended": self._end(said)}))
        return Response(shown, status)

    def _end(self, said: dict[str, Any]) -> int:
        return relations.report_end(
            by=self.by, subject=naming.person(self.caller.controller_id, said["subject"]),
            related_id=naming.person(self.caller.controller_id, said["related"]).id,
            kind=said["kind"], unit=said["unit"],
        )  # fmt: skip
