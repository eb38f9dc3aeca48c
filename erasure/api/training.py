"""The operations on training data: report a run and its people, ask who must stay out."""

from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import inputs
from accounts.errors import ReadNotRecordedError
from accounts.operations import ServiceView
from audit import services as audit
from audit.actors import SubjectRef, Target
from erasure.api import training_documents as documents
from erasure.api import training_forms as forms
from erasure.training import looking, selectors, services
from erasure.training.selectors import Excluded
from subjects import selectors as subjects


class TrainingSets(ServiceView):
    @documents.report
    def post(self, request: Request) -> Response:
        said = self.said(forms.TrainingSetInput)
        self.need(said["purpose"])
        status, made = self.once(lambda: self._report(said))
        return Response(made, status)

    def _report(self, said: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        found, is_new = services.record_set(
            by=self.by, controller_id=self.caller.controller_id, service_id=self.caller.id,
            new=services.NewSet(**said),
        )  # fmt: skip
        return (201 if is_new else 200), dict(forms.TrainingSetOutput(found).data)


class TrainingSet(ServiceView):
    @documents.read
    def get(self, request: Request, set_id: UUID) -> Response:
        self.asked(inputs.NothingQuery)
        found = selectors.own_set(self.caller.controller_id, self.caller.id, set_id)
        return Response(forms.TrainingSetOutput(found).data)


class TrainingMembers(ServiceView):
    @documents.add
    def post(self, request: Request, set_id: UUID) -> Response:
        said = self.said(forms.TrainingMembersInput)
        found = selectors.own_set(self.caller.controller_id, self.caller.id, set_id)
        self.need(found.purpose)
        status, made = self.once(lambda: (200, self._add(found.pk, said["subjects"])))
        return Response(made, status)

    def _add(self, set_id: UUID, people: list[UUID]) -> dict[str, Any]:
        found = selectors.own_set(self.caller.controller_id, self.caller.id, set_id)
        added = services.add_members(by=self.by, training_set=found, subject_ids=people)
        return dict(forms.TrainingMembersOutput(added).data)


class TrainingExclusions(ServiceView):
    @documents.exclusions
    def get(self, request: Request) -> Response:
        asked = self.asked(forms.ExclusionsQuery)
        found = self._read(asked["model"], asked.get("after"), asked["limit"])
        page, more = found[: asked["limit"]], len(found) > asked["limit"]
        shown = {"items": page, "next_after": page[-1].subject_id if more else None}
        return Response(forms.TrainingExclusionsOutput(shown).data)

    @transaction.atomic
    def _read(self, model: str, after: UUID | None, limit: int) -> list[Excluded]:
        """As of now, and with everybody who is told of in the log before it is answered (P11)."""
        log = self.caller.controller_id
        rows = selectors.of_model(log, model, self.purposes)
        sets = list(rows.values_list("id", flat=True))
        if after is None:
            for one in sets:
                looking.look(one)
        found = selectors.excluded(log, sets, after=after, limit=limit + 1)
        self._record([one.subject_id for one in found[:limit]])
        return found

    def _record(self, people: list[UUID]) -> None:
        log, known = self.caller.controller_id, {}
        if people:
            known = subjects.in_bulk(self.caller.controller_id, people)
        shown: list[SubjectRef | None] = [
            SubjectRef(one, known[one].pseudonym if one in known else None) for one in people
        ]
        data = {"what": "training_exclusions", "shown": len(people)}
        try:
            audit.record_many(
                audit.Draft(
                    event="record:read", by=self.by, controller_id=log, subject=one, data=data,
                    target=Target("training_exclusions", ""),
                )
                for one in shown or [None]
            )  # fmt: skip
        except DatabaseError:
            raise ReadNotRecordedError from None
