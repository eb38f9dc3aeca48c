"""How systems are told to let go of people, and in which order, as officers see and set it."""

import json
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.verbs import Act, ActForm, AddForm, Caution, Verb, VerbAdmin
from keys.problems import DomainError
from registry import connectors
from registry import services_connectors as services
from registry.admin_systems import secret_field
from registry.connectors.troubles import is_known, trouble_text
from registry.errors_connectors import ConnectorSettingsError, ConnectorUnusableError
from registry.models import Connector, System, SystemState, Wait


class ExactForm(ActForm):
    """Says beside a refusal what is wrong, and with which member of the settings."""

    def refuse(self, error: DomainError | ValidationError) -> None:
        super().refuse(error)
        why = self._why(error)
        if why:
            self.add_error("settings" if "settings" in self.fields else None, why)

    def _why(self, error: DomainError | ValidationError) -> str:
        if not isinstance(error, ConnectorSettingsError | ConnectorUnusableError):
            return ""
        _where, _dot, code = (error.field or "").partition(".")
        is_member = isinstance(error, ConnectorSettingsError) and not is_known(code)
        return trouble_text(f"settings_{code}" if code and is_member else code)


class WayForm(forms.Form):
    """What of a connector an officer may change."""

    settings = forms.JSONField(
        label=_("Settings"), required=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "code", "dir": "ltr"}),
        help_text=_("JSON, as the connector’s kind wants it; never a secret."),
    )  # fmt: skip
    per_minute = forms.IntegerField(
        label=_("Calls a minute at most"), min_value=0, max_value=1_000_000, initial=0,
        help_text=_("0: as many as the connector says the system takes."),
    )  # fmt: skip

    def clean_settings(self) -> Any:
        return self.cleaned_data["settings"] or {}


class AddConnectorForm(WayForm, ExactForm, AddForm):
    system = forms.ChoiceField(label=_("System"))
    kind = forms.ChoiceField(label=_("Kind of connector"), help_text=_("It never changes."))
    secret = secret_field(required=False)
    field_order = ("controller", "system", "kind", "settings", "secret", "per_minute")

    def prepare(self) -> None:
        super().prepare()
        self.fields["system"].choices = systems_of(self, connector=None)  # type: ignore[attr-defined]
        kinds = [(one, one) for one in connectors.kinds()]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


class ChangeConnectorForm(WayForm, ExactForm):
    """Starts from what stands."""

    def prepare(self) -> None:
        for name, field in self.fields.items():
            field.initial = getattr(self.obj, name)


class SecretForm(ActForm):
    secret = secret_field(required=True)


class WaitForm(AddForm):
    system = forms.ChoiceField(label=_("System"))
    after = forms.ChoiceField(label=_("Waits for"))
    seconds = forms.IntegerField(
        label=_("And so many seconds more"), min_value=0, initial=0,
        max_value=services.LONGEST_WAIT_SECONDS,
    )  # fmt: skip

    def prepare(self) -> None:
        super().prepare()
        for name in ("system", "after"):
            self.fields[name].choices = systems_of(self)  # type: ignore[attr-defined]


def systems_of(form: ActForm, **but: Any) -> list[tuple[str, str]]:
    """The systems in use at the controllers the form may name."""
    rows = System.objects.filter(controller__in=form.controllers, **but)
    found = rows.exclude(state=SystemState.RETIRED).order_by("name", "id")
    return [(str(one.pk), f"{one.name} ({one.code})") for one in found]


def add(act: Act) -> str:
    given = act.data
    made = services.record_connector(
        by=act.by, controller_id=act.controller_id, system_id=UUID(given["system"]),
        kind=given["kind"], settings=given["settings"], secret=given["secret"],
        per_minute=given["per_minute"],
    )  # fmt: skip
    return gettext("%(name)s can be told. Check the connector before the first case.") % {
        "name": made.system.name
    }


def change(act: Act) -> str:
    services.change_connector(by=act.by, connector=act.obj, **act.data)
    return gettext("The connector was changed.")


def set_secret(act: Act) -> str:
    services.set_secret(by=act.by, connector=act.obj, secret=act.data["secret"])
    return gettext("The system is called with the new secret from now on.")


def check(act: Act) -> str:
    faults = services.check_connector(by=act.by, connector=act.obj)
    if not faults:
        return gettext("The system is as the settings say.")
    said = gettext("The system is not as the settings say: %(codes)s")
    return Caution(said % {"codes": " ".join(map(trouble_text, faults))})


