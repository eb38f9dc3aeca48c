"""Steps at systems, and the certificates of what came of them, as officers see them."""

import json
from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.console import actor_column
from erasure.admin import step_acts as acts
from erasure.admin.evidence_acts import HAND_IN
from erasure.admin.shown import AboutPeople, case_link, person_link
from erasure.models import Certificate, Step
from erasure.words import citation_text, code_text
from registry import selectors as registry


@admin.register(Step)
class StepAdmin(AboutPeople):
    """One person at one system or party. Failed ones are the dead letters: an officer must look."""

    related = ("system", "party", "case")
    list_display = (
        "whom", "state", "trouble", "next_at", "person", "its_case", "verb", "attempts", "ended_at",
    )  # fmt: skip
    list_filter: ClassVar[Any] = ("state", "duty", "verb")
    verbs = (acts.RETRY, HAND_IN, acts.EXCEPT, acts.EVIDENCE)
    readonly_fields: ClassVar[Any] = (
        "whom",
        "person",
        "its_case",
        "trouble",
        "says",
        "stays",
        "effects",
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        by: Callable[[Any], str] = actor_column(request, _("Excepted by"), "excepted_by")
        excepted = (by, "excepted_reason") if obj and obj.excepted_by else ()
        return ("whom", "person", "its_case", "duty", "verb", "state", "trouble", "round",
                "attempts", "next_at", "possible_repeats", "stays", "reference", "says", "sent_at",
                "accepted_at", "confirmed_at", "ended_at", "late_at", "late_finding", *excepted,
                "effects")  # fmt: skip

    @admin.display(description=_("System or party"))
    def whom(self, step: Step) -> str:
        return str((step.system or step.party).name)  # type: ignore[union-attr]

    @admin.display(description=_("What went wrong"))
    def trouble(self, step: Step) -> str:
        return code_text(step.code)

    @admin.display(description=_("Evidence"))
    def says(self, step: Step) -> SafeString:
        text = json.dumps(step.evidence, indent=2, ensure_ascii=False)
        return format_html('<pre class="payload" tabindex="0">{}</pre>', text)

    @admin.display(description=_("What stays"))
    def stays(self, step: Step) -> SafeString | str:
        names = registry.category_titles(step.controller_id)
        rows = (
            (names.get(one.get("category", ""), "") or one.get("category") or gettext("everything"),
             citation_text(one.get("citation", "")), one.get("until", ""))
            for one in step.kept
        )  # fmt: skip
        listed = format_html_join("", "<li>{}: {} {}</li>", rows)
        return format_html("<ul>{}</ul>", listed) if listed else gettext("Nothing.")

    @admin.display(description=_("Recorded effects"))
    def effects(self, step: Step) -> SafeString:
        rows = (
            (localize(one.at), one.get_kind_display(), one.round, code_text(one.code))
            for one in step.marks.all()[:100]
        )
        return format_html("<ol>{}</ol>", format_html_join("", "<li>{} · {} · {} {}</li>", rows))


@admin.register(Certificate)
class CertificateAdmin(AboutPeople):
    related = ("case",)
    list_display = ("issued_at", "person", "its_case", "number", "key_id")
    readonly_fields: ClassVar[Any] = ("person", "its_case", "content")
    fields: ClassVar[Any] = ("person", "its_case", "number", "key_id", "issued_at", "content")

    def subject_of(self, obj: Certificate) -> Any:
        return obj.case.subject_id

    @admin.display(description=_("Person"))
    def person(self, row: Certificate) -> SafeString | str:
        return person_link(row.case.subject_id)

    @admin.display(description=_("Case"))
    def its_case(self, row: Certificate) -> SafeString | str:
        return case_link(row.case_id)

    @admin.display(description=_("What it says"))
    def content(self, row: Certificate) -> SafeString:
        text = json.dumps(json.loads(bytes(row.body)), indent=2, ensure_ascii=False)
        return format_html('<pre class="payload" tabindex="0">{}</pre>', text)
