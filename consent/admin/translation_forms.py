"""What officers fill in about the words of a notice in other languages, and about waivers."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from audit.verbs import ActForm
from consent.admin.forms import Readable
from consent.models import NoticeVersion, Origin
from consent.models.notices import LONGEST_WAIVER_DAYS
from consent.versions import completeness, languages
from consent.versions.naming import language_name

MOST_CHARACTERS = 2_000_000
WRITTEN_BY = _("Words of a machine are shown to nobody before an officer approves them.")


def named(tags: tuple[str, ...]) -> list[tuple[str, str]]:
    """Languages to choose from: what they call themselves, in English, and the tag."""
    return [
        (tag, f"{language_name(tag)} · {languages.BY_TAG[languages.code_of(tag)].english} ({tag})")
        for tag in tags
    ]


class WordsForm(ActForm):
    """The words of a version in one language, built as the English ones are."""

    origin = forms.ChoiceField(label=_("Written by"), choices=Origin.choices, help_text=WRITTEN_BY)
    content = forms.JSONField(
        label=_("Words"),
        widget=forms.Textarea(
            attrs={"rows": 24, "spellcheck": "false", "class": "code", "dir": "auto"}
        ),
        help_text=_("With the same keys as the English words; codes and addresses stay."),
    )  # fmt: skip

    def prepare(self) -> None:
        self.fields["content"].initial = self.first()
        self.fields["content"].encoder = Readable  # type: ignore[attr-defined]

    def first(self) -> Any:
        """What the officer starts from."""
        return self.obj.content

    def clean_content(self) -> dict[str, Any]:
        content: Any = self.cleaned_data["content"]
        if not isinstance(content, dict):
            raise ValidationError(_("Give an object of texts."))
        return content


class DraftTranslationForm(WordsForm):
    language = forms.CharField(
        label=_("Language"), max_length=languages.LONGEST,
        help_text=_("A tag such as ta, or ks-Deva where the script is not the usual one."),
    )  # fmt: skip
    field_order = ("language", "origin", "content")

    def first(self) -> Any:
        version: NoticeVersion = self.obj
        english = version.translations.filter(language=languages.ENGLISH).first()
        return english.content if english else {}


class ImportForm(ActForm):
    """A file of drafts, pasted."""

    lines = forms.CharField(
        label=_("Lines of the file"), max_length=MOST_CHARACTERS,
        widget=forms.Textarea(
            attrs={"rows": 16, "spellcheck": "false", "class": "code", "dir": "auto"}
        ),
        help_text=_(
            "NDJSON with language, origin (human or machine) and content; or CSV with the columns"
            " language, origin, place and text, a line for each text of the English words."
        ),
    )  # fmt: skip


class ApproveWordsForm(ActForm):
    """Carries which words were read, so that others are not approved in their place."""

    sha256 = forms.CharField(widget=forms.HiddenInput)
    is_read = forms.BooleanField(
        label=_("I have read these words and they say what the English ones say.")
    )

    def prepare(self) -> None:
        self.fields["sha256"].initial = self.obj.sha256


class WaiveForm(ActForm):
    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=named(languages.SCHEDULED),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For colleagues; the log keeps it. It names no person."),
    )  # fmt: skip
    until_on = forms.DateField(
        label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day on which it counts, within a year."),
    )  # fmt: skip

    def prepare(self) -> None:
        newest = self.obj.versions.order_by("-number").first()
        if newest is not None:
            spoken = completeness.approved_tags(newest)
            self.fields["languages"].initial = languages.missing(spoken)
        latest = completeness.today() + timedelta(days=LONGEST_WAIVER_DAYS)
        self.fields["until_on"].widget.attrs["max"] = latest.isoformat()
