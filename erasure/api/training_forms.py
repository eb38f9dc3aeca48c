"""What a service says of training data, and what it is answered."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts import inputs
from erasure.training.looking import AT_ONCE

PURPOSE: Final = r"[a-z0-9_]+(\.[a-z0-9_]+)*"
NAME: Final = r"[A-Za-z0-9._:/@+-]+"
MOST: Final = 1000


class TrainingSetInput(inputs.Input):
    model = inputs.Code(NAME, max_length=100)
    version = inputs.Code(NAME, max_length=60)
    purpose = inputs.Code(PURPOSE, max_length=100)
    reference = inputs.Code(
        NAME, max_length=100, help_text=_("Your own name of the run: told twice it is one.")
    )
    trained_at = inputs.Moment()


class TrainingSetOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    model = serializers.CharField()
    version = serializers.CharField()
    purpose = serializers.CharField()
    reference = serializers.CharField()
    trained_at = serializers.DateTimeField()
    members = serializers.IntegerField(help_text=_("How many people were reported."))
    gone = serializers.IntegerField(
        help_text=_("Of them erased, or withdrawn from the purpose, since.")
    )
    flagged_at = serializers.DateTimeField(
        allow_null=True, help_text=_("Since when somebody is gone; null: nobody is.")
    )


class TrainingMembersInput(inputs.Input):
    subjects = serializers.ListField(
        child=inputs.Id(), min_length=1, max_length=AT_ONCE, help_text=_("Our ids of the people.")
    )


class TrainingMembersOutput(serializers.Serializer[Any]):
    added = serializers.IntegerField()
    repeated = serializers.IntegerField(help_text=_("They were reported before."))
    unknown = serializers.ListField(
        child=serializers.UUIDField(), help_text=_("Ids of nobody here: look where they are from.")
    )


class ExclusionsQuery(inputs.Query):
    model = inputs.Code(NAME, max_length=100)
    after = inputs.Id(required=False, help_text=_("The last id of the page before."))
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=MOST)


class TrainingExclusionOutput(serializers.Serializer[Any]):
    subject = serializers.UUIDField(source="subject_id")
    since = serializers.DateTimeField(source="gone_at")
    why = serializers.ChoiceField(["erased", "withdrawn"])


class TrainingExclusionsOutput(serializers.Serializer[Any]):
    items = TrainingExclusionOutput(many=True)
    next_after = serializers.UUIDField(allow_null=True, help_text=_("Null: the last page."))
