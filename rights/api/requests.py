"""Requests of people for services: take one in, ask how far it is, take it back."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import inputs
from accounts.errors import ReadNotRecordedError
from accounts.operations import ServiceView
from accounts.problems import IDEMPOTENCY_KEY, READ, WRITE, answer, body, problems, refusal
from audit import services as audit
from audit.actors import SubjectRef, Target
from erasure.scopes import ScopeType
from rights import selectors, services
from rights.grounds import IDENTIFIED
from rights.models import Channel, RequestKind, RequestState
from rights.models import Request as RequestRow
from subjects import selectors as subjects

TAGS: Final = ["Rights"]
RIGHTS: Final = "sys.rights"
SCOPE: Final = r"[A-Za-z0-9_.:/-]*"
CHANNELS: Final = (Channel.API, Channel.PHONE, Channel.PAPER)
_SHARED: Final = " Only services that are registered for `sys.rights` may call this."
_PERSON: Final = "01978f7e-0000-7000-8000-00000000cafe"
_REQUEST: Final[dict[str, Any]] = {
    "id": "01978f7e-51c4-7b0a-9a51-0d4be52a3c11", "subject": _PERSON, "kind": "erasure",
    "scope_type": "everything", "scope": "", "attribute": "", "channel": "api",
    "state": "working", "law": "IN",
    "received_at": "2026-11-20T08:00:00Z", "due_at": "2027-02-18T08:00:00Z",
    "extended_at": None, "identified_how": "service",
    "erasure_case": "01978f7e-51c5-7b0a-9a51-0d4be52a3c12", "answered_at": None, "answer": "",
}  # fmt: skip
_MISSING: Final = refusal(404, "request_missing", "There is no such request.")


class RequestInput(inputs.Input):
    subject = inputs.Id(help_text=_("Our id of the person."))
    kind = inputs.Choice(RequestKind.values)
    scope_type = inputs.Choice(ScopeType.values, default=ScopeType.EVERYTHING.value)
    scope = inputs.Code(
        SCOPE, max_length=100, default="", allow_blank=True,
        help_text=_("The code of the purpose or data category; empty for everything."),
    )  # fmt: skip
    channel = inputs.Choice([one.value for one in CHANNELS], default=Channel.API.value)
    received_at = inputs.Moment(
        required=False, help_text=_("When it reached the company; its clock counts from then.")
    )
    identified_how = inputs.Choice(
        list(IDENTIFIED), required=False,
        help_text=_("How it was settled who asks; without it an officer settles it."),
    )  # fmt: skip
    attribute = inputs.Code(
        r"[a-z0-9_.]*", max_length=60, default="", allow_blank=True,
        help_text=_("Of a correction: the attribute's code, or email or phone."),
    )  # fmt: skip
    value = serializers.JSONField(
        required=False, help_text=_("Of a correction: what is right, as the person says.")
    )


class RequestsQuery(inputs.Query):
    subject = inputs.Id(required=False, help_text=_("Requests of one person only."))
    state = inputs.Choice(RequestState.values, required=False)
    before = inputs.Id(required=False, help_text=_("The last id of the page before."))
    limit = serializers.IntegerField(min_value=1, max_value=100, default=50)


class RequestOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    subject = serializers.UUIDField(source="subject_id")
    kind = serializers.ChoiceField(RequestKind.values)
    scope_type = serializers.ChoiceField(ScopeType.values)
    scope = serializers.CharField(allow_blank=True)
    attribute = serializers.CharField(
        allow_blank=True, help_text=_("Of a correction: what is to be put right.")
    )
    channel = serializers.ChoiceField(Channel.values)
    state = serializers.ChoiceField(RequestState.values)
    law = serializers.CharField(source="pack", help_text=_("By whose law its clock counts."))
    received_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    extended_at = serializers.DateTimeField(allow_null=True)
    identified_how = serializers.CharField(allow_blank=True)
    erasure_case = serializers.UUIDField(source="case_id", allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField(source="answer_code", allow_blank=True)


class RequestsOutput(serializers.Serializer[Any]):
    items = RequestOutput(many=True)
    next_before = serializers.UUIDField(allow_null=True, help_text=_("Null: the last page."))


class RightsView(ServiceView):
    """An operation of services that deal with people's rights."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.need(RIGHTS)

    def note(self, people: Sequence[UUID], target: str = "") -> None:
        """Who is shown stands in the log before it is answered (P11). Raises
        ReadNotRecordedError."""
        log = self.caller.controller_id
        whom = list(dict.fromkeys(people))
        known = subjects.in_bulk(log, whom)
        shown: list[SubjectRef | None] = [
            SubjectRef(one, known[one].pseudonym if one in known else None) for one in whom
        ]
        data = {"what": "rights_requests", "shown": len(shown)}
        try:
            audit.record_many(
                audit.Draft(
                    event="record:read", by=self.by, controller_id=log, subject=one, data=data,
                    target=Target("rights_requests", target),
                )
                for one in shown or [None]
            )  # fmt: skip
        except DatabaseError:
            raise ReadNotRecordedError from None


