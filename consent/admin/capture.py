"""Consent managers with their keys, and company sites, as officers see and change them."""

import base64
import binascii
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.console import ScopedRelatedFilter
from audit.verbs import Act, ActForm, AddForm, Verb, VerbAdmin
from consent import services
from consent.models import CollectionSite, ConsentManager, ManagerKey, ManagerState

SUSPENSIONS = (
    ("registration_ended", _("Its registration at the Board ended")),
    ("board_direction", _("The Board directed it")),
    ("key_compromised", _("Its key may be in other hands")),
    ("complaints", _("Complaints of people")),
    ("its_request", _("It asked for it")),
)


class AddManagerForm(AddForm):
    code = forms.SlugField(label=_("Code"), max_length=60)
    name = forms.CharField(label=_("Name"), max_length=120)
    registration = forms.CharField(
        label=_("Registration"), max_length=80,
        help_text=_("Its registration with the Data Protection Board (s.6(9))."),
    )  # fmt: skip


class SuspendForm(ActForm):
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", "–"), *SUSPENSIONS])


class AddKeyForm(ActForm):
    public = forms.CharField(
        label=_("Public key"), max_length=60,
        help_text=_("Ed25519, 32 bytes in base64, as the manager published it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    days = forms.IntegerField(
        label=_("Valid for"), min_value=1, max_value=730, initial=365, help_text=_("Days.")
    )

    def clean_public(self) -> bytes:
        try:
            return base64.b64decode(self.cleaned_data["public"].strip(), validate=True)
        except (binascii.Error, ValueError):
            raise ValidationError(_("This is not base64.")) from None


class AddSiteForm(AddForm):
    origin = forms.CharField(
        label=_("Origin"), max_length=200,
        help_text=_("Scheme and host as browsers say it: https://shop.example."),
        widget=forms.TextInput(attrs={"type": "url", "spellcheck": "false"}),
    )  # fmt: skip


def register(act: Act) -> str:
    services.register_manager(
        by=act.by, controller_id=act.controller_id, code=act.data["code"], name=act.data["name"],
        registration=act.data["registration"],
    )  # fmt: skip
    return gettext("The consent manager was entered. A second person accepts it.")


def accept(act: Act) -> str:
    services.accept_manager(by=act.by, manager=act.obj)
    return gettext("What people choose through this consent manager counts from now on.")


def suspend(act: Act) -> str:
    services.suspend_manager(by=act.by, manager=act.obj, reason=act.data["reason"])
    return gettext("Nothing more of this consent manager is taken.")


def add_key(act: Act) -> str:
    key = services.add_manager_key(
        by=act.by, manager=act.obj, public=act.data["public"], days=act.data["days"]
    )
    return gettext("The key was added. The consent manager names it as %(id)s.") % {"id": key.id}


def revoke_key(act: Act) -> str:
    services.revoke_manager_key(by=act.by, key=act.obj)
    return gettext("The key was revoked; it signs nothing any more.")


def add_site(act: Act) -> str:
    services.add_site(by=act.by, controller_id=act.controller_id, origin=act.data["origin"])
    return gettext("Pages of this origin may show our notice and take choices.")


def end_site(act: Act) -> str:
    services.end_site(by=act.by, site=act.obj)
    return gettext("Nothing more is taken from this origin.")


REGISTER = Verb(
    name="add", label=_("Enter a consent manager"), permission=Permission.MANAGE_SERVICES,
    consequence=_("It may do nothing until a second person accepts it."),
    form=AddManagerForm, run=register,
)  # fmt: skip
ACCEPT = Verb(
    name="accept", label=_("Accept"), permission=Permission.APPROVE_PURPOSES,
    consequence=_(
        "What it says for a person counts as if the person had come. Check its registration at the "
        "Board first. Who entered it cannot accept it."
    ),
    run=accept, applies=lambda manager: manager.state != ManagerState.ACTIVE,
)  # fmt: skip
SUSPEND = Verb(
    name="suspend", label=_("Suspend"), permission=Permission.APPROVE_PURPOSES, is_grave=True,
    consequence=_("All its requests are refused at once. What it brought before stays as it is."),
    form=SuspendForm, run=suspend, applies=lambda manager: manager.state == ManagerState.ACTIVE,
)  # fmt: skip
ADD_KEY = Verb(
    name="add-key", label=_("Add a key"), permission=Permission.MANAGE_SERVICES,
    consequence=_("Whoever holds the other half of the key speaks as this consent manager."),
    form=AddKeyForm, run=add_key,
)  # fmt: skip
REVOKE_KEY = Verb(
    name="revoke", label=_("Revoke"), permission=Permission.MANAGE_SERVICES, is_grave=True,
    consequence=_("Requests signed with it are refused. This cannot be undone."),
    run=revoke_key, applies=lambda key: key.revoked_at is None,
)  # fmt: skip
ADD_SITE = Verb(
    name="add", label=_("Register a site"), permission=Permission.MANAGE_SERVICES,
    consequence=_("Pages of this origin may show our notice and record what a person presses."),
    form=AddSiteForm, run=add_site,
)  # fmt: skip
END_SITE = Verb(
    name="end", label=_("End"), permission=Permission.MANAGE_SERVICES, is_grave=True,
    consequence=_("Tickets that are out count no more. The site can be registered again."),
    run=end_site, applies=lambda site: site.ended_at is None,
)  # fmt: skip


@admin.register(ConsentManager)
class ConsentManagerAdmin(VerbAdmin):
    related = ("controller",)
    list_display = ("name", "registration", "controller", "state", "created_at")
    list_filter = ("state",)
    search_fields = ("name", "code", "registration")
    fields = (
        "name", "code", "registration", "controller", "state", "created_at", "accepted_at",
        "suspended_at", "suspension", "its_keys",
    )  # fmt: skip
    readonly_fields = ("its_keys",)
    creation = REGISTER
    verbs = (ACCEPT, ADD_KEY, SUSPEND)

    @admin.display(description=_("Keys"))
    def its_keys(self, manager: ConsentManager) -> SafeString:
        rows = (
            (reverse("admin:consent_managerkey_change", args=[key.pk]), str(key.pk), state_of(key))
            for key in manager.keys.all()[:20]
        )
        listed = format_html_join("", '<li><a href="{}"><code>{}</code></a> {}</li>', rows)
        return format_html("<ul>{}</ul>", listed)


def state_of(key: ManagerKey) -> str:
    if key.revoked_at:
        return gettext("revoked")
    return gettext("live") if key.expires_at > timezone.now() else gettext("expired")


@admin.register(ManagerKey)
class ManagerKeyAdmin(VerbAdmin):
    related = ("manager", "controller")
    list_display = ("__str__", "manager", "state", "created_at", "expires_at", "revoked_at")
    list_filter = (("manager", ScopedRelatedFilter),)
    fields = (
        "id", "manager", "controller", "public_key", "state", "created_at", "expires_at",
        "revoked_at",
    )  # fmt: skip
    readonly_fields = ("id", "public_key", "state")
    verbs = (REVOKE_KEY,)

    @admin.display(description=_("State"))
    def state(self, key: ManagerKey) -> str:
        return state_of(key)

    @admin.display(description=_("Public key"))
    def public_key(self, key: ManagerKey) -> str:
        return base64.b64encode(bytes(key.public)).decode()


@admin.register(CollectionSite)
class CollectionSiteAdmin(VerbAdmin):
    related = ("controller",)
    list_display: Any = ("origin", "controller", "created_at", "ended_at")
    fields = ("origin", "controller", "created_at", "ended_at")
    creation = ADD_SITE
    verbs = (END_SITE,)
