"""What the pages of profiles call reasons of absence, relations, purposes and treatments."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent import selectors as consents
from profiles.fields import Why
from profiles.preview import Situation
from profiles.values import ADDRESS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

WHY: "dict[Why, StrOrPromise]" = {
    Why.ROLE: gettext_lazy("The view of this role does not show it for this purpose."),
    Why.SENSITIVE: gettext_lazy("It is sensitive, and no rule shows it to this role."),
    Why.DENIED: gettext_lazy("Its use for this purpose is not permitted."),
    Why.RESTRICTED: gettext_lazy("The person’s record is restricted."),
    Why.UNIT: gettext_lazy("Only another business unit has it."),
    Why.UNAVAILABLE: gettext_lazy("Its source did not answer. Try again later."),
    Why.STALE: gettext_lazy("It is older than it may be to be relied on."),
    Why.UNKNOWN: gettext_lazy("No source has it."),
    Why.MASKED: gettext_lazy("Masked for this role."),
}
SIGNS: "dict[Why, StrOrPromise]" = {
    Why.ROLE: gettext_lazy("Hidden"),
    Why.SENSITIVE: gettext_lazy("Sensitive"),
    Why.DENIED: gettext_lazy("Not permitted"),
    Why.RESTRICTED: gettext_lazy("Restricted"),
    Why.UNIT: gettext_lazy("Another unit"),
    Why.UNAVAILABLE: gettext_lazy("Source unavailable"),
    Why.STALE: gettext_lazy("Out of date"),
    Why.UNKNOWN: gettext_lazy("No value"),
    Why.MASKED: gettext_lazy("Masked"),
}
"""The same in a word or two, where there is a place for no more."""
TREATMENTS: "dict[str, StrOrPromise]" = {
    "show": gettext_lazy("Shown"),
    "partial": gettext_lazy("First and last characters"),
    "token": gettext_lazy("Token"),
    "year": gettext_lazy("Year only"),
    "region": gettext_lazy("Region only"),
    "bucket": gettext_lazy("Range"),
    "hide": gettext_lazy("Hidden"),
}
SOURCE_STATES: "dict[str, StrOrPromise]" = {
    "ok": gettext_lazy("It answered"),
    "unavailable": gettext_lazy("It did not answer"),
    "frozen": gettext_lazy("Stopped because of an incident"),
}
SITUATIONS: "dict[Situation, StrOrPromise]" = {
    Situation.PERMITTED: gettext_lazy("Permits the use"),
    Situation.WITHDRAWN: gettext_lazy("Withdrew the consent"),
    Situation.STALE: gettext_lazy("Has old values only"),
}
RESERVED: "dict[str, StrOrPromise]" = {
    "sys.rights": gettext_lazy("Answering a request of the person"),
    "sys.legal_claim": gettext_lazy("A legal claim"),
    "sys.vital": gettext_lazy("Saving life or health"),
}


def purposes(controller_id: UUID) -> dict[str, str]:
    """What purposes are called, by code: the controller's own, then those of the law."""
    own = consents.purpose_titles(controller_id)
    return {**own, **{code: str(name) for code, name in RESERVED.items()}}


def value(kind: str, of: Any) -> str:
    """A value as a reader reads it; a masked one is words already."""
    if isinstance(of, bool):
        return _("yes") if of else _("no")
    if isinstance(of, Mapping):
        return ", ".join(str(of[part]) for part in ADDRESS if of.get(part))
    if isinstance(of, int | float):
        return number_format(of, use_l10n=True, force_grouping=True)
    return _moment(kind, str(of))


def _moment(kind: str, text: str) -> str:
    """A whole date or time in the reader's way; what is left of a masked one as it is."""
    if kind == "date" and (day := _parsed(parse_date, text)):
        return date_format(day, "DATE_FORMAT")
    if kind == "moment" and (at := _parsed(parse_datetime, text)):
        return date_format(at, "DATETIME_FORMAT")
    return text


def _parsed(parse: Any, text: str) -> Any:
    try:
        return parse(text)
    except ValueError:
        return None
