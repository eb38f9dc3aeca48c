"""What officers see of any version: where it stands, what it changes, what it lacks."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit.verbs import VerbAdmin
from consent.admin import shown_changes
from consent.models import NoticeVersion, PurposeVersion
from consent.versions import completeness
from consent.versions import selectors as versions
from consent.versions.naming import language_name
from consent.versions.selectors import Version


class Standings(VerbAdmin):
    """Columns of versions of purposes and notices alike; `family` is what they are versions of."""

    family = ""
    labels: ClassVar[Mapping[str, Any]] = {}
    """What the page calls a field: as the form does in which it was drafted."""

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **more: Any
    ) -> Any:
        return super().get_form(request, obj, change, labels=self.labels, **more)

    def get_queryset(self, request: HttpRequest) -> Any:
        found: Any = super().get_queryset(request)
        return found.with_newest(self.family)

    @admin.display(description=_("State"))
    def standing(self, version: Version) -> str:
        return str(shown_changes.STANDINGS[versions.standing(version)])

    @admin.display(description=_("Changes against the version before"))
    def changes(self, version: Version) -> SafeString:
        if isinstance(version, PurposeVersion):
            return shown_changes.listed(version, versions.purpose_changes(version))
        return shown_changes.listed(version, versions.notice_changes(version))

    @admin.display(description=_("The law asks for more"))
    def lacking(self, version: NoticeVersion) -> SafeString:
        return shown_changes.lacking(versions.lacking(version))

    @admin.display(description=_("Languages of the law it cannot be read in"))
    def unread(self, version: NoticeVersion) -> SafeString:
        """Those with neither approved words nor a waiver that a second person approved."""
        tags = completeness.uncovered(version, completeness.today())
        return shown_changes.lacking([f"{language_name(one)} ({one})" for one in tags])
