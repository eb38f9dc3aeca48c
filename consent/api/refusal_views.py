"""Operations on objections and restrictions: check the request, call one verb, answer."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.inputs import NothingQuery
from accounts.operations import ServiceView
from consent import services
from consent.api import refusal_documents as documents
from consent.api import refusal_forms as forms
from consent.services import asking


class Objections(ServiceView):
    @documents.object_to
    def post(self, request: Request) -> Response:
        said = self.said(forms.ObjectionInput)
        if "purpose" in said:
            self.need(said["purpose"])
        status, shown = self.once(lambda: (201, self._object(said)))
        headers = {"Location": reverse("api:objection", args=[shown["id"]])}
        return Response(shown, status, headers=headers)

    @documents.list_objections
    def get(self, request: Request) -> Response:
        found = asking.show_objections(
            by=self.by, controller_id=self.caller.controller_id, purposes=self.purposes,
            subject_id=self.asked(forms.SubjectQuery)["subject"],
        )  # fmt: skip
        return self.conditional(forms.ObjectionsOutput({"items": found}).data)

    def _object(self, said: dict[str, Any]) -> dict[str, Any]:
        made = asking.ask_objection(
            by=self.by, controller_id=self.caller.controller_id, who=said["subject"],
            kind=said["kind"], purpose=said.get("purpose", ""), method=said["method"],
        )  # fmt: skip
        return dict(forms.ObjectionOutput(made).data)


class Objection(ServiceView):
    @documents.get_objection
    def get(self, request: Request, objection_id: UUID) -> Response:
        self.asked(NothingQuery)
        found = asking.show_objection(
            by=self.by, controller_id=self.caller.controller_id, objection_id=objection_id,
            purposes=self.purposes,
        )  # fmt: skip
        return Response(forms.ObjectionOutput(found).data)


class ObjectionLift(ServiceView):
    @documents.lift_objection
    def post(self, request: Request, objection_id: UUID) -> Response:
        method = self.said(forms.LiftInput)["method"]
        status, shown = self.once(lambda: (200, self._lift(objection_id, method)))
        return Response(shown, status)

    def _lift(self, objection_id: UUID, method: str) -> dict[str, Any]:
        found = asking.lift_for_person(
            by=self.by, controller_id=self.caller.controller_id, objection_id=objection_id,
            purposes=self.purposes, method=method,
        )  # fmt: skip
        return dict(forms.ObjectionOutput(found).data)


class Restrictions(ServiceView):
    @documents.restrict
    def post(self, request: Request) -> Response:
        said = self.said(forms.RestrictionInput)
        if said["scope_type"] == "purpose":
            self.need(said["scope"])
        status, shown = self.once(lambda: (201, self._restrict(said)))
        headers = {"Location": reverse("api:restriction", args=[shown["id"]])}
        return Response(shown, status, headers=headers)

    @documents.list_restrictions
    def get(self, request: Request) -> Response:
        found = asking.show_restrictions(
            by=self.by, controller_id=self.caller.controller_id,
            subject_id=self.asked(forms.SubjectQuery)["subject"],
        )  # fmt: skip
        return self.conditional(forms.RestrictionsOutput({"items": found}).data)

    def _restrict(self, said: dict[str, Any]) -> dict[str, Any]:
        made = asking.ask_restriction(
            by=self.by, controller_id=self.caller.controller_id, who=said["subject"],
            ground=said["ground"], scope_type=said["scope_type"], scope=said["scope"],
            method=said["method"],
        )  # fmt: skip
        return dict(forms.RestrictionOutput(made).data)


class Restriction(ServiceView):
    @documents.get_restriction
    def get(self, request: Request, restriction_id: UUID) -> Response:
        self.asked(NothingQuery)
        found = asking.show_restriction(
            by=self.by, controller_id=self.caller.controller_id, restriction_id=restriction_id
        )
        return Response(forms.RestrictionOutput(found).data)


class RestrictionAnnouncement(ServiceView):
    @documents.announce_lifting
    def post(self, request: Request, restriction_id: UUID) -> Response:
        said = self.said(forms.AnnouncementInput)
        status, shown = self.once(lambda: (200, self._announce(restriction_id, said)))
        return Response(shown, status)

    def _announce(self, restriction_id: UUID, said: dict[str, Any]) -> dict[str, Any]:
        found = asking.restriction(self.caller.controller_id, restriction_id)
        announced = services.announce_lifting(by=self.by, restriction=found, **said)
        return dict(forms.RestrictionOutput(announced).data)


class RestrictionLift(ServiceView):
    @documents.lift_restriction
    def post(self, request: Request, restriction_id: UUID) -> Response:
        method = self.said(forms.RestrictionLiftInput).get("method", "")
        act = self._take_back if method else self._lift
        status, shown = self.once(lambda: (200, act(restriction_id, method)))
        return Response(shown, status)

    def _lift(self, restriction_id: UUID, _method: str) -> dict[str, Any]:
        found = asking.restriction(self.caller.controller_id, restriction_id)
        lifted = services.lift_restriction(by=self.by, restriction=found)
        return dict(forms.RestrictionOutput(lifted).data)

    def _take_back(self, restriction_id: UUID, method: str) -> dict[str, Any]:
        lifted = asking.take_back_for_person(
            by=self.by, controller_id=self.caller.controller_id, restriction_id=restriction_id,
            purposes=self.purposes, method=method,
        )  # fmt: skip
        return dict(forms.RestrictionOutput(lifted).data)
