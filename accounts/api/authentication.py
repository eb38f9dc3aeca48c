"""`Authorization: Bearer KEY`: the one way in for services."""

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.selectors import Caller, caller


class ServiceKeyAuthentication(BaseAuthentication):
    """Authenticates a service by its key; `request.user` is then the `Caller`."""

    def authenticate(self, request: Request) -> tuple[Caller, None] | None:
        parts = get_authorization_header(request).split()
        if not parts:
            return None
        if len(parts) != 2 or parts[0].lower() != b"bearer":
            raise AuthenticationFailed("Send the service key as: Authorization: Bearer KEY.")
        found = caller(parts[1].decode("ascii", errors="replace"))
        if found is None:
            raise AuthenticationFailed("The service key is unknown, expired or revoked.")
        return found, None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="sammati"'
