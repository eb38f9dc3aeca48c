"""Why a permit ended, in words."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

REASONS: "dict[str, StrOrPromise]" = {
    "consent_withdrawn": _("The person withdrew the consent"),
    "consent_expired": _("The consent expired"),
    "consent_revoked": _("The controller ended the consent"),
    "consent_invalidated": _("The consent was found invalid"),
    "consent_refused": _("The person refused consent"),
    "commitment_ended": _("What the company had promised was met or given up"),
    "ground_ended": _("A ground other than consent holds no longer"),
    "objected": _("The person objected"),
    "restricted": _("The use of the data was restricted"),
    "erasing": _("The data are being erased"),
    "erased": _("The data were erased"),
    "deceased": _("The person has died"),
    "standing": _("A standing of the person was set"),
}


def reason_words(code: str) -> str:
    """What a recall's reason means; a code of a version after this one stays a code."""
    return str(REASONS.get(code, code))
