"""What officers read about the matrix of views: its faults and what a version changes. Pure."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from profiles.matrix import Fault, Flaw, Place, Step

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TOLD = 5
"""So many faults are told at once."""
FLAWS: "dict[Flaw, StrOrPromise]" = {
    Flaw.ROLE: _("there is no such reader's role in use"),
    Flaw.PURPOSE: _("there is no such purpose, or it is closed"),
    Flaw.CATEGORY: _("this data category is not registered"),
    Flaw.ATTRIBUTE: _("there is no such attribute in use"),
    Flaw.MISPLACED: _("the attribute is of another category or sensitivity"),
    Flaw.KIND: _("values of this kind cannot be treated so"),
}
STEPS: "dict[Step, StrOrPromise]" = {
    Step.WIDER: _("shows more"),
    Step.NARROWER: _("shows less"),
    Step.OTHER: _("shows something else"),
}
STANDINGS: "dict[str, StrOrPromise]" = {
    "draft": _("Draft"),
    "in_force": _("In force"),
    "ended": _("No longer in force"),
    "given_up": _("Given up"),
}


def refusal(faults: Iterable[Fault]) -> str:
    """Why rules cannot stand, in one text; codes are those of officers' own rules."""
    told = list(faults)
    said = "; ".join(fault(one) for one in told[:TOLD])
    more = len(told) - TOLD
    return f"{said}; +{more}" if more > 0 else said


def fault(one: Fault) -> str:
    return gettext("%(rule)s: %(flaw)s") % {"rule": named(one.place), "flaw": FLAWS[one.flaw]}


def named(place: Place) -> str:
    """A place in the matrix by its codes, as far as they tell it apart."""
    parts = [place.role, place.purpose, place.attribute or place.category]
    if place.sensitivity != "ordinary":
        parts.append(place.sensitivity)
    if place.relation != "self":
        parts.append(place.relation)
    return " · ".join(parts)
