"""Restrictions of processing as officers see, set and lift them."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Permission
from audit.console import actor_column
from audit.verbs import Act, ActForm, AddForm, Verb, VerbAdmin
from consent import services
from consent.admin.catalogue import AboutPersonAdmin
from consent.methods import CHANNELS
from consent.models import Restriction, RestrictionGround, RestrictionScope
from consent.services import asking
from consent.services.restrictions import MOST_DAYS, NOTICE_DAYS
from subjects.naming import Named

METHODS = [
    ("phone", gettext_lazy("By telephone")),
    ("email", gettext_lazy("By e-mail")),
    ("written", gettext_lazy("In writing")),
    ("in_person", gettext_lazy("In person")),
]
"""How somebody whom an officer writes down may have spoken."""


class PersonForm(AddForm):
    subject = forms.UUIDField(
        label=gettext_lazy("Person"), help_text=gettext_lazy("The id on the person’s page.")
    )
    method = forms.ChoiceField(label=gettext_lazy("How they said so"), choices=METHODS)


class RestrictForm(PersonForm):
    ground = forms.ChoiceField(label=gettext_lazy("Ground"), choices=RestrictionGround.choices)
    scope_type = forms.ChoiceField(label=gettext_lazy("Reach"), choices=RestrictionScope.choices)
    scope = forms.CharField(
        label=gettext_lazy("Of what"), max_length=100, required=False,
        help_text=gettext_lazy("The code of the purpose or category; empty for everything."),
    )  # fmt: skip


class AnnounceForm(ActForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Why the restriction is to end; name no person."),
    )  # fmt: skip
    days = forms.IntegerField(
        label=gettext_lazy("Days to answer"), min_value=1, max_value=MOST_DAYS,
        initial=NOTICE_DAYS,
    )  # fmt: skip


class ToldForm(ActForm):
    through = forms.ChoiceField(
        label=gettext_lazy("Channel"), choices=[(one, one) for one in sorted(CHANNELS)]
    )


def restrict(act: Act) -> str:
    asking.ask_restriction(
        by=act.by, controller_id=act.controller_id, who=Named(subject_id=act.data["subject"]),
        ground=act.data["ground"], scope_type=act.data["scope_type"], scope=act.data["scope"],
        method=act.data["method"],
    )  # fmt: skip
    return _("The use is restricted: the next check denies it.")


def announce(act: Act) -> str:
    found = services.announce_lifting(
        by=act.by, restriction=act.obj, reason=act.data["reason"], days=act.data["days"]
    )
    ends = date_format(found.lifts_at) if found.lifts_at else ""
    return _("The person is being told. The restriction may be lifted from %(date)s on.") % {
        "date": ends
    }


def note_told(act: Act) -> str:
    services.note_told(by=act.by, restriction=act.obj, through=act.data["through"])
    return _("It is noted that the person was told.")


def lift(act: Act) -> str:
    services.lift_restriction(by=act.by, restriction=act.obj)
    return _("The restriction was lifted.")


def _stands(restriction: Restriction) -> bool:
    return restriction.lifted_at is None


def _waits(restriction: Restriction) -> bool:
    is_announced = restriction.announced_at is not None
    return _stands(restriction) and is_announced and restriction.told_at is None


def _is_told(restriction: Restriction) -> bool:
    return _stands(restriction) and restriction.told_at is not None


RESTRICT = Verb(
    name="restrict", label=gettext_lazy("Restrict the use of data"), form=RestrictForm,
    permission=Permission.RECORD_CONSENTS, run=restrict,
    consequence=gettext_lazy("From the next check on the data are kept and not used."),
)  # fmt: skip
ANNOUNCE = Verb(
    name="announce", label=gettext_lazy("Announce the end"), form=AnnounceForm,
    permission=Permission.APPROVE_PURPOSES, run=announce, applies=_stands,
    consequence=gettext_lazy(
        "The person is told before the restriction ends (GDPR Art 18(3)); until it is lifted, it "
        "goes on denying."
    ),
)  # fmt: skip
TOLD = Verb(
    name="told", label=gettext_lazy("Note that the person was told"), form=ToldForm,
    permission=Permission.APPROVE_PURPOSES, run=note_told, applies=_waits,
    consequence=gettext_lazy("For somebody whom no e-mail reaches: you told them yourself."),
)  # fmt: skip
LIFT = Verb(
    name="lift", label=gettext_lazy("Lift the restriction"), is_grave=True,
    permission=Permission.APPROVE_PURPOSES, run=lift, applies=_is_told,
    consequence=gettext_lazy("The data may be used again as far as the person and the law allow."),
)  # fmt: skip


@admin.register(Restriction)
class RestrictionAdmin(AboutPersonAdmin, VerbAdmin):
    related = ("controller",)
    list_display = ("ground", "person", "scope_type", "scope", "asked_at", "lifts_at", "lifted_at")
    list_filter: ClassVar[Any] = ("ground",)
    fields = (
        "person", "ground", "scope_type", "scope", "method", "asked_at", "announced_at", "reason",
        "lifts_at", "told_at", "told_through", "lifted_at", "is_taken_back",
    )  # fmt: skip
    creation = RESTRICT
    verbs = (ANNOUNCE, TOLD, LIFT)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        announced: Callable[[Any], str] = actor_column(
            request, gettext_lazy("Announced by"), "announced_by"
        )
        lifted: Callable[[Any], str] = actor_column(request, gettext_lazy("Lifted by"), "lifted_by")
        return (*self.fields, announced, lifted)
