"""Audiences as officers see them: who asked whom to reach and why, how far it is, what came of it.

An officer may end one, and take the list that the service would get; both are recorded.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.console import ScopedRelatedFilter, site
from audit.verbs import Act, ActForm, Verb, VerbAdmin
from policies.audiences import lists, results, selectors, services, words
from policies.audiences.counts import exclusions
from policies.audiences.models import Audience, AudienceState
from work import selectors as work

MOST_PARTS = 100


class TakeForm(ActForm):
    """In which form the list is wanted."""

    form = forms.ChoiceField(
        label=_("Form"), choices=[(lists.CSV, "CSV"), (lists.NDJSON, "NDJSON")]
    )


def take(act: Act) -> results.ResultStream:
    form = act.data["form"]
    ended = selectors.ended_since(act.obj)
    content = results.pieces(form, selectors.permits(act.obj, ended))
    services.take(by=act.by, audience=act.obj, form=form, left_out=len(ended))
    response = results.ResultStream(form, content)
    name = f"audience-{act.obj.created_at:%Y%m%d-%H%M%S}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def stop(act: Act) -> str:
    services.stop(by=act.by, audience=act.obj)
    return gettext("It was stopped; the service cannot take it any more.")


TAKE = Verb(
    name="take", label=_("Take the list"), permission=Permission.MANAGE_PURPOSES, run=take,
    form=TakeForm, is_grave=True, applies=lambda one: one.state == AudienceState.READY,
    consequence=_(
        "The ids of the people who may be reached leave the suite. Whoever has withdrawn since is "
        "left out. Who takes the list is recorded."
    ),
)  # fmt: skip
STOP = Verb(
    name="stop", label=_("Stop"), permission=Permission.MANAGE_SERVICES, run=stop, is_grave=True,
    applies=lambda one: one.state in {AudienceState.MAKING, AudienceState.READY},
    consequence=_(
        "Nothing more is decided, and the service cannot take the list any more. What it has taken "
        "already it keeps until the permits end; of withdrawals it still hears. If it has taken "
        "nothing yet, the contacts that were counted for it are given back."
    ),
)  # fmt: skip


@admin.register(Audience)
class AudienceAdmin(VerbAdmin):
    """Newest first. It counts people and names nobody."""

    permission = Permission.VIEW_AUDIT
    related = ("service",)
    verbs = (TAKE, STOP)
    ordering = ("-id",)
    sortable_by = ()
    list_display = (
        "created_at", "progress", "may_be_reached", "purpose", "campaign", "service", "valid_until",
    )  # fmt: skip
    list_filter: ClassVar[Any] = ("state", ("service", ScopedRelatedFilter))
    fields = (
        "created_at", "service", "purpose", "campaign", "asked", "of_whom", "progress",
        "may_be_reached", "left_out", "ready_at", "valid_until", "handed_out", "entries",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=_("State"))
    def progress(self, one: Audience) -> str:
        if one.state == AudienceState.FAILED:
            return words.problem(one.problem)
        if one.state != AudienceState.MAKING:
            return str(one.get_state_display())
        find = {"kind": services.KIND, "dedupe_key": str(one.id)}
        if work.state_of(controller_id=one.controller_id, **find) == "dead":
            return gettext("Given up after many attempts; the list of jobs says why.")
        return gettext("In the making: %(done)d of %(total)d decided") % {
            "done": one.decided, "total": one.total,
        }  # fmt: skip

    @admin.display(description=_("May be reached"))
    def may_be_reached(self, one: Audience) -> str:
        """Nothing before the end: two states of one in the making would tell of single people."""
        if not one.is_whole:
            return "–"
        return gettext("%(permitted)d of %(total)d") % {
            "permitted": one.permitted, "total": one.total,
        }  # fmt: skip

    @admin.display(description=_("Left out, by reason"))
    def left_out(self, one: Audience) -> SafeString | str:
        if not one.is_whole:
            return "–"
        found = exclusions(one.excluded, settings.AUDIENCE_SMALLEST_GROUP)
        told = (
            (words.count(each.count), site().reason_text(each.reason) if each.reason
             else gettext("several reasons with few people each"))
            for each in found
        )  # fmt: skip
        return _listed("<li>{}: {}</li>", told) or gettext("nobody")

    @admin.display(description=_("What was asked"))
    def asked(self, one: Audience) -> SafeString | str:
        return _listed("<li>{}: {}</li>", words.question(one.question)) or "–"

    @admin.display(description=_("Of whom"))
    def of_whom(self, one: Audience) -> str:
        if one.segment:
            return gettext("the segment %(code)s") % {"code": one.segment}
        if one.is_listed:
            return gettext("the people of a list that the service sent")
        return gettext("all people of the company")

    @admin.display(description=_("Handed out"))
    def handed_out(self, one: Audience) -> str:
        if one.taken_at is None:
            return gettext("not yet")
        said = ngettext("once", "%(count)d times", one.taken) % {"count": one.taken}
        at = date_format(one.taken_at, "DATETIME_FORMAT")
        return gettext("%(often)s, last on %(at)s") % {"often": said, "at": at}

    @admin.display(description=_("Entries in the log"))
    def entries(self, one: Audience) -> SafeString | str:
        """The entries that prove the permits: one for each chunk of people."""
        rows = (
            (reverse("admin:decision", args=[part.id]), part.id,
             words.count(part.count))
            for part in one.parts.all()[:MOST_PARTS]
        )  # fmt: skip
        line = '<li><a href="{}"><bdi dir="ltr">{}</bdi></a>: <bdi>{}</bdi></li>'
        return _listed(line, rows) or gettext("none")


def _listed(line: str, rows: Iterable[Iterable[Any]]) -> SafeString | str:
    found = format_html_join("", line, (tuple(row) for row in rows))
    return format_html("<ul>{}</ul>", found) if found else ""
