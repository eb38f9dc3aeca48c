"""What the page of languages calls how a notice stands in each."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from consent.versions.completeness import Cell
from consent.versions.selectors import Standing

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CELLS: "dict[str, StrOrPromise]" = {
    Cell.APPROVED: _("Approved"),
    Cell.DRAFT: _("Drafted by a person"),
    Cell.MACHINE: _("Drafted by a machine"),
    Cell.WAIVED: _("Waived"),
    Cell.LACKING: _("Missing"),
    Cell.UNASKED: _("Not asked for"),
}
LAWS: "dict[str, StrOrPromise]" = {"IN": _("India"), "EU": _("European Union")}
STANDINGS: "dict[str, StrOrPromise]" = {
    Standing.DRAFT: _("Draft"),
    Standing.APPROVED: _("Comes into force later"),
    Standing.IN_FORCE: _("In force"),
}
