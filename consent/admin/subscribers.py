"""Subscribers of events, and each delivery to them, as officers see and change them."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import selectors as accounts
from accounts.roles import Permission
from audit.console import RecordedAdmin, ScopedRelatedFilter
from audit.verbs import Act, ActForm, AddForm, Secret, Verb, VerbAdmin
from consent.feed import selectors, subscribers
from consent.feed.words import KINDS, kind_words, trouble_words
from consent.models import Delivery, DeliveryState, SignatureScheme, Subscriber
from work.webhooks.addresses import LONGEST

KEEP = _(
    "Store this at the service now: it is shown only once. The service checks with it that an "
    "event is ours (Standard Webhooks)."
)
ADDRESS_HELP = _(
    "https, at a public host, or an address at this very machine. Empty: the service asks for "
    "events itself."
)


class AddressField(forms.CharField):
    def __init__(self) -> None:
        super().__init__(
            label=_("Address"), max_length=LONGEST, required=False, help_text=ADDRESS_HELP,
            widget=forms.TextInput(attrs={"type": "url", "spellcheck": "false"}),
        )  # fmt: skip


class AddSubscriberForm(AddForm):
    service = forms.ChoiceField(label=_("Service"))
    url = AddressField()
    kinds = forms.MultipleChoiceField(
        label=_("Kinds"), choices=list(KINDS.items()), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("None chosen: all."),
    )  # fmt: skip
    scheme = forms.ChoiceField(label=_("Signature"), choices=SignatureScheme.choices)
    must_confirm = forms.BooleanField(
        label=_("The service says when it has acted"), required=False,
        help_text=_("Else it is enough that it heard."),
    )  # fmt: skip
    due_hours = forms.IntegerField(
        label=_("Hours to confirm an ending"), min_value=1, max_value=720, initial=24,
        help_text=_("Afterwards officers are told (DPDP s.6(6))."),
    )  # fmt: skip

    field_order = ("controller", "service", "url")

    def prepare(self) -> None:
        super().prepare()
        names = accounts.service_names(self.controllers)
        self.fields["service"].choices = list(names.items())  # type: ignore[attr-defined]


class AddressForm(ActForm):
    url = AddressField()

    def prepare(self) -> None:
        self.fields["url"].initial = self.obj.url


class ReplayForm(ActForm):
    after = forms.IntegerField(
        label=_("After position"), min_value=0, max_value=2**62,
        help_text=_("Everything after it is told again."),
    )  # fmt: skip


def add(act: Act) -> Secret:
    said = act.data
    _subscriber, secret = subscribers.subscribe(
        by=act.by, controller_id=act.controller_id, service_id=UUID(said["service"]),
        url=said["url"], kinds=tuple(said["kinds"]), scheme=said["scheme"],
        must_confirm=said["must_confirm"], due_seconds=said["due_hours"] * 3600,
    )  # fmt: skip
    return Secret(gettext("Signing secret or public key"), secret, str(KEEP))


def change_secret(act: Act) -> Secret:
    secret = subscribers.change_secret(by=act.by, subscriber=act.obj)
    return Secret(gettext("Signing secret or public key"), secret, str(KEEP))


def change_address(act: Act) -> str:
    subscribers.change_address(by=act.by, subscriber=act.obj, url=act.data["url"])
    return gettext("The address is asked whether it wants to be called.")


def greet(act: Act) -> str:
    subscribers.greet_again(by=act.by, subscriber=act.obj)
    return gettext("The address is asked whether it wants to be called.")


def replay(act: Act) -> str:
    subscribers.replay(by=act.by, subscriber=act.obj, after=act.data["after"])
    return gettext("The events are told again, in their order.")


def stop(act: Act) -> str:
    subscribers.stop_subscriber(by=act.by, subscriber=act.obj)
    return gettext("Nothing is sent any more. What waits is kept.")


def resume(act: Act) -> str:
    subscribers.resume(by=act.by, subscriber=act.obj)
    return gettext("It goes on where it stopped, once the address agrees.")


def try_again(act: Act) -> str:
    subscribers.try_again(by=act.by, delivery=act.obj)
    return gettext("The event is sent again.")


def is_live(subscriber: Subscriber) -> bool:
    return subscriber.disabled_at is None


def is_called(subscriber: Subscriber) -> bool:
    return is_live(subscriber) and bool(subscriber.url)


MANAGE = Permission.MANAGE_SERVICES
ADD = Verb(
    name="add", label=_("Add a subscriber"), permission=MANAGE, form=AddSubscriberForm, run=add,
    consequence=_(
        "The service is told of changes in people’s choices about its purposes from now on. Ids of "
        "people and codes are sent, nothing else."
    ),
)  # fmt: skip
CHANGE_SECRET = Verb(
    name="change-secret", label=_("Change the secret"), permission=MANAGE, run=change_secret,
    consequence=_("For 24 hours events are signed with the new and the former secret."),
)  # fmt: skip
CHANGE_ADDRESS = Verb(
    name="change-address", label=_("Change the address"), permission=MANAGE, form=AddressForm,
    run=change_address, applies=is_live,
    consequence=_("Nothing is sent until the new address has agreed to be called."),
)  # fmt: skip
GREET = Verb(
    name="greet", label=_("Ask the address again"), permission=MANAGE, run=greet,
    applies=is_called, consequence=_("It is asked whether it wants to be sent events."),
)  # fmt: skip
REPLAY = Verb(
    name="replay", label=_("Tell again"), permission=MANAGE, form=ReplayForm, run=replay,
    consequence=_("The receiver knows repeated events by their ids."),
)  # fmt: skip
STOP = Verb(
    name="stop", label=_("Stop"), permission=MANAGE, run=stop, applies=is_live, is_grave=True,
    consequence=_("The service learns of no change any more until it is resumed."),
)  # fmt: skip
RESUME = Verb(
    name="resume", label=_("Resume"), permission=MANAGE, run=resume,
    applies=lambda subscriber: subscriber.disabled_at is not None,
    consequence=_("It is told everything that happened in the meantime."),
)  # fmt: skip
TRY_AGAIN = Verb(
    name="try-again", label=_("Send again"), permission=MANAGE, run=try_again,
    applies=lambda delivery: delivery.state == DeliveryState.GIVEN_UP,
    consequence=_("The event is sent as if it were new, with the same id."),
)  # fmt: skip


@admin.register(Subscriber)
class SubscriberAdmin(VerbAdmin):
    """One a service; the secrets are shown once and never here."""

    related = ("service", "controller")
    ordering = ("-id",)
    sortable_by = ()
    list_display = (
        "service", "controller", "state", "last_trouble", "address", "heard_at", "its_deliveries",
    )  # fmt: skip
    list_filter: ClassVar[Any] = (("service", ScopedRelatedFilter),)
    fields = (
        "service", "controller", "address", "state", "its_kinds", "scheme", "must_confirm",
        "due_seconds", "created_at", "greeted_at", "rate_per_minute", "old_until_at", "position",
        "waits", "confirmed", "heard_at", "last_trouble", "failures", "rests_until_at",
        "disabled_at", "its_deliveries",
    )  # fmt: skip
    readonly_fields = ("address", "state", "its_kinds", "waits", "last_trouble", "its_deliveries")
    creation = ADD
    verbs = (GREET, CHANGE_ADDRESS, CHANGE_SECRET, REPLAY, STOP, RESUME)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Beside the list: whom the purposes name as recipients although they hear nothing."""
        unheard = [
            (purpose, missing)
            for one in self.allowed_ids(request)
            for purpose, missing in selectors.unheard_recipients(one).items()
        ]
        return super().changelist_view(request, {"unheard": unheard, **(extra_context or {})})

    @admin.display(description=_("Address"))
    def address(self, subscriber: Subscriber) -> str:
        return subscriber.url or gettext("none: it asks for events")

    @admin.display(description=_("State"))
    def state(self, subscriber: Subscriber) -> str:
        if subscriber.disabled_at:
            return subscriber.get_disabled_reason_display()
        if subscriber.url and subscriber.greeted_at is None:
            return gettext("the address has not agreed yet")
        return gettext("in use")

    @admin.display(description=_("Kinds"))
    def its_kinds(self, subscriber: Subscriber) -> str:
        return ", ".join(kind_words(one) for one in subscriber.kinds) or gettext("all")

    @admin.display(description=_("Last trouble"))
    def last_trouble(self, subscriber: Subscriber) -> str:
        return trouble_words(subscriber.trouble)

    @admin.display(description=_("Waiting"))
    def waits(self, subscriber: Subscriber) -> str:
        found = selectors.waiting(subscriber)
        return gettext("%(due)d to be sent, %(behind)d not handed out yet") % {
            "due": found.deliveries, "behind": found.behind,
        }  # fmt: skip

    @admin.display(description=_("Deliveries"))
    def its_deliveries(self, subscriber: Subscriber) -> SafeString:
        address = reverse("admin:consent_delivery_changelist")
        query = f"?subscriber__id__exact={subscriber.pk}"
        return format_html('<a href="{}{}">{}</a>', address, query, gettext("Each delivery"))