class RightsRequests(RightsView):
    @extend_schema(
        operation_id="receive_rights_request",
        summary="Take a person's request in",
        description=(
            "A request to erase data, to be given a copy of them, or to have them put right. Its "
            "clock counts from when it reached the company. Where it is settled who asks, an "
            "erasure begins at once and a copy is made; an officer decides on a correction. The "
            "same request that still waits is answered as it is." + _SHARED
        ),
        tags=TAGS,
        parameters=[IDEMPOTENCY_KEY],
        request=RequestInput,
        responses={201: RequestOutput, **problems(*WRITE)},
        examples=[
            body("To be erased", {"subject": _PERSON, "kind": "erasure",
                                  "identified_how": "service"}),
            answer("It is being done", _REQUEST, 201),
            refusal(404, "subject_unknown", "There is no such person."),
            refusal(409, "correction_under_way", "The same is being put right already."),
            refusal(422, "request_received_in_future", "A request was received in the past."),
        ],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        said = self.said(RequestInput)
        status, made = self.once(lambda: (201, self._receive(said)))
        return Response(made, status)

    def _receive(self, said: dict[str, Any]) -> dict[str, Any]:
        new = services.NewRequest(
            subject_id=said["subject"], kind=said["kind"], channel=said["channel"],
            scope_type=said["scope_type"], scope=said["scope"],
            received_at=said.get("received_at"), identified_how=said.get("identified_how", ""),
            attribute=said["attribute"], value=said.get("value"),
        )  # fmt: skip
        made = services.receive(by=self.by, controller_id=self.caller.controller_id, new=new)
        return dict(RequestOutput(made).data)

    @extend_schema(
        operation_id="list_rights_requests",
        summary="Requests of people",
        description=(
            "The requests made to the controller, newest first, page by page. The reading is "
            "recorded, about each person shown." + _SHARED
        ),
        tags=TAGS,
        parameters=[RequestsQuery],
        responses={200: RequestsOutput, **problems(*READ)},
        examples=[answer("One", {"items": [_REQUEST], "next_before": None})],
    )
    def get(self, request: Request) -> Response:
        asked = self.asked(RequestsQuery)
        found = self._read(asked)
        page, more = found[: asked["limit"]], len(found) > asked["limit"]
        shown = {"items": page, "next_before": page[-1].id if more else None}
        return Response(RequestsOutput(shown).data)

    @transaction.atomic
    def _read(self, asked: dict[str, Any]) -> list[RequestRow]:
        rows = selectors.requests([self.caller.controller_id])
        if "subject" in asked:
            rows = rows.filter(subject_id=asked["subject"])
        if "state" in asked:
            rows = rows.filter(state=asked["state"])
        if "before" in asked:
            rows = rows.filter(pk__lt=asked["before"])
        found = list(rows[: asked["limit"] + 1])
        self.note([one.subject_id for one in found[: asked["limit"]]])
        return found


class RightsRequest(RightsView):
    @extend_schema(
        operation_id="read_rights_request",
        summary="How far a person's request is",
        description="One request, with its clock. The reading is recorded." + _SHARED,
        tags=TAGS,
        responses={200: RequestOutput, **problems(*READ)},
        examples=[answer("It is being done", _REQUEST), _MISSING],
    )
    @transaction.atomic
    def get(self, request: Request, request_id: UUID) -> Response:
        self.asked(inputs.NothingQuery)
        found = selectors.request(self.caller.controller_id, request_id)
        self.note([found.subject_id], str(found.id))
        return Response(RequestOutput(found).data)


class RightsRequestBack(RightsView):
    @extend_schema(
        operation_id="take_back_rights_request",
        summary="Take a person's request back",
        description=(
            "Because the person said so. Possible while no system was told of it." + _SHARED
        ),
        tags=TAGS,
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={200: RequestOutput, **problems(*WRITE)},
        examples=[
            answer("Taken back", {**_REQUEST, "state": "taken_back"}),
            _MISSING,
            refusal(409, "request_under_way", "Systems were told already."),
        ],
    )
    def post(self, request: Request, request_id: UUID) -> Response:
        status, made = self.once(lambda: (200, self._back(request_id)))
        return Response(made, status)

    def _back(self, request_id: UUID) -> dict[str, Any]:
        found = services.take_back(
            by=self.by, controller_id=self.caller.controller_id, request_id=request_id
        )
        return dict(RequestOutput(found).data)
