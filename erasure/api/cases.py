"""The operations on erasure cases: open, rehearse, look, call off, and take the certificate."""

import json
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db import DatabaseError, transaction
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import inputs
from accounts.errors import ReadNotRecordedError
from accounts.operations import ServiceView
from audit import services as audit
from audit.actors import SubjectRef, Target
from erasure import selectors, services
from erasure.api import case_documents as documents
from erasure.api import case_forms as forms
from erasure.certificates import selectors as certificates
from erasure.models import Case as CaseRow
from erasure.scopes import ScopeType
from erasure.selectors_pages import steps_of
from erasure.services import correcting, deciding
from registry.connectors.contract import Verb
from subjects import selectors as subjects

RIGHTS: Final = "sys.rights"
"""The reserved purpose of whoever deals with people's rights."""


class CaseView(ServiceView):
    """An operation of services that deal with people's rights."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.need(RIGHTS)

    def one(self, case_id: UUID) -> CaseRow:
        """A case of the caller's controller. Raises CaseUnknownError."""
        return selectors.case(self.caller.controller_id, case_id)

    def note(self, people: Sequence[UUID], what: str, target: str = "") -> None:
        """Who is shown stands in the log before it is answered (P11). Raises
        ReadNotRecordedError."""
        log = self.caller.controller_id
        known = subjects.in_bulk(log, list(dict.fromkeys(people)))
        shown: list[SubjectRef | None] = [
            SubjectRef(one, known[one].pseudonym if one in known else None)
            for one in dict.fromkeys(people)
        ]
        data = {"what": what, "shown": len(shown)}
        try:
            audit.record_many(
                audit.Draft(
                    event="record:read", by=self.by, controller_id=log, subject=one, data=data,
                    target=Target(what, target),
                )
                for one in shown or [None]
            )  # fmt: skip
        except DatabaseError:
            raise ReadNotRecordedError from None


class ErasureCases(CaseView):
    @documents.open_case
    def post(self, request: Request) -> Response:
        said = self.said(forms.CaseInput)
        status, made = self.once(lambda: self._open(said))
        return Response(made, status)

    def _open(self, said: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        new = services.NewCase(
            subject_id=said["subject"], trigger=said["trigger"], trigger_ref=said["reference"],
            scope_type=said["scope_type"], scope=said["scope"], verb=said["verb"],
            received_at=said.get("received_at"), values=said.get("values"),
        )  # fmt: skip
        opened = self._opened(new)
        status = 201 if opened.is_new else 200
        return status, dict(forms.CaseOutput(self.one(opened.id)).data)

    def _opened(self, new: services.NewCase) -> services.Opened:
        """A correction is right here at once, and told to whoever holds its data categories; of
        several categories the first case is answered.
        """
        log = self.caller.controller_id
        if new.verb != Verb.CORRECT or not new.values or new.scope_type != ScopeType.EVERYTHING:
            return services.open_case(by=self.by, controller_id=log, new=new)
        return correcting.put_right(
            by=self.by, controller_id=log, subject_id=new.subject_id, values=new.values,
            trigger=new.trigger, trigger_ref=new.trigger_ref, received_at=new.received_at,
        )[0]  # fmt: skip

    @documents.list_cases
    def get(self, request: Request) -> Response:
        asked = self.asked(forms.CasesQuery)
        found = self._read(asked)
        page, more = found[: asked["limit"]], len(found) > asked["limit"]
        shown = {"items": page, "next_before": page[-1].id if more else None}
        return Response(forms.CasesOutput(shown).data)

    @transaction.atomic
    def _read(self, asked: dict[str, Any]) -> list[CaseRow]:
        rows = selectors.cases([self.caller.controller_id])
        if "subject" in asked:
            rows = rows.filter(subject_id=asked["subject"])
        if "state" in asked:
            rows = rows.filter(state=asked["state"])
        if "before" in asked:
            rows = rows.filter(pk__lt=asked["before"])
        found = list(rows[: asked["limit"] + 1])
        self.note([one.subject_id for one in found[: asked["limit"]]], "erasure_cases")
        return found


class ErasureRehearsal(CaseView):
    @documents.dry_run
    @transaction.atomic
    def post(self, request: Request) -> Response:
        said = self.said(forms.ReachInput)
        found = services.dry_run(
            controller_id=self.caller.controller_id, subject_id=said["subject"],
            scope_type=said["scope_type"], scope=said["scope"], verb=said["verb"],
            trigger=said["trigger"],
        )  # fmt: skip
        self.note([said["subject"]], "erasure_rehearsal")
        return Response(forms.DryRunOutput(found).data)


class ErasureCase(CaseView):
    @documents.read_case
    @transaction.atomic
    def get(self, request: Request, case_id: UUID) -> Response:
        self.asked(inputs.NothingQuery)
        case = self.one(case_id)
        self.note([case.subject_id], "erasure_case", str(case.id))
        steps = [_step(one) for one in steps_of(case)]
        shown = {**forms.CaseOutput(case).data, "plan_sha256": case.plan_sha256,
                 "steps": forms.StepOutput(steps, many=True).data}  # fmt: skip
        return Response(shown)


class ErasureCancel(CaseView):
    @documents.cancel_case
    def post(self, request: Request, case_id: UUID) -> Response:
        said = self.said(forms.CancelInput)
        status, made = self.once(lambda: (200, self._cancel(case_id, said["reason"])))
        return Response(made, status)

    def _cancel(self, case_id: UUID, reason: str) -> dict[str, Any]:
        case = deciding.cancel(
            by=self.by, controller_id=self.caller.controller_id, case_id=case_id, reason=reason
        )
        return dict(forms.CaseOutput(case).data)


class ErasureCertificate(CaseView):
    @documents.certificate
    @transaction.atomic
    def get(self, request: Request, case_id: UUID) -> Response:
        self.asked(inputs.NothingQuery)
        case = selectors.working_case(self.caller.controller_id, case_id)
        found = certificates.newest(self.caller.controller_id, case.id)
        self.note([case.subject_id], "erasure_certificate", str(found.id))
        return Response(json.loads(certificates.file(found).body))


def _step(step: Any) -> dict[str, Any]:
    """A step with the code of whom it is about."""
    names = forms.StepOutput().fields.keys() - {"system"}
    whom = step.system or step.party
    return {"system": whom.code, **{str(name): getattr(step, str(name)) for name in names}}
