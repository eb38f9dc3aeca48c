"""What officers fill in about guardrails: one form an effect, each saying what it means."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from audit.verbs import ActForm, AddForm
from policies.guardrails.model import DAY_SECONDS, Guardrail, plain
from policies.versions.obligations import OBLIGATIONS, WHY
from policies.versions.words import COUNTED, LISTS, WEEKDAYS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CODE = r"^[a-z][a-z0-9_]{0,29}$"
HOUR = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
NO_HOUR = {"invalid": _("Write hours and minutes with two digits each, such as 09:00.")}
UNITS = ((60, _("minutes")), (3600, _("hours")), (86_400, _("days")))
TERM = r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}"
PATTERN = r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,97}(\.\*)?"
SHAPES = {
    "purposes": (PATTERN, _("Write codes; only at its end may one have .* for all that follow.")),
    "attributes": (PATTERN, _("Write codes; only at its end may one have .* for all that follow.")),
    "regions": (
        r"[A-Z]{2}(-[A-Z0-9]{1,3})?",
        _("Write a country in two capital letters, or a part of one after a hyphen: IN or IN-MH."),
    ),
}
"""What the terms of a list look like, and what is said of one that does not; others are codes."""
CODES = (TERM, _("Write codes of letters, digits and . _ : / - without spaces in them."))
MOST_SECONDS = 400 * DAY_SECONDS
HELP = {
    "purposes": _("Codes with spaces between; marketing.* is everything that begins so."),
    "categories": _("Codes of data categories. Unsaid by a service: all data of the purpose."),
    "channels": _("For example email sms push. Unsaid by a service: it may be any."),
    "recipients": _("Codes of parties. A permit covers only recipients that were named."),
    "regions": _("Where the person lives: a country (IN) or a part of one (IN-MH)."),
    "operations": _("For example Use Share. Unsaid by a service: it may be any."),
    "attributes": _("What singles the person out; health.* is everything that begins so."),
    "campaigns": _("The names services give their campaigns."),
}


class TermsField(forms.CharField):
    """Terms separated by spaces, commas or lines, each of one shape."""

    widget = forms.TextInput(attrs={"dir": "ltr", "class": "vTextField"})

    def __init__(self, *, shape: "tuple[str, StrOrPromise]" = CODES, **options: Any) -> None:
        super().__init__(**options)
        self.shape, self.refusal = shape

    def clean(self, value: Any) -> list[str]:
        terms = list(dict.fromkeys(super().clean(value).replace(",", " ").split()))
        if not all(re.fullmatch(self.shape, term, re.ASCII) for term in terms):
            raise ValidationError(self.refusal, code="invalid")
        return terms


def sentence(label: object, help_text: object = "", *, required: bool = True) -> forms.CharField:
    """A field for one sentence."""
    widget = forms.Textarea(attrs={"rows": 2, "dir": "auto"})
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=300, widget=widget  # type: ignore[arg-type]
    )  # fmt: skip


class DraftForm(AddForm):
    note = forms.CharField(
        label=_("What changes"), max_length=300,
        help_text=_("Why this version is made. The draft begins with the rules in force."),
    )  # fmt: skip


class RuleForm(ActForm):
    """What every rule has: which uses it concerns, and how it is explained."""

    kind: ClassVar[str] = ""
    effects: ClassVar[tuple[str, ...]] = ()

    code = forms.RegexField(
        CODE, label=_("Code"), max_length=30, widget=forms.TextInput(attrs={"dir": "ltr"}),
        help_text=_("Reasons of denials end with it. The code of a rule that is there: change it."),
        error_messages={
            "invalid": _("Begin with a small letter; then small letters, digits and _ may follow."),
        },
    )  # fmt: skip
    title = forms.CharField(label=_("Title"), max_length=120)
    text_en = sentence(_("For services and officers"), _("Why it is so, in English."))
    text_hi = sentence(_("The same in Hindi"), required=False)
    person_en = sentence(_("For the person"), _("Plainly, in English."))
    person_hi = sentence(_("The same in Hindi"), required=False)

    def __init__(self, *args: Any, rule: Guardrail | None = None, **kwargs: Any) -> None:
        self.rule = rule
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        for name, label in LISTS.items():
            self.fields[name] = TermsField(
                label=label, required=False, help_text=HELP[name], shape=SHAPES.get(name, CODES)
            )
        self.order_fields(["code", "title", *self.effects, *LISTS])
        if self.rule is not None:
            (told,) = plain([self.rule])
            self.initial = {**self.initial, **self.first_values(told)}

    def first_values(self, told: dict[str, Any]) -> dict[str, Any]:
        """The form's values for a rule that is there."""
        lists = {name: " ".join(terms) for name, terms in told.get("match", {}).items()}
        sentences = {
            f"{part}_{language}": words
            for part in ("text", "person")
            for language, words in told[part].items()
        }
        first = {"code": told["code"], "title": told["title"], **lists, **sentences}
        return first | self.first_effect(told["effect"])

    def first_effect(self, effect: dict[str, Any]) -> dict[str, Any]:
        """The values of the effect's own fields."""
        return effect

    def effect(self) -> dict[str, Any]:
        """The effect as JSON holds it."""
        return {name: self.cleaned_data[name] for name in self.effects}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            cleaned["guardrail"] = {
                "code": cleaned["code"], "title": cleaned["title"],
                "match": {name: cleaned[name] for name in LISTS if cleaned[name]},
                "effect": {"kind": self.kind, **self.effect()},
                "text": self._sentences("text"), "person": self._sentences("person"),
            }  # fmt: skip
        return cleaned

    def _sentences(self, part: str) -> dict[str, str]:
        told = {one: self.cleaned_data[f"{part}_{one}"] for one in ("en", "hi")}
        return {language: words for language, words in told.items() if words}


