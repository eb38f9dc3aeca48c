"""Naming a parent of a child and finding out about them (DPDP s.9(1), r.10; CON-22)."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import inputs
from accounts.inputs import NothingQuery
from accounts.operations import ServiceView
from accounts.problems import IDEMPOTENCY_KEY, READ, WRITE, answer, body, problems, refusal
from consent import services
from consent.family import parents
from consent.family.tokens import MAX_TOKEN
from consent.models import BegunBy
from subjects import naming
from subjects.inputs import SubjectField, meant
from subjects.naming import Named

TAGS = ["Children"]
CHECK = "01931c31-2c50-7e11-9a3b-4c5d6e7f8a90"
CHILD = "01931c2e-8f00-7a31-9c5d-2f7a6b1e0c42"
STATED = {
    "id": CHECK, "child": CHILD, "state": "named", "case": 1, "method": "", "outcome": "",
    "lapses_at": "2026-04-13T03:56:50Z", "decided_at": None,
}  # fmt: skip
FOUND = {
    **STATED, "state": "verified", "method": "existing_details", "outcome": "adult_confirmed",
    "decided_at": "2026-03-14T03:58:12Z",
}  # fmt: skip
TRIED = (parents.EXISTING, parents.TOKEN)


class ParentInput(inputs.Input):
    child = SubjectField(help_text=_("Our id, or your own identifier with its scheme."))
    parent = SubjectField(  # type: ignore[assignment] # a member of the wire has this name
        help_text=_("Add them as a subject first, registered or not.")
    )
    begun_by = inputs.Choice(BegunBy.values, help_text=_("Who spoke first."))
    registered = inputs.Flag(
        help_text=_("Whether the parent says to be registered with you, their age on record.")
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {**attrs, **{name: meant(attrs[name], name) for name in ("child", "parent")}}


class ParentCheckInput(inputs.Input):
    method = inputs.Choice(TRIED, help_text=_("`virtual_token` needs a `token`."))
    token = inputs.Text(
        max_length=MAX_TOKEN, required=False, help_text=_("Handed on, and kept nowhere.")
    )


class ParentCheckOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    child = serializers.UUIDField(source="subject_id")
    state = serializers.CharField(
        help_text=_("named, verified, refused, declined, lapsed or ended.")
    )
    case = serializers.SerializerMethodField(help_text=_("Of the four cases of r.10."))
    method = serializers.CharField()
    outcome = serializers.CharField(help_text=_("A code; empty until it was found out."))
    lapses_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)

    def get_case(self, check: Any) -> int:
        return parents.rule_10_case(check.begun_by, is_registered=check.is_registered)


name_parent = extend_schema(
    operation_id="name_parent",
    summary="Name a parent of a child",
    description=(
        "Notes that somebody is said to be the parent of a child, whoever of the two said so. "
        "Nothing follows from it until they are found to be an identifiable adult. Naming them "
        "again gives the verification that stands."
    ),
    tags=TAGS,
    parameters=[IDEMPOTENCY_KEY],
    request=ParentInput,
    responses={201: ParentCheckOutput, **problems(*WRITE)},
    examples=[
        body("By the child", {
            "child": CHILD, "parent": {"scheme": "email", "value": "mira@example.com"},
            "begun_by": "child", "registered": True,
        }),
        answer("Named", STATED, 201),
        refusal(409, "parent_not_needed", "The person is an adult."),
        refusal(404, "subject_unknown", "There is no such subject."),
    ],
)  # fmt: skip
check_parent = extend_schema(
    operation_id="check_parent",
    summary="Verify a parent",
    description=(
        "Finds out whether the parent is an identifiable adult: by reliable details in their own "
        "account here, or by a virtual token of an entity that the law entrusts with such details. "
        "Where they are (`verified`), record their choices with `given_by: parent`. Where not "
        "(`refused`), try the other method. Asking again about a verified one changes nothing. "
        "Never send a document or its number: there is no member for it, and none is kept."
    ),
    tags=TAGS,
    request=ParentCheckInput,
    responses={200: ParentCheckOutput, **problems(*WRITE)},
    examples=[
        body("By their account", {"method": "existing_details"}),
        answer("Verified", FOUND),
        refusal(409, "parent_check_closed", "This verification of a parent is over."),
        refusal(503, "verifier_unavailable", "The parent could not be verified in this way now."),
    ],
)
get_parent = extend_schema(
    operation_id="get_parent_check",
    summary="Where the verification of a parent stands",
    description="The state of one verification, without saying who the parent is.",
    tags=TAGS,
    responses={200: ParentCheckOutput, **problems(*READ)},
    examples=[answer("Verified", FOUND)],
)


class Parents(ServiceView):
    @name_parent
    def post(self, request: Request) -> Response:
        said = self.said(ParentInput)
        status, shown = self.once(lambda: (201, self._name(said)))
        return Response(shown, status)

    def _name(self, said: dict[str, Any]) -> dict[str, Any]:
        check = services.name_parent(
            by=self.by, controller_id=self.caller.controller_id,
            child_id=self._person(said["child"]), parent_id=self._person(said["parent"]),
            begun_by=said["begun_by"], is_registered=said["registered"],
        )  # fmt: skip
        return dict(ParentCheckOutput(check).data)

    def _person(self, who: Named) -> UUID:
        return naming.person(self.caller.controller_id, who).pk


class Parent(ServiceView):
    @get_parent
    def get(self, request: Request, check_id: UUID) -> Response:
        self.asked(NothingQuery)
        check = services.show_parent_check(
            by=self.by, controller_id=self.caller.controller_id, check_id=check_id
        )
        return Response(ParentCheckOutput(check).data)


class ParentCheck(ServiceView):
    """No transaction of ours is open while the verifier is asked: it may take its time."""

    @check_parent
    def post(self, request: Request, check_id: UUID) -> Response:
        said = self.said(ParentCheckInput)
        check = services.check_parent(
            by=self.by, controller_id=self.caller.controller_id, check_id=check_id,
            method=said["method"], token=said.get("token", ""),
        )  # fmt: skip
        return Response(ParentCheckOutput(check).data)
