"""Connected systems as officers see them: what they are, who runs them, whether they are in use."""

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.verbs import Act, ActForm, AddForm, Verb, VerbAdmin
from registry import services_systems as services
from registry.models import System, SystemKind, SystemState
from registry.services_systems import NewSystem

NEXT = {
    SystemState.ACTIVE: (SystemState.PAUSED, SystemState.RETIRED),
    SystemState.PAUSED: (SystemState.ACTIVE, SystemState.RETIRED),
}


def secret_field(*, required: bool) -> forms.CharField:
    return forms.CharField(
        label=_("Secret"), max_length=1000, required=required,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("A password or token of the system. It is sealed, and shown to nobody again."),
    )  # fmt: skip


class SettingsForm(forms.Form):
    """What of a system an officer may change."""

    name = forms.CharField(label=_("Name"), max_length=120)
    unit = forms.SlugField(
        label=_("Business unit"), max_length=60, required=False,
        help_text=_("The unit that keeps it; empty: all units."),
    )  # fmt: skip
    settings = forms.JSONField(
        label=_("Settings"), required=False,
        widget=forms.Textarea(attrs={"rows": 8, "class": "code", "dir": "ltr"}),
        help_text=_("JSON, for a system that is asked when somebody looks; never a secret."),
    )  # fmt: skip
    timeout_ms = forms.IntegerField(
        label=_("Waits at most (milliseconds)"), min_value=50, max_value=10_000, initial=800
    )

    def clean_settings(self) -> Any:
        return self.cleaned_data["settings"] or {}


class AddSystemForm(SettingsForm, AddForm):
    code = forms.SlugField(label=_("Code"), max_length=60)
    kind = forms.ChoiceField(label=_("How its data are got at"), choices=SystemKind.choices)
    secret = secret_field(required=False)
    field_order = ("controller", "code", "name", "kind", "unit", "settings", "timeout_ms")


class ChangeSystemForm(SettingsForm, ActForm):
    """Starts from what stands."""

    def prepare(self) -> None:
        for name, field in self.fields.items():
            field.initial = getattr(self.obj, name)


class SecretForm(ActForm):
    secret = secret_field(required=True)


class StateForm(ActForm):
    state = forms.ChoiceField(label=_("State"))

    def prepare(self) -> None:
        names = dict(SystemState.choices)
        following = NEXT.get(SystemState(self.obj.state), ())
        choices = [(one.value, names[one.value]) for one in following]
        self.fields["state"].choices = choices  # type: ignore[attr-defined]


def add(act: Act) -> str:
    given = {k: v for k, v in act.data.items() if k not in {"controller", "secret"}}
    system = services.record_system(
        by=act.by, controller_id=act.controller_id, new=NewSystem(**given),
        secret=act.data["secret"],
    )  # fmt: skip
    return gettext("%(name)s was recorded.") % {"name": system.name}


def change(act: Act) -> str:
    services.change_system(by=act.by, system=act.obj, **act.data)
    return gettext("The system was changed.")


def set_secret(act: Act) -> str:
    services.set_secret(by=act.by, system=act.obj, secret=act.data["secret"])
    return gettext("The system is asked with the new secret from now on.")


def set_state(act: Act) -> str:
    system = services.set_state(by=act.by, system=act.obj, state=act.data["state"])
    return gettext("%(name)s: %(state)s.") % {
        "name": system.name, "state": system.get_state_display()
    }  # fmt: skip


def is_usable(system: System) -> bool:
    return system.state != SystemState.RETIRED


def is_asked(system: System) -> bool:
    return is_usable(system) and system.kind != SystemKind.PUSHED


ADD = Verb(
    name="add", label=_("Record a connected system"), permission=Permission.MANAGE_PARTIES,
    form=AddSystemForm, run=add,
    consequence=_("What it says of people is taken in, or asked for when somebody looks."),
)  # fmt: skip
CHANGE = Verb(
    name="change-settings", label=_("Change"), permission=Permission.MANAGE_PARTIES,
    form=ChangeSystemForm, run=change, applies=is_usable,
    consequence=_("With another address its secret is dropped, and has to be set again."),
)  # fmt: skip
SECRET = Verb(
    name="secret", label=_("Set the secret"), permission=Permission.MANAGE_PARTIES,
    form=SecretForm, run=set_secret, applies=is_asked,
    consequence=_("The old one is not used any more."),
)  # fmt: skip
STATE = Verb(
    name="state", label=_("Pause, resume or retire"), permission=Permission.MANAGE_PARTIES,
    form=StateForm, run=set_state, applies=is_usable, is_grave=True,
    consequence=_("While not in use it is not asked and hands nothing in. Retiring is final."),
)  # fmt: skip


@admin.register(System)
class SystemAdmin(VerbAdmin):
    related = ("controller", "party")
    list_display = ("name", "code", "kind", "unit", "state", "controller")
    list_filter = ("kind", "state")
    search_fields = ("name", "code")
    fields = ("name", "code", "controller", "kind", "unit", "party", "state", "timeout_ms",
              "its_settings", "has_secret", "created_at")  # fmt: skip
    readonly_fields = ("its_settings", "has_secret")
    creation = ADD
    verbs = (CHANGE, SECRET, STATE)

    @admin.display(description=_("Settings"))
    def its_settings(self, system: System) -> SafeString:
        text = json.dumps(system.settings, indent=2, ensure_ascii=False)
        return format_html('<pre class="payload" tabindex="0">{}</pre>', text)

    @admin.display(description=_("Secret"), boolean=True)
    def has_secret(self, system: System) -> bool:
        return system.sealed_secret is not None
