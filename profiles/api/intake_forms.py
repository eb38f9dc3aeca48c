"""What services hand in about people, and what they are told of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts import inputs
from keys.problems import DomainError
from profiles.documents import Observed
from profiles.services.ingesting import MOST_VALUES, Taken
from subjects.inputs import PersonInput

MOST = 1000
SLUG = r"[A-Za-z0-9_-]+"
VERIFICATION = r"[A-Za-z0-9][A-Za-z0-9_.:-]*"


@extend_schema_field(
    {
        "type": "object",
        "minProperties": 1,
        "maxProperties": MOST_VALUES,
        "additionalProperties": {
            "oneOf": [
                {"type": ["string", "number", "boolean", "null"]},
                {"type": "object", "additionalProperties": {"type": "string"}},
            ]
        },
    }
)
class ValuesField(serializers.Field[dict[str, Any], Any, Any, Any]):
    """Values by attribute code; each is judged by its attribute's definition."""

    default_error_messages = {  # noqa: RUF012 (the framework's own way)
        "form": _("Give an object of values by the code of their attribute."),
        "size": _("Give at least one value and at most 200."),
    }

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("form")
        if not 1 <= len(data) <= MOST_VALUES:
            self.fail("size")
        return data


class SeenInput(inputs.Input):
    """When and how one value was observed, where it differs from the others."""

    observed_at = inputs.Moment(required=False)
    verified_by = inputs.Code(VERIFICATION, max_length=60, required=False)


class RecordInput(inputs.Input):
    """What a source says of a person. What it does not name stays as it is."""

    values = ValuesField(
        help_text=_("Values by attribute code; null says that the source has none any more.")
    )
    observed_at = inputs.Moment(
        required=False, help_text=_("When the source observed the values; else now.")
    )
    verified_by = inputs.Code(
        VERIFICATION, max_length=60, required=False,
        help_text=_("How they were verified, as a code; absent: they were not."),
    )  # fmt: skip
    seen = serializers.DictField(
        child=SeenInput(), required=False, help_text=_("Exceptions by attribute code.")
    )


class PersonRecordInput(PersonInput, RecordInput):
    """The same, with whom it is about."""


class RecordsInput(inputs.Input):
    source = inputs.Code(  # type: ignore[assignment] # a member, not the framework's own
        SLUG, max_length=60, help_text=_("The code of the connected system.")
    )
    items = serializers.ListField(
        child=PersonRecordInput(), min_length=1, max_length=MOST,
        help_text=_("At most 1,000; each stands or is refused for itself."),
    )  # fmt: skip


class TakenOutput(serializers.Serializer[Any]):
    """What became of the values of one person."""

    subject = serializers.UUIDField()
    status = serializers.ChoiceField(
        ["recorded", "unchanged"], help_text=_("unchanged: there was no news in it.")
    )
    recorded = serializers.IntegerField(help_text=_("Values that were new or different."))
    refreshed = serializers.IntegerField(help_text=_("Values known already, observed again."))
    removed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    older = serializers.IntegerField(
        help_text=_("Values observed before what is known, or too long ago to be kept.")
    )
    left_out = serializers.ListField(
        child=serializers.CharField(),
        help_text=_("Attributes whose data category is erased for the person: never taken in."),
    )


class RecordOutcomeOutput(serializers.Serializer[Any]):
    """What became of one item: as for one record, or why it was refused."""

    status = serializers.ChoiceField(["recorded", "unchanged", "refused"])
    subject = serializers.UUIDField(required=False)
    recorded = serializers.IntegerField(required=False)
    refreshed = serializers.IntegerField(required=False)
    removed = serializers.IntegerField(required=False)
    unchanged = serializers.IntegerField(required=False)
    older = serializers.IntegerField(required=False)
    left_out = serializers.ListField(child=serializers.CharField(), required=False)
    code = serializers.CharField(required=False)
    field = serializers.CharField(required=False)
    message = serializers.CharField(required=False)


class RecordOutcomesOutput(serializers.Serializer[Any]):
    items = RecordOutcomeOutput(many=True)


def values_of(said: Mapping[str, Any]) -> dict[str, Observed]:
    """The checked body as values with their times; exceptions for what is not named are moot."""
    at: datetime = said.get("observed_at") or timezone.now()
    by: str = said.get("verified_by", "")
    values = {code: Observed(value, at, by) for code, value in said["values"].items()}
    for code, seen in said.get("seen", {}).items():
        if code in values:
            values[code] = Observed(
                values[code].v, seen.get("observed_at", at), seen.get("verified_by", by)
            )
    return values


def shown(outcome: Taken | DomainError) -> dict[str, Any]:
    """What is told of one person's values."""
    if isinstance(outcome, DomainError):
        return {
            "status": "refused", "code": outcome.code, "field": outcome.field or "",
            "message": outcome.message,
        }  # fmt: skip
    return {
        "subject": str(outcome.subject_id),
        "status": "recorded" if outcome.is_change else "unchanged",
        "recorded": outcome.recorded, "refreshed": outcome.refreshed, "removed": outcome.removed,
        "unchanged": outcome.unchanged, "older": outcome.older, "left_out": list(outcome.left_out),
    }  # fmt: skip
