"""The operations by which systems hand in what they know of people."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.operations import ServiceView
from audit.actors import SubjectRef
from keys.problems import DomainError
from profiles.api import intake_documents as documents
from profiles.api import intake_forms as forms
from profiles.services import ingesting
from subjects import naming, quarantine
from subjects.errors import SubjectErasedError
from subjects.naming import Named


class Record(ServiceView):
    @documents.put_record
    def put(self, request: Request, subject_id: UUID, source: str) -> Response:
        said = self.said(forms.RecordInput)
        try:
            status, answer = self.once(lambda: (200, self._take(subject_id, source, said)))
        except SubjectErasedError:
            self._keep_out(subject_id, source)
            raise
        return Response(answer, status)

    def _take(self, subject_id: UUID, source: str, said: dict[str, Any]) -> dict[str, Any]:
        ingesting.check_source(by=self.by, controller_id=self.caller.controller_id, source=source)
        person = naming.person(self.caller.controller_id, Named(subject_id=subject_id))
        taken = ingesting.record(
            by=self.by, controller_id=self.caller.controller_id, subject_id=person.id,
            source=source, values=forms.values_of(said),
        )  # fmt: skip
        return forms.shown(taken)

    def _keep_out(self, subject_id: UUID, source: str) -> None:
        """Counted after what was refused was taken back, so that it stays."""
        controller_id = self.caller.controller_id
        person = naming.person(controller_id, Named(subject_id=subject_id))
        quarantine.keep_out_people(
            by=self.by, controller_id=controller_id, ids=[person.id],
            source=quarantine.Source(source, "record"),
        )  # fmt: skip


class Records(ServiceView):
    @documents.put_records
    def post(self, request: Request) -> Response:
        said = self.said(forms.RecordsInput)
        status, answer = self.once(lambda: (200, {"items": self._take(said)}))
        return Response(answer, status)

    def _take(self, said: dict[str, Any]) -> list[dict[str, Any]]:
        controller_id, source = self.caller.controller_id, said["source"]
        ingesting.check_source(by=self.by, controller_id=controller_id, source=source)
        found = naming.people(controller_id, [item["subject"] for item in said["items"]])
        given = [
            ingesting.Given(one.id, forms.values_of(item))
            for one, item in zip(found, said["items"], strict=True)
            if isinstance(one, SubjectRef)
        ]
        told = iter(
            ingesting.record_many(
                by=self.by, controller_id=controller_id, source=source, given=given
            )
        )
        return [forms.shown(one if isinstance(one, DomainError) else next(told)) for one in found]
