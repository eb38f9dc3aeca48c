"""What common data categories are called in the languages of the pages.

Only a category that still has the name the suite knows is translated: one that a company named in
words of its own is called so everywhere.
"""

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KNOWN: "Final[dict[str, tuple[str, StrOrPromise]]]" = {
    "pd:EmailAddress": ("E-mail address", _("E-mail address")),
    "pd:TelephoneNumber": ("Telephone number", _("Telephone number")),
    "pd:Name": ("Name", _("Name")),
    "pd:PhysicalAddress": ("Address", _("Address")),
    "pd:PurchasesAndSpendingHabit": ("Purchases", _("Purchases")),
    "pd:BrowsingBehaviour": ("Pages looked at", _("Pages looked at")),
    "pd:Health": ("Health", _("Health")),
    "pd:BirthDate": ("Date of birth", _("Date of birth")),
    "pd:Household": ("Household", _("Household")),
    "pd:Preference": ("Preferences", _("Preferences")),
}


def title(code: str, name: str) -> str:
    """The name of a category as the reader says it."""
    known, said = KNOWN.get(code, ("", ""))
    return str(said) if name == known else name