@admin.register(Delivery)
class DeliveryAdmin(RecordedAdmin, VerbAdmin):
    """Each event on its way to each subscriber, newest first."""

    permission = Permission.VIEW_AUDIT
    related = ("subscriber__service", "change")
    ordering = ("-id",)
    list_display = (
        "created_at", "to", "what", "state", "last_trouble", "attempts", "person", "purpose",
        "heard_at", "confirmed_at",
    )  # fmt: skip
    list_filter: ClassVar[Any] = ("state", ("subscriber", ScopedRelatedFilter))
    fields = (
        "to", "what", "purpose", "person", "position", "state", "attempts", "next_at",
        "last_trouble", "created_at", "heard_at", "due_at", "confirmed_at", "escalated_at",
    )  # fmt: skip
    readonly_fields = ("to", "what", "purpose", "person", "last_trouble")
    verbs = (TRY_AGAIN,)

    @admin.display(description=_("Service"))
    def to(self, delivery: Delivery) -> str:
        return str(delivery.subscriber.service)

    @admin.display(description=_("What changed"))
    def what(self, delivery: Delivery) -> str:
        return kind_words(delivery.change.kind)

    @admin.display(description=_("Purpose"))
    def purpose(self, delivery: Delivery) -> str:
        return delivery.change.purpose

    @admin.display(description=_("Person"))
    def person(self, delivery: Delivery) -> SafeString:
        address = reverse("admin:person", args=[delivery.subject_id])
        return format_html(
            '<a href="{}"><bdi dir="ltr">…{}</bdi></a>', address, str(delivery.subject_id)[-12:]
        )

    @admin.display(description=_("Last trouble"))
    def last_trouble(self, delivery: Delivery) -> str:
        return trouble_words(delivery.trouble)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup == "subscriber__id__exact" or super().lookup_allowed(lookup, value, request)
