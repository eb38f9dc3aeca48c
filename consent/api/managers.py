"""The operations for consent managers: every request is signed by the manager itself (CON-27)."""

import hashlib
from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import inputs
from accounts.inputs import NothingQuery
from accounts.problems import READ, WRITE, answer, body, problems, refusal
from consent import catalogue as catalogues
from consent import reading, services
from consent.api import examples
from consent.api.serializers import (
    LANGUAGE,
    PURPOSE,
    NoticeOutput,
    NoticeQuery,
    PurposesOutput,
    RecordedOutput,
    StatesOutput,
)
from consent.api.views import ConsentView
from consent.managers import selectors as managers
from consent.managers.httpsig import Request as Signed
from consent.managers.selectors import Manager
from consent.services import Mandate
from consent.transitions import State
from subjects.inputs import PersonInput, fault

TAGS = ["Consent managers"]
MANDATE = r"[A-Za-z0-9][A-Za-z0-9._:/-]*"
EXAMPLE = {
    "request_id": "01931c31-22aa-7d00-8c11-6b5a4f3e2d10", "subject": "+919900000000",
    "scheme": "phone", "purpose": examples.PURPOSE, "state": "given", "notice": examples.NOTICE,
    "language": "hi", "mandate": "ART-7781",
}  # fmt: skip
RECORDED = {
    **examples.RECORDED, "method": "consent_manager", "channel": "api",
    "given_by": "consent_manager",
}  # fmt: skip


class ManagerSignature(BaseAuthentication):
    """`Signature`, `Signature-Input` and `Content-Digest`; `request.user` is then the `Manager`."""

    def authenticate(self, request: Request) -> tuple[Manager, None]:
        sent = request._request
        signed = Signed(
            sent.method or "", sent.get_host(), sent.path, sent.META.get("QUERY_STRING", ""),
            sent.body,
        )  # fmt: skip
        return managers.signer(signed, {k.lower(): v for k, v in sent.headers.items()}), None

    def authenticate_header(self, request: Request) -> str:
        return "Signature"


class SignatureScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "consent.api.managers.ManagerSignature"
    name = "managerSignature"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "apiKey", "in": "header", "name": "Signature",
            "description": (
                "An HTTP message signature (RFC 9421, Ed25519) over @method, @authority, @path, "
                "@query and content-digest (RFC 9530, also of an empty body), with created and "
                "keyid, the id of the manager's key."
            ),
        }  # fmt: skip


class IsManager(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, Manager)


class ManagerView(ConsentView):
    """An operation for an accepted consent manager."""

    authentication_classes = [ManagerSignature]  # noqa: RUF012 (the framework's own way)
    permission_classes = [IsManager]  # noqa: RUF012

    @property
    def manager(self) -> Manager:
        return cast(Manager, self.request.user)


class ReviewInput(PersonInput):
    mandate = inputs.Code(
        MANDATE, max_length=80,
        help_text=_("Your reference of what the person asked you to do. A code."),
    )  # fmt: skip


class MandateInput(ReviewInput):
    request_id = inputs.Id(help_text=_("New for each request; a repeat has no second effect."))
    purpose = inputs.Code(PURPOSE, max_length=100)
    state = inputs.Choice([State.GIVEN.value, State.REFUSED.value, State.WITHDRAWN.value])
    notice = inputs.Id(required=False, help_text=_("The version that was shown; for a yes."))
    language = inputs.Code(LANGUAGE, max_length=20, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if attrs["state"] == State.GIVEN:
            for member in ("notice", "language"):
                if member not in attrs:
                    raise fault(member, "required", _("A yes names the words that were shown."))
        return attrs


class ManagerStatesOutput(StatesOutput):
    """Where the person stands on every purpose."""


take_mandate = extend_schema(
    operation_id="record_consent_of_manager",
    summary="Give, refuse or withdraw for a person",
    description=(
        "A consent manager passes on what the person chose. A yes names the notice that was shown "
        "and its language. A withdrawal counts exactly as one the person makes here. The request "
        "is signed with the manager's own key; the same request again has no second effect."
    ),
    tags=TAGS,
    request=MandateInput,
    responses={201: RecordedOutput, **problems(*WRITE)},
    examples=[
        body("A yes", EXAMPLE),
        answer("Recorded", RECORDED, 201),
        refusal(401, "signature_invalid", "The request does not carry a valid signature."),
        refusal(403, "consent_manager_not_active", "The consent manager is suspended."),
    ],
)
review = extend_schema(
    operation_id="review_consents_of_manager",
    summary="Where a person stands",
    description=(
        "Every purpose and the person's answer, for the person to review at their consent manager. "
        "The look is recorded with the manager's reference."
    ),
    tags=TAGS,
    request=ReviewInput,
    responses={200: ManagerStatesOutput, **problems(*WRITE)},
    examples=[
        body("A review", {key: EXAMPLE[key] for key in ("subject", "scheme", "mandate")}),
        answer("One purpose", examples.STATES),
    ],
)
purposes = extend_schema(
    operation_id="list_purposes_for_manager",
    summary="The purposes in force",
    description="Every open purpose of the company, for a consent manager to ask about.",
    tags=TAGS,
    responses={200: PurposesOutput, **problems(*READ)},
    examples=[answer("One purpose", examples.PURPOSES)],
)
notice = extend_schema(
    operation_id="get_notice_for_manager",
    summary="The notice in force",
    description=(
        "The newest published words about a purpose. Show them as they are, and name `version` and "
        "`language` in the consent."
    ),
    tags=TAGS,
    parameters=[NoticeQuery],
    responses={200: NoticeOutput, **problems(*READ, 409, 422)},
    examples=[answer("In English", examples.NOTICE_WORDS)],
)


class Mandates(ManagerView):
    @take_mandate
    def post(self, request: Request) -> Response:
        said = self.said(MandateInput)
        mandate = Mandate(
            request_id=said["request_id"], digest=hashlib.sha256(self.body).digest(),
            who=said["subject"], purpose=said["purpose"], state=State(said["state"]),
            reference=said["mandate"], notice_version=said.get("notice"),
            language=said.get("language", ""),
        )  # fmt: skip
        event = services.take_mandate(manager=self.manager, mandate=mandate)
        return Response(self.recorded(event), 201)


class Review(ManagerView):
    @review
    def post(self, request: Request) -> Response:
        said = self.said(ReviewInput)
        subject, states = services.review_for_manager(
            manager=self.manager, who=said["subject"], reference=said["mandate"]
        )
        return Response(ManagerStatesOutput({"subject": subject, "states": states}).data)


class ManagerPurposes(ManagerView):
    @purposes
    def get(self, request: Request) -> Response:
        self.asked(NothingQuery)
        known = catalogues.in_force(self.manager.controller_id).purposes
        found = reading.purposes(self.manager.controller_id, known.keys())
        return self.conditional(PurposesOutput({"items": found}).data)


class ManagerNotice(ManagerView):
    @notice
    def get(self, request: Request) -> Response:
        asked = self.asked(NoticeQuery)
        found = reading.notice_in_force(
            self.manager.controller_id, asked["purpose"], asked["language"]
        )
        return self.conditional(NoticeOutput(found).data)
