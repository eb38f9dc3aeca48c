"""Where OpenDSR processors report to. A signature says who they are; there is no other way in."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.operations import JSONOnly
from erasure import opendsr
from registry.connectors.opendsr_callbacks import Reported


class OpenDsrCallback(APIView):
    """One report, in the form of the standard (OpenDSR 2.0, section 8.6)."""

    authentication_classes = ()
    permission_classes = ()
    content_negotiation_class = JSONOnly
    schema = None
    report: Reported | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Nothing is parsed before the signature holds. Raises CallbackRefusedError."""
        super().initial(request, *args, **kwargs)
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.report = opendsr.proven(kwargs["connector_id"], headers, request.body, timezone.now())

    def post(self, request: Request, connector_id: UUID) -> Response:
        if self.report is not None:
            opendsr.take(self.report, request.body)
        return Response(status=204)
