"""What services say about their campaigns, and what they are told."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts import inputs

PURPOSE = r"[a-z0-9_]+(\.[a-z0-9_]+)*"
REFERENCE = r"[A-Za-z0-9][A-Za-z0-9._:/-]*"
MOST = 10_000


class CampaignInput(inputs.Input):
    reference = inputs.Code(
        REFERENCE, max_length=60, help_text=_("Your own name of the campaign: a code, no words.")
    )
    purpose = inputs.Code(PURPOSE, max_length=100)
    ends_at = inputs.Moment(help_text=_("When it will be over, within 400 days."))
    since_at = inputs.Moment(
        required=False,
        help_text=_("Permits count from then on, at most 90 days back. Unsaid: a day before."),
    )


class CampaignOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    reference = serializers.CharField()
    purpose = serializers.CharField()
    since_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True, help_text=_("Null: it runs."))


class KillListQuery(inputs.Query):
    after = serializers.IntegerField(
        required=False, default=0, min_value=0, max_value=2**62,
        help_text=_("The `after` of the answer you have; 0 from the beginning."),
    )  # fmt: skip
    limit = serializers.IntegerField(required=False, default=1000, min_value=1, max_value=MOST)


class KillLineOutput(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    subject = serializers.UUIDField(source="subject_id")
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class KillListOutput(serializers.Serializer[Any]):
    lines = KillLineOutput(many=True)
    after = serializers.IntegerField(help_text=_("Ask with it next time."))
    has_more = serializers.BooleanField(help_text=_("Whether there are more lines already."))
    is_settled = serializers.BooleanField(
        help_text=_("Whether every no said before this answer was asked for is in the list.")
    )
