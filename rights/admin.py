"""People's requests as officers see and answer them, the earliest due first."""

from collections.abc import Callable
from datetime import UTC
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.console import HappenedFilter, RecordedAdmin, actor_column
from audit.exporting.forms import Moment
from audit.verbs import Act, ActForm, AddForm, Verb, VerbAdmin
from erasure.scopes import ScopeType
from rights import asking, selectors, services
from rights.grounds import ANSWERS, IDENTIFIED, REFUSED
from rights.models import AccessBundle, Channel, Pause, Request, RequestKind, RequestState
from rights.values import from_text
from subjects.errors import KeyDestroyedError

BY_HAND = [(one.value, one.label) for one in (Channel.PHONE, Channel.PAPER)]
UNSETTLED = ("", _("It is to be settled"))


def words(label: object, help_text: object, *, most: int = 300) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, help_text=help_text,  # type: ignore[arg-type]
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class ReceiveForm(AddForm):
    subject = forms.UUIDField(label=_("Person"), help_text=_("The id on the person’s page."))
    kind = forms.ChoiceField(label=_("What they ask for"), choices=RequestKind.choices)
    scope_type = forms.ChoiceField(label=_("Reaches"), choices=ScopeType.choices)
    scope = forms.CharField(
        label=_("Which purpose or category"), max_length=100, required=False,
        help_text=_("Its code; empty for everything."),
    )  # fmt: skip
    attribute = forms.RegexField(
        r"\A[a-z0-9_.]*\Z", label=_("What is to be put right"), max_length=60, required=False,
        help_text=_("Of a correction: the attribute’s code, or email or phone."),
    )  # fmt: skip
    value = forms.CharField(
        label=_("What is right"), max_length=1000, required=False,
        help_text=_("Of a correction, as the person says it."),
    )  # fmt: skip
    channel = forms.ChoiceField(label=_("How it came"), choices=BY_HAND)
    received_at = Moment(
        label=_("Received (UTC)"), help_text=_("Clocks count from then. Empty: now.")
    )
    identified_how = forms.ChoiceField(
        label=_("How it was settled who asks"), required=False,
        choices=[UNSETTLED, *IDENTIFIED.items()],
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("scope_type") == ScopeType.EVERYTHING:
            cleaned["scope"] = ""
        return cleaned


class IdentifyForm(ActForm):
    how = forms.ChoiceField(label=_("How it was settled who asks"), choices=IDENTIFIED.items())


class ReasonForm(ActForm):
    reason = words(_("Reason"), _("The person is told. Name nobody else."))


class RefuseForm(ActForm):
    code = forms.ChoiceField(label=_("Ground"), choices=REFUSED.items())
    text = words(_("Reasons in plain words"), _("The person reads them."), most=1000)


class AnswerForm(ActForm):
    code = forms.ChoiceField(label=_("How it was answered"), choices=ANSWERS.items())
    text = words(_("In plain words"), _("The person reads them."), most=1000)


def receive(act: Act) -> str:
    said = act.data
    moment = said["received_at"]
    new = services.NewRequest(
        subject_id=said["subject"], kind=said["kind"], channel=said["channel"],
        scope_type=said["scope_type"], scope=said["scope"],
        received_at=moment.replace(tzinfo=UTC) if moment else None,
        identified_how=said["identified_how"], attribute=said["attribute"],
        value=from_text(act.controller_id, said["attribute"], said["value"]) or None,
    )  # fmt: skip
    services.receive(by=act.by, controller_id=act.controller_id, new=new)
    return gettext("The request is taken in, and its clock runs.")


def identify(act: Act) -> str:
    services.identify(by=act.by, **named(act), how=act.data["how"])
    return gettext("It is settled who asks, and what they ask for has begun.")


def pause(act: Act) -> str:
    services.pause(by=act.by, **named(act), reason=act.data["reason"])
    return gettext("The clock stands still, and the person is told why.")


def resume(act: Act) -> str:
    services.resume(by=act.by, **named(act))
    return gettext("The clock runs again.")


def extend(act: Act) -> str:
    services.extend(by=act.by, **named(act), reason=act.data["reason"])
    return gettext("The time was extended, and the person is told why.")


def refuse(act: Act) -> str:
    services.refuse(by=act.by, **named(act), code=act.data["code"], text=act.data["text"])
    return gettext("The request was refused, and the person is told why.")


def accept(act: Act) -> str:
    services.accept(by=act.by, **named(act))
    return gettext("It is put right here, and whoever holds it is being told.")


def answer(act: Act) -> str:
    services.answer(by=act.by, **named(act), code=act.data["code"], text=act.data["text"])
    return gettext("The answer is on record, and the person is told.")


def take_back(act: Act) -> str:
    services.take_back(by=act.by, **named(act))
    return gettext("The request was taken back.")


def begin_again(act: Act) -> str:
    services.begin_again(by=act.by, **named(act))
    return gettext("What they ask for has begun anew.")


def named(act: Act) -> dict[str, Any]:
    return {"controller_id": act.obj.controller_id, "request_id": act.obj.pk}


def is_open(request: Request) -> bool:
    return request.state in selectors.OPEN


def is_unidentified(request: Request) -> bool:
    return request.state in (RequestState.RECEIVED, RequestState.IDENTITY)


MANAGED = Permission.MANAGE_RIGHTS
RECEIVE = Verb(
    name="add", label=_("Take a request in"), permission=MANAGED, form=ReceiveForm, run=receive,
    consequence=_(
        "Its clock counts from the moment it reached the company. Where it is settled who asks, "
        "what they ask for begins at once."
    ),
)  # fmt: skip
IDENTIFY = Verb(
    name="identify", label=_("Settle who asks"), permission=MANAGED, form=IdentifyForm,
    run=identify, applies=is_unidentified, is_grave=True,
    consequence=_("What they ask for begins: of an erasure, uses are denied from this moment on."),
)  # fmt: skip
PAUSE = Verb(
    name="pause", label=_("Stop the clock"), permission=MANAGED, form=ReasonForm, run=pause,
    applies=lambda request: request.state == RequestState.RECEIVED,
    consequence=_("Only on a reasonable doubt about who asks (GDPR 12(6)); the person is told."),
)  # fmt: skip
RESUME = Verb(
    name="resume", label=_("Let the clock run"), permission=MANAGED, run=resume,
    applies=lambda request: request.state == RequestState.IDENTITY,
    consequence=_("It is due later by as long as the clock stood still."),
)  # fmt: skip
EXTEND = Verb(
    name="extend", label=_("Extend"), permission=MANAGED, form=ReasonForm, run=extend,
    applies=lambda request: is_open(request) and request.extended_at is None,
    consequence=_("Once, by two months, within the first month; the person is told (GDPR 12(3))."),
)  # fmt: skip
REFUSE = Verb(
    name="refuse", label=_("Refuse"), permission=MANAGED, form=RefuseForm, run=refuse,
    applies=is_open, is_grave=True,
    consequence=_("The person is told the reasons, and where they can complain (GDPR 12(4))."),
)  # fmt: skip
ACCEPT = Verb(
    name="accept", label=_("Accept the correction"), permission=MANAGED, run=accept,
    applies=services.may_be_accepted, is_grave=True,
    consequence=_(
        "It is put right here at once, and every system and recipient that holds it is told."
    ),
)  # fmt: skip
ANSWER = Verb(
    name="answer", label=_("Answer"), permission=MANAGED, form=AnswerForm, run=answer,
    applies=lambda request: request.state == RequestState.WORKING,
    consequence=_("Erasures and copies are answered by themselves when they are done."),
)  # fmt: skip
BEGIN_AGAIN = Verb(
    name="begin-again", label=_("Begin anew"), permission=MANAGED, run=begin_again,
    applies=lambda request: request.kind == RequestKind.ERASURE and (
        selectors.was_returned(request)
    ), is_grave=True,
    consequence=_(
        "Its case was called off, which answers nobody: begin anew, or refuse or answer it with "
        "reasons. Of an erasure, uses are denied from this moment on."
    ),
)  # fmt: skip
TAKE_BACK = Verb(
    name="take-back", label=_("Note that it was taken back"), permission=MANAGED, run=take_back,
    applies=is_open, is_grave=True,
    consequence=_("Because the person said so. Possible while no system was told."),
)  # fmt: skip


class ByThePerson(RecordedAdmin, VerbAdmin):
    permission = Permission.VIEW_AUDIT

    @admin.display(description=_("Person"))
    def person(self, row: Any) -> SafeString:
        address = reverse("admin:person", args=[row.subject_id])
        return format_html(
            '<a href="{}"><bdi dir="ltr">…{}</bdi></a>', address, str(row.subject_id)[-12:]
        )


@admin.register(Request)
class RequestAdmin(ByThePerson):
    ordering = ("due_at", "-id")
    list_display = (
        "kind", "person", "due", "state", "channel", "scope_type", "scope", "pack",
    )  # fmt: skip
    list_filter: ClassVar[Any] = ("state", "kind", "channel")
    readonly_fields: ClassVar[Any] = ("person", "due", "its_case", "stood_still", "said_right")
    creation = RECEIVE
    verbs = (IDENTIFY, PAUSE, RESUME, EXTEND, BEGIN_AGAIN, ACCEPT, REFUSE, ANSWER,
             TAKE_BACK)  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        by: Callable[[Any], str] = actor_column(request, _("Handled by"), "handled_by")
        extended = ("extended_at", "extension_reason") if obj and obj.extended_at else ()
        asked = ("attribute", "said_right") if obj and obj.attribute else ()
        return ("id", "person", "kind", *asked, "scope_type", "scope", "channel", "acting_id",
                "pack", "state", "received_at", "due", *extended, "stood_still", "identified_at",
                "identified_how", "its_case", by, "answered_at", "answer_code",
                "answer_text")  # fmt: skip

    @admin.display(description=_("Due"), ordering="due_at")
    def due(self, request: Request) -> SafeString | str:
        day = localize(request.due_at)
        if request.state in selectors.OPEN and request.due_at < timezone.now():
            return format_html('<strong class="trouble">{} ({})</strong>', day, gettext("overdue"))
        return day

    @admin.display(description=_("What is right, as the person says"))
    def said_right(self, request: Request) -> str:
        """Shown to who decides, while it is to be decided; the look at the page is recorded."""
        if request.state not in selectors.OPEN:
            return gettext("It is decided.")
        try:
            return str(asking.opened(request))
        except KeyDestroyedError:
            return gettext("The person’s data are gone.")

    @admin.display(description=_("Erasure case"))
    def its_case(self, request: Request) -> SafeString | str:
        if request.case_id is None:
            return ""
        address = reverse("admin:erasure_case", args=[request.case_id])
        said = gettext("It came to nothing: the request waits for you.")
        words = f" {said}" if selectors.was_returned(request) else ""
        return format_html(
            '<a href="{}"><bdi dir="ltr">…{}</bdi></a>{}',
            address,
            str(request.case_id)[-12:],
            words,
        )

    @admin.display(description=_("The clock stood still"))
    def stood_still(self, request: Request) -> SafeString | str:
        rows = (
            (localize(one.began_at), localize(one.ended_at) if one.ended_at else "…", one.reason)
            for one in selectors.pauses(request)
        )
        listed = format_html_join("", "<li>{} – {}: {}</li>", rows)
        return format_html("<ul>{}</ul>", listed) if listed else gettext("Never.")


@admin.register(AccessBundle)
class AccessBundleAdmin(ByThePerson):
    """That a copy was made and taken; what stands in it is the person's alone."""

    related = ("request",)
    ordering = ("-id",)
    list_display = (
        "made_at",
        "person",
        "size",
        "taken_at",
        "expires_at",
        "ended_at",
    )
    readonly_fields: ClassVar[Any] = ("person",)
    fields: ClassVar[Any] = (
        "person", "request", "size", "sha256", "made_at", "taken_at", "expires_at", "ended_at",
    )  # fmt: skip


@admin.register(Pause)
class PauseAdmin(ByThePerson):
    """When and why the clock of a request stood still; its own verbs stop and start it."""

    related = ("request",)
    ordering = ("-id",)
    list_filter: ClassVar[Any] = (("ended_at", HappenedFilter),)
    readonly_fields: ClassVar[Any] = ("person", "its_request")

    def get_list_display(self, request: HttpRequest) -> tuple[str | Callable[[Any], str], ...]:
        by = actor_column(request, _("Stopped by"), "began_by")
        return ("began_at", "person", "its_request", "reason", by, "ended_at")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        by: Callable[[Any], str] = actor_column(request, _("Stopped by"), "began_by")
        return ("person", "its_request", "reason", "began_at", by, "ended_at")

    def subject_of(self, obj: Pause) -> UUID:
        return obj.request.subject_id

    @admin.display(description=_("Person"))
    def person(self, row: Pause) -> SafeString:
        return super().person(row.request)

    @admin.display(description=_("Request"))
    def its_request(self, row: Pause) -> SafeString:
        address = reverse("admin:rights_request_change", args=[row.request_id])
        return format_html('<a href="{}">{}</a>', address, row.request.get_kind_display())
