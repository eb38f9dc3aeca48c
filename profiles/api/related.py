"""Whom to look at next: who stands to a person in which capacity."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import inputs
from accounts.operations import ServiceView
from accounts.problems import READ, answer, problems, refusal
from profiles import services
from profiles.api.documents import PROFILES
from profiles.api.serializers import PURPOSE, SLUG
from profiles.models import Relation

_BEN = "01978f7e-0000-7000-8000-00000000beef"


class RelatedQuery(inputs.Query):
    """What for, and from which seat."""

    purpose = inputs.Code(
        PURPOSE, max_length=100, help_text=_("What the people are looked at for; it must be said.")
    )
    role = inputs.Code(SLUG, max_length=60, required=False, help_text=_("As in reading."))
    unit = inputs.Code(
        SLUG, max_length=60, required=False, allow_blank=True, help_text=_("As in reading.")
    )


class RelatedOutput(serializers.Serializer[Any]):
    """Somebody who can be read in that relation."""

    subject_id = serializers.UUIDField()
    relation = serializers.ChoiceField(Relation.values)


class RelatedListOutput(serializers.Serializer[Any]):
    items = RelatedOutput(many=True)


get_related = extend_schema(
    operation_id="get_related",
    summary="Who stands to a person, and as what",
    description=(
        "Who is holder or joint holder of the person's account, of their household, their parent "
        "or guardian, or holds their employer's account: as far as it was verified, holds "
        "everywhere or at the unit of the seat, and the matrix shows the role anything of people "
        "in that capacity for this purpose. Read each of them with that `relation`. The reading "
        "is recorded, of everybody whom it names."
    ),
    tags=PROFILES,
    parameters=[RelatedQuery],
    responses={200: RelatedListOutput, **problems(*READ, 422)},
    examples=[
        answer("A joint holder", {"items": [{"subject_id": _BEN, "relation": "joint"}]}),
        refusal(403, "no_seat", "You have no seat from which profiles are read in this role."),
        refusal(404, "profile_not_found", "There is no such person whom you may see."),
    ],
)


class RelatedPeople(ServiceView):
    @get_related
    def get(self, request: Request, subject_id: UUID) -> Response:
        asked = self.asked(RelatedQuery)
        self.need(asked["purpose"])
        found = services.related(
            by=self.by, controller_id=self.caller.controller_id, subject_id=subject_id,
            purpose=asked["purpose"], role=asked.get("role"), unit=asked.get("unit"),
        )  # fmt: skip
        return Response(RelatedListOutput({"items": found}).data)
