"""Default permission of the management API: an authenticated service, nobody else."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.selectors import Caller

if TYPE_CHECKING:  # the framework's views import this module while they are being imported
    from rest_framework.views import APIView


class IsService(BasePermission):
    def has_permission(self, request: Request, view: "APIView") -> bool:
        return isinstance(request.user, Caller)
