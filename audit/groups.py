"""What events are about, for a list of nearly three hundred that somebody has to choose from."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

GROUPS: "tuple[tuple[StrOrPromise, str], ...]" = (
    (_("Consents"), "consent objection restriction device commitment ground reminders message"
                    " personalisation receipt state import ledger"),
    (_("Decisions"), "decision behaviour search permissions permit recall campaign emergency"
                     " endpoint audience segment processing ai training sharing rehearsal policy"),
    (_("People"), "subject parent guardian standing channel provenance identifier person link"),
    (_("Profiles"), "view reader_role seat attribute profile profiles glass access reader limits"
                    " disclosure values"),
    (_("Purposes and notices"), "purpose notice translation waiver finding category"),
    (_("Requests and erasures"), "request copy case tombstone arrival own_data vault erasures"
                                 " erasure_policy hold retention_rule inactivity step errand gate"
                                 " evidence certificate callback platform_app"),
    (_("Services and parties"), "service key party system connector wait model freeze manager site"
                                " subscriber events"),
    (_("Staff"), "controller officer role"),
    (_("Audit log"), "record list export log alarm retention keys work"),
)  # fmt: skip
"""Headings, each with the subjects of its events: what stands before the colon of their codes."""

OF_SUBJECT: "dict[str, StrOrPromise]" = {
    subject: heading for heading, subjects in GROUPS for subject in subjects.split()
}


def group(code: str) -> "StrOrPromise":
    """The heading under which an event is looked for. Raises KeyError for a subject of none."""
    return OF_SUBJECT[code.partition(":")[0]]
