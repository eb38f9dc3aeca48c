"""The management API's operations on people: check the request, call one verb, answer."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.inputs import NothingQuery
from accounts.operations import ServiceView
from subjects import channels, naming, quarantine, services, shown, triggers
from subjects.api import documents, serializers
from subjects.errors import SubjectErasedError, SubjectUnknownError


class Subjects(ServiceView):
    @documents.create_subject
    def post(self, request: Request) -> Response:
        said = self.said(serializers.SubjectInput)
        try:
            status, answer = self.once(lambda: (201, self._create(said)))
        except SubjectErasedError:
            self._keep_out(said)
            raise
        headers = {"Location": reverse("api:subject", args=[answer["id"]])}
        return Response(answer, status, headers=headers)

    def _create(self, said: dict[str, Any]) -> dict[str, Any]:
        person = services.create(
            by=self.by, controller_id=self.caller.controller_id, new=serializers.new_subject(said)
        )
        return {"id": str(person.id)}

    def _keep_out(self, said: dict[str, Any]) -> None:
        """Counted after what was refused was taken back, so that it stays."""
        quarantine.keep_out(
            by=self.by, controller_id=self.caller.controller_id,
            identifiers=[serializers.new_subject(said).identifiers],
            source=quarantine.Source(f"service:{self.caller.id}", "person"),
        )  # fmt: skip


class FindSubject(ServiceView):
    @documents.find_subject
    def post(self, request: Request) -> Response:
        said = self.said(serializers.IdentifierInput)
        person = shown.look_up(
            by=self.by, controller_id=self.caller.controller_id, scheme=said["scheme"],
            value=said["value"],
        )  # fmt: skip
        if person is None:
            raise SubjectUnknownError
        return Response(serializers.FoundOutput(person).data)


class Subject(ServiceView):
    @documents.get_subject
    def get(self, request: Request, subject_id: UUID) -> Response:
        self.asked(NothingQuery)
        person = shown.show(
            by=self.by, controller_id=self.caller.controller_id, subject_id=subject_id
        )
        return Response(serializers.SubjectOutput(person).data)


class Triggers(ServiceView):
    @documents.report_trigger
    def post(self, request: Request) -> Response:
        said = self.said(serializers.TriggerInput)
        status, answer = self.once(lambda: (201, self._report(said)))
        return Response(answer, status)

    def _report(self, said: dict[str, Any]) -> dict[str, Any]:
        person = naming.person(self.caller.controller_id, said["subject"])
        trigger = triggers.report(by=self.by, subject=person, code=said["trigger"], at=said["at"])
        return dict(serializers.TriggerOutput(trigger).data)


class Suppressions(ServiceView):
    @documents.suppress_channel
    def post(self, request: Request) -> Response:
        said = self.said(serializers.SuppressionInput)
        status, answer = self.once(lambda: (201, self._suppress(said)))
        return Response(answer, status)

    def _suppress(self, said: dict[str, Any]) -> dict[str, Any]:
        person = naming.person(self.caller.controller_id, said["subject"])
        channels.suppress(
            by=self.by, subject=person, channel=said["channel"], reason=said["reason"]
        )
        return {"channel": said["channel"], "reason": said["reason"]}
