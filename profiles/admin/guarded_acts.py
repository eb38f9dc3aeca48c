"""What officers do about openings, transfers, exports and unusual accesses: forms and verbs."""

from datetime import UTC
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import selectors as accounts
from accounts.roles import Permission
from audit.exporting.forms import Moment, reason_field
from audit.files import FileStream
from audit.verbs import Act, ActForm, AddForm, Verb
from consent import selectors as consents
from profiles import selectors_views as views
from profiles.models import (
    Answer,
    BreakGlass,
    ExportState,
    HolderType,
    ProfileExport,
    Verdict,
    Watch,
)
from profiles.selectors_watched import NUMBERS, limits
from profiles.services import breaking, disclosing, exporting, watching
from profiles.services.disclosing import Handed, Told
from registry import selectors as registry


class ReviewForm(ActForm):
    """What the review found."""

    verdict = forms.ChoiceField(label=_("Verdict"), choices=Verdict.choices)
    finding = forms.CharField(
        label=_("Finding"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("In a sentence or two. Name nobody: it is kept for good."),
    )  # fmt: skip


class AnswerForm(ActForm):
    answer = forms.ChoiceField(label=_("What it was"), choices=Answer.choices)


class FlagForm(AddForm):
    subject = forms.UUIDField(label=_("Person"), help_text=_("The id on the person's page."))
    why = forms.ChoiceField(label=_("Reason"), choices=Watch.choices)


class ReaderForm(AddForm):
    holder = forms.ChoiceField(label=_("Member of staff"))
    subject = forms.UUIDField(label=_("Person"), help_text=_("The id on the person's page."))

    def prepare(self) -> None:
        super().prepare()
        staff = accounts.officers_of(self.controllers).values_list("id", "username")
        choices = [(str(one), name) for one, name in staff]
        self.fields["holder"].choices = choices  # type: ignore[attr-defined]


class LimitsForm(AddForm):
    """What counts as unusual; each number from now on."""

    people_an_hour = forms.IntegerField(label=_("People an hour, staff"), min_value=1)
    times_usual = forms.IntegerField(
        label=_("Times a reader’s usual day"), min_value=2, max_value=100, initial=3
    )
    service_people_an_hour = forms.IntegerField(label=_("People an hour, services"), min_value=1)
    reveals_a_day = forms.IntegerField(label=_("Masked fields opened a day"), min_value=0)
    glass_a_day = forms.IntegerField(label=_("Glass broken a day"), min_value=0)
    searches_an_hour = forms.IntegerField(label=_("Searches an hour"), min_value=1)
    from_hour = forms.IntegerField(label=_("Working hours from"), min_value=0, max_value=23)
    until_hour = forms.IntegerField(label=_("Working hours until"), min_value=1, max_value=24)
    works_weekends = forms.BooleanField(label=_("Weekends are working days"), required=False)
    smallest_group = forms.IntegerField(label=_("Smallest group counted"), min_value=2)

    def prepare(self) -> None:
        super().prepare()
        first = next(iter(self.controllers), None)
        if first is not None:
            found = limits(self.obj.controller_id if self.obj else first)
            self.initial = {**{name: getattr(found, name) for name in NUMBERS}, **self.initial}


class Ids(forms.CharField):
    """Ids of people, one a line or with spaces between them."""

    widget = forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"})

    def clean(self, value: Any) -> list[UUID]:
        text = super().clean(value)
        try:
            return [UUID(one) for one in text.replace(",", " ").split()]
        except ValueError:
            raise ValidationError(_("These are not all ids of people.")) from None


class DisclosureForm(AddForm):
    """A transfer that no service reported: an authority's request, a file on paper."""

    subjects = Ids(label=_("People"), help_text=_("Their ids, one a line."))
    recipient = forms.ChoiceField(label=_("Recipient"))
    purpose = forms.ChoiceField(label=_("Purpose"))
    categories = forms.MultipleChoiceField(label=_("Data categories"))
    described = forms.CharField(
        label=_("What was handed over"), max_length=300,
        help_text=_("In words, never the data themselves."),
    )  # fmt: skip
    ground = forms.ChoiceField(
        label=_("Ground"), choices=[(one, one) for one in sorted(disclosing.GROUNDS)]
    )
    disclosed_at = Moment(label=_("When (UTC)"), help_text=_("Empty: now."))
    is_written_request = forms.BooleanField(
        label=_("On a written request of an authority (DPDP s.11(2))"), required=False
    )
    request_reference = forms.CharField(
        label=_("Reference of the request"), max_length=80, required=False
    )
    is_public = forms.BooleanField(
        label=_("It was made public there (GDPR Art 17(2))"), required=False
    )
    place = forms.CharField(
        label=_("Web address at which it is shown"), max_length=500, required=False,
        help_text=_("Of what was made public; kept under the person’s own key."),
    )  # fmt: skip
    key = forms.CharField(
        label=_("Your number of it"), max_length=40,
        help_text=_("Told twice under the same number it is recorded once."),
    )  # fmt: skip

    def prepare(self) -> None:
        super().prepare()
        recipients: dict[str, str] = {}
        categories: dict[str, str] = {}
        purposes = dict.fromkeys(views.RESERVED, "")
        for one in self.controllers:
            found = registry.parties(one).exclude(kind="internal")
            recipients |= dict(found.values_list("code", "name"))
            purposes |= consents.purpose_titles(one)
            categories |= registry.category_titles(one)
        named = {"recipient": recipients, "purpose": purposes, "categories": categories}
        for name, choices in named.items():
            offered = [(code, title or code) for code, title in choices.items()]
            self.fields[name].choices = offered  # type: ignore[attr-defined]


class ExportForm(AddForm):
    subjects = Ids(label=_("People"), help_text=_("Their ids, one a line; 10,000 at most."))
    seat = forms.ChoiceField(
        label=_("I read as"), required=False,
        help_text=_("Say it where you read in several roles or for several units."),
    )  # fmt: skip
    purpose = forms.ChoiceField(label=_("Purpose"))
    reason = reason_field()

    def prepare(self) -> None:
        super().prepare()
        titles = [pair for one in self.controllers for pair in consents.purpose_titles(one).items()]
        self.fields["purpose"].choices = titles  # type: ignore[attr-defined]
        self.fields["seat"].choices = [("", "–"), *self._seats()]  # type: ignore[attr-defined]

    def _seats(self) -> list[tuple[str, str]]:
        """In which roles and for which units staff read; whose each is, the service looks."""
        found = views.live_seats(list(self.controllers)).filter(
            holder_type=HolderType.OFFICER, role__is_active=True
        )
        names = {
            f"{one.role.code}/{one.unit}": " · ".join(filter(None, (one.role.name, one.unit)))
            for one in found
        }
        return list(names.items())


def review(act: Act) -> str:
    breaking.review_glass(
        by=act.by, glass=act.obj, verdict=act.data["verdict"], finding=act.data["finding"]
    )
    return gettext("The review is on record.")


def close(act: Act) -> str:
    breaking.close_glass(by=act.by, glass=act.obj)
    return gettext("It is over; the next reading shows the view alone.")


def answer(act: Act) -> str:
    watching.answer(by=act.by, access=act.obj, answer=act.data["answer"])
    return gettext("Your answer is on record.")


def flag(act: Act) -> str:
    watching.flag(
        by=act.by, controller_id=act.controller_id, subject_id=act.data["subject"],
        why=act.data["why"],
    )  # fmt: skip
    return gettext("Each look of staff at this person is noticed from now on.")


def unflag(act: Act) -> str:
    watching.unflag(by=act.by, flagged=act.obj)
    return gettext("The watch has ended.")


def know(act: Act) -> str:
    watching.know_reader(
        by=act.by, controller_id=act.controller_id, holder_id=act.data["holder"],
        subject_id=act.data["subject"],
    )  # fmt: skip
    return gettext("Looks at themself, their family and household are noticed from now on.")


def forget(act: Act) -> str:
    watching.forget_reader(by=act.by, reader=act.obj)
    return gettext("It is off the record.")


def set_limits(act: Act) -> str:
    numbers = {name: act.data[name] for name in NUMBERS}
    watching.set_limits(by=act.by, controller_id=act.controller_id, numbers=numbers)
    return gettext("The limits count from now on.")


def disclose(act: Act) -> str:
    said = act.data
    told = Told(
        key=said["key"], recipient=said["recipient"], purpose=said["purpose"],
        categories=tuple(said["categories"]), described=said["described"], ground=said["ground"],
        disclosed_at=_utc(said["disclosed_at"]), is_written_request=said["is_written_request"],
        request_reference=said["request_reference"], is_public=said["is_public"],
        place=said["place"],
    )  # fmt: skip
    people = [Handed(one) for one in said["subjects"]]
    done = disclosing.record_disclosure(
        by=act.by, controller_id=act.controller_id, people=people, told=told
    )
    return gettext("On record: %(count)d.") % {"count": len(done.rows)}


def _utc(moment: Any) -> Any:
    """The form's minutes are of UTC, whatever the zone of the page."""
    return moment.replace(tzinfo=UTC) if moment else timezone.now()


def request(act: Act) -> str:
    role, is_said, unit = act.data["seat"].partition("/")
    exporting.request_export(
        by=act.by, controller_id=act.controller_id, subject_ids=act.data["subjects"],
        purpose=act.data["purpose"], reason=act.data["reason"],
        role=role if is_said else None, unit=unit if is_said else None,
    )  # fmt: skip
    return gettext("It waits for a second person.")


def approve(act: Act) -> str:
    exporting.approve_export(by=act.by, export=act.obj)
    return gettext("The file is being made.")


def refuse(act: Act) -> str:
    exporting.refuse_export(by=act.by, export=act.obj)
    return gettext("It was refused.")


def take(act: Act) -> FileStream:
    return FileStream(exporting.take_export(by=act.by, export=act.obj), name=act.obj.name)


def is_open(glass: BreakGlass) -> bool:
    return glass.expires_at > timezone.now()


def waits(export: ProfileExport) -> bool:
    return export.state == ExportState.REQUESTED


REVIEW = Verb(
    name="review", label=_("Review"), permission=Permission.REVIEW_ACCESS, run=review,
    form=ReviewForm, applies=lambda glass: glass.reviewed_at is None,
    consequence=_(
        "What you find stays on record, and the person can read it. Whoever opened it cannot "
        "review it. What was not justified ends at once and is looked into."
    ),
)  # fmt: skip
CLOSE = Verb(
    name="close", label=_("End now"), permission=Permission.REVIEW_ACCESS, run=close,
    consequence=_("From the next reading on the view alone is shown."), applies=is_open,
)  # fmt: skip
ANSWER = Verb(
    name="answer", label=_("Say what it was"), permission=Permission.REVIEW_ACCESS, run=answer,
    form=AnswerForm, applies=lambda access: access.answered_at is None,
    consequence=_("Your answer stays on record. Nobody answers for their own access."),
)  # fmt: skip
FLAG = Verb(
    name="add", label=_("Watch over a person"), permission=Permission.REVIEW_ACCESS, run=flag,
    form=FlagForm, consequence=_("Each look of a member of staff at this person is an alarm."),
)  # fmt: skip
UNFLAG = Verb(
    name="end", label=_("End the watch"), permission=Permission.REVIEW_ACCESS, run=unflag,
    consequence=_("Looks at this person are noticed no longer."),
    applies=lambda flagged: flagged.ended_at is None,
)  # fmt: skip
KNOW = Verb(
    name="add", label=_("Name a reader's own record"), permission=Permission.REVIEW_ACCESS,
    run=know, form=ReaderForm,
    consequence=_("Looks at themself, their family and their household are an alarm."),
)  # fmt: skip
FORGET = Verb(
    name="end", label=_("Take off the record"), permission=Permission.REVIEW_ACCESS, run=forget,
    consequence=_("Looks at their own people are noticed no longer."),
    applies=lambda reader: reader.ended_at is None,
)  # fmt: skip
LIMITS = Verb(
    name="add", label=_("Set limits"), permission=Permission.REVIEW_ACCESS, run=set_limits,
    form=LimitsForm, consequence=_("What is beyond them is an alarm; searches are refused."),
)  # fmt: skip
DISCLOSE = Verb(
    name="add", label=_("Record a disclosure"), permission=Permission.MANAGE_PARTIES,
    run=disclose, form=DisclosureForm, is_grave=True,
    consequence=_(
        "It stands for good. The people are told of it, except where an authority asked in "
        "writing."
    ),
)  # fmt: skip
REQUEST = Verb(
    name="add", label=_("Ask for an export"), permission=Permission.VIEW_PROFILES, run=request,
    form=ExportForm, is_grave=True,
    consequence=_(
        "A second person decides. Each person in the file is read as you see them, and each "
        "reading is recorded. The lines are watermarked."
    ),
)  # fmt: skip
APPROVE = Verb(
    name="approve", label=_("Approve"), permission=Permission.REVIEW_ACCESS, run=approve,
    applies=waits, is_grave=True,
    consequence=_("The profiles leave the suite as a file for who asked. You cannot be the same."),
)  # fmt: skip
REFUSE = Verb(
    name="refuse", label=_("Refuse"), permission=Permission.REVIEW_ACCESS, run=refuse,
    applies=waits, consequence=_("Nothing is read. It has to be asked for anew."),
)  # fmt: skip
TAKE = Verb(
    name="take", label=_("Take the file"), permission=Permission.VIEW_PROFILES, run=take,
    consequence=_("That you take the file is recorded."),
    applies=lambda export: export.state == ExportState.READY,
)  # fmt: skip
