"""The words of notices in each language and the languages waived, as officers see them."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.console import ScopedRelatedFilter, actor_column
from audit.verbs import VerbAdmin
from consent.admin import translation_acts as acts
from consent.models import LanguageWaiver, NoticeTranslation
from consent.versions import languages, translated
from consent.versions.naming import language_name


@admin.register(NoticeTranslation)
class NoticeTranslationAdmin(VerbAdmin):
    related = ("notice_version__notice", "controller")
    list_filter = ("state", "origin", "language")
    fields = (
        "notice_version", "language", "called", "state", "origin", "sha256", "drafted_at",
        "approved_at", "compared", "words",
    )  # fmt: skip
    readonly_fields = ("called", "compared", "words")
    verbs = (acts.APPROVE, acts.REDRAFT)

    def get_list_display(self, request: HttpRequest) -> tuple[str | Callable[[Any], str], ...]:
        return ("notice_version", "language", "called", "state", "origin", *_people(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.fields, *_people(request))

    @admin.display(description=_("Called"))
    def called(self, translation: NoticeTranslation) -> SafeString:
        tag = translation.language
        return format_html('<bdi lang="{}">{}</bdi>', tag, language_name(tag))

    @admin.display(description=_("Beside the English words"))
    def compared(self, translation: NoticeTranslation) -> SafeString:
        """Each text with the English one at its place."""
        english = translation.notice_version.translations.filter(language=languages.ENGLISH).first()
        there = dict(translated.texts(english.content)) if english else {}
        here = dict(translated.texts(translation.content))
        rows = ((one, there.get(one, ""), here.get(one, "")) for one in {**there, **here})
        return _table(translation.language, rows)

    @admin.display(description=_("Words"))
    def words(self, translation: NoticeTranslation) -> SafeString:
        text = json.dumps(translation.content, indent=2, ensure_ascii=False)
        return format_html('<pre class="payload" tabindex="0" dir="auto">{}</pre>', text)


@admin.register(LanguageWaiver)
class LanguageWaiverAdmin(VerbAdmin):
    related = ("notice", "controller")
    list_filter = (("notice", ScopedRelatedFilter),)
    fields = (
        "notice", "controller", "named", "reason", "waived_on", "until_on", "approved_at",
    )  # fmt: skip
    readonly_fields = ("named",)
    verbs = (acts.APPROVE_WAIVER,)

    def get_list_display(self, request: HttpRequest) -> tuple[str | Callable[[Any], str], ...]:
        return ("notice", "number", "until_on", *_waivers_people(request), "approved_at")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.fields, *_waivers_people(request))

    @admin.display(description=_("Languages"))
    def number(self, waiver: LanguageWaiver) -> int:
        return len(waiver.languages)

    @admin.display(description=_("Languages"))
    def named(self, waiver: LanguageWaiver) -> SafeString:
        rows = ((one, one, language_name(one)) for one in waiver.languages)
        line = '<li>{} <bdi lang="{}">{}</bdi></li>'
        return format_html("<ul>{}</ul>", format_html_join("", line, rows))


def _table(tag: str, rows: Iterable[tuple[str, str, str]]) -> SafeString:
    """A table with the direction of each side's own script."""
    cells = ((place, there, tag, languages.direction(tag), here) for place, there, here in rows)
    row = (
        '<tr><th scope="row"><code dir="ltr">{}</code></th><td lang="en" dir="ltr">{}</td>'
        '<td lang="{}" dir="{}">{}</td></tr>'
    )
    head = (gettext("Place"), language_name(languages.ENGLISH), language_name(tag))
    columns = format_html_join("", '<th scope="col">{}</th>', ((one,) for one in head))
    return format_html(
        '<div class="table-scroll" tabindex="0" role="region" aria-label="{}"><table><thead><tr>{}'
        "</tr></thead><tbody>{}</tbody></table></div>",
        gettext("Beside the English words"), columns, format_html_join("", row, cells),
    )  # fmt: skip


def _people(request: HttpRequest) -> tuple[Callable[[Any], str], ...]:
    """Who drafted and who approved the words."""
    return (
        actor_column(request, _("Drafted by"), "drafted_by", "drafted_by_type"),
        actor_column(request, _("Approved by"), "approved_by", "approved_by_type"),
    )


def _waivers_people(request: HttpRequest) -> tuple[Callable[[Any], str], ...]:
    """Who asked for a waiver and who approved it."""
    return (
        actor_column(request, _("Asked for by"), "waived_by"),
        actor_column(request, _("Approved by"), "approved_by"),
    )
