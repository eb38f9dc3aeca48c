"""On what a request may be refused, and how it is settled who asks. Pure; codes are for ever."""

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from erasure.grounds import REFUSED

if TYPE_CHECKING:  # of the development lock only
    from django_stubs_ext import StrPromise

__all__ = ["ANSWERS", "DONE", "DONE_IN_PART", "GIVEN", "GUARDIAN", "IDENTIFIED", "OTHERWISE",
           "REFUSED", "SIGNED_IN"]  # fmt: skip

SIGNED_IN: Final = "signed_in"
GUARDIAN: Final = "guardian"

IDENTIFIED: "Final[dict[str, StrPromise]]" = {
    SIGNED_IN: _("They signed in"),
    GUARDIAN: _("A verified parent or guardian signed in"),
    "contact": _("They answered at an address or number on record"),
    "questions": _("They knew what only they could know"),
    "in_person": _("They came in person"),
    "service": _("A service of the company knows them"),
    "document": _("A document was looked at and not kept"),
}
"""No more is asked for than a doubt needs (GDPR 12(6); DPDP Rules r.14)."""

DONE: Final = "done"
DONE_IN_PART: Final = "done_in_part"
GIVEN: Final = "given"
OTHERWISE: Final = "otherwise"
ANSWERS: "Final[dict[str, StrPromise]]" = {
    DONE: _("All of it was done"),
    DONE_IN_PART: _("It was done, and some data stay because the law says so"),
    GIVEN: _("The copy was given"),
    OTHERWISE: _("It was answered in another way"),
}
"""How a request was answered."""
