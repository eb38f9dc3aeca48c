"""What officers read for the codes of consents, outcomes and reasons."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STATES: "dict[str, StrOrPromise]" = {
    "unknown": _("never asked"),
    "requested": _("asked"),
    "deferred": _("put off"),
    "given": _("given"),
    "renewed": _("renewed"),
    "refused": _("refused"),
    "withdrawn": _("withdrawn"),
    "expired": _("expired"),
    "revoked": _("ended by the controller"),
    "invalidated": _("found invalid"),
}
OUTCOMES: "dict[str, StrOrPromise]" = {
    **STATES,
    "permit": _("permitted"),
    "deny": _("denied"),
    "found": _("found"),
    "not_found": _("not found"),
}
REVEAL_REASONS: "tuple[tuple[str, StrOrPromise], ...]" = (
    ("rights_request", _("To answer a request of the person")),
    ("grievance", _("To answer a grievance")),
    ("correction", _("To correct the record")),
    ("security_incident", _("To handle a security incident")),
    ("authority_request", _("To answer an authority")),
)
CHOICE_REASONS: "tuple[tuple[str, StrOrPromise], ...]" = (
    ("person_asked", _("The person asked for it")),
    ("guardian_asked", _("A guardian or nominee asked for it")),
    ("paper_entered", _("A signed paper was entered")),
    ("record_corrected", _("An earlier record was wrong")),
)
METHODS: "tuple[tuple[str, StrOrPromise], ...]" = (
    ("call_centre", _("By telephone")),
    ("paper", _("On paper")),
    ("in_person", _("In person")),
)
CHANNELS = {"call_centre": "phone", "paper": "post", "in_person": "in_person"}
FILTERS: "tuple[tuple[str, StrOrPromise], ...]" = (
    ("acts", _("Everything but reads")),
    ("choices", _("Choices")),
    ("decisions", _("Decisions")),
    ("reads", _("Who looked")),
)


def said(words: "dict[str, StrOrPromise]", code: str) -> str:
    """The words of a code; the code itself where this version does not know it."""
    return str(words.get(code, code))
