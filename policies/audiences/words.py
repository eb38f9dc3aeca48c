"""What officers read about audiences: the parts of the question, counts, and what went wrong."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PARTS: "dict[str, StrOrPromise]" = {
    "action": _("Action"),
    "operations": _("Operations"),
    "data": _("Data"),
    "attributes": _("Attributes used"),
    "recipients": _("Recipients"),
    "channel": _("Channel"),
    "destination": _("Destination"),
    "item": _("Item"),
    "trigger": _("Trigger"),
    "system": _("System"),
    "collected_for": _("Collected for"),
    "supported": _("Obligations it can fulfil"),
}
"""What a question may say besides its purpose and campaign, in the order officers read it."""

PROBLEMS: "dict[str, StrOrPromise]" = {
    "service_without_key": _("Failed: no key of the service was valid any more."),
    "stopped_by_officer": _("Stopped by an officer"),
    "never_finished": _("Failed: it was not finished within a day."),
}


def problem(code: str) -> str:
    """Why an audience could not be made."""
    return str(PROBLEMS.get(code, code))


def question(said: Mapping[str, Any]) -> list[tuple["StrOrPromise", str]]:
    """The parts of a question that say anything, labelled."""
    told = ((label, said.get(name)) for name, label in PARTS.items())
    return [
        (label, ", ".join(value) if isinstance(value, (list, tuple)) else str(value))
        for label, value in told
        if value not in (None, "", [], ())
    ]


def count(people: int | None) -> str:
    """So many people; None: too few to be told."""
    if people is None:
        return gettext("a few people")
    return ngettext("%(count)d person", "%(count)d people", people) % {"count": people}
