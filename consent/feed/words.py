"""Kinds of changes, and troubles of deliveries, in words."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

KINDS: "dict[str, StrOrPromise]" = {
    "consent.unknown": _("Consent: nothing known any more"),
    "consent.requested": _("Consent requested"),
    "consent.deferred": _("Choice put off"),
    "consent.given": _("Consent given"),
    "consent.renewed": _("Consent renewed"),
    "consent.refused": _("Consent refused"),
    "consent.withdrawn": _("Consent withdrawn"),
    "consent.expired": _("Consent expired"),
    "consent.revoked": _("Consent ended by the controller"),
    "consent.invalidated": _("Consent found invalid"),
    "objection.registered": _("Objection"),
    "objection.upheld": _("Objection upheld"),
    "objection.dismissed": _("Objection dismissed"),
    "objection.lifted": _("Objection taken back"),
    "restriction.set": _("Use restricted"),
    "restriction.lifted": _("Restriction ended"),
}
TROUBLES: "dict[str, StrOrPromise]" = {
    "slow": _("it did not answer in time"),
    "unreachable": _("it could not be reached"),
    "address_refused": _("its address leads to where nothing may be sent"),
    "no_agreement": _("it did not agree to be called"),
    "status_410": _("it answered that it is gone"),
}


def kind_words(code: str) -> str:
    """What changed; a code of a version after this one stays a code."""
    return str(KINDS.get(code, code))


def trouble_words(code: str) -> str:
    """Why an event was not heard; empty without trouble."""
    if code.startswith("status_") and code not in TROUBLES:
        return gettext("it answered with status %(status)s") % {"status": code[7:]}
    return str(TROUBLES.get(code, code))
