"""Objections as officers see and decide them."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Permission
from audit.console import actor_column
from audit.verbs import Act, ActForm, Verb, VerbAdmin
from consent import services
from consent.admin.catalogue import AboutPersonAdmin
from consent.admin.restrictions import PersonForm
from consent.models import Objection, ObjectionKind, ObjectionState
from consent.services import asking
from subjects.naming import Named


class GroundsForm(ActForm):
    grounds = forms.CharField(
        label=gettext_lazy("Grounds"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Why it is decided so (GDPR Art 21(1)); name no person."),
    )  # fmt: skip


def uphold(act: Act) -> str:
    services.decide_objection(
        by=act.by, objection=act.obj, state=ObjectionState.UPHELD, grounds=act.data["grounds"]
    )
    return _("The objection was upheld: the data are not used for this purpose.")


def dismiss(act: Act) -> str:
    services.decide_objection(
        by=act.by, objection=act.obj, state=ObjectionState.DISMISSED, grounds=act.data["grounds"]
    )
    return _("The objection was dismissed: it stops the use no longer.")


def _is_pending(objection: Objection) -> bool:
    return objection.state == ObjectionState.PENDING and objection.lifted_at is None


UPHOLD = Verb(
    name="uphold", label=gettext_lazy("Uphold"), permission=Permission.APPROVE_PURPOSES,
    form=GroundsForm, run=uphold, applies=_is_pending,
    consequence=gettext_lazy("The data stay unused for this purpose."),
)  # fmt: skip
DISMISS = Verb(
    name="dismiss", label=gettext_lazy("Dismiss on compelling grounds"), is_grave=True,
    permission=Permission.APPROVE_PURPOSES, form=GroundsForm, run=dismiss, applies=_is_pending,
    consequence=gettext_lazy(
        "The data may be used again, because compelling legitimate grounds outweigh the person’s."
    ),
)  # fmt: skip


class ObjectForm(PersonForm):
    kind = forms.ChoiceField(label=gettext_lazy("Against what"), choices=ObjectionKind.choices)
    purpose = forms.CharField(
        label=gettext_lazy("Purpose"), max_length=100, required=False,
        help_text=gettext_lazy("Its code; empty for direct marketing and for the opt-out."),
    )  # fmt: skip


def register(act: Act) -> str:
    asking.ask_objection(
        by=act.by, controller_id=act.controller_id, who=Named(subject_id=act.data["subject"]),
        kind=act.data["kind"], purpose=act.data["purpose"], method=act.data["method"],
    )  # fmt: skip
    return _("The objection is registered: the next check counts it.")


REGISTER = Verb(
    name="register", label=gettext_lazy("Register an objection"), form=ObjectForm,
    permission=Permission.RECORD_CONSENTS, run=register,
    consequence=gettext_lazy("From the next check on the data are not used for this."),
)  # fmt: skip


@admin.register(Objection)
class ObjectionAdmin(AboutPersonAdmin, VerbAdmin):
    list_display = ("kind", "state", "person", "purpose", "objected_at", "lifted_at")
    creation = REGISTER
    list_filter: ClassVar[Any] = ("state", "kind")
    fields = (
        "person", "kind", "purpose", "state", "method", "objected_at", "lifted_at", "decided_at",
        "grounds",
    )  # fmt: skip
    verbs = (UPHOLD, DISMISS)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        decided: Callable[[Any], str] = actor_column(
            request, gettext_lazy("Decided by"), "decided_by"
        )
        return (*self.fields, decided)