def accept(act: Act) -> str:
    services.accept_shape(by=act.by, connector=act.obj)
    return gettext("The system’s shape as it is now is the one to work with.")


def pause(act: Act) -> str:
    services.change_connector(by=act.by, connector=act.obj, is_active=not act.obj.is_active)
    return gettext("The connector was changed.")


def set_wait(act: Act) -> str:
    services.set_wait(
        by=act.by, controller_id=act.controller_id, system_id=UUID(act.data["system"]),
        after_id=UUID(act.data["after"]), seconds=act.data["seconds"],
    )  # fmt: skip
    return gettext("The order counts for cases that are opened from now on.")


def remove_wait(act: Act) -> str:
    services.remove_wait(by=act.by, wait=act.obj)
    return gettext("The system waits no more.")


MANAGED = Permission.MANAGE_PARTIES
ADD = Verb(
    name="add", label=_("Connect a system"), permission=MANAGED, form=AddConnectorForm, run=add,
    consequence=_("Erasures, corrections and restrictions are told to it from then on."),
)  # fmt: skip
CHANGE = Verb(
    name="change-way", label=_("Change"), permission=MANAGED, form=ChangeConnectorForm, run=change,
    consequence=_(
        "With other settings the accepted shape is void; with another address the secret too."
    ),
)  # fmt: skip
SECRET = Verb(
    name="secret", label=_("Set the secret"), permission=MANAGED, form=SecretForm, run=set_secret,
    consequence=_("The old one is not used any more."),
)  # fmt: skip
CHECK = Verb(
    name="check", label=_("Check"), permission=MANAGED, form=ExactForm, run=check,
    applies=lambda row: row.is_active,
    consequence=_("The system is asked whether it is as the settings say. Nobody’s data are told."),
)  # fmt: skip
ACCEPT = Verb(
    name="accept", label=_("Accept its shape"), permission=MANAGED, form=ExactForm,
    run=accept,
    applies=lambda row: row.is_active, is_grave=True,
    consequence=_(
        "Tables, columns and keys as they are now are taken as right. Until another shape is "
        "accepted, steps stop when the system changes."
    ),
)  # fmt: skip
PAUSE = Verb(
    name="pause", label=_("Take out of use, or back"), permission=MANAGED, run=pause, is_grave=True,
    consequence=_("While not in use nothing is told it: steps fail and an officer must look."),
)  # fmt: skip
SET_WAIT = Verb(
    name="add", label=_("Let a system wait"), permission=MANAGED, form=WaitForm, run=set_wait,
    consequence=_("Nothing is told the system before the other one has ended."),
)  # fmt: skip
REMOVE_WAIT = Verb(
    name="remove", label=_("Let it wait no more"), permission=MANAGED, run=remove_wait,
    is_grave=True,
    consequence=_("Cases that are opened from now on tell both at once."),
)  # fmt: skip


@admin.register(Connector)
class ConnectorAdmin(VerbAdmin):
    related = ("controller", "system")
    list_display = ("system", "kind", "per_minute", "checked_at", "its_fault", "is_active",
                    "controller")  # fmt: skip
    list_filter = ("kind", "is_active")
    ordering = ("-id",)
    fields = ("system", "controller", "kind", "its_settings", "has_secret", "fingerprint",
              "per_minute", "checked_at", "its_fault", "is_active", "created_at")  # fmt: skip
    readonly_fields = ("its_settings", "has_secret", "its_fault")
    creation = ADD
    verbs = (CHANGE, SECRET, CHECK, ACCEPT, PAUSE)

    @admin.display(description=_("Settings"))
    def its_settings(self, row: Connector) -> SafeString:
        text = json.dumps(row.settings, indent=2, ensure_ascii=False)
        return format_html('<pre class="payload" tabindex="0">{}</pre>', text)

    @admin.display(description=_("What is wrong"))
    def its_fault(self, row: Connector) -> str:
        return trouble_text(row.fault)

    @admin.display(description=_("Secret"), boolean=True)
    def has_secret(self, row: Connector) -> bool:
        return row.sealed_secret is not None


@admin.register(Wait)
class WaitAdmin(VerbAdmin):
    related = ("controller", "system", "after")
    list_display = ("system", "after", "seconds", "controller")
    ordering = ("-id",)
    fields = ("system", "after", "seconds", "controller", "created_at")
    creation = SET_WAIT
    verbs = (REMOVE_WAIT,)

    def back(self, obj: Any) -> str:
        """Of an order that was removed there is no page."""
        return super().back(None)
