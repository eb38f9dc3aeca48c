"""What services send to read profiles, and what they get."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts import inputs
from profiles.fields import Why
from profiles.models import Relation, Sensitivity, Treatment
from profiles.services.reading import MOST

PURPOSE = r"[a-z0-9_]+(\.[a-z0-9_]+)*"
SLUG = r"[a-zA-Z0-9_-]+"
CASE = r"[A-Za-z0-9][A-Za-z0-9._:/#-]*"


class ReadingQuery(inputs.Query):
    """For what, from which seat, and in what capacity the person is looked at."""

    purpose = inputs.Code(
        PURPOSE, max_length=100, help_text=_("What the profile is read for; it must be said.")
    )
    role = inputs.Code(
        SLUG, max_length=60, required=False,
        help_text=_("The role to read in, where the service has seats in several."),
    )  # fmt: skip
    unit = inputs.Code(
        SLUG, max_length=60, required=False, allow_blank=True,
        help_text=_("The business unit, where it has seats of several; empty: of no unit."),
    )  # fmt: skip
    relation = inputs.Choice(
        Relation.values, default=Relation.SELF.value,
        help_text=_("The capacity the person is looked at in; it must be on record."),
    )  # fmt: skip
    case = inputs.Code(
        CASE, max_length=80, required=False,
        help_text=_("The case that a purpose of the law itself serves; never a name."),
    )  # fmt: skip


class ProfilesInput(ReadingQuery):
    """The same about several people."""

    subjects = serializers.ListField(
        child=inputs.Id(), min_length=1, max_length=MOST, help_text=_("Our ids of them.")
    )


class FieldOutput(serializers.Serializer[Any]):
    """One field: its value, or why there is none."""

    code = serializers.CharField()
    title = serializers.CharField()
    category = serializers.CharField(help_text=_("The code of its data category."))
    sensitivity = serializers.ChoiceField(Sensitivity.values)
    treatment = serializers.ChoiceField(
        Treatment.values, help_text=_("How much of it is shown; hide: nothing.")
    )
    value = serializers.JSONField(
        allow_null=True, help_text=_("The value, under its mask if it has one; null: absent.")
    )
    why = serializers.ChoiceField(
        [one.value for one in Why], allow_null=True,
        help_text=_("Why it is absent or masked; null: it is shown as it is."),
    )  # fmt: skip
    why_text = serializers.CharField(help_text=_("The same in words."))
    reason_code = serializers.CharField(help_text=_("The decision's reason, where it denies."))
    since = serializers.DateTimeField(
        allow_null=True, help_text=_("Since when that holds, such as the day of a withdrawal.")
    )
    source = serializers.CharField(  # type: ignore[assignment] # what FieldShown calls it
        help_text=_("The code of the system it comes from.")
    )
    observed_at = serializers.DateTimeField(allow_null=True)
    verified_by = serializers.CharField(help_text=_("How it was verified; empty: it was not."))
    is_beyond_view = serializers.BooleanField(
        help_text=_("Shown only because it was revealed, or glass was broken.")
    )


class SourceOutput(serializers.Serializer[Any]):
    """A system that may know something, and whether it could be asked."""

    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    state = serializers.ChoiceField(["ok", "unavailable", "frozen", "not_asked"])
    observed_at = serializers.DateTimeField(
        allow_null=True, help_text=_("Of the newest of its values that is shown.")
    )


class SummaryOutput(serializers.Serializer[Any]):
    """The decision about the purpose as a whole."""

    permit = serializers.BooleanField()
    reason_code = serializers.CharField()
    text = serializers.CharField()
    rule = serializers.CharField()
    policy_version = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)
    obligations = serializers.ListField(
        child=serializers.CharField(), help_text=_("What the permit asks of who uses the data.")
    )


class ProfileOutput(serializers.Serializer[Any]):
    """A person's profile as the service may see it for the purpose."""

    subject_id = serializers.UUIDField()
    purpose = serializers.CharField()
    role = serializers.CharField()
    unit = serializers.CharField()
    relation = serializers.ChoiceField(Relation.values)
    as_of = serializers.DateTimeField()
    decision = SummaryOutput()
    fields = FieldOutput(many=True)  # type: ignore[assignment] # what a profile consists of
    sources = SourceOutput(many=True)


class ProfilesOutput(serializers.Serializer[Any]):
    """Those who are there for the service, in the order asked."""

    items = ProfileOutput(many=True)
