"""The management API's operations on profiles: check the request, read, answer."""

from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpResponse
from rest_framework.request import Request

from accounts.operations import ServiceView
from profiles import services
from profiles.api import documents, serializers
from profiles.models import Relation

JSON = "application/json"


class ProfileView(ServiceView):
    """A view that reads profiles for a purpose of the service."""

    def reading(self, said: dict[str, Any]) -> dict[str, Any]:
        """How the service reads. Raises PurposeNotRegisteredError before anybody is looked up."""
        self.need(said["purpose"])
        return {
            "by": self.by, "controller_id": self.caller.controller_id,
            "purpose": said["purpose"], "role": said.get("role"), "unit": said.get("unit"),
            "relation": Relation(said["relation"]), "case": said.get("case", ""),
        }  # fmt: skip


class Profile(ProfileView):
    @documents.get_profile
    def get(self, request: Request, subject_id: UUID) -> HttpResponse:
        asked = self.reading(self.asked(serializers.ReadingQuery))
        return _json(services.read(subject_id=subject_id, **asked))


class Profiles(ProfileView):
    @documents.list_profiles
    def post(self, request: Request) -> HttpResponse:
        said = self.said(serializers.ProfilesInput)
        asked = self.reading(said)
        return _json({"items": services.read_many(subject_ids=said["subjects"], **asked)})


def _json(found: Any) -> HttpResponse:
    """Written at once: the framework's own way takes longer than reading a hundred people."""
    return HttpResponse(msgspec.json.encode(found), content_type=JSON)
