"""Reminders, messages, notices owed, other grounds and commitments as officers see them."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.console import CappedPaginator, ScopedRelatedFilter, actor_column
from audit.verbs import VerbAdmin
from consent import messages
from consent.admin import lifecycle_acts as acts
from consent.admin.catalogue import AboutPersonAdmin
from consent.models import (
    Commitment,
    ConsentState,
    ContactPlan,
    LegacyQueue,
    Message,
    MessageKind,
    MessageState,
    PersonalGround,
)
from consent.services.upkeep import SECTION_5_BEGINS, unnoticed
from consent.transitions import VALID


@admin.register(ContactPlan)
class ContactPlanAdmin(VerbAdmin):
    related = ("purpose", "controller")
    list_display = ("purpose", "controller", "remind_days", "confirms", "set_at")
    creation = acts.ADD_PLAN
    verbs = (acts.CHANGE_PLAN,)
    fields = ("purpose", "controller", "remind_days", "confirms", "set_at")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.fields, actor_column(request, _("Set by"), "set_by"))


@admin.register(LegacyQueue)
class LegacyQueueAdmin(VerbAdmin):
    """Purposes, and whether old consents to them await the notice of DPDP s.5(2) (CON-20)."""

    related = ("controller",)
    list_display = ("code", "controller", "waits")
    search_fields = ("code",)
    fields = ("code", "controller", "standing")
    readonly_fields = ("standing",)
    verbs = (acts.ORDER_NOTICES,)

    def get_queryset(self, request: HttpRequest) -> Any:
        waiting = ConsentState.objects.filter(
            purpose_id=OuterRef("pk"), state__in=list(VALID), notice_version_id=None,
            is_noticed=False, since_at__lt=SECTION_5_BEGINS,
        )  # fmt: skip
        return super().get_queryset(request).annotate(has_waiting=Exists(waiting))

    @admin.display(description=_("Old consents await their notice"), boolean=True)
    def waits(self, queue: Any) -> bool:
        return bool(queue.has_waiting)

    @admin.display(description=_("Notices of section 5(2)"))
    def standing(self, queue: LegacyQueue) -> SafeString:
        found = messages.counts(queue.pk, MessageKind.LEGACY_NOTICE)
        cap = CappedPaginator.CAP
        waiting = unnoticed(queue.pk)[:cap].count()
        rows = [(gettext("Consents without notice"), f"{waiting}{'+' if waiting == cap else ''}")]
        rows += [(str(state.label), str(found.get(state, 0))) for state in MessageState]
        return format_html("<dl>{}</dl>", format_html_join("", "<dt>{}</dt><dd>{}</dd>", rows))


@admin.register(Message)
class MessageAdmin(AboutPersonAdmin):
    list_display = (
        "kind", "state", "channel", "person", "purpose", "queued_at", "sent_at", "seen_at",
    )  # fmt: skip
    list_filter: ClassVar[Any] = ("state", "kind", "channel", ("purpose", ScopedRelatedFilter))
    related = ("purpose", "controller", "notice_version__notice")
    fields = (
        "person", "kind", "purpose", "state", "reason", "queued_at", "sent_at", "seen_at",
        "notice_version", "language", "notice_sha256", "event_id",
    )  # fmt: skip


@admin.register(PersonalGround)
class PersonalGroundAdmin(AboutPersonAdmin, VerbAdmin):
    list_display = ("ground", "state", "person", "purpose", "ends_on", "recorded_at")
    fields = (
        "person", "purpose", "pack", "ground", "state", "provided_at", "reference", "citation",
        "assessment_id", "ends_on", "recorded_at", "activated_at", "ended_at", "end_reason",
    )  # fmt: skip
    verbs = (acts.COMPLETE_GROUND, acts.END_GROUND)


@admin.register(Commitment)
class CommitmentAdmin(AboutPersonAdmin, VerbAdmin):
    list_display = ("person", "purpose", "started_at", "ends_at", "recorded_at")
    list_display_links = ("started_at",)  # the person's column leads to the person
    list_filter: ClassVar[Any] = (("purpose", ScopedRelatedFilter),)
    fields = ("person", "purpose", "reference", "started_at", "ends_at", "recorded_at")
    verbs = (acts.END_COMMITMENT,)
