"""What every operation of the management API shares: who calls, how fast, once, and recorded."""

import hashlib
import json
from collections.abc import Callable
from typing import Any, cast

from django.utils.http import parse_etags
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from accounts.api.authentication import ServiceKeyAuthentication
from accounts.api.permissions import IsService
from accounts.errors import PurposeNotRegisteredError
from accounts.idempotency import Answer, once
from accounts.inputs import Query
from accounts.pace import ServicePace
from accounts.selectors import Caller
from audit.actors import Actor


class JSONOnly(DefaultContentNegotiation):
    """There is one form of every answer, whatever was asked for."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


_forms: dict[type[BaseSerializer[Any]], BaseSerializer[Any]] = {}


def _kept(form: type[BaseSerializer[Any]]) -> BaseSerializer[Any]:
    """One form of each kind, which knows of no request.

    Making one copies each of its fields, and that costs several times what checking a body does.
    """
    found = _forms.get(form)
    if found is None:
        found = _forms[form] = form()
    return found


class ServiceView(APIView):
    """An operation for services. `purposes` are the codes the caller is registered for."""

    authentication_classes = [ServiceKeyAuthentication]  # noqa: RUF012 (the framework's own way)
    permission_classes = [IsService]  # noqa: RUF012
    throttle_classes = [ServicePace]  # noqa: RUF012
    content_negotiation_class = JSONOnly

    @property
    def caller(self) -> Caller:
        return cast(Caller, self.request.user)

    @property
    def by(self) -> Actor:
        return Actor("service", str(self.caller.id))

    @property
    def purposes(self) -> set[str]:
        return set(self.caller.purposes)

    def need(self, purpose: str) -> None:
        """Raises PurposeNotRegisteredError; whether such a purpose exists is not told."""
        if purpose not in self.purposes:
            raise PurposeNotRegisteredError

    def said(self, form: type[BaseSerializer[Any]]) -> dict[str, Any]:
        """The checked body. Raises ValidationError."""
        try:
            return dict(_kept(form).run_validation(self.request.data))
        except ValidationError:
            form(data=self.request.data).is_valid(raise_exception=True)  # tells it as usual
            raise

    def shown(self, form: type[BaseSerializer[Any]], content: Any) -> dict[str, Any]:
        """What a form lets out of `content`."""
        return dict(_kept(form).to_representation(content))

    def asked(self, form: type[Query]) -> dict[str, Any]:
        """The checked query of the URL. Raises ValidationError."""
        return form.read(self.request.query_params)

    def once(self, act: Callable[[], Answer]) -> tuple[int, dict[str, Any]]:
        """The status and answer of `act`, which has one effect however often its key comes."""
        request = self.request
        same = b"\n".join([
            str(request.method).encode(), request.get_full_path().encode(), self.body,
        ])  # fmt: skip
        key = request.headers.get("Idempotency-Key")
        return once(caller=self.caller, key=key, request=same, act=act)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Keeps the body as it was sent: a repeat is compared byte by byte."""
        super().initial(request, *args, **kwargs)
        self.body = request.body

    def conditional(self, content: Any) -> Response:
        """The content with its ETag, or 304 for a caller that has it already."""
        text = json.dumps(content, sort_keys=True, default=str).encode()
        tag = f'"{hashlib.sha256(text).hexdigest()}"'
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        held = parse_etags(self.request.headers.get("If-None-Match", ""))
        if "*" in held or tag in {one.removeprefix("W/") for one in held}:
            return Response(status=304, headers=headers)
        return Response(content, headers=headers)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        found = super().finalize_response(request, response, *args, **kwargs)
        found.headers.setdefault("Cache-Control", "no-store")
        return found
