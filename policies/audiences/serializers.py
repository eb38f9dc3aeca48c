"""What an audience is asked by, and what is told about it."""

from typing import Any

import msgspec
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts import inputs
from policies.audiences import lists, results
from policies.audiences.counts import exclusions
from policies.audiences.models import Audience, AudienceState
from policies.pdp.model import Question
from subjects.schemes import SCHEMES

PURPOSE = r"[a-z0-9_]+(\.[a-z0-9_]+)*"
LONG = 256
MANY = 50


class Codes(serializers.ListField):
    """Some codes; in a URL they are one text, with commas between."""

    child = inputs.Text(max_length=LONG)

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=MANY, **options)

    def to_internal_value(self, data: Any) -> list[Any]:
        return super().to_internal_value(data.split(",") if isinstance(data, str) else data)


class _Question(inputs.Input):
    """What is to be done with the people's data: as an evaluation says it, without the person."""

    purpose = inputs.Code(PURPOSE, max_length=100)
    action = inputs.Text(max_length=LONG, default="activate")
    operations = Codes()
    data = Codes()  # type: ignore[assignment] # the contract's own word
    recipients = Codes()
    channel = inputs.Text(max_length=LONG, required=False)
    destination = inputs.Text(max_length=LONG, required=False)
    campaign = inputs.Text(max_length=LONG, required=False)
    item = inputs.Text(max_length=LONG, required=False)
    trigger = inputs.Text(max_length=LONG, required=False)
    attributes = Codes()
    system = inputs.Text(max_length=LONG, required=False)
    collected_for = inputs.Text(max_length=LONG, required=False)
    supported = Codes(help_text=_("Obligations the service can fulfil; left out: not said."))


class AudienceInput(_Question):
    """Of all people of the controller, or of a segment's."""

    segment = inputs.Code(
        lists.SEGMENT, max_length=60, required=False,
        help_text=_("The code of a segment; without it all people of the controller are meant."),
    )  # fmt: skip


class ListQuery(inputs.Query):
    """How the ids of a list are meant."""

    scheme = inputs.Choice(
        sorted(SCHEMES), required=False,
        help_text=_("What the ids are; without it they are our subject ids."),
    )  # fmt: skip


class ListedQuery(ListQuery, _Question):
    """The question about the people of a list, which is the body."""


class ResultQuery(inputs.Query):
    form = inputs.Choice(sorted(results.FORMS), default=lists.NDJSON, help_text=_("The form."))


class ExclusionOutput(serializers.Serializer[Any]):
    """People left out for one reason."""

    reason = serializers.CharField(
        help_text=_("A reason code; empty: several small groups, whose reasons are not told.")
    )
    count = serializers.IntegerField(
        allow_null=True, help_text=_("Null where they are too few to be told.")
    )


class AudienceOutput(serializers.Serializer[Any]):
    """How far an audience is, and what came of it."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(AudienceState.choices)
    problem = serializers.CharField()
    purpose = serializers.CharField()
    campaign = serializers.CharField()
    total = serializers.IntegerField(help_text=_("How many are asked about."))
    decided = serializers.IntegerField(help_text=_("How many were decided about so far."))
    permitted = serializers.SerializerMethodField()
    excluded = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    ready_at = serializers.DateTimeField(allow_null=True)
    valid_until = serializers.DateTimeField(
        allow_null=True, help_text=_("When the last of its permits ends, and the result with it.")
    )

    def to_representation(self, one: Audience) -> dict[str, Any]:
        """Permits that cannot be taken have no end to be told."""
        shown = super().to_representation(one)
        return shown if one.is_told else {**shown, "valid_until": None}

    @extend_schema_field({"type": ["integer", "null"]})
    def get_permitted(self, one: Audience) -> int | None:
        return one.permitted if one.is_told else None

    @extend_schema_field(ExclusionOutput(many=True))
    def get_excluded(self, one: Audience) -> list[dict[str, Any]]:
        """Nothing while it is in the making: from two states one could subtract."""
        if not one.is_told:
            return []
        found = exclusions(one.excluded, settings.AUDIENCE_SMALLEST_GROUP)
        return list(ExclusionOutput(found, many=True).data)


class SegmentOutput(serializers.Serializer[Any]):
    """A segment as it stands."""

    code = serializers.CharField(source="segment")
    people = serializers.IntegerField(source="count", help_text=_("Different ids it names."))
    strangers = serializers.IntegerField(help_text=_("Names that are nobody's."))
    replaced_at = serializers.DateTimeField(source="created_at")


def question(said: dict[str, Any], caller: str) -> Question:
    """The question about each of the people."""
    known = {name: said[name] for name in Question.__struct_fields__ if name in said}
    return msgspec.convert({**known, "caller": caller, "caller_type": "service"}, Question)
