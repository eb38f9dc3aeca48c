"""Operations on devices and signals: check the request, call one verb, answer."""

from collections.abc import Callable
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.operations import ServiceView
from consent import signals
from consent.api import visitor_documents as documents
from consent.api import visitor_forms as forms
from consent.services import visitors

Choices = dict[str, bool]


class VisitorView(ServiceView):
    """A view that answers with what may be on a device."""

    def allowed(self, act: Callable[[], Choices]) -> Response:
        status, shown = self.once(lambda: (200, self.listed(act())))
        return Response(shown, status)

    def listed(self, choices: Choices) -> dict[str, Any]:
        return self.shown(forms.DeviceChoicesOutput, {"allowed": choices})


class DeviceChoices(VisitorView):
    @documents.choose
    def post(self, request: Request) -> Response:
        said = self.said(forms.DeviceChoiceInput)
        return self.allowed(
            lambda: visitors.choose(
                by=self.by, controller_id=self.caller.controller_id, device=said["device"],
                choices=dict(said["choices"]), method=said["method"], who=said.get("subject"),
                is_signalled=signals.is_signalled([said.get("gpc", "")]),
            )
        )  # fmt: skip


class DeviceFind(VisitorView):
    @documents.find
    def post(self, request: Request) -> Response:
        said = self.said(forms.DeviceInput)
        found = visitors.show(
            by=self.by, controller_id=self.caller.controller_id, device=said["device"],
            who=said.get("subject"),
        )  # fmt: skip
        return Response(self.listed(found))


class DeviceJoin(VisitorView):
    @documents.join
    def post(self, request: Request) -> Response:
        said = self.said(forms.DeviceJoinInput)
        return self.allowed(
            lambda: visitors.join(
                by=self.by, controller_id=self.caller.controller_id, device=said["device"],
                who=said["subject"],
            )
        )  # fmt: skip


class Signals(ServiceView):
    @documents.hear
    def post(self, request: Request) -> Response:
        said = self.said(forms.SignalInput)
        status, shown = self.once(lambda: (200, self._hear(said)))
        return Response(shown, status)

    def _hear(self, said: dict[str, Any]) -> dict[str, Any]:
        is_heard = signals.is_signalled([said["value"]])
        if is_heard:
            visitors.hear(
                by=self.by, controller_id=self.caller.controller_id,
                device=said.get("device", ""), who=said.get("subject"),
            )  # fmt: skip
        return {"signal": said["signal"], "is_heard": is_heard}
