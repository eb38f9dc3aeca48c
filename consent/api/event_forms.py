"""What services ask and say about events, and what they get. Output forms are allow-lists."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts import inputs

MOST = 1000
HIGHEST = 2**62


class EventsQuery(inputs.Query):
    after = serializers.IntegerField(
        required=False, min_value=0, max_value=HIGHEST,
        help_text=_("The `after` of the answer you have; unsaid: what you have not confirmed."),
    )  # fmt: skip
    limit = serializers.IntegerField(required=False, default=100, min_value=1, max_value=MOST)


class EventDataOutput(serializers.Serializer[Any]):
    subject = serializers.UUIDField()
    kind = serializers.CharField(help_text=_("What changed, such as consent.withdrawn."))
    record = serializers.UUIDField(help_text=_("The consent, objection or restriction behind it."))
    recorded_at = serializers.DateTimeField()
    purpose = serializers.CharField(required=False)
    about = serializers.CharField(
        required=False, help_text=_("The kind of objection, or the reach of a restriction.")
    )


class EventOutput(serializers.Serializer[Any]):
    """A CloudEvent 1.0. `sequence` sorts as text, in the order in which things happened."""

    specversion = serializers.CharField()
    id = serializers.UUIDField()
    type = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment] # an attribute of CloudEvents
    subject = serializers.UUIDField()
    time = serializers.DateTimeField()
    datacontenttype = serializers.CharField()
    sequence = serializers.CharField()
    data = EventDataOutput()  # type: ignore[assignment] # likewise


class EventsOutput(serializers.Serializer[Any]):
    events = EventOutput(many=True)
    after = serializers.IntegerField(help_text=_("Ask with it next time; confirm it when done."))
    has_more = serializers.BooleanField(help_text=_("Whether there is more to ask for already."))


class ConfirmationInput(inputs.Input):
    """One of the two."""

    through = serializers.IntegerField(
        required=False, min_value=0, max_value=HIGHEST,
        help_text=_("All events up to this `after` of an answer."),
    )  # fmt: skip
    events = serializers.ListField(
        child=inputs.Id(), required=False, min_length=1, max_length=MOST,
        help_text=_("These events, by their ids."),
    )  # fmt: skip

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise ValidationError(_("Say `through` or `events`."))
        return attrs


class ConfirmationOutput(serializers.Serializer[Any]):
    confirmed = serializers.IntegerField(help_text=_("How many were not confirmed before."))