class DenyForm(RuleForm):
    kind = "deny"
    effects = ("unless_volunteered",)
    unless_volunteered = forms.BooleanField(
        label=_("Unless the person volunteered it"), required=False,
        help_text=_(
            "For sensitive attributes: they may be used where the person offered them for the "
            "very purpose. Name the attributes below."
        ),
    )  # fmt: skip


class OffForm(RuleForm):
    kind = "off"
    effects = ("whom",)
    whom = forms.ChoiceField(
        label=_("For whom"),
        choices=[
            ("whoever_asked", _("Whoever switched personalisation off")),
            ("everybody", _("Everybody")),
        ],
        help_text=_("Name below the purposes that personalise."),
    )


class RequireForm(RuleForm):
    kind = "require"
    effects = ("obligation", "detail")
    obligation = forms.ChoiceField(
        label=_("Obligation"), initial=WHY,
        choices=[(code, each.label) for code, each in OBLIGATIONS.items()],
        help_text=_("A service that cannot do it must treat the permit as a denial."),
    )  # fmt: skip
    detail = forms.CharField(
        label=_("Detail"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
        help_text=_("What goes with it: an address, a purpose, days, or fields with spaces."),
    )

    def first_effect(self, effect: dict[str, Any]) -> dict[str, Any]:
        known = OBLIGATIONS.get(effect["obligation"])
        return {**effect, "detail": known.detail(effect.get("args", {})) if known else ""}

    def effect(self) -> dict[str, Any]:
        known = OBLIGATIONS[self.cleaned_data["obligation"]]
        try:
            args = known.args(self.cleaned_data["detail"])
        except ValueError:
            raise ValidationError({"detail": known.help_text}) from None
        return {"obligation": self.cleaned_data["obligation"], "args": args}


class TimedForm(RuleForm):
    """An effect that lasts some time."""

    length = forms.IntegerField(label=_("Within"), min_value=1, max_value=10_000)
    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int, choices=UNITS, initial=86_400)

    def first_effect(self, effect: dict[str, Any]) -> dict[str, Any]:
        unit = max(each for each, _label in UNITS if effect["seconds"] % each == 0)
        return {**effect, "unit": unit, "length": effect["seconds"] // unit}

    def seconds(self) -> int:
        """The time that was chosen."""
        chosen = int(self.cleaned_data["length"] * self.cleaned_data["unit"])
        if chosen > MOST_SECONDS:
            raise ValidationError({"length": _("At most 400 days.")})
        return chosen


class CapForm(TimedForm):
    kind = "cap"
    effects = ("limit", "length", "unit", "per")
    limit = forms.IntegerField(
        label=_("At most"), min_value=1, max_value=10_000,
        help_text=_("So many permits for one person; the count is exact."),
    )  # fmt: skip
    per = forms.MultipleChoiceField(
        label=_("Counted apart for each"), choices=list(COUNTED.items()), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: all uses of a person count together."),
    )  # fmt: skip

    def effect(self) -> dict[str, Any]:
        return {
            "limit": self.cleaned_data["limit"], "seconds": self.seconds(),
            "per": self.cleaned_data["per"],
        }  # fmt: skip


class DelayForm(TimedForm):
    kind = "delay"
    effects = ("triggers", "length", "unit")
    triggers = TermsField(
        label=_("After"), help_text=_("Behaviours that services report, with spaces between."),
    )  # fmt: skip

    def first_effect(self, effect: dict[str, Any]) -> dict[str, Any]:
        return super().first_effect(effect) | {"triggers": " ".join(effect["triggers"])}

    def effect(self) -> dict[str, Any]:
        return {"triggers": self.cleaned_data["triggers"], "seconds": self.seconds()}


class QuietForm(RuleForm):
    kind = "quiet"
    effects = ("starts", "ends", "days")
    starts = forms.RegexField(
        HOUR, label=_("From"), initial="21:00", error_messages=NO_HOUR,
        help_text=_("Such as 21:00."),
    )  # fmt: skip
    ends = forms.RegexField(
        HOUR, label=_("To"), initial="09:00", error_messages=NO_HOUR,
        help_text=_("On the person's own clock, and on each one where their zone is unknown."),
    )  # fmt: skip
    days = forms.TypedMultipleChoiceField(
        label=_("On nights or days that begin on"), coerce=int, required=False,
        choices=list(enumerate(WEEKDAYS, 1)), widget=forms.CheckboxSelectMultiple,
        help_text=_("None: every day."),
    )  # fmt: skip


class RemoveForm(ActForm):
    code = forms.ChoiceField(label=_("Rule"))

    def prepare(self) -> None:
        found = [(one["code"], f"{one['title']} ({one['code']})") for one in self.obj.rules]
        self.fields["code"].choices = found  # type: ignore[attr-defined]


class JsonForm(ActForm):
    """All rules at once."""

    rules = forms.JSONField(
        label=_("Rules"),
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "code"}),
        help_text=_("The whole list; what is not in it is removed."),
    )

    def prepare(self) -> None:
        self.fields["rules"].initial = self.obj.rules


class ApproveForm(ActForm):
    on = forms.DateTimeField(
        label=_("In force from (UTC)"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty: at once, from the next check on."),
    )  # fmt: skip

    def clean_on(self) -> datetime | None:
        chosen: datetime | None = self.cleaned_data["on"]
        return None if chosen is None else chosen.replace(tzinfo=UTC)


FORMS: tuple[Callable[..., RuleForm], ...] = (
    DenyForm, RequireForm, CapForm, DelayForm, QuietForm, OffForm,
)  # fmt: skip
