"""Runs of models and who was in them, as officers see them. Services report them."""

from typing import Any, ClassVar

from django.contrib import admin

from accounts.roles import Permission
from audit.console import HappenedFilter, ScopedAdmin, ScopedRelatedFilter
from erasure.admin.shown import AboutPeople
from erasure.models import TrainingMember, TrainingSet


@admin.register(TrainingSet)
class TrainingSetAdmin(ScopedAdmin):
    """Flagged ones are those in which somebody was who is gone since."""

    permission = Permission.VIEW_AUDIT
    related = ("controller",)
    list_display = (
        "model", "version", "purpose", "trained_at", "members", "gone", "flagged_at", "controller",
    )  # fmt: skip
    list_filter: ClassVar[Any] = (("flagged_at", HappenedFilter),)
    search_fields = ("model", "version")
    ordering = ("-id",)
    fields: ClassVar[Any] = (
        "model", "version", "purpose", "reference", "trained_at", "members", "gone", "flagged_at",
        "looked_at", "created_at", "controller",
    )  # fmt: skip


@admin.register(TrainingMember)
class TrainingMemberAdmin(AboutPeople):
    related = ("training_set",)
    list_display = ("training_set", "person", "gone_at", "why")
    list_filter: ClassVar[Any] = (("gone_at", HappenedFilter),
                        ("training_set", ScopedRelatedFilter))  # fmt: skip
    fields: ClassVar[Any] = ("person", "training_set", "gone_at", "why")
