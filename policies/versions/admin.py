"""Policy versions as officers see them: the rules in words, what they change, the signature."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from audit.console import actor_column
from audit.verbs import Verb, VerbAdmin
from policies.guardrails.compiled import reason_code
from policies.guardrails.model import Guardrail, RulesError
from policies.rehearsal import selectors as rehearsing
from policies.rehearsal import words as rehearsed
from policies.rehearsal.selectors import Rehearsal
from policies.versions import acts, selectors, words
from policies.versions.forms import RuleForm
from policies.versions.models import PolicyVersion
from policies.versions.selectors import Change

SHOWN = 200
"""So many rules are listed in words; the whole list is there as JSON."""
REHEARSALS = 10
"""So many of the newest rehearsals are told; a page of their own lists them all."""


@admin.register(PolicyVersion)
class PolicyVersionAdmin(VerbAdmin):
    """Newest first; a draft's verbs write its rules."""

    related = ("controller",)
    creation = acts.DRAFT
    verbs = acts.VERBS
    ordering = ("-id",)
    sortable_by = ()
    list_filter = ("state",)
    readonly_fields = ("standing", "the_rules", "changes", "faults", "rehearsals", "signed")

    def get_list_display(self, request: HttpRequest) -> tuple[str | Callable[[Any], str], ...]:
        return ("__str__", "standing", "note", *self._people(request), "effective_from",
                "controller")  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        tried = ("rehearsals",) if obj and self.may(request, obj, Permission.VIEW_AUDIT) else ()
        return ("number", "controller", "standing", "note", *self._people(request), "created_at",
                "changed_at", "rehearsed_at", *tried, "approved_at", "effective_from",
                "withdrawn_at", "faults", "changes", "the_rules", "sha256", "signed")  # fmt: skip

    def _people(self, request: HttpRequest) -> tuple[Callable[[Any], str], ...]:
        author = actor_column(request, _("Drafted by"), "created_by")
        return author, actor_column(request, _("Approved by"), "approved_by")

    def _act(self, request: HttpRequest, verb: Verb, obj: Any) -> HttpResponse:
        """A rule that the address names is there to be changed."""
        code = request.GET.get("rule", "")
        if verb in acts.PUTS and obj is not None and code:
            verb = replace(verb, form=partial(verb.form, rule=_rule(obj, code)))
        return super()._act(request, verb, obj)

    @admin.display(description=_("State"))
    def standing(self, version: PolicyVersion) -> str:
        return str(words.STANDINGS[selectors.standing(version, timezone.now())])

    @admin.display(description=_("Rules"))
    def the_rules(self, version: PolicyVersion) -> SafeString | str:
        try:
            rules = selectors.rules(version)
        except RulesError:
            return gettext("What is stored cannot be read.")
        if not rules:
            return gettext("None: the law alone decides.")
        edits = acts.is_open(version)
        shown = (_told(rule, _address(version, rule) if edits else "") for rule in rules[:SHOWN])
        return format_html("<dl>{}</dl>", format_html_join("", "{}", ((one,) for one in shown)))

    @admin.display(description=_("Changes against the version before"))
    def changes(self, version: PolicyVersion) -> SafeString | str:
        try:
            found = selectors.changes_of(version)
        except RulesError:
            return gettext("What is stored cannot be read.")
        return _listed(map(_changed, found[:SHOWN])) or gettext("None.")

    @admin.display(description=_("What stands in the way"))
    def faults(self, version: PolicyVersion) -> SafeString | str:
        try:
            found = selectors.faults(version) if acts.is_open(version) else []
        except RulesError:
            return gettext("What is stored cannot be read.")
        return _listed(map(words.fault, found)) or gettext("Nothing.")

    @admin.display(description=_("Rehearsals"))
    def rehearsals(self, version: PolicyVersion) -> SafeString:
        """The page of a rehearsal is closed to who may not view the audit; so is this."""
        found = rehearsing.rehearsals([version.controller_id]).filter(version_id=version.pk)
        told = [_rehearsal(one, version) for one in found[:REHEARSALS]]
        every = f"{reverse('admin:rehearsals')}?controller={version.controller_id}"
        return format_html(
            '{}<p><a href="{}">{}</a></p>',
            _listed(told) or gettext("None."), every, gettext("All rehearsals"),
        )  # fmt: skip

    @admin.display(description=_("Signature"))
    def signed(self, version: PolicyVersion) -> SafeString | str:
        if version.approved_at is None:
            return gettext("Not signed: not approved.")
        is_genuine = selectors.is_genuine(version)
        said = (
            gettext("Verified: this is what was approved.") if is_genuine
            else gettext("It does not verify. Every use is denied; go back to another version.")
        )  # fmt: skip
        return format_html(
            "<p>{}</p><code>{}</code><p>{} {} ({})</p>",
            said, bytes(version.signature).hex(), gettext("Key"), version.signing_key,
            version.signing_version,
        )  # fmt: skip


def _rule(version: PolicyVersion, code: str) -> Guardrail | None:
    return next((one for one in selectors.rules(version) if one.code == code), None)


def _address(version: PolicyVersion, rule: Guardrail) -> str:
    kind = next(
        verb.name for verb in acts.PUTS
        if isinstance(verb.form, type) and issubclass(verb.form, RuleForm)
        and verb.form.kind == rule.effect.__struct_config__.tag
    )  # fmt: skip
    address = reverse("admin:policies_policyversion_act", args=[version.pk, kind])
    return f"{address}?rule={rule.code}"


def _told(rule: Guardrail, address: str) -> SafeString:
    link = format_html(' <a href="{}">{}</a>', address, gettext("Change")) if address else ""
    return format_html(
        "<dt><strong>{}</strong> <code>{}</code>{}</dt>"
        "<dd>{}<br><bdi>{}</bdi><br><bdi>{}</bdi></dd>",
        rule.title, reason_code(rule), link, words.rule(rule), words.said(rule.text),
        words.said(rule.person),
    )  # fmt: skip


def _rehearsal(of: Rehearsal, version: PolicyVersion) -> SafeString:
    """A link with what came of it; what was tried may not be what the version says today."""
    begun = date_format(timezone.localtime(of.created_at), "DATETIME_FORMAT")
    is_other = of.sha256 != version.sha256
    return format_html(
        '<a href="{}">{}</a> · {} · {}<br>{} {}',
        reverse("admin:rehearsal", args=[of.pk]), begun, of.get_kind_display(),
        rehearsed.state(of), rehearsed.result(of),
        gettext("Its rules were other ones than this version has now.") if is_other else "",
    )  # fmt: skip


def _changed(change: Change) -> str:
    told = {
        "code": words.apart(change.code),
        "old": words.rule(change.old) if change.old else "",
        "new": words.rule(change.new) if change.new else "",
    }
    if change.old is None:
        return gettext("Added %(code)s: %(new)s") % told
    if change.new is None:
        return gettext("Removed %(code)s: %(old)s") % told
    if told["old"] == told["new"]:
        return gettext("Changed %(code)s: only its words") % told
    return gettext("Changed %(code)s from: %(old)s To: %(new)s") % told


def _listed(sentences: Iterable[str]) -> SafeString:
    items = format_html_join("", "<li>{}</li>", ((one,) for one in sentences))
    return format_html("<ul>{}</ul>", items) if items else items
