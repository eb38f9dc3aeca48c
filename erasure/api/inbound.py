"""Where platforms pass on that a person wants their data gone. A signature is the only way in."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.operations import JSONOnly
from erasure.inbound import services
from erasure.inbound.shapes import Told
from erasure.models import Callback, PlatformApp


class PlatformCallback(APIView):
    """One message of a platform, in the platform's own form."""

    authentication_classes = ()
    permission_classes = ()
    content_negotiation_class = JSONOnly
    schema = None
    proven: tuple[PlatformApp, Told]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Nothing is believed before the signature holds. Raises CallbackUnprovenError."""
        super().initial(request, *args, **kwargs)
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.proven = services.prove(
            kwargs["platform"], kwargs["slug"], headers, request.body, timezone.now()
        )

    def post(self, request: Request, platform: str, slug: str) -> Response:
        app, told = self.proven
        row = services.receive(app=app, told=told)
        if platform == "meta":
            return Response({"url": _page(slug, row), "confirmation_code": row.code})
        is_google = platform == "google"
        return Response({}, status=HTTPStatus.ACCEPTED if is_google else HTTPStatus.OK)


def _page(slug: str, row: Callback) -> str:
    """Where the person reads how far it is, signed in or not."""
    return settings.BASE_URL + reverse("portal:deletion", args=[slug, row.code])
