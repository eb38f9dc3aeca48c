"""What the buttons on officers' pages about the languages of notices do."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.roles import Permission
from audit.verbs import Act, Verb
from consent import services
from consent.admin import translation_forms as forms
from consent.models import LanguageWaiver, NoticeTranslation, NoticeVersion, WordsState
from consent.versions import completeness
from consent.versions import selectors as versions
from consent.versions.languages import ENGLISH

DRAFTED = gettext_lazy("The words were drafted. A second person approves them.")


def takes_words(version: NoticeVersion) -> bool:
    return versions.standing(version) in completeness.SHOWN


def is_open(words: NoticeTranslation) -> bool:
    """English is approved by publishing the version."""
    is_draft = words.state == WordsState.DRAFT and words.language != ENGLISH
    return is_draft and takes_words(words.notice_version)


def is_pending(waiver: LanguageWaiver) -> bool:
    return waiver.approved_at is None and waiver.until_on >= completeness.today()


def draft(act: Act) -> str:
    services.draft_translation(by=act.by, version=act.obj, **act.data)
    return str(DRAFTED)


def redraft(act: Act) -> str:
    words: Any = act.obj
    services.draft_translation(
        by=act.by, version=words.notice_version, language=words.language, **act.data
    )
    return str(DRAFTED)


def take(act: Act) -> str:
    made = services.import_translations(by=act.by, version=act.obj, lines=act.data["lines"])
    said = ngettext(
        "The words of %(n)d language were drafted. A second person approves them.",
        "The words of %(n)d languages were drafted. A second person approves them.",
        len(made),
    )
    return said % {"n": len(made)}


def approve(act: Act) -> str:
    services.approve_translation(by=act.by, translation=act.obj, sha256=act.data["sha256"])
    return _("The words are approved and can no longer change.")


def waive(act: Act) -> str:
    services.waive_languages(by=act.by, notice=act.obj, **act.data)
    return _("The waiver waits for a second person, who approves it or publishes the notice.")


def approve_waiver(act: Act) -> str:
    services.approve_waiver(by=act.by, waiver=act.obj)
    return _("The waiver counts until its day.")


DRAFT = Verb(
    name="translate", label=gettext_lazy("Draft another language"),
    permission=Permission.MANAGE_PURPOSES,
    consequence=gettext_lazy("A draft is shown to nobody until a second person approves it."),
    form=forms.DraftTranslationForm, run=draft, applies=takes_words,
)  # fmt: skip
IMPORT = Verb(
    name="import", label=gettext_lazy("Take drafts from a file"),
    permission=Permission.MANAGE_PURPOSES,
    consequence=gettext_lazy(
        "All languages of the file are drafted, or none. A draft is shown to nobody until a second"
        " person approves it."
    ),
    form=forms.ImportForm, run=take, applies=takes_words,
)  # fmt: skip
REDRAFT = Verb(
    name="draft", label=gettext_lazy("Draft anew"), permission=Permission.MANAGE_PURPOSES,
    consequence=gettext_lazy("A draft is shown to nobody until a second person approves it."),
    form=forms.WordsForm, run=redraft, applies=is_open,
)  # fmt: skip
APPROVE = Verb(
    name="approve", label=gettext_lazy("Approve"), permission=Permission.APPROVE_PURPOSES,
    consequence=gettext_lazy(
        "These words are shown wherever the version is, and never change again. Who drafted them"
        " cannot approve them."
    ),
    form=forms.ApproveWordsForm, run=approve, applies=is_open,
)  # fmt: skip
WAIVE = Verb(
    name="waive", label=gettext_lazy("Waive languages"), permission=Permission.MANAGE_PURPOSES,
    consequence=gettext_lazy(
        "People have the right to read the notice in each of these languages (DPDP Act 2023"
        " s.5(3)). A waiver says why they cannot yet, and until when. It counts once a second"
        " person approves it or publishes the notice."
    ),
    form=forms.WaiveForm, run=waive, applies=lambda notice: notice.pack == completeness.INDIA,
)  # fmt: skip
APPROVE_WAIVER = Verb(
    name="approve", label=gettext_lazy("Approve"), permission=Permission.APPROVE_PURPOSES,
    consequence=gettext_lazy(
        "The notice may be put in force without these languages until the day of the waiver."
    ),
    run=approve_waiver, applies=is_pending,
)  # fmt: skip
