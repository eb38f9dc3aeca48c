"""What a company has at the platforms that pass deletions on, as officers set it up."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.verbs import Act, ActForm, AddForm, Verb, VerbAdmin
from erasure.inbound import services
from erasure.models import Platform, PlatformApp
from subjects.schemes import SCHEMES

SCHEME_CHOICES = [(one, one) for one in SCHEMES]
SIGNED_BY_SECRET = (Platform.META, Platform.SHOPIFY)


def secret_field(*, required: bool) -> forms.CharField:
    return forms.CharField(
        label=_("Secret"), max_length=services.LONGEST_SECRET, required=required,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Meta and Shopify sign with it. It is sealed, and shown to nobody again."),
    )  # fmt: skip


class AppForm(AddForm):
    platform = forms.ChoiceField(label=_("Platform"), choices=Platform.choices)
    audiences = forms.CharField(
        label=_("The app’s ids there"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr"}),
        help_text=_("One a line. Apple and Google name them in what they sign."),
    )  # fmt: skip
    secret = secret_field(required=False)
    scheme = forms.ChoiceField(
        label=_("People are identifiers of"), choices=SCHEME_CHOICES, initial="account"
    )
    before = forms.CharField(
        label=_("Our identifiers begin with"), required=False, max_length=40,
        help_text=_("What precedes the platform’s id of a person; empty: nothing."),
    )  # fmt: skip


class SecretForm(ActForm):
    secret = secret_field(required=True)


def add(act: Act) -> str:
    given = act.data
    made = services.record_app(
        by=act.by, controller_id=act.controller_id, platform=given["platform"],
        audiences=given["audiences"].split(), secret=given["secret"], scheme=given["scheme"],
        before=given["before"],
    )  # fmt: skip
    return gettext("%(platform)s may pass deletions on from now on.") % {
        "platform": made.get_platform_display()
    }


def set_secret(act: Act) -> str:
    services.set_app_secret(by=act.by, app=act.obj, secret=act.data["secret"])
    return gettext("What is signed with the new secret is heard from now on.")


def switch(act: Act) -> str:
    services.switch_app(by=act.by, app=act.obj)
    return gettext("The app was changed.")


MANAGED = Permission.MANAGE_PARTIES
ADD = Verb(
    name="add", label=_("Hear a platform"), permission=MANAGED, form=AppForm, run=add,
    consequence=_("Who is passed on by the platform, signed, is erased like by their own request."),
)  # fmt: skip
SECRET = Verb(
    name="secret", label=_("Set the secret"), permission=MANAGED, form=SecretForm, run=set_secret,
    applies=lambda row: row.platform in SIGNED_BY_SECRET,
    consequence=_("What is signed with the old one is not heard any more."),
)  # fmt: skip
SWITCH = Verb(
    name="switch", label=_("Take out of use, or back"), permission=MANAGED, run=switch,
    is_grave=True,
    consequence=_("While not in use, what the platform passes on is refused, and lost in the end."),
)  # fmt: skip


@admin.register(PlatformApp)
class PlatformAppAdmin(VerbAdmin):
    """The secret is never shown; of the published keys, when they were read."""

    related = ("controller",)
    list_display = ("platform", "scheme", "is_active", "keys_at", "controller")
    list_filter: ClassVar[Any] = ("platform", "is_active")
    ordering = ("-id",)
    fields: ClassVar[Any] = (
        "platform", "controller", "audiences", "scheme", "before", "has_secret", "keys_url",
        "keys_at", "is_active", "created_at",
    )  # fmt: skip
    readonly_fields: ClassVar[Any] = ("has_secret",)
    creation = ADD
    verbs = (SECRET, SWITCH)

    @admin.display(description=_("Secret"), boolean=True)
    def has_secret(self, row: PlatformApp) -> bool:
        return row.sealed_secret is not None
