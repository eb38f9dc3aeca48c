"""On what the wish of a person may be refused. Pure; the codes are for ever."""

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:  # of the development lock only
    from django_stubs_ext import StrPromise

__all__ = ["REFUSED"]

REFUSED: "Final[dict[str, StrPromise]]" = {
    "not_identified": _("It could not be settled who asks (GDPR 12(2), 12(6))"),
    "unfounded": _("It is manifestly unfounded (GDPR 12(5))"),
    "excessive": _("It is excessive, by repetition for instance (GDPR 12(5))"),
    "kept_by_law": _("The law says that all of it must be kept (GDPR 17(3); DPDP s.8(7), 12(3))"),
    "rights_of_others": _("It would harm rights and freedoms of others (GDPR 15(4))"),
    "not_inaccurate": _("The data are right and complete as they are (GDPR 16; DPDP s.12)"),
    "no_such_right": _("No law that applies to the person gives this right"),
}
"""A refusal cites one of these and says in plain words what that means here (GDPR 12(4))."""
