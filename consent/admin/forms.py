"""What officers fill in about purposes and notices."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.verbs import ActForm, AddForm
from consent.models import Origin, PurposeVersion, WordsState
from consent.versions import vocabulary
from registry import selectors as registry

CODE = r"^[a-z0-9_]+(\.[a-z0-9_]+)*$"
PURPOSES = [(term, term) for term in sorted(filter(vocabulary.is_purpose, vocabulary.terms()))]


def grounds_in() -> list[tuple[str, str]]:
    """Called for each form: an officer reads it in their language."""
    use = gettext("Certain legitimate use (DPDP s.7(%s))")
    return [
        ("", gettext("Not used in India")),
        ("consent", gettext("Consent (DPDP s.6)")),
        *((f"s7{letter}", use % letter) for letter in "abcdefghi"),
    ]


def grounds_eu() -> list[tuple[str, str]]:
    none, article = gettext("Not used in the European Union"), gettext("GDPR Art 6(1)(%s)")
    return [("", none), *((f"6-1-{letter}", article % letter) for letter in "abcdef")]


class WordsField(forms.CharField):
    """Words separated by spaces, commas or lines."""

    def clean(self, value: Any) -> tuple[str, ...]:
        return tuple(super().clean(value).replace(",", " ").split())


class WordsForm(forms.Form):
    """What a purpose version says and allows."""

    title = forms.CharField(label=_("Title"), max_length=120)
    description = forms.CharField(
        label=_("Description"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    enables = forms.CharField(
        label=_("What it makes possible"), max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The goods, services or uses it makes possible (r.3(b)(ii))."),
    )  # fmt: skip
    dpv_purpose = forms.ChoiceField(
        label=_("Purpose in the vocabulary"), choices=[("", "---------"), *PURPOSES],
        help_text=_("For example dpv:DirectMarketing."),
    )  # fmt: skip
    ground_in = forms.ChoiceField(label=_("Ground in India"), choices=grounds_in, required=False)
    ground_eu = forms.ChoiceField(
        label=_("Ground in the European Union"), choices=grounds_eu, required=False
    )
    categories = WordsField(
        label=_("Data categories"), help_text=_("Codes of the necessary data, with spaces between.")
    )
    operations = WordsField(label=_("Operations"), initial="Use")
    recipients = WordsField(
        label=_("Recipients"), required=False, help_text=_("Codes of parties, with spaces between.")
    )
    retention_days = forms.IntegerField(label=_("Kept for (days)"), min_value=0)
    valid_days = forms.IntegerField(
        label=_("Consent lasts (days)"), min_value=1, required=False,
        help_text=_("Empty: until withdrawn."),
    )  # fmt: skip
    owner = forms.CharField(label=_("Owner"), max_length=120)
    is_marketing = forms.BooleanField(label=_("Direct marketing"), required=False)
    is_tracking = forms.BooleanField(label=_("Tracking or monitoring"), required=False)
    is_detrimental_to_children = forms.BooleanField(
        label=_("Likely to be detrimental to children"), required=False
    )
    uses_ai = forms.BooleanField(label=_("Uses an AI system"), required=False)
    needs_explicit = forms.BooleanField(label=_("Needs explicit consent"), required=False)
    schedule_item = forms.CharField(label=_("Fourth Schedule item"), max_length=200, required=False)
    parent = forms.CharField(
        label=_("Wider purpose"), max_length=100, required=False,
        help_text=_("The purpose it belongs to, by code. A consent to one is none to the other."),
    )  # fmt: skip
    is_material = forms.BooleanField(
        label=_("Material change"), required=False, initial=True,
        help_text=_("Consents to earlier versions no longer count."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        grounds = {"IN": cleaned.pop("ground_in", ""), "EU": cleaned.pop("ground_eu", "")}
        cleaned["grounds"] = {pack: ground for pack, ground in grounds.items() if ground}
        if not cleaned["grounds"]:
            raise ValidationError(_("A purpose needs a ground in at least one law."))
        return cleaned


class DraftPurposeForm(WordsForm, AddForm):
    code = forms.RegexField(
        CODE, label=_("Code"), max_length=100,
        help_text=_("Small letters, digits, _ and dots; services name the purpose by it."),
    )  # fmt: skip
    field_order = ("controller", "code")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        unknown = set(cleaned.get("categories", ())) - registry.category_codes(
            cleaned["controller"]
        )
        if unknown:
            self.add_error("categories", _("Record these data categories first."))
        return cleaned


class RedraftPurposeForm(WordsForm, ActForm):
    """Starts from the newest version."""

    def prepare(self) -> None:
        newest: PurposeVersion | None = self.obj.versions.order_by("-number").first()
        if newest is None:
            return
        for name, field in self.fields.items():
            value = getattr(newest, name, None)
            field.initial = " ".join(value) if isinstance(value, list) else value
        self.fields["parent"].initial = newest.parent.code if newest.parent else ""
        self.fields["ground_in"].initial = newest.grounds.get("IN", "")
        self.fields["ground_eu"].initial = newest.grounds.get("EU", "")


class DraftNoticeForm(AddForm):
    """A first English version, made from what the purposes say."""

    code = forms.SlugField(label=_("Code"), max_length=60)
    pack = forms.ChoiceField(
        label=_("Law"), choices=[("IN", _("India")), ("EU", _("European Union"))]
    )
    purposes = WordsField(
        label=_("Purposes"), help_text=_("Codes of approved purposes, with spaces between.")
    )
    title = forms.CharField(label=_("Title"), max_length=200)
    introduction = forms.CharField(
        label=_("Introduction"), widget=forms.Textarea(attrs={"rows": 3})
    )
    contact_name = forms.CharField(label=_("Who answers questions"), max_length=120)
    contact_email = forms.EmailField(label=_("Their address"))
    board_url = forms.URLField(
        label=_("Where to complain to the Board or authority"), assume_scheme="https"
    )
    dpo_email = forms.EmailField(
        label=_("Address of the data protection officer"), required=False,
        help_text=_("From here on: what a notice under the GDPR must say (Art 13, 14)."),
    )  # fmt: skip
    interests = forms.CharField(
        label=_("Legitimate interests"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Where a purpose rests on GDPR Art 6(1)(f)."),
    )  # fmt: skip
    transfers = forms.CharField(
        label=_("Transfers"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("To which countries, under which safeguards; or that there are none."),
    )  # fmt: skip
    necessity = forms.CharField(
        label=_("Necessity"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Whether the data must be given, and what follows if they are not."),
    )  # fmt: skip
    automated = forms.CharField(
        label=_("Automated decisions"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The logic, its significance and its consequences, where a purpose uses AI."),
    )  # fmt: skip
    source = forms.CharField(
        label=_("Source"), max_length=300, required=False,
        help_text=_("Where the data come from. Empty: from the person alone."),
    )  # fmt: skip


class RedraftNoticeForm(ActForm):
    """All languages of the next version, starting from the newest one.

    What a machine drafted and nobody read is left out: the next version would call it a person's.
    """

    words = forms.JSONField(
        label=_("Words by language"),
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "code"}),
        help_text=_("One object a language tag, for example en, hi, ur; all with the same keys."),
    )
    is_material = forms.BooleanField(
        label=_("Material change"), required=False, initial=True,
        help_text=_("Consents under earlier versions must be asked again."),
    )  # fmt: skip

    def prepare(self) -> None:
        newest = self.obj.versions.order_by("-number").first()
        if newest is None:
            return
        known = newest.translations.exclude(origin=Origin.MACHINE, state=WordsState.DRAFT)
        self.fields["words"].initial = dict(known.values_list("language", "content"))
        self.fields["words"].encoder = Readable  # type: ignore[attr-defined]

    def clean_words(self) -> dict[str, Any]:
        words: Any = self.cleaned_data["words"]
        if not (
            isinstance(words, dict) and words and all(isinstance(v, dict) for v in words.values())
        ):
            raise ValidationError(_("Give an object with one object a language."))
        return words


class Readable(json.JSONEncoder):
    """Indented, as a person edits it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "indent": 2})
