"""The operations by which services report: check the request, call one verb, answer."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.idempotency import Answer
from accounts.operations import ServiceView
from keys.problems import DomainError
from policies.api import documents, serializers
from policies.intake import services
from policies.intake.reports import Report


class UnprocessableError(ValidationError):
    """Well formed, but some of it cannot be carried out; the details say which."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY


class Reports(ServiceView):
    """One report, or many under `items`."""

    form: ClassVar[type[serializers.ReportInput]]
    bulk: ClassVar[Any]

    def take(self, request: Request) -> Response:
        is_bulk = isinstance(request.data, Mapping) and "items" in request.data
        said = self.said(self.bulk if is_bulk else self.form)
        reports = [serializers.report_of(one) for one in (said["items"] if is_bulk else [said])]
        status, answer = self.once(lambda: self._record(reports, is_bulk=is_bulk))
        return Response(answer, status)

    def _record(self, reports: list[Report], *, is_bulk: bool) -> Answer:
        try:
            found = services.report(
                by=self.by, controller_id=self.caller.controller_id, service_id=self.caller.id,
                reports=reports,
            )  # fmt: skip
        except services.RefusedError as error:
            raise _refusal(error.faults, len(reports), is_bulk=is_bulk) from None
        shown = serializers.RecordedReportOutput(found, many=True).data
        return HTTPStatus.CREATED, {"items": list(shown)} if is_bulk else dict(shown[0])


class Processing(Reports):
    form = serializers.ProcessingInput
    bulk = serializers.ProcessingBulkInput

    @documents.report_processing
    def post(self, request: Request) -> Response:
        return self.take(request)


class AIDecisions(Reports):
    form = serializers.AIDecisionInput
    bulk = serializers.AIDecisionBulkInput

    @documents.report_ai_decision
    def post(self, request: Request) -> Response:
        return self.take(request)


def _refusal(faults: Mapping[int, DomainError], count: int, *, is_bulk: bool) -> Exception:
    """Of one report the error itself; of many each at its place."""
    if not is_bulk:
        return faults[0]
    return UnprocessableError({"items": [_placed(faults.get(n)) for n in range(count)]})


def _placed(error: DomainError | None) -> dict[str, list[ErrorDetail]]:
    if error is None:
        return {}
    return {error.field or "subject": [ErrorDetail(error.message, code=error.code)]}
