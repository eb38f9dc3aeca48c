"""What an officer fills in to ask for an export, or to take one away."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actors import SubjectRef
from audit.catalogue import EVENTS
from audit.console import site
from audit.criteria import Criteria
from audit.exporting import copies
from audit.exporting.services import MOST_REASON
from audit.filters import READS, KindFilter, PeriodFilter
from audit.verbs import Act, ActForm, AddForm

ANY: Final = ("", _("Any"))
COPIES: Final = {"csv": _("CSV, for spreadsheets"), "parquet": _("Parquet, for analysis")}
MINUTE: Final = "%Y-%m-%dT%H:%M"


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=_("Reason"), max_length=MOST_REASON, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It is recorded with your name. Name no person in it."),
    )  # fmt: skip


class Moment(forms.DateTimeField):
    """A minute of UTC."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTE)
        super().__init__(required=False, widget=widget, input_formats=[MINUTE], **options)


class ExportForm(AddForm):
    """The fields have the names of the list's filters, so that a list can be exported as it is."""

    since = Moment(label=_("From (UTC)"))
    until = Moment(label=_("Until (UTC)"), help_text=_("Empty: until now."))
    kind = forms.ChoiceField(label=_("Kind"), choices=KindFilter.options)
    event = forms.ChoiceField(label=_("Event"), required=False)
    purpose = forms.ChoiceField(label=_("Purpose"), required=False)
    service = forms.ChoiceField(label=_("Service"), required=False)
    outcome = forms.ChoiceField(
        label=_("Decision"), required=False,
        choices=[ANY, ("permit", _("Permitted")), ("deny", _("Denied"))],
    )  # fmt: skip
    words = forms.CharField(label=_("Words of a reason"), required=False, max_length=100)
    person = forms.UUIDField(
        label=_("Person"), required=False, help_text=_("The id on the person’s page.")
    )
    copies = forms.MultipleChoiceField(
        label=_("Copies for readers"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Beside the entries with their proofs, which are always in the file."),
    )  # fmt: skip
    reason = reason_field()

    def __init__(
        self, *args: Any, services: Mapping[str, str], purposes: Mapping[str, str], **kwargs: Any
    ) -> None:
        self._choices = {
            "service": services, "purpose": purposes,
            "event": {one.code: str(one.sentence) for one in EVENTS.values()},
        }  # fmt: skip
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        super().prepare()
        for name, found in self._choices.items():
            pairs = sorted(found.items(), key=lambda one: str(one[1]))
            self._field(name).choices = [ANY, *pairs]
        self._field("copies").choices = [(one, COPIES[one]) for one in copies.available()]

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"]
        if words and not site().reason_codes(words):
            raise ValidationError(_("No reason has these words."))
        return words

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        since, until = found.get("since"), found.get("until")
        if since and until and since >= until:
            self.add_error("until", _("It must be after the beginning."))
        return found


class TakeForm(ActForm):
    """Why the file is taken."""

    reason = reason_field()

    def prepare(self) -> None:
        self.fields["reason"].initial = self.obj.reason if self.obj else ""


def initial(query: Mapping[str, Any]) -> dict[str, Any]:
    """What the list's address says, as the form has it."""
    names = ("event", "purpose", "service", "outcome", "person", "kind")
    found: dict[str, Any] = {name: query[name] for name in names if name in query}
    found["words"] = query.get("reason", "")
    hours = PeriodFilter.hours.get(query.get("period", "7d"))
    if hours:
        found["since"] = (timezone.now() - timedelta(hours=hours)).astimezone(UTC)
    return {"kind": "acts", **found}


def criteria(act: Act) -> tuple[Criteria, SubjectRef | None]:
    """What a filled form asks for. Raises ValidationError for a person who is not there."""
    data = act.data
    words, kind, events = data["words"], data["kind"], (data["event"],) if data["event"] else ()
    subject = _person(act) if data["person"] else None
    return Criteria(
        controller_ids=(act.controller_id,), subject_id=data["person"] or None,
        actor_id=data["service"], outcome=data["outcome"],
        events=events or (READS if kind == "reads" else ()),
        except_events=READS if kind == "acts" and not events else (),
        purposes=(data["purpose"],) if data["purpose"] else (),
        reasons=site().reason_codes(words) if words else None,
        since=_utc(data["since"]), until=_utc(data["until"]),
    ), subject  # fmt: skip


def _person(act: Act) -> SubjectRef:
    found = site().subject_refs(act.controller_id, [act.data["person"]])
    if not found:
        raise ValidationError({"person": _("There is no such person at this controller.")})
    return found[0]


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
