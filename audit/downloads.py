"""What an officer may take away of one entry: its proof and its record (P11)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import date as written
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from audit import proofs
from audit.actors import Target
from audit.console import RecordedAdmin, note_read, shown
from audit.errors import EntryMissingError, EntryPendingError
from audit.files import proof_file, record_file
from audit.models import EntryIndex

PROOF, RECORD = "audit_entryindex_proof", "audit_entryindex_record"


class DownloadsAdmin(RecordedAdmin):
    """The page of an entry says how far the log can prove it, and hands out the files."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<uuid:entry_id>/proof", view(self.proof_view), name=PROOF),
            path("<uuid:entry_id>/record", view(self.record_view), name=RECORD),
        ]
        return [*own, *super().get_urls()]

    @admin.display(description=_("Proof"))
    def proof(self, entry: EntryIndex) -> str | SafeString:
        found = proofs.standing(entry.controller_id, entry.id)
        if found.position is None or found.signed_at is None:
            return str(_("It waits for its place in the log."))
        return format_html(
            "{}<br>{}<br>{}<br>{}",
            _("Place %(place)d in the log") % {"place": found.position},
            _("Covered by the checkpoint of %(size)d entries, signed %(at)s")
            % {"size": found.size, "at": written(localtime(found.signed_at), "DATETIME_FORMAT")},
            ngettext("Signed by %d witness", "Signed by %d witnesses", found.witnesses)
            % found.witnesses,
            _links(entry),
        )

    @method_decorator(require_safe)
    def proof_view(self, request: HttpRequest, entry_id: UUID) -> HttpResponse:
        """The proof file; the entry's own page while there is none yet."""

        def make(entry: EntryIndex) -> HttpResponse:
            return proof_file(entry.id, proofs.proof(entry.controller_id, entry.id))

        return self._taken(request, entry_id, "proof", make)

    @method_decorator(require_safe)
    def record_view(self, request: HttpRequest, entry_id: UUID) -> HttpResponse:
        """The record's canonical bytes, which the proof is about."""

        def make(entry: EntryIndex) -> HttpResponse:
            return record_file(entry.id, proofs.record(entry.id))

        return self._taken(request, entry_id, "record", make)

    def _taken(
        self,
        request: HttpRequest,
        entry_id: UUID,
        what: str,
        make: Callable[[EntryIndex], HttpResponse],
    ) -> HttpResponse:
        """The file, recorded before it is handed out."""

        def build() -> HttpResponse:
            entry: Any = self.get_object(request, str(entry_id))
            note_read(
                request, self.seen(request, [entry]), target=Target("entry", str(entry_id)),
                data={"what": what},
            )  # fmt: skip
            return make(entry)

        try:
            return shown(request, build)
        except EntryPendingError:
            return redirect("admin:audit_entryindex_change", entry_id)
        except EntryMissingError:
            raise Http404 from None


def _links(entry: EntryIndex) -> SafeString:
    files = [(PROOF, _("Download proof"))]
    if proofs.has_record(entry.pk):
        files.append((RECORD, _("Download record")))
    links = [(reverse(f"admin:{name}", args=[entry.pk]), text) for name, text in files]
    return format_html_join(" · ", '<a href="{}">{}</a>', links)
